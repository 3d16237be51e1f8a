package forgecroft.policy

import rego.v1

# Quick where `size` is not set, as on the stub input. Where it is a thousand, it is a billion comparisons.
matches contains number if {
	all := numbers.range(1, input.workspace.attributes.size)
	some number in all
	some other in all
	some third in all
	number == other + third
	other * third < 0
}

deny contains "no numbers may match" if count(matches) > 0
