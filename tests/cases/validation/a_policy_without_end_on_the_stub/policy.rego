package forgecroft.policy

import rego.v1

# A thousand million combinations on any input.
deny contains message if {
	all := numbers.range(1, 1000)
	some a in all
	some b in all
	some c in all
	a * b == c
	b * c < 0
	message := sprintf("%d", [a])
}
