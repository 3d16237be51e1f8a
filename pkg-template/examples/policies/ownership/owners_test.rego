# With and without owners, with something lost and something only made anew. In the older dialect, as what it tests.
package forgecroft.policy_test

owners_input(attributes, added, destroyed) = {
	"workspace": {"id": "4b3a2918-0756-4e4d-9c3b-2a190807f6e5", "name": "shop", "attributes": attributes},
	"run": {"run_type": "plan", "trigger": "push"},
	"plan_changes": {
		"added": owners_changes(added),
		"changed": [],
		"destroyed": owners_changes(destroyed),
	},
}

owners_changes(addresses) = [change |
	address := addresses[_]
	change := {"address": address, "resource_type": split(address, ".")[0], "provider_name": "aws"}
]

owners_refused {
	contains(data.forgecroft.policy.deny[_], "no owners")
}

owners_asked(team, phrase) {
	request := data.forgecroft.policy.require_approval[_]
	request.team == team
	contains(request.reason, phrase)
}

test_a_workspace_without_owners_does_not_change {
	owners_refused with input as owners_input({}, ["aws_sqs_queue.a"], [])
}

test_an_empty_owner_is_none {
	owners_refused with input as owners_input({"owner": ""}, ["aws_sqs_queue.a"], [])
}

test_without_changes_nobody_is_missed {
	not owners_refused with input as owners_input({}, [], [])
}

test_a_workspace_with_owners_changes {
	run := owners_input({"owner": "orders"}, ["aws_sqs_queue.a"], [])
	not owners_refused with input as run
	not owners_asked("orders", "destroyed for good") with input as run
}

test_owners_are_asked_before_something_goes {
	run := owners_input({"owner": "orders"}, [], ["aws_sqs_queue.b", "aws_sqs_queue.a"])
	owners_asked("orders", "destroyed for good: aws_sqs_queue.a, aws_sqs_queue.b") with input as run
}

test_a_replacement_does_not_go {
	run := owners_input({"owner": "orders"}, ["aws_sqs_queue.a"], ["aws_sqs_queue.a"])
	not owners_asked("orders", "destroyed for good") with input as run
}

test_seven_names_are_five_and_two_more {
	lost := [sprintf("aws_sqs_queue.q%d", [n]) | n := numbers.range(1, 7)[_]]
	run := owners_input({"owner": "orders"}, [], lost)
	owners_asked("orders", "aws_sqs_queue.q4, aws_sqs_queue.q5 and 2 more") with input as run
}
