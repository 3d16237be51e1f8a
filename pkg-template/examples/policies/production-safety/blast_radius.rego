# Asks for a second pair of eyes on wide plans, and refuses those that nobody can read.
#
# This file is written in the older dialect of Rego, without `if` and `contains` and without an import: such policies
# are accepted as they are.
package forgecroft.policy

deny[message] {
	wide := count(blast_touched)
	wide > 400
	message := sprintf("%d resources in one plan are more than anyone can review: split it below 400", [wide])
}

require_approval[request] {
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

blast_rehearsal {
	input.workspace.attributes.environment == ["development", "staging", "test"][_]
}

# A replacement is in two lists, and is one address here.
blast_touched[address] {
	address := input.plan_changes[_][_].address
}
