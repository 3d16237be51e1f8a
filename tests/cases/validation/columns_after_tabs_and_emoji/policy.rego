package forgecroft.policy

import rego.v1

deny contains message if {
	name := "🚧 Ünder construction 🚧"; message := unknown_words(name)
	input.workspace.attributes[`📦`] == 1; missing(name)
}
