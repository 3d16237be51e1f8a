package forgecroft.policy

import rego.v1

deny contains json.marshal(input)
