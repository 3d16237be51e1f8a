package forgecroft.policy

deny contains "b" if count(input.plan_changes.added) > 0

deny contains "a" if input.run.run_type == "plan"

deny contains "b" if input.run.run_type == "plan"
