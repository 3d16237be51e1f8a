package forgecroft.policy

import rego.v1

approved := {"aws", "random"}

deny contains message if {
	some change in input.plan_changes.added
	not change.provider_name in approved
	message := sprintf("%s uses the provider %s, which is not approved", [change.address, change.provider_name])
}
