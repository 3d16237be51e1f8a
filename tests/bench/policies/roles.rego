# lookup and scan: who may do what, with 10,000 roles and 1,000 users as data.
package rbac

import rego.v1

default allow := false

# lookup: the roles of one user.
allow if {
	some name in data.users[input.user].roles
	some permission in data.roles[name].permissions
	permission.action == input.action
	permission.resource == input.resource
}

# scan: every role there is.
roles_granting contains name if {
	some name, role in data.roles
	some permission in role.permissions
	permission.action == input.action
	permission.resource == input.resource
}
