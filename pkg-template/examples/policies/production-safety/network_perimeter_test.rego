# Which types are the perimeter, and how a long list is told.
package forgecroft.policy_test

import rego.v1

perimeter_rules(last) := [change |
	some n in numbers.range(1, last)
	change := safety_change(sprintf("aws_security_group_rule.r%d", [n]))
]

test_a_firewall_rule_needs_the_network_team if {
	run := safety_input(safety_production, "push", {"changed": safety_changes(["aws_security_group.web"])})
	safety_asked("network", "the network's perimeter changes: aws_security_group.web") with input as run
}

test_a_deleted_record_needs_the_network_team if {
	run := safety_input(safety_production, "push", {"destroyed": safety_changes([`cloudflare_record.shop["www"]`])})
	safety_asked("network", `cloudflare_record.shop["www"]`) with input as run
}

test_a_route_is_perimeter_and_a_router_of_events_is_not if {
	route := safety_input(safety_production, "push", {"added": safety_changes(["aws_route.default"])})
	safety_asked("network", "aws_route.default") with input as route
	other := safety_input(safety_production, "push", {"added": safety_changes(["aws_routerlike_thing.x"])})
	not safety_asked("network", "perimeter") with input as other
}

test_a_long_list_is_cut if {
	run := safety_input(safety_production, "push", {"added": perimeter_rules(8)})
	safety_asked("network", "aws_security_group_rule.r5 and 3 more") with input as run
}

test_staging_may_open_its_own_doors if {
	run := safety_input({"environment": "staging"}, "push", {"changed": safety_changes(["aws_security_group.web"])})
	not safety_asked("network", "perimeter") with input as run
}
