# Asks the finance team before money is committed: reservations are paid for whether they are used or not.
#
# The set is advisory and its warnings stop nothing; a request for approval counts all the same.
package forgecroft.policy

import rego.v1

require_approval contains request if {
	some change in input.plan_changes.added
	change.resource_type in commitment_types
	request := {
		"team": "finops",
		"min": 1,
		"stage": 1,
		"reason": sprintf("%s commits to paying for capacity", [change.address]),
		"timeout_hours": 48,
	}
}

commitment_types := {
	"aws_ec2_capacity_reservation",
	"aws_ec2_host",
	"aws_rds_reserved_instance",
	"aws_savingsplans_savings_plan",
	"aws_shield_subscription",
	"google_compute_region_commitment",
	"google_compute_reservation",
}
