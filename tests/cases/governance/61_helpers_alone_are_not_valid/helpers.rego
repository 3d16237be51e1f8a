package forgecroft.policy

import rego.v1

databases contains change.address if {
	some change in input.plan_changes.destroyed
	change.resource_type == "aws_db_instance"
}

is_production if input.workspace.attributes.environment == "production"
