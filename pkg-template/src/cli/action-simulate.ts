// `regate action simulate`: what policies would have said of the calls of a ledger.

import { simulateActions } from "../action-simulation.js";
import { parseExactly } from "../json-answer.js";
import { LedgerError, readLedger, type Ledger } from "../ledger-text.js";
import type { ActionSimulation, SimulateActionsRequest, SimulatedActionResult, SimulatedApprovals } from "../wire.js";
import { SHARED_USAGE, aboutFiles, sharedInputs } from "./action-inputs.js";
import { validPolicies } from "./action-policies.js";
import { CliFailure, EXIT_FAILED, EXIT_OK, EXIT_USAGE } from "./failure.js";
import { nameOf, readJsonObject, readText, requireOneStandardInput } from "./files.js";
import { prettyJson } from "./json-output.js";
import { plural, tableLines, type Cell } from "./lines.js";
import { inLine, type Paint, type Terminal } from "./terminal.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

const APPROVALS = ["none", "all", "recorded"] as const satisfies readonly SimulatedApprovals[];

export const actionSimulateCommand: Command = {
  name: "simulate",
  summary: "What would policies have said of the calls of a ledger?",
  usage: `Decide once more on the calls of a ledger, on a clock and in a state of their own, and say what changes: beside what
became of each call, or beside other policies.

Usage: regate action simulate --policy FILE... [--base FILE...] --ledger FILE [options]

Options:
  --policy FILE         A policy as it might be; may be given several times
  --base FILE           A policy as it is: what changes is told beside these; may be given several times
  --ledger FILE         The calls: a JSON array of ledger entries, { "entries": [...] }, or one entry on each line;
                        - for standard input
  --state FILE          What calls before the ledger left behind, a JSON object { "spend", "evidence", "taken", ... };
                        default: nothing
${SHARED_USAGE}
  --approve none|all|recorded
                        What becomes of calls that need an approval (default: none)
  --changed             Show only the calls for which something changes

It ends with 0 where no call is newly blocked or newly needs an approval, and else with 1.

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("action simulate", args, {
      policy: "texts",
      base: "texts",
      ledger: "text",
      state: "text",
      settings: "text",
      exceptions: "text",
      moderation: "text",
      approve: "text",
      changed: "switch",
    });
    if (positionals.length > 0) throw new CliFailure(`\`${positionals[0]}\` is no option; name policies with --policy and the ledger with --ledger`);
    if (options.ledger === undefined) throw new CliFailure("no ledger given: --ledger FILE; see regate action simulate --help");
    if (options.policy.length === 0) throw new CliFailure("no policy given: --policy FILE; see regate action simulate --help");
    const approve = APPROVALS.find((known) => known === (options.approve ?? "none"));
    if (approve === undefined) throw new CliFailure(`--approve is ${APPROVALS.join(", ")}, not \`${options.approve}\``);
    const files = { ledger_entries: options.ledger, initial_state: options.state, settings: options.settings, exceptions: options.exceptions, moderation: options.moderation };
    requireOneStandardInput([...options.policy, ...options.base, ...Object.values(files)]);
    const [candidate, base] = (await validPolicies([options.policy, options.base], json, terminal)) ?? [];
    if (candidate === undefined || base === undefined) return EXIT_USAGE;
    const shared = await sharedInputs(files);
    const begins = options.state === undefined ? {} : { initial_state: await readJsonObject(options.state, "the state") };
    const ledger = await ledgerOf(options.ledger);
    const policies = base.length === 0 ? { policies: candidate } : { candidate, base };
    const request = { ...policies, ledger_entries: ledger.entries, approve, ...begins, ...shared } as SimulateActionsRequest;
    const lineOf = (part: string, index: number): number | undefined => (part === "ledger_entries" ? ledger.seen(index)?.line : undefined);
    const simulation = aboutFiles(() => simulateActions(request), files, lineOf);
    if (json) terminal.out(prettyJson(simulation));
    else printSimulation(simulation, options.changed, terminal);
    const { newly_blocked, newly_needs_approval } = simulation.summary;
    return newly_blocked + newly_needs_approval === 0 ? EXIT_OK : EXIT_FAILED;
  },
};

async function ledgerOf(path: string): Promise<Ledger> {
  try {
    return readLedger(await readText(path, "the ledger"), parseExactly);
  } catch (thrown) {
    if (!(thrown instanceof LedgerError)) throw thrown;
    const { message, help, entry } = thrown;
    throw new CliFailure(`${nameOf(path)}: ${message}; ${help}${entry === null ? "" : ` (in line ${entry.line})`}`);
  }
}

function printSimulation({ results, summary, warnings }: ActionSimulation, onlyChanged: boolean, { out, paint, width, wraps }: Terminal): void {
  const columns = wraps ? width : Infinity;
  const shown = onlyChanged ? results.filter(({ changed }) => changed !== "none") : results;
  const titles = ["entry", "time", "action", "cost", "decision", "reason", "change"].map((text) => ({ text, paint: paint.dim }));
  if (shown.length > 0) for (const line of tableLines(shown.map((result) => rowOf(result, paint)), 0, columns, titles)) out(line);
  if (shown.length > 0) out("");
  const { total, allowed, denied, needs_approval, skipped, cost_allowed_usd, cost_prevented_usd, by_reason } = summary;
  out(paint.bold(`${plural(total, "call")}: ${allowed} allowed, ${denied} denied, ${needs_approval} in need of an approval${skipped === 0 ? "" : `, ${skipped} left out`}`));
  const changes = [
    [summary.newly_blocked, "newly blocked", paint.red],
    [summary.newly_needs_approval, "newly in need of an approval", paint.yellow],
    [summary.newly_allowed, "newly allowed", paint.green],
    [summary.reason_changed, "denied for another reason", paint.cyan],
  ] as const;
  const found = changes.filter(([count]) => count > 0).map(([count, words, colour]) => colour(`${count} ${words}`));
  out(found.length === 0 ? paint.green("nothing changes") : found.join(", "));
  const reasons = Object.entries(by_reason).map(([reason, count]) => `${reason} ${count}`);
  if (reasons.length > 0) out(paint.dim(`denied for: ${reasons.join(", ")}`));
  out(paint.dim(`spent ${cost_allowed_usd} USD, prevented ${cost_prevented_usd} USD`));
  for (const { message, count } of warnings) out(paint.yellow(`warning: ${inLine(message)} (${count === 1 ? "1 entry" : `${count} entries`})`));
}

function rowOf({ index, entry_id, timestamp, action, cost_usd, decision, reason_code, changed }: SimulatedActionResult, paint: Paint): (string | Cell)[] {
  const words = {
    allow: { text: "allow", paint: paint.green },
    deny: { text: "deny", paint: paint.red },
    require_approval: { text: "approval", paint: paint.yellow },
  } as const;
  const changes = {
    none: { text: "", paint: paint.dim },
    newly_blocked: { text: "newly blocked", paint: paint.red },
    newly_allowed: { text: "newly allowed", paint: paint.green },
    newly_needs_approval: { text: "newly needs approval", paint: paint.yellow },
    reason_changed: { text: "other reason", paint: paint.cyan },
  } as const;
  return [entry_id ?? String(index), timestamp, action, String(cost_usd), words[decision], reason_code ?? "", changes[changed]];
}
