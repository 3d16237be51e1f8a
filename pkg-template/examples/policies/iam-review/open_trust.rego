# Refuses roles that anybody, or a stranger, may assume.
#
# The accounts that may be trusted are the workspace attribute `trusted_accounts` ("111122223333,444455556666"); without
# it accounts are not compared. A trust in an identity provider needs a condition, or it trusts all who use that provider.
package forgecroft.policy

import rego.v1

deny contains message if {
	some address, statement in trust_statements
	some one in statement
	"*" in trust_principals(one)
	message := sprintf("%s may be assumed by anybody: name the accounts or roles", [address])
}

deny contains message if {
	some address, statement in trust_statements
	some one in statement
	one.Principal.Federated
	not one.Condition
	message := sprintf("%s trusts a whole identity provider: add a condition on its subject", [address])
}

deny contains message if {
	listed := input.workspace.attributes.trusted_accounts
	trusted := {trim_space(account) | some account in split(listed, ",")}
	some address, statement in trust_statements
	some one in statement
	some principal in trust_principals(one)
	account := regex.find_n(`[0-9]{12}`, principal, 1)[0]
	not account in trusted
	message := sprintf("%s may be assumed from the account %s, which is not one of trusted_accounts", [address, account])
}

deny contains "trust was not read: the policy set needs plan_detail \"full\"" if not input.plan

deny contains message if {
	some address in trust_roles
	not trust_statements[address]
	message := sprintf(
		"who may assume %s cannot be read from this plan: use no value that is known after the apply",
		[address],
	)
}

trust_roles contains change.address if some change in trust_changes

trust_changes contains change if {
	some change in input.plan.resource_changes
	change.type == "aws_iam_role"
	some action in change.change.actions
	action in {"create", "update"}
}

trust_statements[change.address] := statements if {
	some change in trust_changes
	document := json.unmarshal(change.change.after.assume_role_policy)
	statements := trust_list(document.Statement)
}

trust_principals(statement) := {"*"} if statement.Principal == "*"

trust_principals(statement) := {name | some name in trust_list(statement.Principal.AWS)} if statement.Principal != "*"

trust_list(value) := value if is_array(value)

trust_list(value) := [value] if not is_array(value)
