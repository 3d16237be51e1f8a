# Asks for a second pair of eyes on wide plans, and refuses those that nobody can read.
package forgecroft.policy

import rego.v1

deny contains message if {
	wide := count(blast_touched)
	wide > 400
	message := sprintf("%d resources in one plan are more than anyone can review: split it below 400", [wide])
}

require_approval contains request if {
	not blast_rehearsal
	count(blast_touched) > 30
	request := {
		"team": "platform",
		"min": 1,
		"stage": 1,
		"reason": sprintf("%d resources in one plan", [count(blast_touched)]),
		"timeout_hours": 24,
	}
}

blast_rehearsal if input.workspace.attributes.environment in {"development", "staging", "test"}

# A replacement is in two lists, and is one address here.
blast_touched contains change.address if {
	some changes in input.plan_changes
	some change in changes
}
