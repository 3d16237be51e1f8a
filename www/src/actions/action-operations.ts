// What the page of actions and its workers say to each other: texts of policies, a call on a state, the entries of a ledger.
import type { ActionDecision, ActionSimulation, CompiledActionPolicy, SimulatedApprovals } from "regate";
import type { Answered, Failure } from "../engine-operations";
import type { EntrySeen } from "./ledger-text";

/** The text of a policy. One that does not say its own name has that of its tab. */
export interface PolicyText {
  title: string;
  text: string;
}

/** Policies as they are, and as they might be. */
export interface PolicyTexts {
  policies: PolicyText[];
  /** For each policy the text that is proposed in its place; null where nothing is. */
  proposed: (PolicyText | null)[];
}

export interface JudgeRequest extends PolicyTexts {
  /** JSON texts as they were typed; a blank state or set-up is none. */
  call: string;
  state: string;
  setUp: string;
  nowMs: number;
}

/** Where a failure belongs: to one of the JSON texts, or to a policy. */
export type Blamed = "call" | "state" | "set-up" | "policies";

export interface BlamedFailure extends Failure {
  on: Blamed;
  /** The JSON pointer inside that text. */
  pointer: string;
}

export type Verdict =
  /** `before` is the decision under the policies as they are, where something is proposed. */
  | { kind: "decided"; decision: ActionDecision; before: ActionDecision | null }
  /** A policy has errors: see `compiled`. */
  | { kind: "policies_wrong" }
  | { kind: "failed"; failure: BlamedFailure };

export interface Judged {
  /** What became of each text of the request. */
  compiled: { policy: CompiledActionPolicy; proposed: CompiledActionPolicy | null }[];
  verdict: Verdict;
}

export interface SimulateRequest extends PolicyTexts {
  ledger: Uint8Array;
  setUp: string;
  /** The state to begin with; blank: nothing happened before. */
  state: string;
  approve: SimulatedApprovals;
}

export type { EntrySeen };

export type Simulated =
  | { kind: "simulated"; simulation: ActionSimulation; comparedWith: "record" | "base" }
  | { kind: "policies_wrong" }
  /** The state or the set-up, which the verdict shows at its place. */
  | { kind: "failed"; failure: BlamedFailure }
  | { kind: "ledger_wrong"; failure: Failure; pointer: string; entry: EntrySeen | null };

/** What a worker answers about actions. */
export interface ActionOperations {
  judge(request: JudgeRequest): Promise<Answered<Judged>>;
  simulate(request: SimulateRequest): Promise<Answered<Simulated>>;
}
