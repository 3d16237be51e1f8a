// `regate versions` and `diff`: the states that a policy set of a server was in, and what lies between two of them.

import type { PolicyDiff, PolicySetSeen } from "../wire.js";
import { CliFailure, EXIT_OK } from "./failure.js";
import { prettyJson } from "./json-output.js";
import { diffLines, type DiffLine } from "./line-diff.js";
import { tableLines } from "./lines.js";
import { policySets } from "./lists.js";
import { allPages } from "./pages.js";
import { columnsOf } from "./run-report.js";
import { answered, isDiff, isVersionPage } from "./server-answers.js";
import { ServerFailure, UNEXPECTED } from "./server-failure.js";
import { SERVER_OPTIONS, SERVER_USAGE, serverOf, type Server } from "./server.js";
import { inLine, type Paint } from "./terminal.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

export const versionsCommand: Command = {
  name: "versions",
  summary: "List the versions of a policy set",
  usage: `List the versions of a policy set: what changed, who did it, and when.

Usage: regate versions SET [options]

  SET                  The id of a policy set, or its name where no other has it

With --format json it prints { versions, cursor }: the whole list, so that cursor is null.

${SERVER_USAGE}

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("versions", args, SERVER_OPTIONS);
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0) throw new CliFailure("give one policy set; see regate versions --help");
    const server = serverOf(options);
    const { id } = await namedSet(server, name);
    const versions = (await allPages(server, ["policy-sets", id, "versions"], isVersionPage, "a list of versions")).flatMap((page) => page.versions);
    const { out, paint } = terminal;
    if (json) {
      out(prettyJson({ versions, cursor: null }));
      return EXIT_OK;
    }
    const titles = ["version", "change", "who", "when"].map((text) => ({ text, paint: paint.dim }));
    const rows = versions.map(({ version, change, about, author_email, author_id, created_at }) => [
      { text: String(version), paint: paint.bold },
      change.replaceAll("_", " ") + (about === null || about === undefined ? "" : `: ${about}`),
      author_email ?? author_id ?? "",
      { text: created_at, paint: paint.dim },
    ]);
    for (const line of tableLines(rows, 0, columnsOf(terminal), titles)) out(line);
    return EXIT_OK;
  },
};

export const diffCommand: Command = {
  name: "diff",
  summary: "Compare two versions of a policy set",
  usage: `Compare two versions of a policy set: its settings and the text of its policies.

Usage: regate diff SET FROM TO [options]

  SET                  The id of a policy set, or its name where no other has it
  FROM, TO             Numbers of versions

${SERVER_USAGE}

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("diff", args, SERVER_OPTIONS);
    const [name, from, to, ...more] = positionals;
    if (name === undefined || from === undefined || to === undefined || more.length > 0) {
      throw new CliFailure("give a policy set and two versions; see regate diff --help");
    }
    const query = { from: versionOf(from), to: versionOf(to) };
    const server = serverOf(options);
    const { id } = await namedSet(server, name);
    const diff = answered(isDiff, (await server.get(["policy-sets", id, "diff"], { query })).value, "a comparison of versions");
    if (diff.from !== Number(query.from) || diff.to !== Number(query.to)) throw new ServerFailure(UNEXPECTED, "the server compares other versions than those that were asked for");
    const { out, paint } = terminal;
    if (json) {
      out(prettyJson(diff));
      return EXIT_OK;
    }
    for (const { field, from: old, to: fresh } of diff.fields) {
      out(`${paint.bold(inLine(field))}: ${paint.red(shownValue(old))} → ${paint.green(shownValue(fresh))}`);
    }
    for (const policy of diff.policies) for (const line of policyDiff(policy, paint)) out(line);
    if (diff.fields.length + diff.policies.length === 0) out(paint.dim("nothing differs"));
    return EXIT_OK;
  },
};

function versionOf(text: string): string {
  const version = /^v?(\d{1,15})$/.exec(text)?.[1];
  if (version === undefined) throw new CliFailure(`\`${text}\` is no number of a version; see regate versions SET`);
  return version;
}

// People know a set by its name, which is unique within a scope only.
async function namedSet(server: Server, name: string): Promise<PolicySetSeen> {
  const sets = await policySets(server);
  const named = sets.filter((set) => set.name === name);
  const found = sets.find(({ id }) => id === name) ?? (named.length === 1 ? named[0] : undefined);
  if (found !== undefined) return found;
  if (named.length === 0) throw new CliFailure(`there is no policy set \`${name}\` that you may see; see regate sets`);
  throw new CliFailure(`${named.length} policy sets are named \`${name}\`: give one by its id, ${named.map(({ id }) => `\`${id}\``).join(" or ")}`);
}

function shownValue(value: unknown): string {
  return inLine(typeof value === "string" ? value : JSON.stringify(value) ?? "nothing");
}

function policyDiff({ name, from, to }: PolicyDiff, paint: Paint): string[] {
  const word = from === null || from === undefined ? "added" : to === null || to === undefined ? "removed" : "changed";
  const lines = [`${paint.bold(`policy ${inLine(name)}`)}: ${word}`];
  if (from && to && from.description !== to.description) {
    lines.push(`  description: ${paint.red(shownValue(from.description))} → ${paint.green(shownValue(to.description))}`);
  }
  // A text that is not there has no lines, not an empty one.
  const only = (text: string, change: DiffLine["change"]): DiffLine[] => text.split("\n").map((line) => ({ change, text: line }));
  const found = from && to ? diffLines(from.rego_source, to.rego_source) : from ? only(from.rego_source, "-") : only(to?.rego_source ?? "", "+");
  return [...lines, ...nearChanges(found, paint)];
}

const CONTEXT = 3;

// Lines far from every change are left out.
function nearChanges(found: readonly DiffLine[], paint: Paint): string[] {
  const lines: string[] = [];
  let last = -1;
  found.forEach(({ change, text }, i) => {
    if (!found.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some((near) => near.change !== " ")) return;
    if (i > last + 1) lines.push(paint.dim("  ..."));
    last = i;
    const colour = change === "+" ? paint.green : change === "-" ? paint.red : paint.dim;
    lines.push(colour(`  ${change} ${inLine(text.replaceAll("\t", "  "))}`));
  });
  return lines;
}
