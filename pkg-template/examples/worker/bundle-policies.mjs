// Writes src/bundle.ts, which the Worker is built with: policy sets, rules, providers and workspaces. Refuses what is wrong.
//
// node bundle-policies.mjs --policies DIR... [--rules FILE] [--providers FILE] --workspaces FILE [--out FILE]
//
// DIR, --rules and --providers are what they are for `regate preview`: a lone Rego file is a set of one.

import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
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
  // A gate without policies would let everything pass.
  if (values.policies.length === 0) throw new Wrong("--policies DIR is missing: it names a policy set, and may be given several times");
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
  if (!readable(folder, () => statSync(folder)).isDirectory()) return { name: basename(folder, ".rego"), policies: [policy(folder)] };
  const names = readable(folder, () => readdirSync(folder).sort()).filter((name) => name.endsWith(".rego") && !name.endsWith("_test.rego"));
  // An empty set would let everything pass.
  if (names.length === 0) throw new Wrong(`${folder} has no policy (*.rego, tests apart)`);
  const file = join(folder, "policy-set.json");
  const settings = existsSync(file) ? readJson(file) : {};
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) throw new Wrong(`${file} must hold a JSON object`);
  if ("policies" in settings) throw new Wrong(`${file} must not list \`policies\`: they are the *.rego files beside it`);
  return { name: basename(resolve(folder)), ...settings, policies: names.map((name) => policy(join(folder, name))) };
}

function policy(file) {
  return { name: basename(file, ".rego"), rego_source: readText(file) };
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
  const text = readText(file);
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new Wrong(`${file} is not JSON: ${thrown.message}`);
  }
}

// UTF-8, or UTF-16 as PowerShell writes it; without the byte order mark, which is no part of the text.
function readText(file) {
  const bytes = readable(file, () => readFileSync(file));
  const encoding = { fffe: "utf-16le", feff: "utf-16be" }[bytes.subarray(0, 2).toString("hex")] ?? "utf-8";
  return readable(file, () => new TextDecoder(encoding, { fatal: true }).decode(bytes));
}

function readable(path, read) {
  try {
    return read();
  } catch (thrown) {
    throw new Wrong(`${path} cannot be read: ${thrown.message}`);
  }
}
