# Warns when a plan adds more of a kind than the workspace's budget for one plan.
#
# Budgets are workspace attributes: `budget_machines`, `budget_databases`, `budget_gateways`, and `budget_resources` for
# everything. Counted is what is added less what is destroyed, so that a replacement costs nothing.
package forgecroft.policy

import rego.v1

deny contains message if {
	some kind in object.keys(budget_kinds)
	limit := budget_limit(kind)
	growth := budget_growth(kind)
	growth > limit
	message := sprintf("%s grow by %d, the budget for one plan is %v (attribute budget_%s)", [kind, growth, limit, kind])
}

# A budget that cannot be read is said, not skipped.
deny contains message if {
	some kind in object.keys(budget_kinds)
	name := sprintf("budget_%s", [kind])
	written := input.workspace.attributes[name]
	not budget_limit(kind)
	message := sprintf("the workspace attribute %s is %v, which is not a number", [name, written])
}

budget_limit(kind) := to_number(input.workspace.attributes[sprintf("budget_%s", [kind])])

budget_growth(kind) := budget_count(kind, input.plan_changes.added) - budget_count(kind, input.plan_changes.destroyed)

budget_count(kind, changes) := count([change |
	some change in changes
	regex.match(budget_kinds[kind], change.resource_type)
])

budget_kinds := {
	"resources": ".",
	"machines": `^(aws_instance|aws_spot_instance_request|google_compute_instance)$`,
	"databases": `^(aws_db_instance|aws_rds_cluster|aws_elasticache_replication_group|google_sql_database_instance)$`,
	"gateways": `^(aws_nat_gateway|aws_lb|aws_ec2_transit_gateway_vpc_attachment|google_compute_router_nat)$`,
}
