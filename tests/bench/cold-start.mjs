// From nothing to the first decision: each sample is a process of its own, because a second start finds things warm.
// Run without arguments by the benchmark; with the name of a contestant it is such a process and prints its times.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { statistics } from "./measure.mjs";
import { benchFolder, pathOf, regorusFolder } from "./places.mjs";

const folder = new URL("cold-start/", benchFolder);
const read = (name) => readFileSync(new URL(name, folder));
const text = (name) => read(name).toString();

// Each gives the answer's size, and calls `mark` after each step. A process does nothing before that its contestant needs not.
const STARTS = {
  async "regate, program from bytes"(mark) {
    const module = new WebAssembly.Module(readFileSync(fileURLToPath(import.meta.resolve("regate/engine.wasm"))));
    mark("compile module");
    const { init, fromBytes } = await import("regate/slim");
    await init(module);
    mark("start");
    const policy = fromBytes(read("regate.program"));
    mark("load program");
    return policy.evaluate(text("entrypoint"), text("input.json")).value.length;
  },
  async "regate, program from text"(mark) {
    const module = new WebAssembly.Module(readFileSync(fileURLToPath(import.meta.resolve("regate/engine.wasm"))));
    mark("compile module");
    const { init, compile } = await import("regate/slim");
    await init(module);
    mark("start");
    const { policy } = compile(text("policy.rego"));
    mark("load program");
    return policy.evaluate(text("entrypoint"), text("input.json")).value.length;
  },
  async "regate edge, program from bytes"(mark) {
    const module = new WebAssembly.Module(readFileSync(fileURLToPath(import.meta.resolve("regate/edge.wasm"))));
    mark("compile module");
    const { init, fromBytes } = await import("regate/edge/slim");
    await init(module);
    mark("start");
    const policy = fromBytes(read("regate.program"));
    mark("load program");
    return policy.evaluate(text("entrypoint"), text("input.json")).value.length;
  },
  async "regorus interpreter"(mark) {
    const glue = await startRegorus(mark);
    const engine = new glue.Interpreter(text("policy.rego"), undefined);
    mark("load program");
    return JSON.parse(engine.ask(text("rule"), text("input.json"))).length;
  },
  async "regorus VM"(mark) {
    const glue = await startRegorus(mark);
    const engine = new glue.Machine(read("regorus.program"), undefined);
    mark("load program");
    return JSON.parse(engine.ask(text("rule"), text("input.json"))).length;
  },
  // Its package loads the module by itself, so its two steps are one. It cannot say the policy of the others.
  async "cedar-wasm (lookup)"(mark) {
    const { preparsePolicySet, statefulIsAuthorized } = createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs");
    mark("start");
    preparsePolicySet("roles", { staticPolicies: text("roles.cedar") });
    mark("load program");
    const answer = statefulIsAuthorized({ ...JSON.parse(text("cedar-call.json")), preparsedPolicySetId: "roles" });
    return answer.response.decision === "allow" ? 1 : 0;
  },
  // The policy is in the module.
  async "OPA-compiled"(mark) {
    const module = new WebAssembly.Module(readFileSync(text("opa-path")));
    mark("compile module");
    const { loadPolicy } = (await import("@open-policy-agent/opa-wasm")).default;
    const policy = await loadPolicy(module);
    mark("start");
    return policy.evaluate(JSON.parse(text("input.json")), text("entrypoint"))[0].result.length;
  },
};

async function startRegorus(mark) {
  const module = new WebAssembly.Module(readFileSync(new URL("regorus_direct_bg.wasm", regorusFolder)));
  mark("compile module");
  const glue = await import(new URL("regorus_direct.js", regorusFolder));
  glue.initSync({ module });
  mark("start");
  return glue;
}

/** Starts each contestant in `runs` fresh processes, in turn. `files` are what they read, by name. */
export function coldStarts({ files, runs, withOpa }) {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(new URL(name, folder), content);
  const names = Object.keys(STARTS).filter((name) => withOpa || name !== "OPA-compiled");
  const samples = new Map(names.map((name) => [name, []]));
  for (let run = 0; run < runs; run++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(run + i) % names.length];
      samples.get(name).push(startOnce(name));
    }
  }
  return names.map((name) => {
    const runsOfIt = samples.get(name);
    const steps = Object.keys(runsOfIt[0].steps);
    return {
      name,
      ...statistics(runsOfIt.map(({ total }) => total)),
      steps: Object.fromEntries(steps.map((step) => [step, statistics(runsOfIt.map((one) => one.steps[step])).median])),
      samples: runs,
    };
  });
}

function startOnce(name) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [pathOf(import.meta.url), name], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the cold start of ${name} failed:\n${stderr}`);
  return JSON.parse(stdout);
}

async function startHere(name) {
  const steps = {};
  const began = performance.now();
  let last = began;
  const mark = (step) => {
    const now = performance.now();
    steps[step] = now - last;
    last = now;
  };
  const size = await STARTS[name](mark);
  mark("first decision");
  if (size === 0) throw new Error("the first decision has no finding");
  process.stdout.write(JSON.stringify({ total: last - began, steps }));
}

if (process.argv[1] === pathOf(import.meta.url)) await startHere(process.argv[2]);
