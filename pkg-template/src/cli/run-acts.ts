// `regate approve`, `reject`, `renotify`, `abort`, `apply` and `discard`: what people and pipelines do with a run of a server.

import type { StoredRun } from "../wire.js";
import { EXIT_FAILED, EXIT_OK } from "./failure.js";
import { prettyJson } from "./json-output.js";
import { onlyId, readRun, thisRun } from "./run-reading.js";
import { printRun } from "./run-report.js";
import { answered, isPlannedRun } from "./server-answers.js";
import { ServerFailure, UNEXPECTED } from "./server-failure.js";
import { SERVER_OPTIONS, SERVER_USAGE, serverOf } from "./server.js";
import { inLine } from "./terminal.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

/** What is done with a run, and how an answer shows that it was. */
interface Act {
  name: string;
  summary: string;
  /** What `--help` adds. */
  more: string;
  takesComment?: true;
  isDone: (run: StoredRun) => boolean;
  /** What is said when it was done. */
  said: string;
}

const ACTS: readonly Act[] = [
  {
    name: "approve",
    summary: "Vote for a run",
    more: "A vote for everything that is open and asks for you. The run goes on when nothing is left to ask.",
    takesComment: true,
    // An apply that nothing holds any longer is queued.
    isDone: ({ status }) => status === "pending_approval" || status === "completed" || status === "queued",
    said: "your vote is counted",
  },
  {
    name: "reject",
    summary: "Vote against a run, which ends it",
    more: "A vote against it: the run is rejected.",
    takesComment: true,
    isDone: ({ status }) => status === "rejected",
    said: "your vote is counted",
  },
  {
    name: "renotify",
    summary: "Tell the approvers of a run again",
    more: "Tells those who are asked again, at most once in 5 minutes.",
    isDone: ({ status }) => status === "pending_approval",
    said: "the approvers are told again",
  },
  {
    name: "abort",
    summary: "Stop a run that has not ended",
    more: "",
    isDone: ({ status }) => status === "aborted",
    said: "the run is stopped",
  },
  {
    name: "discard",
    summary: "Make sure that a run's changeset is never applied",
    more: "A run that waits may still be decided.",
    isDone: ({ changeset }) => typeof changeset?.discarded_at_ms === "number",
    said: "the changeset is never applied",
  },
];

function usageOf(name: string, summary: string, more: string, options: string): string {
  return `${summary}.${more === "" ? "" : `\n${more}`}

Usage: regate ${name} RUN [options]

  RUN                  The run's id

${options}${SERVER_USAGE}

${COMMON_USAGE}`;
}

function commandOf({ name, summary, more, takesComment, isDone, said }: Act): Command {
  const comment = takesComment ? "Options:\n  --comment TEXT       Why, for everybody who reads the run\n\n" : "";
  return {
    name,
    summary,
    usage: usageOf(name, summary, `${more}${more === "" ? "" : "\n"}Ends with 0 where the server did it, whatever the run waits for then.`, comment),
    async run(args, terminal) {
      const kinds = takesComment ? { ...SERVER_OPTIONS, comment: "text" as const } : SERVER_OPTIONS;
      const { options, positionals, json } = readArguments(name, args, kinds);
      const id = onlyId(name, "run", positionals);
      const server = serverOf(options);
      const { workspace_id } = await readRun(server, id);
      const place = name === "discard" ? "changesets" : "runs";
      const text = "comment" in options ? options.comment : undefined;
      const { value } = await server.post(["workspaces", workspace_id, place, id, name], text === undefined ? {} : { body: { comment: text } });
      const run = thisRun(id, value);
      if (!isDone(run)) throw new ServerFailure(UNEXPECTED, `the server took \`${name}\`, but the run is ${run.status}`);
      if (json) {
        terminal.out(prettyJson(run));
      } else {
        terminal.out(terminal.paint.bold(said));
        printRun({ run }, terminal);
      }
      return EXIT_OK;
    },
  };
}

const applyCommand: Command = {
  name: "apply",
  summary: "Queue the apply of a run that is completed",
  usage: usageOf(
    "apply",
    "Queue the apply of a run that is completed",
    `The plan of a pull request is decided on first. Ends with 0 where the apply is queued, with 1 where it is held or rejected.
With --format json it prints { run, decision } of the apply run.`,
    "",
  ),
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("apply", args, SERVER_OPTIONS);
    const id = onlyId("apply", "run", positionals);
    const server = serverOf(options);
    const { workspace_id } = await readRun(server, id);
    const { value } = await server.post(["workspaces", workspace_id, "changesets", id, "apply"]);
    const planned = answered(isPlannedRun, value, "an apply run and what was decided");
    const { run, decision } = planned;
    if (run.run_type !== "apply" || run.workspace_id !== workspace_id) {
      throw new ServerFailure(UNEXPECTED, `the server was asked for an apply, and answers with the run ${inLine(run.id)}, which is none`);
    }
    if (json) terminal.out(prettyJson(planned));
    else printRun({ run }, terminal);
    return decision.kind === "allow" ? EXIT_OK : EXIT_FAILED;
  },
};

export const actCommands: readonly Command[] = [...ACTS.map(commandOf), applyCommand];
