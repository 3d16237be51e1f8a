package forgecroft.policy

import rego.v1

deny contains "deep enough" if [[[[[[[[[[1]]]]]]]]]] == input.workspace.attributes.nested
