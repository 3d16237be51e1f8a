# Asks the network team when a plan touches what decides who can reach production.
package forgecroft.policy

import rego.v1

require_approval contains request if {
	not perimeter_rehearsal
	count(perimeter_touched) > 0
	request := {
		"team": "network",
		"min": 1,
		"stage": 1,
		"reason": sprintf("the network's perimeter changes: %s", [perimeter_listing(sort(perimeter_touched))]),
		"timeout_hours": 24,
	}
}

perimeter_rehearsal if input.workspace.attributes.environment in {"development", "staging", "test"}

perimeter_touched contains change.address if {
	some changes in input.plan_changes
	some change in changes
	regex.match(perimeter_types, change.resource_type)
}

perimeter_types := concat("", ["^(", concat("|", perimeter_families), ")"])

perimeter_families := [
	"aws_security_group",
	"aws_vpc_security_group",
	"aws_network_acl",
	"aws_route$",
	"aws_route_table",
	"aws_route53_",
	"aws_internet_gateway",
	"aws_vpn_",
	"aws_vpc_peering",
	"aws_lb_listener",
	"aws_cloudfront_distribution",
	"aws_wafv2_",
	"google_compute_firewall",
	"google_compute_router",
	"google_dns_",
	"kubernetes_network_policy",
	"kubernetes_ingress",
	"cloudflare_",
]

# A reason is read in a chat message: five names and a number say enough.
perimeter_listing(addresses) := concat(", ", addresses) if count(addresses) <= 5

perimeter_listing(addresses) := sprintf("%s and %d more", [first, count(addresses) - 5]) if {
	count(addresses) > 5
	first := concat(", ", array.slice(addresses, 0, 5))
}
