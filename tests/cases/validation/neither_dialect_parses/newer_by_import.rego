package forgecroft.policy

import rego.v1

deny[message] {
	message := "older body behind a newer import"
}
