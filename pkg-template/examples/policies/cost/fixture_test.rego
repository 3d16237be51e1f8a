# What the tests of this folder share: a workspace with attributes, changes with and without values, questions to ask.
package forgecroft.policy_test

import rego.v1

cost_input(attributes, changes) := {
	"workspace": {
		"id": "0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0",
		"name": "shop",
		"attributes": attributes,
		"detected_attributes": {"providers": ["aws"], "resource_types": []},
	},
	"run": {
		"id": "7c6b5a49-3827-4160-95f4-e3d2c1b0a9f8",
		"run_type": "plan",
		"trigger": "push",
		"triggered_by": "dana@example.com",
	},
	"org": {"id": "c0ffee00-5a1e-4d2b-9c3f-8b7a6d5e4f31"},
	"user": {"id": "5e4d3c2b-1a09-4f8e-b7d6-c5b4a3928170", "email": "dana@example.com"},
	"plan_changes": object.union({"added": [], "changed": [], "destroyed": []}, changes),
}

cost_changes(addresses) := [change |
	some address in addresses
	change := {"address": address, "resource_type": split(address, ".")[0], "provider_name": "aws"}
]

# The input of a set that asked for `plan_detail: "full"`: one resource, from the values before to those after.
cost_full_input(address, before, after) := object.union(cost_input({}, {}), {"plan": plan}) if {
	change := {
		"address": address,
		"type": split(address, ".")[0],
		"change": {"actions": ["update"], "before": before, "after": after},
	}
	plan := {"resource_changes": [change]}
}

cost_warned(phrase) if {
	some message in data.forgecroft.policy.deny
	contains(message, phrase)
}

cost_asked(team, phrase) if {
	some request in data.forgecroft.policy.require_approval
	request.team == team
	contains(request.reason, phrase)
}
