# What the tests of this folder share: a production workspace, changes named by their address, questions to ask.
package forgecroft.policy_test

import rego.v1

safety_input(attributes, trigger, changes) := {
	"workspace": {
		"id": "9b2f6d3e-1c47-4a58-8e90-5d7a3c1b2f64",
		"name": "shop",
		"attributes": attributes,
		"detected_attributes": {"providers": safety_providers(changes), "resource_types": []},
	},
	"run": {
		"id": "3f8e1d2c-7b6a-4594-a3e2-d1c0b9a8f7e6",
		"run_type": "plan",
		"trigger": trigger,
		"triggered_by": "dana@example.com",
	},
	"org": {"id": "c0ffee00-5a1e-4d2b-9c3f-8b7a6d5e4f31"},
	"user": {"id": "5e4d3c2b-1a09-4f8e-b7d6-c5b4a3928170", "email": "dana@example.com"},
	"plan_changes": object.union({"added": [], "changed": [], "destroyed": []}, changes),
}

safety_production := {"environment": "production"}

safety_change(address) := {
	"address": address,
	"resource_type": type,
	"provider_name": split(type, "_")[0],
} if {
	own := regex.find_n(`[a-z0-9_]+\.[a-z0-9_]+(\[.*\])?$`, address, 1)[0]
	type := split(own, ".")[0]
}

safety_changes(addresses) := [safety_change(address) | some address in addresses]

# As many resources as a test wants, of a type that no policy looks at.
safety_queues(from, to) := [change |
	some n in numbers.range(from, to)
	change := safety_change(sprintf("aws_sqs_queue.q%d", [n]))
]

safety_providers(changes) := sort({change.provider_name |
	some list in changes
	some change in list
})

safety_denied(phrase) if {
	some message in data.forgecroft.policy.deny
	contains(message, phrase)
}

safety_asked(team, phrase) if {
	some request in data.forgecroft.policy.require_approval
	request.team == team
	contains(request.reason, phrase)
}
