package forgecroft.policy

import rego.v1

# Tells everything it can see of the plan.
deny contains json.marshal(input.plan.resource_changes) if input.plan

deny contains json.marshal(input.plan.output_changes) if input.plan

deny contains message if {
	some key in object.keys(input.plan)
	message := sprintf("input.plan.%s", [key])
}
