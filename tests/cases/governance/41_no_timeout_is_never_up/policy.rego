package forgecroft.policy

require_approval[requirement] {
	requirement := {"team": "t-platform", "timeout_hours": 0}
}
