# Refuses plans that destroy many resources at once, in production.
#
# Counted are resources that do not come back: a replacement is not one. The limit is the workspace attribute
# `max_destroys`, else 20. Beyond that, five or more destroys may not be over a quarter of the plan, which is what a
# deleted module or an emptied state looks like.
package forgecroft.policy

import rego.v1

deny contains message if {
	not mass_rehearsal
	count(mass_gone) > mass_limit
	message := sprintf(
		"%d resources would be destroyed for good, %d are allowed in one plan (workspace attribute max_destroys): split it",
		[count(mass_gone), mass_limit],
	)
}

deny contains message if {
	not mass_rehearsal
	gone := count(mass_gone)
	gone >= 5
	gone * 4 > count(mass_touched)
	message := sprintf(
		"%d of the %d resources in this plan would be destroyed for good, more than a quarter: is a module missing?",
		[gone, count(mass_touched)],
	)
}

mass_rehearsal if input.workspace.attributes.environment in {"development", "staging", "test"}

# An attribute that is no number leaves the limit where it is.
default mass_limit := 20

mass_limit := to_number(input.workspace.attributes.max_destroys)

mass_made contains change.address if some change in input.plan_changes.added

mass_gone contains change.address if {
	some change in input.plan_changes.destroyed
	not change.address in mass_made
}

mass_touched contains change.address if {
	some changes in input.plan_changes
	some change in changes
}
