// What the editor offers of policies of configurations while typing: their control rules, and how they begin.
import { snippetCompletion, type Completion } from "@codemirror/autocomplete";

export const configSnippets: readonly Completion[] = [
  snippetCompletion('package org\n\npolicy_name["${name}"]\n', { label: "package org", detail: "the beginning of a policy", type: "text" }),
  snippetCompletion("import data.circleci.config\n", { label: "import data.circleci.config", detail: "contexts, orbs, runners", type: "text" }),
  snippetCompletion('enable_rule["${rule}"]', { label: "enable_rule", detail: "a rule takes part", type: "text", boost: 2 }),
  snippetCompletion('hard_fail["${rule}"]', { label: "hard_fail", detail: "its violations are hard", type: "text", boost: 1 }),
  snippetCompletion('enable_hard["${rule}"]', { label: "enable_hard", detail: "both at once", type: "text", boost: 1 }),
];
