package circleci.config

import data.circleci.utils
import future.keywords

orbs[name] = version {
	some reference in input.orbs
	[name, version] := split(reference, "@")
}

# Orbs that may not be used in any version, and references that only parameters decide.
ban_orbs(names) = object.union(banned, parameterized_orbs_in_input(input.orbs)) {
	banned := {name: message |
		some name in names
		orbs[name]
		message := _not_allowed(name)
	}
}

# The same for references, each a name with its version.
ban_orbs_version(references) = object.union(banned, parameterized_orbs_in_input(input.orbs)) {
	banned := {reference: message |
		some reference in references
		[name, version] := split(reference, "@")
		orbs[name] == version
		message := _not_allowed(reference)
	}
}

# The only orbs that may be used: a set of names, or an object in which they are true.
orbs_allowlist(allowed) = {reference: message |
	some reference in input.orbs
	[name, _] := split(reference, "@")
	not allowed[name]
	message := _not_allowed(name)
}

parameterized_orbs_in_input(references) = {reference: message |
	some reference in references
	utils.is_parameterized_expression(reference)
	message := sprintf("invalid orb: %s - parameterized orbs are disallowed", [reference])
}

_not_allowed(name) = sprintf("%s orb is not allowed in CircleCI configuration", [name])
