package forgecroft.policy

deny[message] {
	change := input.plan_changes.destroyed[_]
	message := sprintf("%s is destroyed", [change.address])
}
