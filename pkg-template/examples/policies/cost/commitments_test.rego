# A reservation asks, everything else does not.
package forgecroft.policy_test

import rego.v1

test_a_reservation_needs_the_finance_team if {
	run := cost_input({}, {"added": cost_changes(["aws_ec2_capacity_reservation.peak"])})
	cost_asked("finops", "aws_ec2_capacity_reservation.peak commits") with input as run
}

test_ending_a_reservation_does_not if {
	run := cost_input({}, {"destroyed": cost_changes(["aws_ec2_capacity_reservation.peak"])})
	not cost_asked("finops", "commits") with input as run
}

test_a_machine_does_not if {
	run := cost_input({}, {"added": cost_changes(["aws_instance.x"])})
	not cost_asked("finops", "commits") with input as run
}
