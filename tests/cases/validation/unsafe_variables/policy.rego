package forgecroft.policy

import rego.v1

deny contains message if {
	message := sprintf("%s exceeds %d", [adress, 3])
}

deny contains message if {
	some change in input.plan_changes.added
	not is_small(chnge)
	message := "a large one"
}

is_small(change) if change.resource_type == "aws_eip"
