package forgecroft.policy

import rego.v1

deny := ["no destroys, at most", 3] if count(input.plan_changes.destroyed) > 3
