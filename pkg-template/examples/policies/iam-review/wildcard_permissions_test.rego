# All of a service, everything, NotAction, and documents that cannot be read.
package forgecroft.policy_test

import rego.v1

wildcard_granted(actions, resources) := iam_created("aws_iam_role_policy.app", {"policy": iam_document({
	"Effect": "Allow",
	"Action": actions,
	"Resource": resources,
})})

test_all_of_a_service_on_everything_is_refused if {
	run := wildcard_granted("dynamodb:*", "*")
	iam_denied("aws_iam_role_policy.app allows dynamodb:* on every resource") with input as run
}

test_everything_in_a_list_is_refused if {
	run := wildcard_granted(["s3:GetObject", "*"], ["arn:aws:s3:::a", "*"])
	iam_denied("allows * on every resource") with input as run
	not iam_denied("s3:GetObject") with input as run
}

test_all_of_a_service_on_one_table_passes if {
	run := wildcard_granted("dynamodb:*", "arn:aws:dynamodb:eu-central-1:111122223333:table/carts")
	not iam_denied("on every resource") with input as run
}

test_one_action_on_everything_passes if {
	run := wildcard_granted("ec2:DescribeInstances", "*")
	not iam_denied("on every resource") with input as run
}

test_a_denial_of_everything_passes if {
	document := iam_document({"Effect": "Deny", "Action": "*", "Resource": "*"})
	run := iam_created("aws_iam_policy.guard", {"policy": document})
	not iam_denied("on every resource") with input as run
}

test_a_statement_without_a_list_is_read if {
	document := json.marshal({"Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}})
	run := iam_created("aws_iam_policy.app", {"policy": document})
	iam_denied("allows iam:* on every resource") with input as run
}

test_all_but_a_few_actions_are_refused if {
	document := iam_document({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"})
	run := iam_created("aws_iam_policy.app", {"policy": document})
	iam_denied("aws_iam_policy.app allows all but a few actions") with input as run
}

test_an_unknown_document_goes_to_the_security_team if {
	run := iam_created("aws_iam_policy.later", {"name": "later"})
	iam_asked("the permissions of aws_iam_policy.later cannot be read") with input as run
}

test_a_document_that_is_no_json_goes_to_the_security_team if {
	run := iam_created("aws_iam_policy.odd", {"policy": "(sensitive)"})
	iam_asked("the permissions of aws_iam_policy.odd cannot be read") with input as run
}

test_a_known_document_does_not if {
	run := wildcard_granted("ec2:DescribeInstances", "*")
	not iam_asked("cannot be read") with input as run
}

test_without_values_the_wildcards_say_so if {
	iam_denied("permissions were not read") with input as iam_input({}, {})
}

test_a_denial_of_all_but_a_few_actions_passes if {
	document := iam_document({"Effect": "Deny", "NotAction": ["sts:*"], "Resource": "*"})
	run := iam_created("aws_iam_policy.guard", {"policy": document})
	not iam_denied("all but a few actions") with input as run
}

test_named_actions_are_not_all_but_a_few if {
	not iam_denied("all but a few actions") with input as wildcard_granted("s3:GetObject", "arn:aws:s3:::a/*")
}

test_the_policy_of_a_queue_is_another_matter if {
	document := iam_document({"Effect": "Allow", "Action": "sqs:*", "Resource": "*"})
	run := iam_created("aws_sqs_queue_policy.orders", {"policy": document})
	not iam_denied("on every resource") with input as run
}

test_what_was_allowed_before_is_not_refused_now if {
	document := iam_document({"Effect": "Allow", "Action": "sqs:*", "Resource": "*"})
	change := {"actions": ["no-op"], "after": {"policy": document}}
	entry := {"address": "aws_iam_policy.old", "type": "aws_iam_policy", "change": change}
	run := object.union(iam_input({}, {}), {"plan": {"resource_changes": [entry]}})
	not iam_denied("on every resource") with input as run
}

test_a_document_that_is_a_number_goes_to_the_security_team if {
	run := iam_created("aws_iam_policy.odd", {"policy": "7"})
	iam_asked("the permissions of aws_iam_policy.odd cannot be read") with input as run
}
