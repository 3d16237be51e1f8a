package forgecroft.policy

import rego.v1

deny contains message if {
	some change in input.plan.resource_changes
	change.change.before.instance_class != change.change.after.instance_class
	message := sprintf("%s becomes %s, with the password %s", [change.address, change.change.after.instance_class, change.change.after.password])
}

deny contains "the plan is not in the input" if not input.plan
