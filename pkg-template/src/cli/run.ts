// `regate run`: creates a run on a server, delivers its plan, says what was decided, and waits where it is asked to.

import { setTimeout as pause } from "node:timers/promises";
import { readPlan } from "../authoring.js";
import type { PlannedRun, PolicyResult, StoredRun } from "../wire.js";
import { CliFailure } from "./failure.js";
import { aboutFile, readDocument } from "./files.js";
import { prettyJson } from "./json-output.js";
import { onlyId, readRun, thisRun } from "./run-reading.js";
import { exitOfRun, printRun } from "./run-report.js";
import { answered, isPlannedRun, isPolicyResults } from "./server-answers.js";
import { ServerFailure, UNEXPECTED } from "./server-failure.js";
import { SERVER_OPTIONS, SERVER_USAGE, serverOf, type Server } from "./server.js";
import { printable, type Terminal } from "./terminal.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

const DEFAULT_MINUTES = 60;
const MOST_MINUTES = 7 * 24 * 60;

export const runCommand: Command = {
  name: "run",
  summary: "Create a run, deliver its plan, and say what was decided",
  usage: `Create a run, deliver its plan, and say what was decided: completed, held for approval, or rejected.

Usage: regate run PLAN --workspace ID [options]

  PLAN                 The output of terraform show -json PLANFILE; - for standard input

Options:
  --workspace ID       The workspace that is planned
  --trigger WORD       push (the default), schedule, promotion, manual for a person, or pr: the plan of a pull
                       request is looked at and completes whatever is found
  --triggered-by EMAIL Who started it, where that is not who asks
  --source-ref SHA     The commit
  --pr N               The pull request
  --wait [MINUTES]     Wait until the run waits no longer, ${DEFAULT_MINUTES} minutes where no number is given

Ends with 0 only where the run is completed: with 1 where it is held, also when the waiting ends, and where it is rejected
or stopped. With --format json it prints { run, decision }: the run as it was at the end, and what was decided on its plan.

${SERVER_USAGE}

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("run", withMinutes(args), {
      ...SERVER_OPTIONS,
      workspace: "text",
      trigger: "text",
      "triggered-by": "text",
      "source-ref": "text",
      pr: "text",
      wait: "text",
    });
    const planPath = onlyId("run", "plan", positionals);
    const { workspace } = options;
    if (workspace === undefined) throw new CliFailure("no workspace given: name it with --workspace ID; see regate run --help");
    const minutes = options.wait === undefined ? undefined : minutesOf(options.wait);
    const wanted = newRun(options);
    const server = serverOf(options);
    const plan = await readDocument(planPath, "the plan");
    // A plan that nobody can read makes no run.
    aboutFile(planPath, () => readPlan(plan));
    const created = await server.post(["workspaces", workspace, "runs"], { body: wanted });
    const { id } = thisRun(idOf(created.value), created.value);
    note(`the run ${id} is created`, terminal);
    const planned = await deliver(server, id, plan, terminal);
    if (!json) printRun({ run: planned.run, ...(await resultsOf(server, id, terminal)) }, terminal);
    const run = minutes === undefined ? planned.run : await waited(server, planned.run, minutes, terminal);
    if (json) {
      terminal.out(prettyJson({ run, decision: planned.decision }));
    } else if (run !== planned.run) {
      terminal.out("");
      printRun({ run }, terminal);
    }
    return exitOfRun(run);
  },
};

// `--wait` may stand alone, and an option of the parser may not.
function withMinutes(args: readonly string[]): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const found: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (i >= end || arg !== "--wait") found.push(arg);
    else if (i + 1 < end && /^\d+(\.\d+)?$/.test(args[i + 1] ?? "")) found.push(`--wait=${args[++i]}`);
    else found.push(`--wait=${DEFAULT_MINUTES}`);
  }
  return found;
}

function minutesOf(text: string): number {
  const minutes = /^\d+(\.\d+)?$/.test(text) ? Number(text) : -1;
  if (minutes >= 0 && minutes <= MOST_MINUTES) return minutes;
  throw new CliFailure(`--wait is a number of minutes up to ${MOST_MINUTES}, not \`${text}\``);
}

interface RunOptions {
  trigger: string | undefined;
  "triggered-by": string | undefined;
  "source-ref": string | undefined;
  pr: string | undefined;
}

// The words are the server's to check.
function newRun({ trigger = "push", "triggered-by": by, "source-ref": ref, pr }: RunOptions): object {
  if (pr !== undefined && !/^\d{1,9}$/.test(pr)) throw new CliFailure(`--pr is the number of a pull request, not \`${pr}\``);
  const changeset = {
    ...(ref === undefined ? {} : { source_type: "git", source_ref: ref }),
    ...(pr === undefined ? {} : { source_type: "git", pr_number: Number(pr) }),
  };
  return { trigger, ...(by === undefined ? {} : { triggered_by: by }), ...(Object.keys(changeset).length === 0 ? {} : { changeset }) };
}

function idOf(value: unknown): string {
  const { id } = (value ?? {}) as { id?: unknown };
  return typeof id === "string" ? id : "";
}

const TRIES = 3;
const REFUSED_PLAN = new Set([400, 413]);

// The same plan again gives the same answer, so a delivery whose answer was lost is sent again. A plan that the server refuses ends
// the run: nothing else would.
async function deliver(server: Server, id: string, plan: Uint8Array, terminal: Terminal): Promise<PlannedRun> {
  for (let tries = 1; ; tries++) {
    try {
      const planned = answered(isPlannedRun, (await server.post(["runs", id, "plan"], { body: plan })).value, "a run and what was decided");
      thisRun(id, planned.run);
      return planned;
    } catch (thrown) {
      if (!(thrown instanceof ServerFailure)) throw thrown;
      if (thrown.isPassing && tries < TRIES) {
        note(`${thrown.message}; the plan is sent again`, terminal);
        await pause(1000 * tries);
        continue;
      }
      if (REFUSED_PLAN.has(thrown.details.status ?? 0) && thrown.code !== UNEXPECTED) await giveUp(server, id, thrown.message, terminal);
      else note(`the run ${id} may be decided all the same: see regate show ${id}`, terminal);
      throw thrown;
    }
  }
}

async function giveUp(server: Server, id: string, why: string, terminal: Terminal): Promise<void> {
  try {
    await server.post(["runs", id, "fail"], { body: { error_summary: why } });
    note(`the run ${id} is ended as failed`, terminal);
  } catch {
    note(`the run ${id} stays queued: end it with regate abort ${id}`, terminal);
  }
}

// They explain the verdict, and a pipeline may lack the right to read them.
async function resultsOf(server: Server, id: string, terminal: Terminal): Promise<{ results?: PolicyResult[] }> {
  try {
    return { results: answered(isPolicyResults, (await server.get(["runs", id, "policy-results"])).value, "a list of policy results") };
  } catch (thrown) {
    if (!(thrown instanceof ServerFailure)) throw thrown;
    note(`what the policies said cannot be read: ${thrown.message}`, terminal);
    return {};
  }
}

const WAITING = new Set<StoredRun["status"]>(["queued", "in_progress", "pending_approval"]);
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;
/** How many failures in a row a wait outlives. */
const FAILURES = 6;

async function waited(server: Server, run: StoredRun, minutes: number, terminal: Terminal): Promise<StoredRun> {
  const end = performance.now() + minutes * 60_000;
  let failures = 0;
  if (WAITING.has(run.status)) note(`waiting ${minutes} minutes at the most; approve with: regate approve ${run.id}`, terminal);
  for (let interval = FIRST_PAUSE_MS; WAITING.has(run.status); interval = Math.min(interval * 1.5, LONGEST_PAUSE_MS)) {
    const left = end - performance.now();
    if (left <= 0) {
      note(`the run still waits after ${minutes} minutes`, terminal);
      return run;
    }
    await pause(Math.min(interval, left));
    try {
      run = await readRun(server, run.id);
      failures = 0;
    } catch (thrown) {
      if (!(thrown instanceof ServerFailure) || !thrown.isPassing || ++failures >= FAILURES) throw thrown;
      note(`${thrown.message}; it is asked again`, terminal);
    }
  }
  return run;
}

function note(text: string, terminal: Terminal): void {
  terminal.err(terminal.errorPaint.dim(`note: ${printable(text)}`));
}
