# Refuses to destroy or replace what holds data, in production.
#
# A workspace is production unless its attribute `environment` says otherwise: one without a label is not a safe one.
# Who means the loss sets the attribute `break_glass` to a change ticket (OPS-123); the refusal then becomes a request
# for two approvals.
package forgecroft.policy

import rego.v1

deny contains message if {
	not stateful_rehearsal
	not stateful_ticket
	some address, loss in stateful_losses
	message := sprintf(
		"%s (%s) would be %s: keep it, or set the workspace attribute break_glass to the ticket of the change",
		[address, loss.holds, loss.fate],
	)
}

require_approval contains request if {
	not stateful_rehearsal
	count(stateful_losses) > 0
	request := {
		"team": "platform",
		"min": 2,
		"stage": 1,
		"reason": sprintf(
			"what holds data would be lost under %s: %s",
			[stateful_ticket, concat(", ", sort(object.keys(stateful_losses)))],
		),
		"timeout_hours": 8,
	}
}

stateful_rehearsal if input.workspace.attributes.environment in {"development", "staging", "test"}

stateful_ticket := ticket if {
	ticket := input.workspace.attributes.break_glass
	regex.match(`^[A-Z]+-[0-9]+$`, ticket)
}

stateful_losses[change.address] := loss if {
	some change in input.plan_changes.destroyed
	holds := stateful_types[change.resource_type]
	loss := {"holds": holds, "fate": stateful_fate(change.address)}
}

# A replacement stands in both lists. The new object starts empty.
stateful_fate(address) := "replaced" if {
	some made in input.plan_changes.added
	made.address == address
} else := "destroyed"

stateful_types := {
	"aws_db_instance": "a database",
	"aws_rds_cluster": "a database",
	"aws_dynamodb_table": "a table",
	"aws_elasticache_replication_group": "a store of sessions and caches",
	"aws_redshift_cluster": "a data warehouse",
	"aws_opensearch_domain": "a search index",
	"aws_efs_file_system": "a file system",
	"aws_ebs_volume": "a volume",
	"aws_s3_bucket": "a bucket",
	"aws_kms_key": "a key, without which what it encrypted is lost",
	"aws_cognito_user_pool": "a directory of users",
	"google_sql_database_instance": "a database",
	"google_bigquery_dataset": "a dataset",
	"google_storage_bucket": "a bucket",
	"google_kms_crypto_key": "a key, without which what it encrypted is lost",
	"kubernetes_persistent_volume_claim_v1": "a volume",
}
