package forgecroft.policy

import rego.v1

deny contains "digits" if regex.match(`^\d+$`, input.run.trigger)

deny contains "no pattern" if regex.match("(prod", input.run.trigger)

deny contains "look-around" if regex.match(`^(?!prod)`, input.run.trigger)

deny contains "no script" if regex.find_n(`\p{Klingon}`, input.run.trigger, -1) != []

deny contains "too many" if regex.match(`^\p{L}{1,64}$`, input.run.trigger)

deny contains "second argument" if regex.replace(input.run.trigger, "a**", "(") == "b"

deny contains "template" if regex.template_match("urn:{[a-}", input.run.trigger, "{", "}")

deny contains "delimiters" if regex.template_match("urn:{[a-z]", input.run.trigger, "{", "}")

deny contains "a question" if regex.is_valid("(prod")

deny contains "not literal" if regex.match(concat("", ["(", "prod"]), input.run.trigger)

deny contains "result" if regex.split("[", input.run.trigger, ["a"])
