package forgecroft.policy

import rego.v1

require_approval contains team if {
	count(input.plan_changes.destroyed) > 0
	team := concat("-", ["team", input.workspace.name])
}
