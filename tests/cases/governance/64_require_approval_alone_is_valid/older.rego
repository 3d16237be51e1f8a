package forgecroft.policy

require_approval[requirement] {
	change := input.plan_changes.destroyed[_]
	change.resource_type == "aws_db_instance"
	requirement := {
		"team": "database-owners",
		"min": 2,
		"stage": 2,
		"reason": sprintf("%s is destroyed", [change.address]),
		"timeout_hours": 48,
	}
}
