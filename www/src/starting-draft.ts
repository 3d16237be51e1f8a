// What a first visit finds in the editors: a governance policy that says something about the example plan, and an input for it.

export const startingPolicy = `# Your policy. It takes part in the preview beside the example sets.
package forgecroft.policy

import rego.v1

# A bucket that exists is emptied by hand, never by a run.
deny contains message if {
	some change in input.plan_changes.destroyed
	change.resource_type == "aws_s3_bucket"
	message := sprintf("%s would be destroyed", [change.address])
}

# In production, whoever is on call reads a plan that destroys.
require_approval contains request if {
	input.workspace.attributes.environment == "production"
	destroyed := count(input.plan_changes.destroyed)
	destroyed > 0
	reason := sprintf("destroys in production: %d", [destroyed])
	request := {"team": "on-call", "min": 1, "stage": 1, "reason": reason}
}
`;

export const startingInput = `${JSON.stringify(
  {
    workspace: {
      id: "00000000-0000-0000-0000-000000000000",
      name: "sample",
      attributes: { environment: "production" },
      detected_attributes: { providers: ["aws"], resource_types: ["aws_s3_bucket", "aws_instance"] },
    },
    run: {
      id: "00000000-0000-0000-0000-000000000000",
      run_type: "plan",
      trigger: "push",
      triggered_by: "dana@example.com",
    },
    org: { id: "00000000-0000-0000-0000-000000000000" },
    user: { id: "00000000-0000-0000-0000-000000000000", email: "dana@example.com" },
    plan_changes: {
      added: [{ address: "aws_instance.worker", resource_type: "aws_instance", provider_name: "aws" }],
      changed: [],
      destroyed: [{ address: "aws_s3_bucket.archive", resource_type: "aws_s3_bucket", provider_name: "aws" }],
    },
  },
  null,
  2,
)}
`;
