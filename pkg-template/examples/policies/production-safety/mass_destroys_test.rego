# The absolute limit, the quarter, and what does not count.
package forgecroft.policy_test

import rego.v1

test_more_than_twenty_destroys_are_too_many if {
	run := safety_input(safety_production, "push", {"destroyed": safety_queues(1, 21), "changed": safety_queues(100, 199)})
	safety_denied("21 resources would be destroyed for good, 20 are allowed") with input as run
}

test_twenty_destroys_in_a_wide_plan_pass if {
	run := safety_input(safety_production, "push", {"destroyed": safety_queues(1, 20), "changed": safety_queues(100, 199)})
	not safety_denied("destroyed for good") with input as run
}

test_a_workspace_may_lower_the_limit if {
	attributes := {"environment": "production", "max_destroys": "3"}
	run := safety_input(attributes, "push", {"destroyed": safety_queues(1, 4), "changed": safety_queues(100, 199)})
	safety_denied("4 resources would be destroyed for good, 3 are allowed") with input as run
}

test_a_limit_that_is_no_number_changes_nothing if {
	attributes := {"environment": "production", "max_destroys": "many"}
	run := safety_input(attributes, "push", {"destroyed": safety_queues(1, 21), "changed": safety_queues(100, 199)})
	safety_denied("20 are allowed") with input as run
}

test_more_than_a_quarter_is_too_much if {
	run := safety_input(safety_production, "push", {"destroyed": safety_queues(1, 5), "changed": safety_queues(100, 113)})
	safety_denied("5 of the 19 resources") with input as run
}

test_exactly_a_quarter_passes if {
	run := safety_input(safety_production, "push", {"destroyed": safety_queues(1, 5), "changed": safety_queues(100, 114)})
	not safety_denied("destroyed for good") with input as run
}

test_replacements_are_not_losses if {
	run := safety_input(safety_production, "push", {"added": safety_queues(1, 25), "destroyed": safety_queues(1, 25)})
	not safety_denied("destroyed for good") with input as run
}

test_a_test_environment_may_be_taken_down if {
	run := safety_input({"environment": "test"}, "push", {"destroyed": safety_queues(1, 60)})
	not safety_denied("destroyed for good") with input as run
}

test_four_destroys_may_be_the_whole_plan if {
	run := safety_input(safety_production, "push", {"destroyed": safety_queues(1, 4)})
	not safety_denied("destroyed for good") with input as run
}
