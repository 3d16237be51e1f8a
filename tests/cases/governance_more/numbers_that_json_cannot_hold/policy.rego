package forgecroft.policy

import rego.v1

largest := 9007199254740991

require_approval contains {"team": "platform", "min": largest + 1} if input.run.trigger == "push"
