package forgecroft.policy

import rego.v1

require_approval contains "platform" if count(input.plan_changes.destroyed) > 0
