package forgecroft.policy

deny := ["b", "a"] if count(input.plan_changes.added) > 0
