package forgecroft.policy

import rego.v1

deny contains message if {
	some change in input.plan_changes.added
	startswith(change.address, "module.", "aws", "google")
	not string.starts(change.address, "module.shared")
	message := describe(change)
}

describe(change, words) := sprintf("%s: %s", [change.address, words])
