// What the page of configurations and its workers say to each other: files of policies, texts in YAML, decisions and tests.
import type { ConfigDecided, ConfigLoadError, ConfigTestResult, Diagnostic } from "regate";
import type { Answered, Failure } from "../engine-operations";

export interface PolicyFile {
  path: string;
  text: string;
}

/** What is given beside the policies; blank texts are nothing. */
export interface GivenTexts {
  /** The configuration, in YAML. */
  config: string;
  /** What is known of the pipeline, in YAML, of which JSON is a part. */
  meta: string;
  /** What the configuration was compiled to, in YAML. */
  compiled: string;
}

export type GivenPart = keyof GivenTexts;

/** A failure at a line of a text, where that is known. */
export interface LinedFailure extends Failure {
  line: number | null;
}

export interface LoadedFiles {
  /** Why the bundle is refused, all of it as one text. */
  error: ConfigLoadError | null;
  diagnostics: Diagnostic[];
  /** The names of the policies, by the paths of their files. */
  names: Record<string, string>;
}

export interface DecideConfigRequest extends GivenTexts {
  files: PolicyFile[];
}

/** Why nothing can be asked. */
export type Refusal = { kind: "policies_refused" } | { kind: "texts_wrong" } | { kind: "failed"; failure: Failure };

export interface ConfigJudged {
  /** What is wrong with the texts. */
  problems: Partial<Record<GivenPart, LinedFailure>>;
  outcome: { kind: "decided"; decided: ConfigDecided } | Refusal;
  /** The input of the policies, for completion; left out where it is large, or no text is right. */
  input?: unknown;
}

export interface QueryConfigRequest extends DecideConfigRequest {
  query: string;
}

export type ConfigQueried = { kind: "answered"; value: unknown } | Refusal;

export interface TestConfigRequest {
  files: PolicyFile[];
  /** A file of tests, in YAML. */
  tests: string;
  /** Runs only tests whose names match; blank: all. */
  run: string;
}

/** Tests of one kind: those that were run, and why no more of them were. */
export interface TestGroup {
  results: ConfigTestResult[];
  failure: LinedFailure | null;
}

/** Results since the last time. */
export interface TestsSeen {
  rules: ConfigTestResult[];
  file: ConfigTestResult[];
}

export type ConfigTested =
  | { kind: "tested"; rules: TestGroup; file: TestGroup; milliseconds: number }
  | { kind: "policies_refused" }
  /** What chooses among the tests is no pattern. */
  | { kind: "pattern_wrong"; failure: Failure };

/** What a worker answers about policies of configurations. */
export interface ConfigOperations {
  loadConfigs(files: PolicyFile[]): Answered<LoadedFiles>;
  decideConfig(request: DecideConfigRequest): Answered<ConfigJudged>;
  queryConfigs(request: QueryConfigRequest): Answered<ConfigQueried>;
  /** `seen` is told from time to time how far it is. */
  testConfigs(request: TestConfigRequest, seen: (results: TestsSeen) => void): Promise<Answered<ConfigTested>>;
}
