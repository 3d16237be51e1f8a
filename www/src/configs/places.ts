// Places that the engine names in its words, such as `team/images.rego:8`, or a rule that is not what it must be.
import type { PolicyFile } from "./config-operations";

export interface NamedPlace {
  path: string;
  line: number;
}

/** The first place in one of the files that a text names. */
export function placeIn(text: string, files: readonly PolicyFile[]): NamedPlace | null {
  for (const [, path = "", line] of text.matchAll(/([^\s:()"'`]+\.rego):(\d+)/g)) {
    if (files.some((file) => file.path === path)) return { path, line: Number(line) };
  }
  const control = /^invalid (enable_rule|hard_fail|enable_hard)\b/.exec(text)?.[1];
  return control === undefined ? null : ruleIn(control, files);
}

/** Where a rule stands that is no set: one with a bracket is a member of one. */
function ruleIn(name: string, files: readonly PolicyFile[]): NamedPlace | null {
  const head = new RegExp(`^(?:default\\s+)?${name}\\s*(?::?=|\\{)`);
  for (const { path, text } of files) {
    const at = text.split("\n").findIndex((line) => head.test(line));
    if (at >= 0) return { path, line: at + 1 };
  }
  return null;
}
