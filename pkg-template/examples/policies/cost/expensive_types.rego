# Warns about new resources of types that cost money while nobody uses them.
#
# A replacement adds nothing to the bill and is not mentioned.
package forgecroft.policy

import rego.v1

deny contains message if {
	some change in input.plan_changes.added
	why := expensive_types[change.resource_type]
	not change.address in expensive_replaced
	message := sprintf("%s: %s", [change.address, why])
}

expensive_replaced contains change.address if some change in input.plan_changes.destroyed

expensive_types := {
	"aws_nat_gateway": "a NAT gateway is paid by the hour and by the byte; VPC endpoints may carry most of the traffic",
	"aws_ec2_transit_gateway_vpc_attachment": "each attachment is paid by the hour",
	"aws_eks_cluster": "a control plane is paid by the hour; a namespace in an existing cluster may do",
	"aws_msk_cluster": "brokers run around the clock",
	"aws_opensearch_domain": "data nodes run around the clock",
	"aws_redshift_cluster": "nodes run around the clock; the serverless form stops when idle",
	"aws_sagemaker_endpoint": "an endpoint keeps its machines running between requests",
	"aws_fsx_lustre_file_system": "capacity is paid for, not use",
	"google_container_cluster": "a control plane is paid by the hour; a namespace in an existing cluster may do",
	"google_spanner_instance": "processing units are paid for, not use",
	"google_bigtable_instance": "nodes run around the clock",
	"google_composer_environment": "schedulers and workers run around the clock",
}
