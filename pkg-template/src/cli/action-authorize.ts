// `regate action authorize`: may this call be made now? Under policies in files, on a state that is written down.

import { checkAction, type CheckActionQuestion } from "../action-simulation.js";
import type { ActionCall, ActionDecision, GivenActionState } from "../wire.js";
import { SHARED_USAGE, aboutFiles, sharedInputs } from "./action-inputs.js";
import { validPolicies } from "./action-policies.js";
import { CliFailure, EXIT_FAILED, EXIT_OK, EXIT_USAGE } from "./failure.js";
import { readJsonObject, requireOneStandardInput } from "./files.js";
import { prettyJson } from "./json-output.js";
import { plural, tableLines } from "./lines.js";
import { inLine, printable, type Paint, type Terminal } from "./terminal.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

export const actionAuthorizeCommand: Command = {
  name: "authorize",
  summary: "May this call be made now?",
  usage: `Say whether an agent may make a call, under policies in files. Nothing is stored, and nobody is asked.

Usage: regate action authorize --policy FILE... --call FILE [options]

Options:
  --policy FILE         A policy; may be given several times
  --call FILE           The call, a JSON object { "name", "cost_usd", "kwargs", "agent_id", ... }; - for standard input
  --state FILE          What earlier calls left behind, a JSON object { "spend", "evidence", "taken", ... }; default: nothing
${SHARED_USAGE}
  --now TIME            When it is made, as RFC 3339 or in milliseconds since 1970; default: now
  --explain             Show every check that the call goes through

It ends with 0 where the call is allowed, and with 1 where it is denied or held for an approval.

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("action authorize", args, {
      policy: "texts",
      call: "text",
      state: "text",
      settings: "text",
      exceptions: "text",
      moderation: "text",
      now: "text",
      explain: "switch",
    });
    if (positionals.length > 0) throw new CliFailure(`\`${positionals[0]}\` is no option; name policies with --policy and the call with --call`);
    if (options.call === undefined) throw new CliFailure("no call given: --call FILE; see regate action authorize --help");
    const files = { call: options.call, state: options.state, settings: options.settings, exceptions: options.exceptions, moderation: options.moderation };
    requireOneStandardInput([...options.policy, ...Object.values(files)]);
    const [policies] = (await validPolicies([options.policy], json, terminal)) ?? [];
    if (policies === undefined) return EXIT_USAGE;
    const call = (await readJsonObject(options.call, "the call")) as unknown as ActionCall;
    const state = options.state === undefined ? undefined : ((await readJsonObject(options.state, "the state")) as GivenActionState);
    const shared = await sharedInputs(files);
    const request = { policies, call, explain: options.explain, now_ms: timeOf(options.now), ...(state === undefined ? {} : { state }), ...shared } as CheckActionQuestion;
    const { decision } = aboutFiles(() => checkAction(request), files);
    if (json) terminal.out(prettyJson(decision));
    else printDecision(decision, call, terminal);
    return decision.decision === "allow" ? EXIT_OK : EXIT_FAILED;
  },
};

function timeOf(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const time = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(time) && time >= 0) return time;
  throw new CliFailure(`--now is a time such as 2026-03-02T09:00:00Z or in milliseconds since 1970, not \`${text}\``);
}

function printDecision(decision: ActionDecision, call: ActionCall, { out, paint, width, wraps }: Terminal): void {
  const columns = wraps ? width : Infinity;
  out(verdict(decision, inLine(call.name), paint));
  const { policy_ids, remediation, approval, warnings, exceptions_applied, checks = [] } = decision;
  const rows: [string, string][] = [];
  if (policy_ids.length > 0) rows.push(["policies", policy_ids.join(", ")]);
  if (decision.policy_rule !== undefined) rows.push(["rule", decision.policy_rule]);
  if (remediation !== undefined && remediation.retry_guidance !== decision.message) rows.push(["to do", remediation.retry_guidance]);
  if (approval !== undefined) {
    rows.push(["approvers", approval.approvers.length === 0 ? "whoever may approve" : approval.approvers.join(", ")]);
    rows.push(["waits", `${approval.timeout_seconds} seconds, priority ${approval.priority}, because of ${approval.matched_criterion}`]);
  }
  if (exceptions_applied.length > 0) rows.push(["exceptions", exceptions_applied.join(", ")]);
  for (const { message } of warnings) rows.push(["warning", message]);
  for (const line of tableLines(rows.map(([name, text]) => [{ text: name, paint: paint.dim }, text]), 2, columns)) out(line);
  if (checks.length === 0) return;
  out("");
  out(paint.bold(plural(checks.length, "check")));
  const colours = { passed: paint.green, warned: paint.yellow, refused: paint.red, held: paint.yellow, replayed: paint.cyan } as const;
  for (const line of tableLines(checks.map(({ check, outcome }) => [check, { text: outcome, paint: colours[outcome] }]), 2, columns)) out(line);
}

function verdict({ decision, reason_code, message }: ActionDecision, name: string, paint: Paint): string {
  switch (decision) {
    case "allow":
      return `${paint.green(paint.bold("✓ ALLOWED"))}  \`${name}\` may be taken`;
    case "require_approval":
      return `${paint.yellow(paint.bold("● HELD"))}  \`${name}\` needs an approval`;
    case "deny":
      return `${paint.red(paint.bold("✗ DENIED"))}  ${reason_code ?? ""}: ${printable(message ?? "")}`;
  }
}
