# Refuses changes to a workspace without owners, and asks the owners before something is destroyed for good.
#
# The attribute `owner` of the workspace is the name of their team. This file is written in the older dialect of Rego,
# without `if` and `contains` and without an import: such policies are taken as they are.
package forgecroft.policy

deny[message] {
	count(owners_touched) > 0
	not owners_team
	message := "this workspace has no owners: set its attribute owner to the name of a team"
}

require_approval[request] {
	count(owners_lost) > 0
	request := {
		"team": owners_team,
		"min": 1,
		"stage": 1,
		"reason": sprintf("destroyed for good: %s", [owners_listing(sort(owners_lost))]),
		"timeout_hours": 24,
	}
}

owners_team = team {
	team := input.workspace.attributes.owner
	team != ""
}

owners_touched[address] {
	address := input.plan_changes[_][_].address
}

owners_made[address] {
	address := input.plan_changes.added[_].address
}

owners_lost[address] {
	address := input.plan_changes.destroyed[_].address
	not owners_made[address]
}

# A reason is read in a chat message: five names and a number say enough.
owners_listing(addresses) = concat(", ", addresses) {
	count(addresses) <= 5
}

owners_listing(addresses) = sprintf("%s and %d more", [first, count(addresses) - 5]) {
	count(addresses) > 5
	first := concat(", ", array.slice(addresses, 0, 5))
}
