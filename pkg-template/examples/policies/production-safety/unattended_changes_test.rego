# What a schedule may and may not do to production.
package forgecroft.policy_test

import rego.v1

test_a_schedule_destroys_nothing if {
	run := safety_input(safety_production, "schedule", {"destroyed": safety_changes(["aws_sqs_queue.mail"])})
	safety_denied("a scheduled run would destroy aws_sqs_queue.mail") with input as run
}

test_a_schedule_asks_before_it_changes if {
	run := safety_input(safety_production, "schedule", {"added": safety_queues(1, 1), "changed": safety_queues(2, 3)})
	safety_asked("platform", "resources that a scheduled run would add or change: 3") with input as run
}

test_a_schedule_that_finds_no_drift_asks_nobody if {
	run := safety_input(safety_production, "schedule", {})
	not safety_asked("platform", "scheduled") with input as run
}

test_a_person_is_not_a_schedule if {
	run := safety_input(safety_production, "manual", {"destroyed": safety_queues(1, 1), "changed": safety_queues(2, 3)})
	not safety_denied("scheduled") with input as run
	not safety_asked("platform", "scheduled") with input as run
}

test_a_schedule_may_clean_up_a_test_environment if {
	run := safety_input({"environment": "test"}, "schedule", {"destroyed": safety_queues(1, 1)})
	not safety_denied("scheduled") with input as run
}
