package forgecroft.policy

import rego.v1

deny(change) := message if {
	message := sprintf("%s is destroyed", [change.address])
}
