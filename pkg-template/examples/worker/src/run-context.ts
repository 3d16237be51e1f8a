// What a decision is about, from the query of the request. What policies trust comes from the bundle.

import type { Run, RunContext } from "regate";
import type { GateBundle } from "./gate-bundle.ts";
import { Refusal } from "./refusal.ts";

const PARAMETERS = ["workspace", "trigger", "run", "user"] as const;
const TRIGGERS: readonly Run["trigger"][] = ["manual", "push", "schedule", "pr", "promotion"];

type Parameter = (typeof PARAMETERS)[number];

/** The run that a query such as `?workspace=webshop-production&trigger=push` describes. */
export function runContext(query: URLSearchParams, { org, workspaces }: GateBundle): Required<Omit<RunContext, "nowMs">> {
  const given = parameters(query);
  const name = required(given, "workspace", "name the workspace, such as ?workspace=webshop-production&trigger=push");
  const workspace = workspaces.find((known) => known.name === name);
  if (workspace === undefined) {
    throw new Refusal(400, {
      code: "unknown_workspace",
      message: `this gate knows no workspace \`${name}\``,
      help: "add it to workspaces.json and deploy the gate again",
    });
  }
  const trigger = triggerOf(required(given, "trigger", `say what started the run: ${TRIGGERS.join(", ")}`));
  const email = given.get("user") ?? null;
  return {
    workspace,
    org,
    run: { id: runId(given.get("run")), run_type: "plan", trigger, triggered_by: email },
    user: email === null ? null : { id: null, email },
  };
}

function parameters(query: URLSearchParams): Map<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of query) {
    // A misspelt name must not silently mean nothing.
    if (!PARAMETERS.some((known) => known === name)) {
      throw new Refusal(400, {
        code: "unknown_parameter",
        message: `there is no parameter \`${name}\``,
        help: `the parameters are ${PARAMETERS.join(", ")}`,
      });
    }
    if (given.has(name)) {
      throw new Refusal(400, { code: "repeated_parameter", message: `the parameter \`${name}\` is given twice`, help: "give it once" });
    }
    if (value !== "") given.set(name, value);
  }
  return given;
}

function required(given: ReadonlyMap<string, string>, name: Parameter, help: string): string {
  const value = given.get(name);
  if (value === undefined) {
    throw new Refusal(400, { code: "missing_parameter", message: `the parameter \`${name}\` is missing or empty`, help });
  }
  return value;
}

function runId(text: string | undefined): string {
  const id = text?.trim();
  if (id !== "") return id ?? crypto.randomUUID();
  throw new Refusal(400, {
    code: "malformed_request",
    message: "the parameter `run` is blank",
    help: "pass the id of the run, or leave the parameter out for a random one",
    path: "/run/id",
  });
}

function triggerOf(text: string): Run["trigger"] {
  const trigger = TRIGGERS.find((known) => known === text);
  if (trigger === undefined) {
    throw new Refusal(400, { code: "unknown_trigger", message: `there is no trigger \`${text}\``, help: `the triggers are ${TRIGGERS.join(", ")}` });
  }
  return trigger;
}
