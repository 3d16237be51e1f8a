package forgecroft.policy

import rego.v1

deny contains "nothing is closed" if {
	count(input.plan_changes.destroyed) > 0
