package forgecroft.policy

default deny := []
