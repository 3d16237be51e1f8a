# The list of the workspace, the list without one, and providers of what stands unchanged.
package forgecroft.policy_test

import rego.v1

test_a_provider_outside_the_list_is_refused if {
	attributes := {"environment": "production", "providers": "aws, random"}
	run := safety_input(attributes, "push", {"added": safety_changes(["google_storage_bucket.x"])})
	safety_denied("the provider google is not one of this workspace (aws, random)") with input as run
}

test_a_provider_on_the_list_passes if {
	attributes := {"environment": "production", "providers": "aws, random"}
	run := safety_input(attributes, "push", {"added": safety_changes(["random_password.x"])})
	not safety_denied("the provider") with input as run
}

test_without_a_list_the_usual_providers_pass if {
	run := safety_input({}, "push", {"added": safety_changes(["kubernetes_namespace_v1.x", "cloudflare_record.y"])})
	not safety_denied("the provider") with input as run
}

test_without_a_list_others_are_refused if {
	run := safety_input({}, "push", {"added": safety_changes(["shell_script.x"])})
	safety_denied("the provider shell is not one") with input as run
}

test_a_provider_of_what_stands_unchanged_counts if {
	base := safety_input({"providers": "aws"}, "push", {"added": safety_queues(1, 1)})
	patch := [{"op": "replace", "path": "/workspace/detected_attributes/providers", "value": ["aws", "external"]}]
	safety_denied("the provider external") with input as json.patch(base, patch)
}
