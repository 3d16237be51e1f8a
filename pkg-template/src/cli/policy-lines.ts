// What policies said of a plan, for people: what rejects first, then what warns, then what passed.

import type { PolicyResult } from "../wire.js";
import { indented } from "./lines.js";
import { inLine, type Paint } from "./terminal.js";

/** The section on policies; `none` says why there is no result. */
export function policyLines(results: readonly PolicyResult[], none: string, paint: Paint, columns: number): string[] {
  const lines = [paint.bold("Policies")];
  if (results.length === 0) return [...lines, `  ${paint.dim(none)}`];
  const name = (result: PolicyResult): string => inLine(`${result.policy_set_name}/${result.policy_name}`);
  const rejecting = results.filter(({ passed, enforcement }) => !passed && enforcement === "mandatory");
  const warning = results.filter(({ passed, enforcement }) => !passed && enforcement === "advisory");
  const passed = results.filter((result) => result.passed);
  const column = Math.max(...results.map((result) => name(result).length));
  for (const result of [...rejecting, ...warning]) {
    const mark = result.enforcement === "mandatory" ? paint.red("✗") : paint.yellow("!");
    lines.push(`  ${mark} ${name(result).padEnd(column)}  ${paint.dim(result.enforcement)}`);
    for (const violation of result.violations) lines.push(...indented(violation, 6, columns));
  }
  for (const result of passed) lines.push(`  ${paint.green("✓")} ${name(result).padEnd(column)}  ${paint.dim(result.enforcement)}`);
  return lines;
}
