# What the tests of this folder share: a workspace, one change with its values, questions to ask.
package forgecroft.policy_test

import rego.v1

iam_input(attributes, changes) := {
	"workspace": {
		"id": "2d4f6a8c-0b1d-4e3f-9a5c-7e9b1d3f5a7c",
		"name": "shop",
		"attributes": attributes,
		"detected_attributes": {"providers": ["aws"], "resource_types": []},
	},
	"run": {
		"id": "8e7d6c5b-4a39-4281-b706-f5e4d3c2b1a0",
		"run_type": "plan",
		"trigger": "push",
		"triggered_by": "dana@example.com",
	},
	"org": {"id": "c0ffee00-5a1e-4d2b-9c3f-8b7a6d5e4f31"},
	"user": {"id": "5e4d3c2b-1a09-4f8e-b7d6-c5b4a3928170", "email": "dana@example.com"},
	"plan_changes": object.union({"added": [], "changed": [], "destroyed": []}, changes),
}

iam_changes(addresses) := [change |
	some address in addresses
	change := {"address": address, "resource_type": split(address, ".")[0], "provider_name": "aws"}
]

# The input of a set that asked for `plan_detail: "full"`, for one resource that is created with these values.
iam_created(address, after) := iam_created_in({}, address, after)

iam_created_in(attributes, address, after) := object.union(base, {"plan": {"resource_changes": [change]}}) if {
	base := iam_input(attributes, {"added": iam_changes([address])})
	change := {
		"address": address,
		"type": split(address, ".")[0],
		"change": {"actions": ["create"], "before": null, "after": after},
	}
}

iam_document(statement) := json.marshal({"Version": "2012-10-17", "Statement": [statement]})

iam_denied(phrase) if {
	some message in data.forgecroft.policy.deny
	contains(message, phrase)
}

iam_asked(phrase) if {
	some request in data.forgecroft.policy.require_approval
	request.team == "security"
	request.stage == 2
	contains(request.reason, phrase)
}
