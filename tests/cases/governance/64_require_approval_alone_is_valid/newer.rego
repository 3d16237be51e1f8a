package forgecroft.policy

require_approval contains {"team": "platform"} if count(input.plan_changes.destroyed) > 0
