package somebody.elses

import rego.v1

deny contains "no" if input.run.trigger == "schedule"
