package circleci.utils

import future.keywords

to_set(value) = value {
	is_set(value)
} else = {item | some item in value} {
	is_array(value)
} else = {value}

to_array(value) = value {
	is_array(value)
} else = [value]

# The name of an element that is a name alone, or a name with what is said of it.
get_element_name(element) = element {
	is_string(element)
} else = name {
	is_object(element)
	count(element) == 1
	some name, _ in element
}

is_parameterized_expression(text) = regex.match(`<<\s*(pipeline|parameters)(\.[\w-]+)+\s*>>`, text)
