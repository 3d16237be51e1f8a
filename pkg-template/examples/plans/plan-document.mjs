// Writes plan documents in the form of `terraform show -json`, from resources described in a few words.
//
// The two generators beside this file share it. Nothing here depends on a clock, on randomness or on a package, so
// that the same script writes the same bytes everywhere.

import { realpathSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Stands for a value that Terraform knows only after the apply. */
export const unknown = Symbol("known after apply");

class Secret {
  constructor(value) {
    this.value = value;
  }
}

/** Marks a value as sensitive. The document then shows it in clear, as Terraform does, and masks name its place. */
export const secret = (value) => new Secret(value);

// --- changes -----------------------------------------------------------------------------------------------------

export const create = (address, after) => ({ address, actions: ["create"], before: null, after });

export const update = (address, before, changed) => ({
  address,
  actions: ["update"],
  before,
  after: { ...before, ...changed },
});

/** `order` is `"create-first"` where the configuration says create_before_destroy, else `"destroy-first"`. */
export const replace = (address, order, before, changed, paths) => ({
  address,
  actions: order === "create-first" ? ["create", "delete"] : ["delete", "create"],
  before,
  after: { ...before, ...changed },
  reason: "replace_because_cannot_update",
  replacePaths: paths,
});

export const destroy = (address, before, reason = "delete_because_no_resource_config") => ({
  address,
  actions: ["delete"],
  before,
  after: null,
  reason,
});

export const keep = (address, values) => ({ address, actions: ["no-op"], before: values, after: values });

export const read = (address, after) => ({
  address,
  actions: ["read"],
  before: null,
  after,
  reason: "read_because_config_unknown",
});

// --- the document ------------------------------------------------------------------------------------------------

const providers = {
  aws: { source: "registry.terraform.io/hashicorp/aws", version: "~> 5.70" },
  cloudflare: { source: "registry.terraform.io/cloudflare/cloudflare", version: "~> 4.40" },
  google: { source: "registry.terraform.io/hashicorp/google", version: "~> 6.8" },
  kubernetes: { source: "registry.terraform.io/hashicorp/kubernetes", version: "~> 2.33" },
  random: { source: "registry.terraform.io/hashicorp/random", version: "~> 3.6" },
};

/**
 * The whole document.
 *
 * `changes` come from the functions above, in any order; `data` lists data sources that were read while planning
 * (they stand in the prior state alone); `outputs` maps a name to `{ before?, after?, sensitive? }`, a missing side
 * meaning that the output did not or will not exist.
 */
export function planDocument({ terraformVersion, timestamp, variables = {}, changes, data = [], outputs = {}, relevant = [] }) {
  const resources = changes.map((change) => ({ ...change, ...readAddress(change.address) })).sort(byPlace);
  const known = data.map(({ address, values }) => ({ ...readAddress(address), address, before: values }));
  const planned = resources.filter((r) => r.after !== null);
  const prior = [...known, ...resources.filter((r) => r.before !== null)].sort(byPlace);
  return {
    format_version: "1.2",
    terraform_version: terraformVersion,
    ...(Object.keys(variables).length > 0 && { variables: mapValues(variables, (value) => ({ value })) }),
    planned_values: {
      ...outputSection(outputs, "after"),
      root_module: moduleTree(planned, "after"),
    },
    resource_changes: resources.map(resourceChange),
    output_changes: mapValues(outputs, outputChange),
    prior_state: {
      format_version: "1.0",
      terraform_version: terraformVersion,
      values: { ...outputSection(outputs, "before"), root_module: moduleTree(prior, "before") },
    },
    configuration: configuration(resources, known, outputs, variables),
    ...(relevant.length > 0 && {
      relevant_attributes: relevant.map(([resource, ...attribute]) => ({ resource, attribute })),
    }),
    timestamp,
    applyable: true,
    complete: true,
    errored: false,
  };
}

function readAddress(address) {
  const parts = /^((?:module\.[\w-]+(?:\[[^\]]+\])?\.)*)(data\.)?([\w-]+)\.([\w-]+)(?:\[(.+)\])?$/.exec(address);
  if (!parts) throw new Error(`not a resource address: ${address}`);
  const [, module, isData, type, name, key] = parts;
  return {
    module: module.split(/\.(?=module\.)|\.$/).filter(Boolean),
    mode: isData ? "data" : "managed",
    type,
    name,
    index: key === undefined ? undefined : JSON.parse(key),
    provider: type.split("_")[0],
  };
}

function byPlace(a, b) {
  return (
    a.module.length - b.module.length ||
    compare(a.module.join("."), b.module.join(".")) ||
    compare(a.mode, b.mode) ||
    compare(a.type, b.type) ||
    compare(a.name, b.name) ||
    compareKeys(a.index, b.index) ||
    compare(a.deposed ?? "", b.deposed ?? "")
  );
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const compareKeys = (a, b) => (typeof a === "number" ? a - b : compare(a ?? "", b ?? ""));

function resourceChange(r) {
  return {
    address: r.address,
    ...(r.previousAddress && { previous_address: r.previousAddress }),
    ...(r.module.length > 0 && { module_address: r.module.join(".") }),
    mode: r.mode,
    type: r.type,
    name: r.name,
    ...(r.index !== undefined && { index: r.index }),
    provider_name: providers[r.provider].source,
    ...(r.deposed && { deposed: r.deposed }),
    change: {
      actions: r.actions,
      ...valuePair(r.before, r.after),
      ...(r.replacePaths && { replace_paths: r.replacePaths }),
      ...(r.importing && { importing: { id: r.importing } }),
    },
    ...(r.reason && { action_reason: r.reason }),
  };
}

/** Keys of the two `*_sensitive` masks and of `after_unknown` follow Terraform: only what is true, and the shape of
 * the lists and maps on the way to it. */
function valuePair(before, after) {
  return {
    before: knownPart(before),
    after: knownPart(after),
    after_unknown: holdsUnknown(after) ? mask(after, (v) => reveal(v) === unknown) : {},
    before_sensitive: mask(before, (v) => v instanceof Secret),
    after_sensitive: mask(after, (v) => v instanceof Secret),
  };
}

const reveal = (value) => (value instanceof Secret ? value.value : value);
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function holdsUnknown(wrapped) {
  const value = reveal(wrapped);
  if (value === unknown) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}

/** Unknown attributes are left out; unknown elements of a list are null, so that the others keep their places. */
function knownPart(wrapped) {
  const value = reveal(wrapped);
  if (Array.isArray(value)) return value.map((v) => (reveal(v) === unknown ? null : knownPart(v)));
  if (!isObject(value)) return value;
  const kept = Object.keys(value).filter((key) => reveal(value[key]) !== unknown);
  return Object.fromEntries(kept.sort().map((key) => [key, knownPart(value[key])]));
}

function mask(value, isMarked) {
  if (isMarked(value)) return true;
  const inner = reveal(value);
  if (Array.isArray(inner)) return inner.map((v) => mask(v, isMarked));
  if (!isObject(inner)) return false;
  const entries = Object.keys(inner)
    .sort()
    .map((key) => [key, mask(inner[key], isMarked)]);
  return Object.fromEntries(entries.filter(([, marked]) => marked !== false));
}

// --- planned values and prior state ------------------------------------------------------------------------------

function outputSection(outputs, side) {
  const present = Object.entries(outputs).filter(([, output]) => side in output);
  if (present.length === 0) return {};
  const shown = present.map(([name, output]) => [
    name,
    {
      sensitive: output.sensitive === true,
      ...(!holdsUnknown(output[side]) && { type: typeOf(output[side]), value: output[side] }),
    },
  ]);
  return { outputs: Object.fromEntries(shown) };
}

const typeOf = (value) => (Array.isArray(value) ? ["list", "string"] : isObject(value) ? ["map", "string"] : typeof value);

function outputChange({ before, after, sensitive = false }) {
  const existed = before !== undefined;
  const stays = after !== undefined;
  const same = JSON.stringify(before) === JSON.stringify(after) && !holdsUnknown(after);
  return {
    actions: [!existed ? "create" : !stays ? "delete" : same ? "no-op" : "update"],
    before: before ?? null,
    ...(holdsUnknown(after) ? { after_unknown: true } : { after: after ?? null, after_unknown: false }),
    before_sensitive: sensitive,
    after_sensitive: sensitive,
  };
}

function moduleTree(resources, side, path = []) {
  const here = resources.filter((r) => r.module.length === path.length);
  const below = new Map();
  for (const r of resources.filter((r) => r.module.length > path.length)) {
    const step = r.module[path.length];
    below.set(step, [...(below.get(step) ?? []), r]);
  }
  return {
    ...(here.length > 0 && { resources: here.map((r) => resourceValues(r, r[side])) }),
    ...(path.length > 0 && { address: path.join(".") }),
    ...(below.size > 0 && {
      child_modules: [...below].map(([step, inside]) => moduleTree(inside, side, [...path, step])),
    }),
  };
}

function resourceValues(r, values) {
  return {
    address: r.address,
    mode: r.mode,
    type: r.type,
    name: r.name,
    ...(r.index !== undefined && { index: r.index }),
    provider_name: providers[r.provider].source,
    schema_version: r.schemaVersion ?? 0,
    values: knownPart(values),
    sensitive_values: mask(values, (v) => v instanceof Secret),
    ...(r.deposed && { deposed_key: r.deposed }),
  };
}

// --- configuration: what is declared, without its expressions -----------------------------------------------------

const leavesConfiguration = ["delete_because_no_resource_config", "delete_because_no_module"];

function configuration(resources, data, outputs, variables) {
  const declared = [...data, ...resources].filter((r) => !r.deposed && !leavesConfiguration.includes(r.reason));
  const used = [...new Set(declared.map((r) => r.provider))].sort();
  const root = moduleConfiguration(declared, []);
  const declaredOutputs = Object.entries(outputs).filter(([, output]) => "after" in output);
  return {
    provider_config: Object.fromEntries(
      used.map((name) => [
        name,
        { name, full_name: providers[name].source, version_constraint: providers[name].version },
      ]),
    ),
    root_module: {
      ...(declaredOutputs.length > 0 && {
        outputs: Object.fromEntries(
          declaredOutputs.map(([name, output]) => [name, { ...(output.sensitive && { sensitive: true }), expression: {} }]),
        ),
      }),
      ...root,
      ...(Object.keys(variables).length > 0 && { variables: mapValues(variables, () => ({})) }),
    },
  };
}

const withoutKey = (step) => step.replace(/\[.*$/, "").replace(/^module\./, "");

function moduleConfiguration(declared, path) {
  const here = new Map();
  const calls = new Map();
  for (const r of declared) {
    if (r.module.length === path.length) {
      const address = `${r.mode === "data" ? "data." : ""}${r.type}.${r.name}`;
      if (!here.has(address)) here.set(address, resourceConfiguration(r, address));
    } else {
      const name = withoutKey(r.module[path.length]);
      calls.set(name, [...(calls.get(name) ?? []), r]);
    }
  }
  const sorted = [...here.keys()].sort().map((address) => here.get(address));
  const moduleCalls = [...calls.keys()].sort().map((name) => [name, moduleCall(name, calls.get(name), path)]);
  return {
    ...(sorted.length > 0 && { resources: sorted }),
    ...(moduleCalls.length > 0 && { module_calls: Object.fromEntries(moduleCalls) }),
  };
}

const repetition = (key) => (typeof key === "number" ? "count_expression" : "for_each_expression");

function resourceConfiguration(r, address) {
  return {
    address,
    mode: r.mode,
    type: r.type,
    name: r.name,
    provider_config_key: r.provider,
    schema_version: r.schemaVersion ?? 0,
    ...(r.index !== undefined && { [repetition(r.index)]: {} }),
  };
}

function moduleCall(name, inside, path) {
  const step = inside[0].module[path.length];
  const key = /\[(.*)\]$/.exec(step)?.[1];
  return {
    source: `./modules/${name}`,
    ...(key !== undefined && { [repetition(JSON.parse(key))]: {} }),
    module: moduleConfiguration(inside, [...path, step]),
  };
}

const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

// --- text --------------------------------------------------------------------------------------------------------

/** JSON with two blanks of indentation, where whatever fits on a line of 110 characters stays on it. */
export function readableJson(value, indent = "") {
  const flat = flatJson(value);
  if (flat.length + indent.length <= 110 || typeof value !== "object" || value === null) return flat;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((v) => inner + readableJson(v, inner)).join(",\n")}\n${indent}]`;
  }
  const lines = Object.entries(value).map(([key, v]) => `${inner}${JSON.stringify(key)}: ${readableJson(v, inner)}`);
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

function flatJson(value) {
  if (Array.isArray(value)) return `[${value.map(flatJson).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, v]) => `${JSON.stringify(key)}: ${flatJson(v)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** For a generator that is run as a script: writes its plan to the file named as the argument, else to `name` beside it. */
export function writeWhenRun(moduleUrl, name, plan) {
  if (!process.argv[1] || fileURLToPath(moduleUrl) !== realpathSync(process.argv[1])) return;
  const out = process.argv[2] ?? fileURLToPath(new URL(name, moduleUrl));
  writeFileSync(out, `${readableJson(plan())}\n`);
  process.stderr.write(`wrote ${out}\n`);
}
