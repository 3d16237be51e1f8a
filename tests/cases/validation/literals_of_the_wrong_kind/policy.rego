package forgecroft.policy

import rego.v1

deny contains {"message": "no"} if input.run.trigger == "push"

deny contains ["no"] if input.run.trigger == "schedule"

require_approval contains {"team": 7} if input.run.trigger == "manual"

require_approval contains {"team": "platform", "stage": 0} if input.run.trigger == "promotion"

require_approval contains {"team": "platform", "reason": null} if input.run.trigger == "pr"

require_approval contains {"team": "platform", "timeout_hours": -4} if input.run.trigger == "pr"

require_approval contains {"team": "platform", "min": 1.5} if input.run.trigger == "pr"

require_approval contains {"team": " "} if input.run.trigger == "pr"

require_approval contains {
	"team": "platform",
	"min": 2.0,
	"reason": sprintf("%d", [1]),
} if input.run.trigger == "pr"

require_approval contains {
	# no team {
	"min": 1,
	"reason": "two keys",
} if input.run.trigger == "pr"
