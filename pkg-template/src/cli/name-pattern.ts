// Patterns for the names of files: `*` stands for any characters, `?` for one, and `[a-z]` for one of some.

import { CliFailure } from "./failure.js";

/** Whether a name matches one of some patterns as a whole. */
export function matcherOf(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map(expressionOf);
  return (name) => expressions.some((expression) => expression.test(name));
}

function expressionOf(pattern: string): RegExp {
  const source = pattern.replaceAll(/\\(.)|\[(\^?)((?:\\.|[^\]\\])+)\]|[\s\S]/g, (whole, escaped?: string, negated?: string, set?: string) => {
    if (escaped !== undefined) return literal(escaped);
    if (set !== undefined) return `[${negated ?? ""}${set.replaceAll("[", "\\[")}]`;
    if (whole === "*") return "[^]*";
    return whole === "?" ? "[^]" : literal(whole);
  });
  try {
    return new RegExp(`^(?:${source})$`, "u");
  } catch {
    throw new CliFailure(`\`${pattern}\` is no pattern for names: * stands for any characters, ? for one, [a-z] for one of some`);
  }
}

function literal(character: string): string {
  return character.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
