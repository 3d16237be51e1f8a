# Refuses permissions that allow everything, or all of a service, on every resource.
#
# Reads the policy documents in the plan, so its set asks for `plan_detail: "full"`. A document that cannot be read here,
# because it is known only after the apply or is marked as sensitive, goes to the security team instead.
package forgecroft.policy

import rego.v1

deny contains message if {
	some address, document in wildcard_documents
	some statement in wildcard_list(document.Statement)
	statement.Effect == "Allow"
	"*" in wildcard_list(statement.Resource)
	some action in wildcard_list(statement.Action)
	regex.match(`^(\*|[a-z0-9-]+:\*)$`, action)
	message := sprintf(
		"%s allows %s on every resource: name the resources, or the actions that are needed",
		[address, action],
	)
}

deny contains message if {
	some address, document in wildcard_documents
	some statement in wildcard_list(document.Statement)
	statement.Effect == "Allow"
	statement.NotAction
	message := sprintf("%s allows all but a few actions (NotAction): name those that are needed", [address])
}

deny contains "permissions were not read: the policy set needs plan_detail \"full\"" if not input.plan

require_approval contains request if {
	some change in wildcard_changes
	not wildcard_documents[change.address]
	request := {
		"team": "security",
		"min": 1,
		"stage": 2,
		"reason": sprintf("the permissions of %s cannot be read from this plan", [change.address]),
		"timeout_hours": 48,
	}
}

wildcard_changes contains change if {
	some change in input.plan.resource_changes
	change.type in {"aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy"}
	some action in change.change.actions
	action in {"create", "update"}
}

wildcard_documents[change.address] := document if {
	some change in wildcard_changes
	document := json.unmarshal(change.change.after.policy)
	is_object(document)
}

# In these documents one thing may stand without a list around it.
wildcard_list(value) := value if is_array(value)

wildcard_list(value) := [value] if not is_array(value)
