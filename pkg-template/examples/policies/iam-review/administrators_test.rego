# Administrators of an account, of a project, of a cluster; and those who are none.
package forgecroft.policy_test

import rego.v1

test_an_administrator_of_an_account_is_refused if {
	run := iam_created("aws_iam_role_policy_attachment.ci", {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"})
	iam_denied("aws_iam_role_policy_attachment.ci would give the rights of AdministratorAccess") with input as run
}

test_a_reader_of_buckets_passes if {
	run := iam_created("aws_iam_role_policy_attachment.ci", {"policy_arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"})
	not iam_denied("would give the rights") with input as run
}

test_an_owner_of_a_project_is_refused if {
	run := iam_created("google_project_iam_member.dev", {"role": "roles/owner", "member": "group:dev@example.com"})
	iam_denied("would give the rights of roles/owner") with input as run
}

test_an_administrator_of_a_cluster_is_refused if {
	reference := {"kind": "ClusterRole", "name": "cluster-admin"}
	run := iam_created("kubernetes_cluster_role_binding_v1.ci", {"role_ref": [reference]})
	iam_denied("would give the rights of cluster-admin") with input as run
}

test_an_editor_of_a_namespace_passes if {
	run := iam_created("kubernetes_role_binding_v1.ci", {"role_ref": [{"kind": "ClusterRole", "name": "edit"}]})
	not iam_denied("would give the rights") with input as run
}

test_without_values_the_administrators_say_so if {
	iam_denied("administrators were not looked for") with input as iam_input({}, {})
}

test_only_attachments_attach if {
	name := "arn:aws:iam::aws:policy/AdministratorAccess"
	not iam_denied("would give the rights") with input as iam_created("aws_iam_role.ci", {"policy_arn": name})
	not iam_denied("would give the rights") with input as iam_created("aws_ssoadmin_policy_attachment.ci", {"policy_arn": name})
}

test_a_viewer_of_a_project_passes if {
	run := iam_created("google_project_iam_member.dev", {"role": "roles/viewer"})
	not iam_denied("would give the rights") with input as run
}

test_an_owner_of_one_bucket_passes if {
	run := iam_created("google_storage_bucket_iam_member.dev", {"role": "roles/owner"})
	not iam_denied("would give the rights") with input as run
}

test_a_reference_elsewhere_is_no_binding if {
	run := iam_created("kubernetes_manifest.x", {"role_ref": [{"name": "cluster-admin"}]})
	not iam_denied("would give the rights") with input as run
}

test_an_owner_that_was_one_before_is_no_finding if {
	change := {"actions": ["no-op"], "after": {"role": "roles/owner"}}
	entry := {"address": "google_project_iam_member.dev", "type": "google_project_iam_member", "change": change}
	run := object.union(iam_input({}, {}), {"plan": {"resource_changes": [entry]}})
	not iam_denied("would give the rights") with input as run
}
