# New gateways are mentioned; replaced ones, and queues, are not.
package forgecroft.policy_test

import rego.v1

test_a_new_gateway_is_mentioned if {
	run := cost_input({}, {"added": cost_changes(["aws_nat_gateway.c"])})
	cost_warned("aws_nat_gateway.c: a NAT gateway is paid by the hour") with input as run
}

test_a_replaced_gateway_is_not if {
	both := cost_changes(["aws_nat_gateway.c"])
	run := cost_input({}, {"added": both, "destroyed": both})
	not cost_warned("aws_nat_gateway.c") with input as run
}

test_a_new_queue_is_not if {
	run := cost_input({}, {"added": cost_changes(["aws_sqs_queue.c"])})
	not cost_warned("aws_sqs_queue.c") with input as run
}
