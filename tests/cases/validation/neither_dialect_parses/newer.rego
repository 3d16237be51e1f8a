package forgecroft.policy

deny contains message if {
	some change in input.plan_changes.destroyed
	message := sprintf("%s is destroyed", [change.address]
}
