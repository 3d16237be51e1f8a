// Runs one case folder through the public functions of the package: the other reader of the form that `tests/cases.rs`
// describes. It needs no Node, so that it runs in a browser and in workerd too.

import { ORGANISATION_STEPS, caseOrganisation } from "./case-organisation.mjs";
import { attempt, plain } from "./case-outcome.mjs";

const NEUTRAL_ID = "00000000-0000-0000-0000-000000000000";

/**
 * What comes out of the steps of a case.
 * @param {typeof import("regate")} regate the package
 * @param {Record<string, string>} files the texts of the folder by file name
 */
export async function runCase(regate, files) {
  const described = JSON.parse(files["case.json"]);
  const organisation = caseOrganisation(described);
  const outcomes = [];
  for (const step of described.steps) {
    const { pick, ...rest } = withFiles(step, files);
    const [[operation, request]] = Object.entries(rest);
    if (!Object.hasOwn(OPERATIONS, operation)) throw new Error(`the package has no public function for the step \`${operation}\``);
    outcomes.push(picked(await attempt(regate, () => OPERATIONS[operation](regate, request, organisation)), pick));
  }
  return outcomes;
}

const OPERATIONS = {
  validate: (regate, { rego_source, ...options }) => regate.validate(rego_source, options),
  check: (regate, { modules, ...options }) => regate.check(modules, options),
  playground: (regate, { rego_source, input }) => regate.playground(rego_source, input ?? {}),
  read_plan: (regate, { plan }) => regate.readPlan(plan),
  test: (regate, { modules, data }) => regate.test(modules, { ...(data == null ? {} : { data }), nowMs: 0, seed: 0 }),
  // Fields are what a converter makes of prose.
  compile_action_policy: (regate, { source, source_format, fields, name }) =>
    fields === undefined
      ? regate.compileActionPolicy(source, source_format, { name })
      : regate.compileActionPolicy("prose", "prose", { name, convert: () => fields }),
  check_action: (regate, request) => regate.checkAction(request),
  simulate_actions: (regate, request) => regate.simulateActions(request),
  replay_action_decisions: (regate, request) => regate.replayActionDecisions(request),
  replay_calls(regate, { entries, calls, ...options }) {
    const replay = new regate.ActionReplay(entries, options);
    const outcomes = [];
    for (const { action, inputs } of calls) {
      try {
        outcomes.push(replay.next(action, inputs));
      } catch (error) {
        if (!(error instanceof regate.ReplayDivergenceError)) throw error;
        outcomes.push(error.outcome);
        break;
      }
    }
    return { outcomes, report: replay.report() };
  },
  decide_config: (regate, request) => askConfig(regate, request, (policies, question) => policies.decide(request.input ?? null, question)),
  query_config: (regate, request) =>
    askConfig(regate, request, (policies, question) => ({ value: policies.query(request.query, request.input, question) })),
  read_config: (regate, { text, rules }) => ({ value: regate.readConfig(text, rules) }),
  async test_config(regate, { policies: texts, files, run, debug, compiler }) {
    const { policies } = regate.loadConfigPolicies(texts);
    const compiled = [];
    const compile = (config, _parameters, given) => {
      compiled.push({ config, pipeline_parameters: Object.keys(given).length === 0 ? null : given });
      if (compiler.error !== undefined) throw new Error(compiler.error);
      return compiler.output;
    };
    const options = { ...(run === undefined ? {} : { run }), nowMs: 0 };
    const timeless = ({ elapsedMs, ...result }) => result;
    try {
      const results = [];
      const how = { ...options, ...(debug === undefined ? {} : { debug }), ...(compiler === undefined ? {} : { compiler: compile }) };
      for await (const result of policies.test(files, how)) results.push(timeless(result));
      return { results, compiled, unit_tests: policies.unitTests(options).map(timeless) };
    } finally {
      policies.free();
    }
  },
  evaluate(regate, { modules, dialect, data, entrypoint, input, limits, strict_builtin_errors }) {
    const { policy, diagnostics } = regate.compile(modules, { dialect, ...(data == null ? {} : { data }) });
    if (!policy) return { diagnostics };
    try {
      const options = { limits, strictBuiltinErrors: strict_builtin_errors, nowMs: 0, seed: 0, numbers: "exact" };
      return policy.evaluate(entrypoint, input ?? undefined, options);
    } finally {
      policy.free();
    }
  },
  preview(regate, { config, plan, context }) {
    const governance = regate.prepareGovernance(config);
    try {
      return governance.preview(plan, {
        workspace: { id: NEUTRAL_ID, name: "stub", attributes: {} },
        run: { id: NEUTRAL_ID, run_type: "plan", trigger: "push", triggered_by: "stub@example.invalid" },
        org: { id: NEUTRAL_ID },
        user: { id: NEUTRAL_ID, email: "stub@example.invalid" },
        nowMs: 0,
        ...context,
      });
    } finally {
      governance.free();
    }
  },
  merge_action_policies: (regate, { policies }) => regate.mergeActionPolicies(policies),
  ...ORGANISATION_STEPS,
};

function askConfig(regate, { policies: texts, compiled, meta, limits }, ask) {
  const { policies, error, diagnostics } = regate.loadConfigPolicies(texts);
  if (policies === null) return { load_error: error, diagnostics };
  const given = { ...(compiled === undefined ? {} : { compiled }), ...(meta === undefined ? {} : { meta }), ...(limits === undefined ? {} : { limits }) };
  try {
    return { ...ask(policies, { ...given, nowMs: 0 }), diagnostics };
  } finally {
    policies.free();
  }
}

function withFiles(value, files) {
  if (Array.isArray(value)) return value.map((item) => withFiles(item, files));
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$file === "string") return files[value.$file];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withFiles(item, files)]));
}

const ENDS = ["error", "refused"];

function picked(answer, pointers) {
  if (!pointers) return plain(answer);
  const ended = ENDS.find((end) => typeof answer[end] === "object" && answer[end] !== null);
  const chosen = pointers.filter((pointer) => ENDS.find((end) => pointer.startsWith(`/${end}/`)) === ended);
  if (ended !== undefined && chosen.length === 0) return plain(answer);
  return Object.fromEntries(chosen.map((pointer) => [pointer, plain(at(answer, pointer) ?? null)]));
}

function at(value, pointer) {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((inner, part) => (inner === null || inner === undefined ? undefined : inner[part]), value);
}
