// The policies that are too long or too uniform to be written by hand.

/** A module of `count` rules that each begin with an equality test on the same path. */
export function equalityRules(count) {
  const rules = Array.from({ length: count }, (_, i) => `deny contains "rule ${i}" if { input.kind == "kind${i}"; input.size > 100 }\n`);
  return `package gates\n\nimport rego.v1\n\n${rules.join("")}`;
}

/** The same rules in Cedar, by their names, beside one that permits what no rule forbids. */
export function equalityRulesInCedar(count) {
  const policies = { "otherwise": "permit (principal, action, resource);" };
  for (let i = 0; i < count; i++) {
    policies[`rule ${i}`] = `forbid (principal, action, resource) when { context.kind == "kind${i}" && context.size > 100 };`;
  }
  return policies;
}

/** A module of about `lines` lines, such as an author has open in an editor: rules, functions, comments. */
export function editorPolicy(lines) {
  let text = "package editor\n\nimport rego.v1\n\ndefault allow := false\n\nallow if count(deny) == 0\n";
  for (let i = 0; text.split("\n").length < lines; i++) text += editorRules(i);
  return text;
}

function editorRules(i) {
  return `
# Things of the kind ${i} must not be too heavy.
deny contains msg if {
	some position, thing in input.things
	thing.kind == "kind${i}"
	thing.weight > ${i * 5 + 1}
	not thing.waived
	is_of_group_${i}(thing.label)
	msg := sprintf("thing %d: %s is too heavy", [position, thing.label])
}

is_of_group_${i}(label) if startswith(label, "group${i}/")

is_of_group_${i}(label) if {
	parts := split(label, "/")
	parts[count(parts) - 1] == "old-group${i}"
}
`;
}
