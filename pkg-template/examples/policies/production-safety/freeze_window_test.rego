# A window around every clock, one long past, one that cannot be read.
package forgecroft.policy_test

import rego.v1

freeze_now := {"freeze_from": "1960-01-01T00:00:00Z", "freeze_until": "2200-01-01T00:00:00Z"}

freeze_past := {"freeze_from": "1960-01-01T00:00:00Z", "freeze_until": "1960-02-01T00:00:00Z"}

freeze_run(attributes) := safety_input(attributes, "push", {"changed": safety_queues(1, 2)})

test_nothing_changes_during_a_freeze if {
	safety_denied("frozen until 2200-01-01T00:00:00Z") with input as freeze_run(freeze_now)
}

test_a_plan_without_changes_passes_a_freeze if {
	run := safety_input(freeze_now, "push", {})
	not safety_denied("frozen until") with input as run
}

test_a_freeze_ends if {
	not safety_denied("frozen until") with input as freeze_run(freeze_past)
}

test_without_a_freeze_nothing_is_said if {
	not safety_denied("freeze") with input as freeze_run(safety_production)
}

test_a_ticket_opens_the_freeze_for_one_approval if {
	run := freeze_run(object.union(freeze_now, {"freeze_exception": "OPS-97"}))
	not safety_denied("frozen until") with input as run
	safety_asked("platform", "changes during the freeze, under OPS-97: 2") with input as run
}

test_half_a_window_refuses if {
	safety_denied("the freeze cannot be read") with input as freeze_run({"freeze_from": "2024-11-25T00:00:00Z"})
}

test_a_window_that_is_no_time_refuses if {
	attributes := {"freeze_from": "25 November", "freeze_until": "2200-01-01T00:00:00Z"}
	safety_denied("the freeze cannot be read") with input as freeze_run(attributes)
}

test_a_freeze_to_come_is_not_one_yet if {
	attributes := {"freeze_from": "2190-01-01T00:00:00Z", "freeze_until": "2200-01-01T00:00:00Z"}
	not safety_denied("freeze") with input as freeze_run(attributes)
	not safety_denied("frozen") with input as freeze_run(attributes)
}

test_a_freeze_that_can_be_read_is_not_called_unreadable if {
	not safety_denied("the freeze cannot be read") with input as freeze_run(freeze_now)
}

test_half_a_window_does_not_matter_without_changes if {
	run := safety_input({"freeze_from": "2024-11-25T00:00:00Z"}, "push", {})
	not safety_denied("the freeze cannot be read") with input as run
}

test_after_the_freeze_a_ticket_asks_nobody if {
	run := freeze_run(object.union(freeze_past, {"freeze_exception": "OPS-97"}))
	not safety_asked("platform", "during the freeze") with input as run
}

test_please_is_not_a_ticket if {
	run := freeze_run(object.union(freeze_now, {"freeze_exception": "please"}))
	safety_denied("frozen until") with input as run
	not safety_asked("platform", "during the freeze") with input as run
}
