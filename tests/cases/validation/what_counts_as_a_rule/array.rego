package forgecroft.policy

deny := [message |
	some change in input.plan_changes.destroyed
	message := sprintf("%s is destroyed", [change.address])
]
