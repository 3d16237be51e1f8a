# large: may this Terraform plan be applied? Four rules and a set that they share, over 1,000 resource changes.
package terraform.plan

import rego.v1

default allow := false

allow if count(deny) == 0

required_tags := {"owner", "env", "cost-center"}

allowed_instances := {"t3.micro", "t3.small", "t3.medium"}

changed contains change if {
	some change in input.resource_changes
	some action in change.change.actions
	action in {"create", "update"}
}

deny contains msg if {
	some change in changed
	change.type == "aws_s3_bucket"
	change.change.after.acl in {"public-read", "public-read-write"}
	msg := sprintf("%s: bucket is public (%s)", [change.address, change.change.after.acl])
}

deny contains msg if {
	some change in changed
	change.type == "aws_security_group"
	some ingress in change.change.after.ingress
	"0.0.0.0/0" in ingress.cidr_blocks
	ingress.from_port <= 22
	ingress.to_port >= 22
	msg := sprintf("%s: SSH open to the world", [change.address])
}

deny contains msg if {
	some change in changed
	change.type == "aws_instance"
	not change.change.after.instance_type in allowed_instances
	msg := sprintf("%s: instance type %s not allowed", [change.address, change.change.after.instance_type])
}

deny contains msg if {
	some change in changed
	missing := required_tags - {tag | some tag, _ in change.change.after.tags}
	count(missing) > 0
	msg := concat(",", missing)
}
