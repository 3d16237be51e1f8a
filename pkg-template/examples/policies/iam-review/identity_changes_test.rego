# What counts as an identity, in which stage it is asked about, and how a long list is told.
package forgecroft.policy_test

import rego.v1

test_a_role_goes_to_the_security_team if {
	run := iam_input({}, {"changed": iam_changes(["aws_iam_role.app"])})
	iam_asked("identities and permissions change: aws_iam_role.app") with input as run
}

test_a_deleted_binding_does_too if {
	run := iam_input({}, {"destroyed": iam_changes(["kubernetes_role_binding_v1.deploy"])})
	iam_asked("kubernetes_role_binding_v1.deploy") with input as run
}

test_a_member_of_a_project_does_too if {
	run := iam_input({}, {"added": iam_changes(["google_project_iam_member.dev"])})
	iam_asked("google_project_iam_member.dev") with input as run
}

test_a_bucket_does_not if {
	run := iam_input({}, {"added": iam_changes(["aws_s3_bucket.x", "google_storage_bucket.y"])})
	not iam_asked("identities") with input as run
}

test_seven_names_are_five_and_two_more if {
	roles := [sprintf("aws_iam_role.r%d", [n]) | some n in numbers.range(1, 7)]
	run := iam_input({}, {"changed": iam_changes(roles)})
	iam_asked("aws_iam_role.r4, aws_iam_role.r5 and 2 more") with input as run
}
