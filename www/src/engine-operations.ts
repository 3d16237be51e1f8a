// What the page and its workers say to each other: the questions, the answers, and a failure as data.
import type {
  Capabilities,
  Diagnostic,
  Dialect,
  FormatResult,
  GovernanceConfig,
  GovernanceOutcome,
  InputRead,
  PlanSummary,
  PlaygroundAnswer,
  RunContext,
} from "regate";
import type { ActionOperations } from "./actions/action-operations";
import type { ConfigOperations } from "./configs/config-operations";

/** A failure as plain data, because a thrown error loses its code and help on the way out of a worker. */
export interface Failure {
  code: string;
  message: string;
  help?: string;
}

export type Answered<T> = { ok: T } | { failure: Failure };

export interface PolicyCheck {
  /** The package that the text declares; null when it declares none yet. */
  packagePath: string | null;
  governance: boolean;
  dialect: Dialect | null;
  diagnostics: Diagnostic[];
  /** No finding that would keep the policy from being used. */
  valid: boolean;
}

/** An answer, and what the policy can look at of the input. */
export type Evaluation = { reads: InputRead[] } & (
  | { kind: "governance"; answer: PlaygroundAnswer }
  | { kind: "module"; packagePath: string; defined: true; value: unknown; steps: number }
  | { kind: "module"; packagePath: string; defined: false; steps: number }
);

export interface PreviewRequest {
  plan: Uint8Array;
  config: GovernanceConfig;
  context: RunContext;
}

export interface PreviewAnswer {
  outcome: GovernanceOutcome;
  plan: PlanSummary;
}

/** What a worker answers; each worker holds an engine of its own. */
export interface EngineOperations extends ActionOperations, ConfigOperations {
  start(module: WebAssembly.Module | null): Promise<Answered<Capabilities>>;
  check(source: string): Answered<PolicyCheck>;
  format(source: string): Answered<FormatResult>;
  evaluate(source: string, input: string | null): Answered<Evaluation>;
  preview(request: PreviewRequest): Answered<PreviewAnswer>;
}
