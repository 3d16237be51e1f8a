package forgecroft.policy

import rego.v1

deny contains message if {
	message := sprintf("%s", [unknown])
}
