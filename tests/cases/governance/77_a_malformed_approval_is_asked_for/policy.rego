package forgecroft.policy

import rego.v1

# One approval for each destroyed resource: right on the stub input, and wrong for a plan that destroys nothing.
require_approval contains {"team": "platform", "min": count(input.plan_changes.destroyed), "reason": "resources are added"} if {
	count(input.plan_changes.added) > 0
}
