// `regate action diff`: what differs between two policies, field by field, as between two versions of one on a server.

import { memoryHost } from "../adapters/memory.js";
import { actions } from "../actions.js";
import type { ActionFieldDiff, ActionPolicyVersionDiff } from "../wire.js";
import { validPolicies } from "./action-policies.js";
import { CliFailure, EXIT_OK, EXIT_USAGE } from "./failure.js";
import { requireOneStandardInput } from "./files.js";
import { prettyJson } from "./json-output.js";
import { inLine, type Paint } from "./terminal.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

export const actionDiffCommand: Command = {
  name: "diff",
  summary: "What differs between two action policies?",
  usage: `Say what differs between two action policies, field by field. Defaults that are written out are no difference.

Usage: regate action diff OLD NEW [options]

  OLD, NEW              Files of policies in YAML or JSON; - for standard input

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { positionals, json } = readArguments("action diff", args, {});
    const [oldPath, newPath, ...more] = positionals;
    if (oldPath === undefined || newPath === undefined || more.length > 0) throw new CliFailure("give two policies: regate action diff OLD NEW");
    requireOneStandardInput(positionals);
    const [[before] = [], [after] = []] = (await validPolicies([[oldPath], [newPath]], json, terminal)) ?? [];
    if (before === undefined || after === undefined) return EXIT_USAGE;
    const diff = await differenceOf(before, after);
    const { out, paint } = terminal;
    if (json) {
      out(prettyJson({ change_summary: diff.change_summary, fields: diff.fields }));
      return EXIT_OK;
    }
    for (const [field, change] of Object.entries(diff.fields)) for (const line of changeLines(field, change, paint)) out(line);
    if (Object.keys(diff.fields).length === 0) out(paint.dim("nothing differs"));
    return EXIT_OK;
  },
};

// The same operation as between versions that are stored: on a store that is gone afterwards.
async function differenceOf({ id: _, ...before }: { id: string; name: string }, { id: __, ...after }: { id: string; name: string }): Promise<ActionPolicyVersionDiff> {
  const { policies, versions } = actions(memoryHost(), { org_id: "here" });
  const { id, current_version_id } = await policies.create(before);
  return versions.diff(id, current_version_id, { fields: after });
}

function changeLines(field: string, change: ActionFieldDiff, paint: Paint, indent = ""): string[] {
  const name = `${indent}${paint.bold(inLine(field))}`;
  if ("from" in change) return [`${name}: ${paint.red(shown(change.from))} → ${paint.green(shown(change.to))}`];
  if (Array.isArray(change.added) && Array.isArray(change.removed)) {
    const lines = [...change.removed.map((item) => paint.red(`${indent}  - ${shown(item)}`)), ...change.added.map((item) => paint.green(`${indent}  + ${shown(item)}`))];
    return [name, ...lines];
  }
  const { added, removed, changed = {} } = change as { added: object; removed: object; changed?: { [name: string]: ActionFieldDiff } };
  return [
    name,
    ...Object.entries(removed).map(([key, value]) => paint.red(`${indent}  - ${inLine(key)}: ${shown(value)}`)),
    ...Object.entries(added).map(([key, value]) => paint.green(`${indent}  + ${inLine(key)}: ${shown(value)}`)),
    ...Object.entries(changed).flatMap(([key, value]) => changeLines(key, value, paint, `${indent}  `)),
  ];
}

function shown(value: unknown): string {
  return inLine(typeof value === "string" ? value : (JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part)) ?? "nothing"));
}
