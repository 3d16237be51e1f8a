package forgecroft.policy

deny contains input.workspace.attributes.message
