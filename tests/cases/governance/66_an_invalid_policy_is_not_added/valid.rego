package forgecroft.policy

import rego.v1

deny contains "nothing is destroyed here" if count(input.plan_changes.destroyed) > 0
