package forgecroft.policy

import rego.v1

deny := {"message": "no destroys"} if count(input.plan_changes.destroyed) > 0
