package forgecroft.policy

import rego.v1

same(x) := x

deny contains "refused" if count("a") == 1 with count as http.send

deny contains "no function" if count("a") == 1 with nothing.there as same

deny contains "fine" if {
	count("a") == 2 with count as same
	input.x == 1 with input.x as 1
	data.y == 1 with data.y as input.z
}
