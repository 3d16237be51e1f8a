package forgecroft.policy

deny := []
