# Anybody, strangers, providers without a condition, and trust that cannot be read.
package forgecroft.policy_test

import rego.v1

trust_own := {"trusted_accounts": "111122223333, 444455556666"}

trust_given(attributes, statement) := iam_created_in(attributes, "aws_iam_role.app", {"assume_role_policy": trust}) if {
	trust := iam_document(object.union({"Effect": "Allow", "Action": "sts:AssumeRole"}, statement))
}

test_anybody_is_too_many if {
	iam_denied("aws_iam_role.app may be assumed by anybody") with input as trust_given({}, {"Principal": "*"})
	iam_denied("aws_iam_role.app may be assumed by anybody") with input as trust_given({}, {"Principal": {"AWS": "*"}})
}

test_an_own_account_is_trusted if {
	run := trust_given(trust_own, {"Principal": {"AWS": ["arn:aws:iam::444455556666:role/ci"]}})
	not iam_denied("aws_iam_role.app") with input as run
}

test_a_strange_account_is_not if {
	run := trust_given(trust_own, {"Principal": {"AWS": ["arn:aws:iam::999988887777:root"]}})
	iam_denied("from the account 999988887777, which is not one of trusted_accounts") with input as run
}

test_an_account_may_be_written_as_a_number if {
	iam_denied("from the account 999988887777") with input as trust_given(trust_own, {"Principal": {"AWS": "999988887777"}})
}

test_without_a_list_accounts_are_not_compared if {
	run := trust_given({}, {"Principal": {"AWS": "999988887777"}})
	not iam_denied("aws_iam_role.app") with input as run
}

test_a_service_is_trusted if {
	run := trust_given(trust_own, {"Principal": {"Service": "lambda.amazonaws.com"}})
	not iam_denied("aws_iam_role.app") with input as run
}

test_a_provider_without_a_condition_is_refused if {
	run := trust_given({}, {"Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/ci.example.com"}})
	iam_denied("aws_iam_role.app trusts a whole identity provider") with input as run
}

test_a_provider_with_a_condition_passes if {
	condition := {"StringEquals": {"ci.example.com:sub": "repo:example/shop"}}
	principal := {"Federated": "arn:aws:iam::111122223333:oidc-provider/ci.example.com"}
	run := trust_given({}, {"Principal": principal, "Condition": condition})
	not iam_denied("aws_iam_role.app") with input as run
}

test_trust_that_is_not_known_yet_is_refused if {
	iam_denied("who may assume aws_iam_role.app cannot be read") with input as iam_created("aws_iam_role.app", {"name": "app"})
}

test_a_role_that_goes_is_not_read if {
	change := {"actions": ["delete"], "before": {"name": "app"}, "after": null}
	plan := {"resource_changes": [{"address": "aws_iam_role.app", "type": "aws_iam_role", "change": change}]}
	not iam_denied("aws_iam_role.app") with input as object.union(iam_input({}, {}), {"plan": plan})
}

test_without_values_trust_says_so if {
	iam_denied("trust was not read") with input as iam_input({}, {})
}

test_only_roles_are_assumed if {
	run := iam_created("aws_iam_policy.app", {"policy": "{}"})
	not iam_denied("who may assume") with input as run
}
