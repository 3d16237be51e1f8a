package forgecroft.policy

import rego.v1

deny contains "production changes need a change ticket in the workspace attribute `ticket`" if not input.workspace.attributes.ticket

deny contains message if {
	count(input.plan_changes.destroyed) > 0
	message := sprintf("%d resource(s) would be destroyed", [count(input.plan_changes.destroyed)])
}
