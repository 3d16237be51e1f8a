package forgecroft.policy

import rego.v1

deny contains count(input.plan_changes.destroyed)
