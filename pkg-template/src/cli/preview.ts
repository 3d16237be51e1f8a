// `regate preview`: what governance would do to a Terraform plan. Performs nothing.

import { readPlan } from "../authoring.js";
import { RegateError, messageOf } from "../errors.js";
import { prepareGovernance, type Governance, type RunContext } from "../governance.js";
import type { ApprovalRule, Decision, Diagnostic, ExternalCheckProvider, GovernanceConfig } from "../wire.js";
import { CliFailure, EXIT_FAILED, EXIT_OK } from "./failure.js";
import { aboutFile, nameOf, readBytes, readJsonArray, readJsonObject, requireOneStandardInput } from "./files.js";
import { prettyJson } from "./json-output.js";
import { readPolicySet, type PolicySetFolder } from "./policy-set-folder.js";
import { printPreview } from "./preview-report.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

export const previewCommand: Command = {
  name: "preview",
  summary: "See what governance would do to a Terraform plan",
  usage: `See what governance would do to a Terraform plan: which policies object, who would have to approve in which stage,
which external checks would be called, and whether the run would complete, wait or be rejected. Nothing is performed.

Usage: regate preview PLAN [options]

  PLAN                  The output of terraform show -json PLANFILE; - for standard input

Options:
  --policies DIR        A policy set: the *.rego of a folder, without its tests. Named after the folder, mandatory and
                        organisation-wide, unless a policy-set.json in it says otherwise. May be given several times;
                        a lone Rego file is a set of one
  --rules FILE          Approval rules: a JSON array
  --providers FILE      External check providers: a JSON array
  --run FILE            The run: a JSON object { workspace, run, org, user }; what it leaves out is neutral. Needed
                        where a set, rule or check applies to one workspace, project or organisation only

With --format json it prints { policy_results, approval_preview, mandatory_violations }.

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("preview", args, {
      policies: "texts",
      rules: "text",
      providers: "text",
      run: "text",
    });
    const [planPath, ...more] = positionals;
    if (planPath === undefined) throw new CliFailure("no plan given; see regate preview --help");
    if (more.length > 0) throw new CliFailure(`one plan at a time: \`${more[0]}\` is too much; see regate preview --help`);
    requireOneStandardInput([planPath, ...options.policies, options.rules, options.providers, options.run]);
    const plan = await readBytes(planPath, "the plan");
    const sets: PolicySetFolder[] = [];
    for (const path of options.policies) sets.push(await readPolicySet(path));
    nameApart(sets, options.policies);
    const config: GovernanceConfig = {
      policy_sets: sets.map(({ set }) => set),
      approval_rules: options.rules === undefined ? [] : ((await readJsonArray(options.rules, "the rules")) as ApprovalRule[]),
      external_check_providers:
        options.providers === undefined ? [] : ((await readJsonArray(options.providers, "the providers")) as ExternalCheckProvider[]),
    };
    const context = options.run === undefined ? {} : await readRun(options.run);
    const governance = prepared(config, sets, options.rules, options.providers);
    const outcome = aboutFile(planPath, () => preview(governance, plan, context, options.run));
    if (json) {
      terminal.out(prettyJson(outcome.response));
    } else {
      const { diagnostics, sources } = withPaths(governance.diagnostics, sets);
      printPreview({ plan: nameOf(planPath), summary: readPlan(plan), context, config, outcome, diagnostics, sources }, terminal);
    }
    return exitCode(outcome.decision);
  },
};

function exitCode(decision: Decision): number {
  switch (decision.kind) {
    case "allow":
      return EXIT_OK;
    case "hold":
    case "deny":
      return EXIT_FAILED;
  }
}

const RUN_PARTS = ["workspace", "run", "org", "user"];

async function readRun(path: string): Promise<RunContext> {
  const run = await readJsonObject(path, "the run");
  const unknown = Object.keys(run).find((key) => !RUN_PARTS.includes(key));
  if (unknown !== undefined) throw new CliFailure(`the run \`${path}\` has an unknown field \`${unknown}\`; it holds ${RUN_PARTS.join(", ")}`);
  return run as RunContext;
}

// Two folders of one name are told apart by their paths.
function nameApart(sets: readonly PolicySetFolder[], paths: readonly string[]): void {
  const names = sets.map(({ set }) => set.name);
  sets.forEach(({ set, isNamedByPath }, i) => {
    const path = paths[i];
    if (isNamedByPath && path !== undefined && names.filter((name) => name === set.name).length > 1) set.name = path;
  });
}

function prepared(config: GovernanceConfig, sets: readonly PolicySetFolder[], rules?: string, providers?: string): Governance {
  try {
    return prepareGovernance(config);
  } catch (thrown) {
    const [, part, index = "", rest = ""] = /^\/(\w+)(?:\/(\d+))?(.*)$/.exec(thrown instanceof RegateError ? (thrown.path ?? "") : "") ?? [];
    const message = sentenceOf(thrown);
    if (part === "policy_sets") throw new CliFailure(`${sets[Number(index)]?.origin ?? "a policy set"}: ${message}${at(rest)}`);
    if (part === "approval_rules") throw new CliFailure(`${rules}: ${message}${at(`/${index}${rest}`)}`);
    if (part === "external_check_providers") throw new CliFailure(`${providers}: ${message}${at(`/${index}${rest}`)}`);
    throw thrown;
  }
}

function preview(governance: Governance, plan: Uint8Array, context: RunContext, runPath: string | undefined): ReturnType<Governance["preview"]> {
  try {
    return governance.preview(plan, context);
  } catch (thrown) {
    if (runPath !== undefined && thrown instanceof RegateError && thrown.code === "malformed_request") {
      throw new CliFailure(`${runPath}: ${sentenceOf(thrown)}${at(thrown.path ?? "")}`);
    }
    // Without a run only a scope can be at fault: the rest of the context is ours.
    if (runPath === undefined && thrown instanceof RegateError && (thrown.path === "/workspace" || thrown.path === "/org")) {
      throw new RegateError(thrown.code, thrown.message, { path: thrown.path, help: "say what the run is with --run FILE, a JSON object { workspace, run, org, user }" });
    }
    throw thrown;
  }
}

// The request is ours: people gave the file that is named instead.
function sentenceOf(thrown: unknown): string {
  return messageOf(thrown).replace(/^the request cannot be read: /, "");
}

function at(pointer: string): string {
  return pointer === "" ? "" : ` (at ${pointer})`;
}

// The engine names a policy `set/policy`; people know its file.
function withPaths(diagnostics: readonly Diagnostic[], sets: readonly PolicySetFolder[]): { diagnostics: Diagnostic[]; sources: Map<string, string> } {
  const paths = new Map<string, string>();
  const sources = new Map<string, string>();
  for (const { set, files } of sets) {
    for (const policy of set.policies ?? []) {
      const path = files.get(policy.name) ?? policy.name;
      paths.set(`${set.name}/${policy.name}`, path);
      sources.set(path, policy.rego_source);
    }
  }
  return { diagnostics: diagnostics.map((found) => ({ ...found, file: paths.get(found.file) ?? found.file })), sources };
}
