package forgecroft.policy

import rego.v1

require_approval contains {"team": team, "reason": "the workspace names its approvers"} if {
	team := input.workspace.attributes.approvers
}

# On the stub input there is no such attribute, so that validation cannot see it.
require_approval contains requirement if {
	input.workspace.attributes.environment == "production"
	requirement := object.remove({"team": "platform", "reason": "production"}, input.workspace.attributes.without)
}
