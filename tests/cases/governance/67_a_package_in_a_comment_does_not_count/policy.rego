# package forgecroft.policy
package acme.policy

import rego.v1

deny contains "package forgecroft.policy" if count(input.plan_changes.destroyed) > 0
