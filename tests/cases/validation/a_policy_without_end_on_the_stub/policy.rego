package forgecroft.policy

import rego.v1

# A thousand million combinations on any input.
deny contains message if {
	numbers := numbers.range(1, 1000)
	some a in numbers
	some b in numbers
	some c in numbers
	a * b == c
	b * c < 0
	message := sprintf("%d", [a])
}
