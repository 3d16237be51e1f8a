// The engine, off the page's thread: whatever a policy does, the tab stays alive and this worker can be ended.
import { expose } from "comlink";
import {
  RegateError,
  capabilities,
  check,
  compile,
  format,
  init,
  playground,
  prepareGovernance,
  readPlan,
  validate,
  type FormatResult,
  type Governance,
  type GovernanceConfig,
  type InputRead,
} from "regate";
import { judge, simulate } from "./actions/action-questions";
import { decideConfig, loadConfigs, queryConfigs, testConfigs } from "./configs/config-questions";
import type { Answered, EngineOperations, Evaluation, PolicyCheck } from "./engine-operations";
import { isGovernance, packageOf } from "./policy-kind";

const FILE = "policy.rego";

function answered<T>(ask: () => T): Answered<T> {
  try {
    return { ok: ask() };
  } catch (thrown) {
    return failed(thrown);
  }
}

async function answeredLater<T>(ask: () => Promise<T>): Promise<Answered<T>> {
  try {
    return { ok: await ask() };
  } catch (thrown) {
    return failed(thrown);
  }
}

function failed(thrown: unknown): { failure: { code: string; message: string; help?: string } } {
  if (thrown instanceof RegateError) {
    const { code, message, help } = thrown;
    return { failure: help === undefined ? { code, message } : { code, message, help } };
  }
  return {
    failure: {
      code: "unexpected",
      message: thrown instanceof Error ? thrown.message : String(thrown),
      help: "this is a defect of the page or of the engine; change the text or reload the page to go on",
    },
  };
}

function checkPolicy(source: string): PolicyCheck {
  const packagePath = packageOf(source);
  if (isGovernance(packagePath)) {
    const { valid, diagnostics, dialect } = validate(source, { path: FILE });
    return { packagePath, governance: true, dialect: dialect ?? null, diagnostics, valid };
  }
  const { diagnostics, dialects } = check(source, { path: FILE });
  return {
    packagePath,
    governance: false,
    dialect: dialects[FILE] ?? null,
    diagnostics,
    valid: !diagnostics.some((diagnostic) => diagnostic.severity === "error"),
  };
}

// In the dialect that the check reads it in.
function formatPolicy(source: string): FormatResult {
  return format(source, { path: FILE, ...(isGovernance(packageOf(source)) ? { contract: "governance" } : {}) });
}

function evaluatePolicy(source: string, input: string | null): Evaluation {
  const packagePath = packageOf(source);
  if (packagePath === null) {
    throw new RegateError("rego_parse_error", "the policy declares no package", {
      help: "begin the policy with a line such as `package example`",
    });
  }
  if (isGovernance(packagePath)) {
    return { kind: "governance", answer: playground(source, input ?? "{}"), reads: governanceReads(source, packagePath) };
  }
  const { policy, diagnostics } = compile(source, { path: FILE });
  if (policy === null) {
    const first = diagnostics.find((diagnostic) => diagnostic.severity === "error");
    throw new RegateError(first?.code ?? "rego_compile_error", first?.message ?? "the policy does not compile", {
      help: "mend the problems listed under the policy, then evaluate again",
    });
  }
  try {
    const { bindings, steps } = policy.query(`answer = data.${packagePath}`, input ?? undefined, { numbers: "exact" });
    const answer = bindings[0]?.["answer"];
    const about = { kind: "module", packagePath, steps, reads: policy.reads(entrypointOf(packagePath)) } as const;
    return answer === undefined ? { ...about, defined: false } : { ...about, defined: true, value: answer };
  } finally {
    policy.free();
  }
}

const entrypointOf = (packagePath: string): string => packagePath.replaceAll(".", "/");

function governanceReads(source: string, packagePath: string): InputRead[] {
  const { policy } = compile(source, { path: FILE, contract: "governance" });
  const reads = policy?.reads(entrypointOf(packagePath)) ?? [];
  policy?.free();
  return reads;
}

// The configuration changes rarely, the plan often: what was prepared for the last one is kept.
let prepared: { text: string; governance: Governance } | undefined;

function governanceFor(config: GovernanceConfig): Governance {
  const text = JSON.stringify(config);
  if (prepared?.text !== text) {
    prepared?.governance.free();
    prepared = undefined;
    prepared = { text, governance: prepareGovernance(config) };
  }
  return prepared.governance;
}

const operations: EngineOperations = {
  async start(module) {
    try {
      await init(module ?? undefined);
      return { ok: capabilities() };
    } catch (thrown) {
      return failed(thrown);
    }
  },
  check: (source) => answered(() => checkPolicy(source)),
  format: (source) => answered(() => formatPolicy(source)),
  evaluate: (source, input) => answered(() => evaluatePolicy(source, input)),
  judge: (request) => answeredLater(() => judge(request)),
  simulate: (request) => answeredLater(() => simulate(request)),
  loadConfigs: (files) => answered(() => loadConfigs(files)),
  decideConfig: (request) => answered(() => decideConfig(request)),
  queryConfigs: (request) => answered(() => queryConfigs(request)),
  testConfigs: (request, seen) => answeredLater(() => testConfigs(request, seen)),
  preview: ({ plan, config, context }) =>
    answered(() => ({ plan: readPlan(plan), outcome: governanceFor(config).preview(plan, context) })),
};

expose(operations);
