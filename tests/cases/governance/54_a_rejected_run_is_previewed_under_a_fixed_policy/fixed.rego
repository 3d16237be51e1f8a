package forgecroft.policy

import rego.v1

deny contains message if {
	some change in input.plan_changes.destroyed
	change.resource_type == "aws_rds_cluster"
	message := sprintf("%s is a database and must not be destroyed", [change.address])
}
