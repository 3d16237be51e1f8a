// Writes src/bundle.ts, which the Worker is built with: policy sets, rules, providers and workspaces. Refuses what is wrong.
//
// node bundle-policies.mjs [--policies DIR]... [--rules FILE] [--providers FILE] --workspaces FILE [--out FILE]
//
// DIR, --rules and --providers are what they are for `regate preview`.

import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { RegateError, init, prepareGovernance } from "regate";

// The smallest plan: it changes nothing.
const EMPTY_PLAN = { format_version: "1.2", terraform_version: "1.9.0", resource_changes: [] };

class Wrong extends Error {}

try {
  const { values } = parseArgs({
    options: {
      policies: { type: "string", multiple: true, default: [] },
      rules: { type: "string" },
      providers: { type: "string" },
      workspaces: { type: "string" },
      out: { type: "string", default: join(import.meta.dirname, "src", "bundle.ts") },
    },
  });
  if (values.workspaces === undefined) throw new Wrong("--workspaces FILE is missing: it names the workspaces that the gate knows");
  const governance = {
    policy_sets: values.policies.map(policySet),
    approval_rules: values.rules === undefined ? [] : readJson(values.rules),
    external_check_providers: values.providers === undefined ? [] : readJson(values.providers),
  };
  const { org, workspaces } = readJson(values.workspaces);
  await refuseWhatIsWrong(governance, org, workspaces, values.workspaces);
  writeFileSync(values.out, bundleModule({ org, workspaces, governance }));
  console.log(`${values.out}: policy sets: ${governance.policy_sets.length}, workspaces: ${workspaces.length}`);
} catch (thrown) {
  if (!(thrown instanceof Wrong || thrown instanceof RegateError || thrown?.code?.startsWith("ERR_PARSE_ARGS"))) throw thrown;
  console.error(thrown.message);
  if (thrown.path) console.error(`at ${thrown.path}`);
  if (thrown.help) console.error(thrown.help);
  process.exitCode = 1;
}

function policySet(folder) {
  const names = readable(folder, () => readdirSync(folder).sort()).filter((name) => name.endsWith(".rego") && !name.endsWith("_test.rego"));
  // An empty set would let everything pass.
  if (names.length === 0) throw new Wrong(`${folder} has no policy (*.rego, tests apart)`);
  const settings = join(folder, "policy-set.json");
  return {
    name: basename(resolve(folder)),
    ...(existsSync(settings) ? readJson(settings) : {}),
    policies: names.map((name) => ({ name: basename(name, ".rego"), rego_source: readFileSync(join(folder, name), "utf8") })),
  };
}

async function refuseWhatIsWrong(governance, org, workspaces, file) {
  // A preview without an organisation would take a neutral one, whose id no scope has.
  if (typeof org?.id !== "string") throw new Wrong(`${file} names no organisation: \`org\` with its \`id\``);
  if (!Array.isArray(workspaces) || workspaces.length === 0) throw new Wrong(`${file} lists no workspaces`);
  const names = workspaces.map((workspace) => workspace?.name);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw new Wrong(`${file} has two workspaces named ${repeated}`);
  await init();
  const prepared = prepareGovernance(governance);
  for (const { severity, file, start, code, message } of prepared.diagnostics) {
    console.error(`${file}:${start.line}:${start.column}: ${severity} ${code}: ${message}`);
  }
  if (prepared.diagnostics.some(({ severity }) => severity === "error")) throw new Wrong("nothing was written: every run would be denied");
  // The engine says what is wrong with a workspace; better now than in answer to each request.
  const run = { id: "bundle", run_type: "plan", trigger: "manual", triggered_by: null };
  for (const workspace of workspaces) {
    try {
      prepared.preview(EMPTY_PLAN, { org, workspace, run, user: null });
    } catch (thrown) {
      throw new Wrong(`${file}: the workspace ${workspace?.name}: ${thrown.message} (at ${thrown.path ?? "/"})`);
    }
  }
}

function bundleModule(bundle) {
  // As text, because a key `__proto__` means something else in a literal.
  return `// Written by bundle-policies.mjs: change the policies and files that it reads.

import type { GateBundle } from "./gate-bundle.ts";

export const bundle: GateBundle = JSON.parse(${JSON.stringify(JSON.stringify(bundle))});
`;
}

function readJson(file) {
  const text = readable(file, () => readFileSync(file, "utf8"));
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new Wrong(`${file} is not JSON: ${thrown.message}`);
  }
}

function readable(path, read) {
  try {
    return read();
  } catch (thrown) {
    throw new Wrong(`${path} cannot be read: ${thrown.message}`);
  }
}
