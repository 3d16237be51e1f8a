# Where a plan becomes wide, and where it becomes too wide.
package forgecroft.policy_test

import rego.v1

test_thirty_one_resources_need_a_second_pair_of_eyes if {
	run := safety_input(safety_production, "push", {"changed": safety_queues(1, 31)})
	safety_asked("platform", "31 resources in one plan") with input as run
}

test_thirty_resources_do_not if {
	run := safety_input(safety_production, "push", {"changed": safety_queues(1, 30)})
	not safety_asked("platform", "resources in one plan") with input as run
}

test_a_replacement_is_one_resource if {
	run := safety_input(safety_production, "push", {"added": safety_queues(1, 30), "destroyed": safety_queues(1, 30)})
	not safety_asked("platform", "resources in one plan") with input as run
}

test_staging_needs_no_second_pair_of_eyes if {
	run := safety_input({"environment": "staging"}, "push", {"changed": safety_queues(1, 31)})
	not safety_asked("platform", "resources in one plan") with input as run
}

test_nobody_reads_four_hundred_and_one_resources if {
	run := safety_input({"environment": "staging"}, "push", {"changed": safety_queues(1, 401)})
	safety_denied("401 resources in one plan are more than anyone can review") with input as run
}

test_four_hundred_can_be_read if {
	run := safety_input({"environment": "staging"}, "push", {"changed": safety_queues(1, 400)})
	not safety_denied("more than anyone can review") with input as run
}
