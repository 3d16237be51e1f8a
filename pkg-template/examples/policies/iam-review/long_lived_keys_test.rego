# New keys are refused, old ones may go.
package forgecroft.policy_test

import rego.v1

test_a_new_key_is_refused if {
	run := iam_input({}, {"added": iam_changes(["aws_iam_access_key.ci"])})
	iam_denied("aws_iam_access_key.ci would be a credential that never expires: let it assume a role") with input as run
}

test_an_old_key_may_go if {
	run := iam_input({}, {"destroyed": iam_changes(["aws_iam_access_key.ci"])})
	not iam_denied("never expires") with input as run
}

test_a_new_role_is_no_key if {
	run := iam_input({}, {"added": iam_changes(["aws_iam_role.ci"])})
	not iam_denied("never expires") with input as run
}
