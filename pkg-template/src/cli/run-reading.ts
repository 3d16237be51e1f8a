// `regate runs`, `show`, `timeline` and `preview-run`: the runs of a server, what one is, what happened to it, and what it would meet now.

import type { PreviewResponse, StoredRun } from "../wire.js";
import { CliFailure, EXIT_FAILED, EXIT_OK } from "./failure.js";
import { prettyJson } from "./json-output.js";
import { plural, tableLines } from "./lines.js";
import { allPages } from "./pages.js";
import { policyLines } from "./policy-lines.js";
import { columnsOf, exitOfRun, printRun, timeText } from "./run-report.js";
import { RUN_STATES, answered, isApprovals, isPolicyResults, isPreview, isRun, isRunPage, isTimeline } from "./server-answers.js";
import { ServerFailure, UNEXPECTED } from "./server-failure.js";
import { SERVER_OPTIONS, SERVER_USAGE, serverOf, type Server } from "./server.js";
import { printable, type Terminal } from "./terminal.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

/** The one id that a command takes. */
export function onlyId(command: string, what: string, positionals: readonly string[]): string {
  const [id, ...more] = positionals;
  if (id === undefined) throw new CliFailure(`no ${what} given; see regate ${command} --help`);
  if (more.length > 0) throw new CliFailure(`one ${what} at a time: \`${more[0]}\` is too much; see regate ${command} --help`);
  return id;
}

/** Reads a run. An answer about another run is none. */
export async function readRun(server: Server, id: string): Promise<StoredRun> {
  return thisRun(id, (await server.get(["runs", id])).value);
}

/** An answer that must be the run of this id. */
export function thisRun(id: string, value: unknown): StoredRun {
  const run = answered(isRun, value, "a run");
  if (run.id === id) return run;
  throw new ServerFailure(UNEXPECTED, `the server was asked about the run ${id}, and answers about ${run.id}`);
}

export const runsCommand: Command = {
  name: "runs",
  summary: "List runs",
  usage: `List the runs that you may see, newest first.

Usage: regate runs [options]

Options:
  --workspace ID       Of this workspace only
  --status WORD        Only those that are queued, in_progress, pending_approval, completed, failed, rejected or aborted

With --format json it prints { runs, cursor }: the whole list, so that cursor is null.

${SERVER_USAGE}

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("runs", args, { ...SERVER_OPTIONS, workspace: "text", status: "text" });
    if (positionals.length > 0) throw new CliFailure(`\`${positionals[0]}\` is too much; see regate runs --help`);
    const { workspace, status } = options;
    if (status !== undefined && !RUN_STATES.includes(status)) throw new CliFailure(`--status is ${RUN_STATES.join(", ")}, not \`${status}\``);
    const path = workspace === undefined ? ["runs"] : ["workspaces", workspace, "runs"];
    const found = (await allPages(serverOf(options), path, isRunPage, "a list of runs")).flatMap((page) => page.runs);
    const runs = found
      .filter((run) => (status === undefined || run.status === status) && (workspace === undefined || run.workspace_id === workspace))
      .sort((a, b) => b.created_at_ms - a.created_at_ms);
    const { out, paint } = terminal;
    if (json) {
      out(prettyJson({ runs, cursor: null }));
    } else if (runs.length === 0) {
      out(paint.dim("there is none that you may see"));
    } else {
      const titles = ["created", "status", "workspace", "run", "started"].map((text) => ({ text, paint: paint.dim }));
      const rows = runs.map((run) => [
        timeText(run.created_at_ms),
        { text: run.status, paint: run.status === "completed" ? paint.green : run.status === "rejected" || run.status === "failed" ? paint.red : paint.yellow },
        run.workspace_id,
        { text: run.id, paint: paint.bold },
        { text: run.triggered_by == null ? run.trigger : `${run.trigger} by ${run.triggered_by}`, paint: paint.dim },
      ]);
      for (const line of tableLines(rows, 0, columnsOf(terminal), titles)) out(line);
    }
    return EXIT_OK;
  },
};

export const showCommand: Command = {
  name: "show",
  summary: "Show a run: its status, policies, requirements and votes",
  usage: `Show a run: its status, what policies said, who is asked in which stage, and who voted.

Usage: regate show RUN [options]

  RUN                  The run's id

Ends with 0 only where the run is completed, and with 1 where it waits, was rejected, failed or was stopped.
With --format json it prints { run, policy_results, approvals }.

${SERVER_USAGE}

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("show", args, SERVER_OPTIONS);
    const id = onlyId("show", "run", positionals);
    const server = serverOf(options);
    const run = await readRun(server, id);
    const results = answered(isPolicyResults, (await server.get(["runs", id, "policy-results"])).value, "a list of policy results");
    const votes = await server.get(["workspaces", run.workspace_id, "runs", id, "approvals"]);
    const approvals = answered(isApprovals, votes.value, "a list of votes");
    if (json) terminal.out(prettyJson({ run, policy_results: results, approvals }));
    else printRun({ run, results, approvals }, terminal);
    return exitOfRun(run);
  },
};

export const timelineCommand: Command = {
  name: "timeline",
  summary: "Show what happened to a run",
  usage: `Show what happened to a run, in order.

Usage: regate timeline RUN [options]

  RUN                  The run's id

Ends with 1 where the timeline is not as it was recorded; with --format json it prints { events, broken_at }, and broken_at
names the first entry that is not, or is null.

${SERVER_USAGE}

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("timeline", args, SERVER_OPTIONS);
    const id = onlyId("timeline", "run", positionals);
    const { value, headers } = await serverOf(options).get(["runs", id, "governance-timeline"]);
    const events = answered(isTimeline, value, "a timeline");
    const broken = headers.get("regate-timeline-broken-at");
    const broken_at = broken === null ? null : decoded(broken);
    const { out, paint } = terminal;
    if (json) {
      out(prettyJson({ events, broken_at }));
    } else {
      const rows = events.map(({ occurred_at, event_type, actor_type, actor_id, details }) => [
        { text: occurred_at, paint: paint.dim },
        { text: event_type, paint: paint.bold },
        actor_id ?? actor_type,
        { text: detailsText(details), paint: paint.dim },
      ]);
      for (const line of tableLines(rows, 0, columnsOf(terminal))) out(line);
      if (events.length === 0) out(paint.dim("nothing happened yet"));
      if (broken_at !== null) out(paint.red(printable(`✗ the timeline is not as it was recorded, from the entry ${broken_at} on`)));
    }
    return broken_at === null ? EXIT_OK : EXIT_FAILED;
  },
};

function decoded(header: string): string {
  try {
    return decodeURIComponent(header);
  } catch {
    return header;
  }
}

// Ids and counts of what is named beside them are for programs, which read JSON.
const FOR_PROGRAMS = new Set(["requirement_id", "requirement_ids", "violations_count"]);

// What says nothing is left out.
function detailsText(details: Record<string, unknown>): string {
  return Object.entries(details)
    .filter(([name, value]) => !FOR_PROGRAMS.has(name) && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${detailText(value)}`)
    .join(" · ");
}

function detailText(value: unknown): string {
  if (Array.isArray(value)) return value.map(detailText).join("; ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

export const previewRunCommand: Command = {
  name: "preview-run",
  summary: "See what the server's policies and rules of now say of a run's plan",
  usage: `See what the server's policies, rules and checks of now say of the plan of a run. Replaces the stored policy results and
changes nothing else: nobody is asked, and the run stays as it is.

Usage: regate preview-run RUN [options]

  RUN                  The run's id

Ends with 0 where nothing would reject or hold the run, else with 1.

${SERVER_USAGE}

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("preview-run", args, SERVER_OPTIONS);
    const id = onlyId("preview-run", "run", positionals);
    const preview = answered(isPreview, (await serverOf(options).post(["runs", id, "governance-preview"])).value, "a preview");
    if (json) terminal.out(prettyJson(preview));
    else printPreview(preview, terminal);
    return preview.mandatory_violations === 0 && !holds(preview) ? EXIT_OK : EXIT_FAILED;
  },
};

function holds({ approval_preview: { would_require_approval, builtin_rules, opa_requirements, external_providers } }: PreviewResponse): boolean {
  return would_require_approval || builtin_rules.length + opa_requirements.length + external_providers.length > 0;
}

function printPreview(preview: PreviewResponse, terminal: Terminal): void {
  const { out, paint } = terminal;
  const { policy_results, approval_preview, mandatory_violations } = preview;
  const { builtin_rules, opa_requirements, external_providers } = approval_preview;
  const people = [
    ...builtin_rules.map(({ name, min_approvals, stage }) => ({ stage, row: [plural(min_approvals, "approval"), `rule: ${name}`] })),
    ...opa_requirements.map(({ team, min, stage, reason }) => ({ stage, row: [plural(min, "approval"), `policy: ${team}${reason === "" ? "" : `: ${reason}`}`] })),
  ].sort((a, b) => a.stage - b.stage);
  const asked = [...people.map(({ stage, row }) => [`stage ${stage}`, ...row]), ...external_providers.map(({ name }) => ["", "check", name])];
  if (mandatory_violations > 0) out(`${paint.red(paint.bold("✗ REJECTED"))}  the run would be rejected: ${plural(mandatory_violations, "violation")} of mandatory policies`);
  else if (holds(preview)) out(`${paint.yellow(paint.bold("● HELD"))}  the run would wait for ${plural(asked.length, "requirement")}`);
  else out(`${paint.green(paint.bold("✓ ALLOWED"))}  the run would complete`);
  out("");
  const columns = columnsOf(terminal);
  for (const line of policyLines(policy_results, "no policy set applies to this run", paint, columns)) out(line);
  if (asked.length === 0) return;
  out("");
  out(paint.bold(mandatory_violations > 0 ? "Approvals (asked for when nothing rejects the run)" : "Approvals"));
  for (const line of tableLines(asked, 2, columns)) out(line);
}
