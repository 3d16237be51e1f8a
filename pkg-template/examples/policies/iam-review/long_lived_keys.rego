# Refuses new users with keys that never expire. Roles and short-lived credentials do the same without a secret to lose.
package forgecroft.policy

import rego.v1

deny contains message if {
	some change in input.plan_changes.added
	instead := long_lived_types[change.resource_type]
	message := sprintf("%s would be a credential that never expires: %s", [change.address, instead])
}

long_lived_types := {
	"aws_iam_access_key": "let it assume a role",
	"aws_iam_user_login_profile": "let people sign in through the identity centre",
	"google_service_account_key": "use workload identity",
	"azuread_application_password": "use a federated credential",
	"cloudflare_api_token": "give the token an expiry and create it outside of the state",
}
