# Asks the security team, in stage 2, about every change to identities and their permissions.
#
# Stage 2: it reads what the owners of the change have already found right.
package forgecroft.policy

import rego.v1

require_approval contains request if {
	count(identity_touched) > 0
	request := {
		"team": "security",
		"min": 1,
		"stage": 2,
		"reason": sprintf("identities and permissions change: %s", [identity_listing(sort(identity_touched))]),
		"timeout_hours": 48,
	}
}

identity_touched contains change.address if {
	some changes in input.plan_changes
	some change in changes
	regex.match(identity_types, change.resource_type)
}

identity_types := concat("", ["^(", concat("|", identity_families), ")"])

identity_families := [
	"aws_iam_",
	"aws_identitystore_",
	"aws_ssoadmin_",
	"aws_organizations_policy",
	"google_.*_iam_",
	"google_service_account",
	"azuread_",
	"azurerm_role_",
	"kubernetes_role",
	"kubernetes_cluster_role",
	"kubernetes_service_account",
	"cloudflare_access_",
	"cloudflare_api_token",
]

# A reason is read in a chat message: five names and a number say enough.
identity_listing(addresses) := concat(", ", addresses) if count(addresses) <= 5

identity_listing(addresses) := sprintf("%s and %d more", [first, count(addresses) - 5]) if {
	count(addresses) > 5
	first := concat(", ", array.slice(addresses, 0, 5))
}
