package forgecroft.policy

import rego.v1

deny contains message if {
	some change in input.plan_changes.destroyed
	depth(change.address) > 3
	message := change.address
}

depth(address) := depth(parent(address)) + 1 if contains(address, ".")

parent(address) := trim_suffix(address, concat("", [".", split(address, ".")[1]]))
