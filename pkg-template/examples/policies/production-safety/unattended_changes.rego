# Lets a schedule find drift in production, and nobody but a person repair it.
#
# A scheduled run that would destroy something is refused; one that would add or change something asks first.
package forgecroft.policy

import rego.v1

deny contains message if {
	unattended
	some change in input.plan_changes.destroyed
	message := sprintf("a scheduled run would destroy %s: look at the drift and start the run yourself", [change.address])
}

require_approval contains request if {
	unattended
	count(unattended_changes) > 0
	request := {
		"team": "platform",
		"min": 1,
		"stage": 1,
		"reason": sprintf("resources that a scheduled run would add or change: %d", [count(unattended_changes)]),
		"timeout_hours": 12,
	}
}

unattended if {
	input.run.trigger == "schedule"
	not unattended_rehearsal
}

unattended_rehearsal if input.workspace.attributes.environment in {"development", "staging", "test"}

unattended_changes contains change.address if {
	some change in array.concat(input.plan_changes.added, input.plan_changes.changed)
}
