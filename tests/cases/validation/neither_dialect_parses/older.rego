package forgecroft.policy

deny[message] {
	change := input.plan_changes.destroyed[_]
	message := sprintf("%s is destroyed", [change.address]
}

require_approval[requirement] {
	count(input.plan_changes.destroyed) > 0
	requirement := {"team": "platform", "min": }
}
