// What the policy editor offers while typing: keywords, builtins of this engine, names of the text, paths of the sample input.
import {
  snippetCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
} from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { Capabilities } from "regate";
import { element, sentenceParts } from "./element";
import type { JsonValue } from "./json-text";
import { KEYWORDS } from "./rego-language";

const keywords: Completion[] = KEYWORDS.map((label) => ({ label, type: "keyword" }));

/** Rules of governance, which are offered where nothing else is asked for. */
const governanceSnippets: readonly Completion[] = [
  snippetCompletion("deny contains msg if {\n\t${condition}\n\tmsg := sprintf(\"${%v is not allowed}\", [${value}])\n}", {
    label: "deny",
    detail: "rule: forbid a change",
    type: "text",
    boost: 2,
  }),
  snippetCompletion(
    'require_approval contains {"team": "${team}", "min": ${1}, "stage": ${1}, "reason": "${reason}"} if {\n\t${condition}\n}',
    { label: "require_approval", detail: "rule: ask a team", type: "text", boost: 1 },
  ),
  snippetCompletion("some ${change} in ${input.plan_changes.added}", {
    label: "some … in",
    detail: "for one member of a list",
    type: "text",
  }),
];

/** Completions of the builtins that the engine names. One that this build lacks, or that is for old policies, says so and comes last. */
export function builtinCompletions(builtins: Capabilities["builtins"]): Completion[] {
  return builtins.map(({ name, signature, about, available, deprecated }) => ({
    label: name,
    type: "function",
    detail: !available ? "not in this engine" : deprecated ? "deprecated" : "builtin",
    info: () => element("div", { class: "builtin-info" }, element("code", {}, `${name}${signature}`), element("p", {}, ...sentenceParts(about))),
    boost: available && !deprecated ? 0 : -50,
    apply: `${name}(`,
  }));
}

function isInsideText(context: CompletionContext): boolean {
  return /string|comment/.test(syntaxTree(context.state).resolveInner(context.pos, -1).name);
}

/** The members of the sample input at a path such as `input.plan_changes`; `[_]` and `[0]` step into a list. */
function membersAt(input: JsonValue | undefined, path: string): Completion[] {
  let place: JsonValue | undefined = input;
  for (const step of path.match(/\.[A-Za-z_]\w*|\[[^\]]*\]/g) ?? []) {
    if (Array.isArray(place)) place = step.startsWith("[") ? place[0] : undefined;
    else if (place !== null && typeof place === "object") {
      const key = step.startsWith(".") ? step.slice(1) : step.slice(1, -1).replace(/^"|"$/g, "");
      place = place[key];
    } else return [];
  }
  if (place === null || typeof place !== "object" || Array.isArray(place)) return [];
  return Object.entries(place)
    .filter(([key]) => /^[A-Za-z_]\w*$/.test(key))
    .map(([key, value]) => ({ label: key, type: "property", detail: shapeOf(value) }));
}

function shapeOf(value: JsonValue): string {
  if (Array.isArray(value)) return "list";
  if (value === null) return "null";
  return typeof value;
}

function namesOf(text: string): Completion[] {
  const names = new Set<string>();
  for (const [, name] of text.matchAll(/^([A-Za-z_]\w*)/gm)) if (name !== undefined) names.add(name);
  for (const [, name] of text.matchAll(/\b([A-Za-z_]\w*)\s*:=/g)) if (name !== undefined) names.add(name);
  const known = new Set<string>(KEYWORDS);
  return [...names].filter((name) => !known.has(name)).map((label) => ({ label, type: "variable" }));
}

export function regoCompletion(
  builtins: () => Completion[],
  sampleInput: () => JsonValue | undefined,
  snippets = governanceSnippets,
): CompletionSource {
  return (context: CompletionContext): CompletionResult | null => {
    if (isInsideText(context)) return null;
    const inputPath = context.matchBefore(/\binput(?:\.\w+|\[[^\]\n]*\])*\.\w*$/);
    if (inputPath) {
      const lastDot = inputPath.text.lastIndexOf(".");
      return {
        from: inputPath.from + lastDot + 1,
        options: membersAt(sampleInput(), inputPath.text.slice("input".length, lastDot)),
        validFor: /^\w*$/,
      };
    }
    const word = context.matchBefore(/[A-Za-z_][\w.]*$/);
    if (!word && !context.explicit) return null;
    const from = word?.from ?? context.pos;
    const dotted = word?.text.includes(".") ?? false;
    const options = dotted
      ? builtins()
      : [
          ...keywords,
          ...snippets,
          { label: "input", type: "namespace" },
          { label: "data", type: "namespace" },
          ...namesOf(context.state.sliceDoc()),
          ...builtins(),
        ];
    return { from, options, validFor: /^[\w.]*$/ };
  };
}
