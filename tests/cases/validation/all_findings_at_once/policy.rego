package forgecroft.policy

import rego.v1

deny contains message if {
	some change in input.plan_changes.destroyed
	is_protected(change)
	message := sprintf("%s is protected", [change.address])
}

deny contains 42 if input.run.trigger == "schedule"

require_approval contains {"min": "two"} if {
	count(input.plan_changes.destroyed) > limit
}
