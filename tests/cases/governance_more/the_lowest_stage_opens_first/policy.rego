package forgecroft.policy

require_approval contains {"team": "directors", "stage": 5, "reason": "always"} if true
