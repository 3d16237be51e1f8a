# Warns about machines with graphics processors and about the largest sizes.
#
# Reads attribute values, so its set asks for `plan_detail: "full"`; without it the policy says that it saw nothing.
package forgecroft.policy

import rego.v1

deny contains message if {
	some chosen in large_chosen
	regex.match(`^(ml\.)?(p[0-9]|g[0-9]|inf[0-9]|trn[0-9]|dl[0-9]|vt[0-9])[a-z]*\.`, chosen.type)
	message := large_accelerated(chosen)
}

deny contains message if {
	some chosen in large_chosen
	regex.match(`^(a2|a3|g2)-`, chosen.type)
	message := large_accelerated(chosen)
}

deny contains message if {
	some chosen in large_chosen
	regex.match(`\.(metal.*|(8|9|1[0-9]|2[0-9]|32|48|56|112)xlarge)$`, chosen.type)
	message := sprintf(
		"%s would run on %s: several smaller ones can be taken away one by one",
		[chosen.address, chosen.type],
	)
}

deny contains "large machines were not looked for: the policy set needs plan_detail \"full\"" if not input.plan

large_accelerated(chosen) := sprintf(
	"%s would run on %s, a machine with accelerators: is it needed around the clock?",
	[chosen.address, chosen.type],
)

# What a plan chooses: the type of something new, or a type other than before.
large_chosen contains {"address": change.address, "type": type} if {
	some change in input.plan.resource_changes
	some action in change.change.actions
	action in {"create", "update"}
	some key in ["instance_type", "instance_class", "machine_type", "node_type"]
	type := change.change.after[key]
	type != large_before(change, key)
}

large_before(change, key) := object.get(change.change.before, key, "") if is_object(change.change.before)

large_before(change, _) := "" if not is_object(change.change.before)
