// What a worker does for the page of configurations: load the policies, decide, ask a query, run tests.
import { RegateError, loadConfigPolicies, readConfig, type ConfigPolicies, type ConfigTestResult, type LoadedConfigPolicies } from "regate";
import type { Failure } from "../engine-operations";
import type {
  ConfigJudged,
  ConfigQueried,
  ConfigTested,
  DecideConfigRequest,
  GivenPart,
  GivenTexts,
  LoadedFiles,
  PolicyFile,
  QueryConfigRequest,
  Refusal,
  TestConfigRequest,
  TestGroup,
  TestsSeen,
} from "./config-operations";
import { TEST_FILE } from "./test-file";

// Completion wants the members of the input; a large one is not worth being copied with each letter.
const SAMPLE_CHARACTERS = 200_000;
// How often the page is told how far the tests are.
const TOLD_MS = 300;

// The policies change less often than what they are asked about: those of the last question are kept.
let kept: { text: string; loaded: LoadedConfigPolicies } | undefined;

function loadedFrom(files: PolicyFile[]): LoadedConfigPolicies {
  const text = JSON.stringify(files);
  if (kept?.text !== text) {
    kept?.loaded.policies?.free();
    kept = undefined;
    kept = { text, loaded: loadConfigPolicies(files.map((file) => ({ path: file.path, source: file.text }))) };
  }
  return kept.loaded;
}

export function loadConfigs(files: PolicyFile[]): LoadedFiles {
  const { policies, error, diagnostics } = loadedFrom(files);
  const names = Object.fromEntries((policies?.policies ?? []).map(({ path, name }) => [path, name]));
  return { error: error ?? null, diagnostics, names };
}

export function decideConfig({ files, ...texts }: DecideConfigRequest): ConfigJudged {
  const { values, problems } = readTexts(texts);
  const input = texts.config.length + texts.compiled.length > SAMPLE_CHARACTERS ? undefined : inputOf(values);
  const outcome = ask(files, texts, { values, problems }, (policies, question) => ({ kind: "decided" as const, decided: policies.decide(texts.config, question) }));
  return { problems, outcome, ...(input === undefined ? {} : { input }) };
}

export function queryConfigs({ files, query, ...texts }: QueryConfigRequest): ConfigQueried {
  return ask(files, texts, readTexts(texts), (policies, question) => ({ kind: "answered" as const, value: policies.query(query, texts.config, question) }));
}

export async function testConfigs({ files, tests, run }: TestConfigRequest, seen: (results: TestsSeen) => void): Promise<ConfigTested> {
  const { policies } = loadedFrom(files);
  if (policies === null) return { kind: "policies_refused" };
  const options = run.trim() === "" ? {} : { run };
  const begun = performance.now();
  const told = teller(seen);
  try {
    const rules = await group("rules", options, told, async function* () {
      yield* policies.unitTests(options);
    });
    const file = await group("file", options, told, () => policies.test({ [TEST_FILE]: tests }, options));
    return { kind: "tested", rules, file, milliseconds: Math.round(performance.now() - begun) };
  } catch (thrown) {
    if (thrown instanceof WrongPattern) return { kind: "pattern_wrong", failure: thrown.failure };
    throw thrown;
  }
}

type Teller = (group: keyof TestsSeen, result: ConfigTestResult) => void;

/** Gathers results, and tells of them where a while has gone by: of tests that are quick it tells nothing. */
function teller(seen: (results: TestsSeen) => void): Teller {
  let waiting: TestsSeen = { rules: [], file: [] };
  let last = performance.now();
  return (group, result) => {
    waiting[group].push(result);
    if (performance.now() - last < TOLD_MS) return;
    seen(waiting);
    waiting = { rules: [], file: [] };
    last = performance.now();
  };
}

class WrongPattern extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

async function group(name: keyof TestsSeen, options: { run?: string }, tell: Teller, run: () => AsyncGenerator<ConfigTestResult>): Promise<TestGroup> {
  const results: ConfigTestResult[] = [];
  try {
    for await (const result of run()) {
      results.push(result);
      tell(name, result);
    }
    return { results, failure: null };
  } catch (thrown) {
    const failure = failureOf(thrown);
    if (options.run !== undefined && thrown instanceof RegateError && thrown.path === "/run") throw new WrongPattern(failure);
    return { results, failure: { ...failure, line: lineIn(failure.message) } };
  }
}

interface ReadTexts {
  values: Partial<Record<GivenPart, unknown>>;
  problems: ConfigJudged["problems"];
}

function readTexts(texts: GivenTexts): ReadTexts {
  const values: ReadTexts["values"] = {};
  const problems: ReadTexts["problems"] = {};
  for (const part of ["config", "meta", "compiled"] as const) {
    if (texts[part].trim() === "") continue;
    try {
      values[part] = readConfig(texts[part]);
    } catch (thrown) {
      const failure = failureOf(thrown);
      problems[part] = { ...failure, line: lineIn(failure.message) };
    }
  }
  return { values, problems };
}

function ask<Answer>(
  files: PolicyFile[],
  { compiled }: GivenTexts,
  { values, problems }: ReadTexts,
  question: (policies: ConfigPolicies, beside: { meta: unknown; compiled?: string }) => Answer,
): Answer | Refusal {
  const { policies } = loadedFrom(files);
  if (policies === null) return { kind: "policies_refused" };
  if (Object.keys(problems).length > 0) return { kind: "texts_wrong" };
  try {
    return question(policies, { meta: values.meta ?? null, ...(compiled.trim() === "" ? {} : { compiled }) });
  } catch (thrown) {
    return { kind: "failed", failure: failureOf(thrown) };
  }
}

function inputOf({ config, compiled }: ReadTexts["values"]): unknown {
  const isMap = typeof config === "object" && config !== null && !Array.isArray(config);
  return compiled === undefined ? config : { ...(isMap ? config : {}), _compiled_: compiled };
}

// What is no failure of a question is a defect, and said as one.
function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof RegateError)) throw thrown;
  const { code, message, help } = thrown;
  return { code, message, ...(help === undefined ? {} : { help }) };
}

function lineIn(message: string): number | null {
  const line = /\bline (\d+)/.exec(message)?.[1];
  return line === undefined ? null : Number(line);
}
