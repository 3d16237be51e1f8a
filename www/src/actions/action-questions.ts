// What a worker does for the page of actions: compile the policies, judge the call, simulate the ledger.
import {
  RegateError,
  checkAction,
  compileActionPolicy,
  simulateActions,
  type ActionDecision,
  type CheckActionQuestion,
  type CompiledActionPolicy,
  type GivenActionPolicy,
  type SimulateActionsRequest,
} from "regate";
import type {
  Blamed,
  BlamedFailure,
  JudgeRequest,
  Judged,
  PolicyText,
  PolicyTexts,
  SimulateRequest,
  Simulated,
  Verdict,
} from "./action-operations";
import { exactJson } from "./exact-json";
import { LedgerError, readLedger, textOf, type Ledger } from "./ledger-text";
import { formatOf } from "./policy-format";

type Compiled = Judged["compiled"];

const SET_UP = ["settings", "exceptions", "moderation", "configured"] as const;
type SetUp = Pick<CheckActionQuestion, (typeof SET_UP)[number]>;

/** A text of the page that cannot be used, and which. */
class Blame extends Error {
  readonly failure: BlamedFailure;

  constructor(failure: BlamedFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

export async function judge(request: JudgeRequest): Promise<Judged> {
  const compiled = await compileAll(request);
  const verdict = verdictOf(compiled, request);
  return { compiled, verdict };
}

function verdictOf(compiled: Compiled, { call, state, setUp, nowMs }: JudgeRequest): Verdict {
  const sets = setsOf(compiled);
  if (sets === null) return { kind: "policies_wrong" };
  try {
    const asked = { ...readSetUp(setUp), call: readCall(call), ...readState(state), now_ms: nowMs, explain: true };
    const decide = (policies: GivenActionPolicy[]): ActionDecision => checkAction({ policies, ...asked }).decision;
    const decision = decide(sets.candidate ?? sets.base);
    return { kind: "decided", decision, before: sets.candidate === null ? null : decide(sets.base) };
  } catch (thrown) {
    return { kind: "failed", failure: blame(thrown) };
  }
}

export async function simulate(request: SimulateRequest): Promise<Simulated> {
  const sets = setsOf(await compileAll(request));
  if (sets === null) return { kind: "policies_wrong" };
  let ledger: Ledger | undefined;
  try {
    ledger = readLedger(textOf(request.ledger));
    const policies = sets.candidate === null ? { policies: sets.base } : { candidate: sets.candidate, base: sets.base };
    const { state } = readState(request.state);
    const begins = state === undefined ? {} : { initial_state: state };
    const rest = { ...readSetUp(request.setUp), ...begins, approve: request.approve };
    // Whatever the entries are: the engine says what is wrong with them, and where.
    const ledger_entries = ledger.entries as NonNullable<SimulateActionsRequest["ledger_entries"]>;
    const simulation = simulateActions({ ...policies, ...rest, ledger_entries });
    return { kind: "simulated", simulation, comparedWith: sets.candidate === null ? "record" : "base" };
  } catch (thrown) {
    if (thrown instanceof LedgerError) {
      const { message, help, entry } = thrown;
      return { kind: "ledger_wrong", failure: { code: "not_a_ledger", message, help }, pointer: "", entry };
    }
    const path = thrown instanceof RegateError ? (thrown.path ?? "") : "";
    const [, list = "", index = "", ...rest] = path.split("/");
    if (!(thrown instanceof RegateError) || list !== "ledger_entries") return { kind: "failed", failure: blame(thrown) };
    const { code, message, help } = thrown;
    const entry = index === "" ? null : (ledger?.seen(Number(index)) ?? null);
    const pointer = rest.map((part) => `/${part}`).join("");
    return { kind: "ledger_wrong", failure: { code, message, ...(help === undefined ? {} : { help }) }, pointer, entry };
  }
}

function compileAll({ policies, proposed }: PolicyTexts): Promise<Compiled> {
  const each = async (policy: PolicyText, at: number): Promise<Compiled[number]> => {
    const other = proposed[at] ?? null;
    return { policy: await compileText(policy), proposed: other === null ? null : await compileText(other) };
  };
  return Promise.all(policies.map(each));
}

function compileText({ title, text }: PolicyText): Promise<CompiledActionPolicy> {
  return compileActionPolicy(text, formatOf(text), { name: title });
}

/** The policies as they are and, where something is proposed, as they might be. Null: one of them has errors. */
function setsOf(compiled: Compiled): { base: GivenActionPolicy[]; candidate: GivenActionPolicy[] | null } | null {
  const base: GivenActionPolicy[] = [];
  const candidate: GivenActionPolicy[] = [];
  for (const { policy, proposed } of compiled) {
    const other = proposed ?? policy;
    if (!policy.ok || !other.ok) return null;
    base.push(policy.policy);
    candidate.push(other.policy);
  }
  return { base, candidate: compiled.some(({ proposed }) => proposed !== null) ? candidate : null };
}

function readCall(text: string): CheckActionQuestion["call"] {
  if (text.trim() === "") {
    throw new Blame({ on: "call", pointer: "", code: "malformed_request", message: "there is no call", help: 'name an action, such as {"name": "issue_refund"}' });
  }
  return readJson(text, "call") as CheckActionQuestion["call"];
}

function readState(text: string): Pick<CheckActionQuestion, "state"> {
  return text.trim() === "" ? {} : { state: readJson(text, "state") as NonNullable<CheckActionQuestion["state"]> };
}

function readSetUp(text: string): SetUp {
  if (text.trim() === "") return {};
  const setUp = readJson(text, "set-up");
  if (setUp === null || typeof setUp !== "object" || Array.isArray(setUp)) {
    throw new Blame({ on: "set-up", pointer: "", code: "malformed_request", message: "the set-up is an object", help: `it has ${SET_UP.map((name) => `\`${name}\``).join(", ")}, or some of them` });
  }
  const unknown = Object.keys(setUp).find((name) => !SET_UP.some((known) => known === name));
  if (unknown !== undefined) {
    const help = `what may stand here is ${SET_UP.map((name) => `\`${name}\``).join(", ")}`;
    throw new Blame({ on: "set-up", pointer: `/${unknown.replaceAll("~", "~0").replaceAll("/", "~1")}`, code: "malformed_request", message: `the set-up has no \`${unknown}\``, help });
  }
  return setUp as SetUp;
}

function readJson(text: string, on: Blamed): unknown {
  try {
    return exactJson(text);
  } catch (thrown) {
    // The editor shows the place and says what is wrong.
    throw new Blame({ on, pointer: "", code: "not_json", message: `the ${on} is not JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}` });
  }
}

/** The text that a failure of the engine is about, by the path of its request. */
function blame(thrown: unknown): BlamedFailure {
  if (thrown instanceof Blame) return thrown.failure;
  if (!(thrown instanceof RegateError)) throw thrown;
  const { code, message, help, path = "" } = thrown;
  const [, first = "", ...rest] = path.split("/");
  const inside = rest.map((part) => `/${part}`).join("");
  const said = { code, message, ...(help === undefined ? {} : { help }) };
  if (first === "call") return { ...said, on: "call", pointer: inside };
  if (first === "state" || first === "initial_state") return { ...said, on: "state", pointer: inside };
  if (SET_UP.some((name) => name === first)) return { ...said, on: "set-up", pointer: path };
  return { ...said, on: "policies", pointer: inside };
}
