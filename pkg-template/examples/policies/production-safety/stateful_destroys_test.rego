# A database that goes, a bucket that is made anew, and who may do so anyway.
package forgecroft.policy_test

import rego.v1

stateful_gone := {"destroyed": safety_changes(["module.data.aws_db_instance.orders"])}

stateful_anew := {
	"added": safety_changes([`aws_s3_bucket.images["eu"]`]),
	"destroyed": safety_changes([`aws_s3_bucket.images["eu"]`]),
}

test_a_database_may_not_be_destroyed if {
	run := safety_input(safety_production, "push", stateful_gone)
	safety_denied("module.data.aws_db_instance.orders (a database) would be destroyed") with input as run
}

test_a_replaced_bucket_is_called_replaced if {
	run := safety_input(safety_production, "push", stateful_anew)
	safety_denied(`aws_s3_bucket.images["eu"] (a bucket) would be replaced`) with input as run
}

test_a_workspace_without_a_label_is_production if {
	run := safety_input({}, "push", stateful_gone)
	safety_denied("aws_db_instance.orders") with input as run
}

test_staging_may_lose_its_database if {
	run := safety_input({"environment": "staging"}, "push", stateful_gone)
	not safety_denied("aws_db_instance.orders") with input as run
}

test_a_queue_may_be_destroyed if {
	run := safety_input(safety_production, "push", {"destroyed": safety_changes(["aws_sqs_queue.mail"])})
	not safety_denied("aws_sqs_queue.mail") with input as run
}

test_a_ticket_turns_the_refusal_into_a_request if {
	run := safety_input({"environment": "production", "break_glass": "OPS-411"}, "push", stateful_gone)
	not safety_denied("aws_db_instance.orders") with input as run
	safety_asked("platform", "under OPS-411: module.data.aws_db_instance.orders") with input as run
}

test_yes_is_not_a_ticket if {
	run := safety_input({"environment": "production", "break_glass": "yes"}, "push", stateful_gone)
	safety_denied("aws_db_instance.orders") with input as run
	not safety_asked("platform", "would be lost") with input as run
}

test_a_ticket_asks_nobody_when_nothing_is_lost if {
	run := safety_input({"environment": "production", "break_glass": "OPS-411"}, "push", {"added": safety_queues(1, 2)})
	not safety_asked("platform", "would be lost") with input as run
}

test_a_ticket_asks_nobody_outside_of_production if {
	run := safety_input({"environment": "test", "break_glass": "OPS-411"}, "push", stateful_gone)
	not safety_asked("platform", "would be lost") with input as run
}

test_another_new_bucket_does_not_make_it_a_replacement if {
	changes := {
		"added": safety_changes(["aws_s3_bucket.new"]),
		"destroyed": safety_changes(["aws_s3_bucket.old"]),
	}
	run := safety_input(safety_production, "push", changes)
	safety_denied("aws_s3_bucket.old (a bucket) would be destroyed") with input as run
}
