# Refuses providers that a workspace was not given.
#
# The attribute `providers` lists them ("aws,random"); without it the list below holds. A provider is code that runs
# with the credentials of the workspace, so this is not only for production.
package forgecroft.policy

import rego.v1

deny contains message if {
	some name in (provider_used - provider_allowed)
	message := sprintf(
		"the provider %s is not one of this workspace (%s): remove it, or have it added to the workspace attribute providers",
		[name, concat(", ", sort(provider_allowed))],
	)
}

# Both are asked: what stands unchanged is only in the first, and a partial input may have only the second.
provider_used contains name if some name in input.workspace.detected_attributes.providers

provider_used contains change.provider_name if {
	some changes in input.plan_changes
	some change in changes
}

provider_allowed contains trim_space(name) if some name in split(input.workspace.attributes.providers, ",")

provider_allowed contains name if {
	not input.workspace.attributes.providers
	some name in {"archive", "aws", "cloudflare", "google", "helm", "kubernetes", "null", "random", "time", "tls"}
}
