// What the console's page and its worker say to each other: calls of the governance service by their names, and what is the host's own.
import type { CheckDecision, Diagnostic, GovernanceService, Sweep } from "regate";
import type { Failure } from "../engine-operations";
import type { SentNotice } from "./desk";

/** Why something was not done, as plain data. */
export interface Refusal extends Failure {
  path?: string;
  diagnostics?: Diagnostic[];
}

export type Outcome<T> = { ok: T } | { failure: Refusal };

/** The methods that a person of the page calls; time and providers' answers are the host's own. */
export type PersonsService = Omit<GovernanceService, "as" | "sweep" | "checks">;

/** What a sweep did, as plain data. */
export type SweepReport = Pick<Sweep, "swept" | "failed" | "next_at_ms">;

/** The answer of a provider, which the console gives in its place. */
export interface ProvidersAnswer {
  run_id: string;
  provider_id: string;
  decision: CheckDecision;
  reason: string;
}

export interface ConsoleOperations {
  /** Opens the records, and puts an example organisation there on a first visit. */
  start(module: WebAssembly.Module | null): Promise<Outcome<null>>;
  /** The most bytes of a plan. */
  largestPlan(): Promise<Outcome<number>>;
  /** Calls a method of the service, such as `runs` `approve`, for a person. */
  ask(person: string, path: string[], args: unknown[]): Promise<Outcome<unknown>>;
  /** The time by the console's clock. */
  now(): Promise<Outcome<number>>;
  moveClock(byMs: number): Promise<Outcome<null>>;
  sweep(): Promise<Outcome<SweepReport>>;
  /** Signs an answer with the provider's secret and hands it in. */
  answerCheck(answer: ProvidersAnswer): Promise<Outcome<null>>;
  sentAbout(runId: string): Promise<Outcome<SentNotice[]>>;
  startOver(): Promise<Outcome<null>>;
}
