# Refuses every change while a workspace is frozen.
#
# The attributes `freeze_from` and `freeze_until` (as in 2024-11-25T00:00:00Z) hold the window. During it the attribute
# `freeze_exception`, a ticket such as OPS-123, turns the refusal into a request for approval. A window that cannot be
# read refuses too: a freeze that silently does not hold is worse than none.
package forgecroft.policy

import rego.v1

deny contains message if {
	freeze_holds
	not freeze_ticket
	message := sprintf(
		"this workspace is frozen until %s: wait, or set the workspace attribute freeze_exception to a ticket",
		[input.workspace.attributes.freeze_until],
	)
}

deny contains message if {
	freeze_changes > 0
	freeze_declared
	not freeze_window
	message := "the freeze cannot be read: freeze_from and freeze_until both need a time such as 2024-11-25T00:00:00Z"
}

require_approval contains request if {
	freeze_holds
	request := {
		"team": "platform",
		"min": 1,
		"stage": 1,
		"reason": sprintf("changes during the freeze, under %s: %d", [freeze_ticket, freeze_changes]),
		"timeout_hours": 4,
	}
}

freeze_holds if {
	freeze_changes > 0
	window := freeze_window
	now := time.now_ns()
	now >= window.from
	now < window.until
}

freeze_declared if input.workspace.attributes.freeze_from

freeze_declared if input.workspace.attributes.freeze_until

freeze_window := {"from": from, "until": until} if {
	from := time.parse_rfc3339_ns(input.workspace.attributes.freeze_from)
	until := time.parse_rfc3339_ns(input.workspace.attributes.freeze_until)
}

freeze_ticket := ticket if {
	ticket := input.workspace.attributes.freeze_exception
	regex.match(`^[A-Z]+-[0-9]+$`, ticket)
}

freeze_changes := sum([count(changes) | some changes in input.plan_changes])
