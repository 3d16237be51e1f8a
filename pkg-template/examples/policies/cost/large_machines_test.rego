# Accelerators, large sizes, what was large before, and a plan without values.
package forgecroft.policy_test

import rego.v1

test_a_machine_with_accelerators_is_mentioned if {
	run := cost_full_input("aws_instance.x", null, {"instance_type": "g5.2xlarge"})
	cost_warned("aws_instance.x would run on g5.2xlarge, a machine with accelerators") with input as run
}

test_a_google_machine_with_accelerators_is_mentioned if {
	run := cost_full_input("google_compute_instance.x", null, {"machine_type": "a2-highgpu-1g"})
	cost_warned("a2-highgpu-1g, a machine with accelerators") with input as run
}

test_a_usual_machine_is_not if {
	run := cost_full_input("aws_instance.x", null, {"instance_type": "m7g.large"})
	not cost_warned("m7g.large") with input as run
}

test_growing_to_a_large_size_is_mentioned if {
	run := cost_full_input("aws_db_instance.x", {"instance_class": "db.r6g.large"}, {"instance_class": "db.r6g.16xlarge"})
	cost_warned("aws_db_instance.x would run on db.r6g.16xlarge: several smaller ones") with input as run
}

test_what_was_large_before_is_not if {
	same := {"instance_class": "db.r6g.16xlarge"}
	run := cost_full_input("aws_db_instance.x", same, same)
	not cost_warned("16xlarge") with input as run
}

test_what_goes_is_not if {
	run := cost_full_input("aws_instance.x", {"instance_type": "p5.48xlarge"}, null)
	not cost_warned("p5.48xlarge") with input as run
}

test_without_values_the_policy_says_so if {
	cost_warned("needs plan_detail") with input as cost_input({}, {})
}

test_with_values_it_does_not if {
	run := cost_full_input("aws_instance.x", null, {"instance_type": "m7g.large"})
	not cost_warned("needs plan_detail") with input as run
}

test_another_attribute_is_no_machine if {
	run := cost_full_input("aws_instance.x", null, {"instance_type": "m7g.large", "comment": "g5.2xlarge"})
	not cost_warned("g5.2xlarge") with input as run
}

test_what_is_only_read_is_not if {
	change := {"actions": ["read"], "before": null, "after": {"instance_type": "g5.2xlarge"}}
	plan := {"resource_changes": [{"address": "data.aws_instance.x", "type": "aws_instance", "change": change}]}
	not cost_warned("g5.2xlarge") with input as object.union(cost_input({}, {}), {"plan": plan})
}
