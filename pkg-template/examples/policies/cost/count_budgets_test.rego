# Within, at and beyond a budget, and a budget that is no number.
package forgecroft.policy_test

import rego.v1

budget_three := cost_changes(["aws_instance.a", "aws_instance.b", "aws_instance.c"])

test_two_machines_are_within_a_budget_of_two if {
	run := cost_input({"budget_machines": "2"}, {"added": array.slice(budget_three, 0, 2)})
	not cost_warned("machines grow") with input as run
}

test_three_machines_are_not if {
	run := cost_input({"budget_machines": "2"}, {"added": budget_three})
	cost_warned("machines grow by 3, the budget for one plan is 2 (attribute budget_machines)") with input as run
}

test_what_goes_makes_room if {
	changes := {"added": budget_three, "destroyed": cost_changes(["aws_instance.old"])}
	not cost_warned("machines grow") with input as cost_input({"budget_machines": "2"}, changes)
}

test_a_budget_of_none_means_none if {
	run := cost_input({"budget_databases": "0"}, {"added": cost_changes(["aws_db_instance.x"])})
	cost_warned("databases grow by 1, the budget for one plan is 0") with input as run
}

test_each_kind_has_its_own_budget if {
	run := cost_input({"budget_databases": "0"}, {"added": budget_three})
	not cost_warned("databases") with input as run
}

test_everything_counts_as_a_resource if {
	run := cost_input({"budget_resources": 3}, {"added": cost_changes(["a_b.c", "a_b.d", "e_f.g", "e_f.h"])})
	cost_warned("resources grow by 4") with input as run
}

test_a_budget_that_is_no_number_is_said if {
	run := cost_input({"budget_gateways": "a few"}, {})
	cost_warned("budget_gateways is a few, which is not a number") with input as run
}

test_without_a_budget_nothing_is_counted if {
	not cost_warned("budget") with input as cost_input({}, {"added": budget_three})
}
