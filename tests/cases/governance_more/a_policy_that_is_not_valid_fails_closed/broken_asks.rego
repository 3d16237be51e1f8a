package forgecroft.policy

import rego.v1

deny contains message if {
	message := sprintf("%s", [unknown])
}

require_approval contains {"team": "platform"} if count(input.plan_changes.added) > 100
