// A fresh process to its first decision: prints the milliseconds of its steps as JSON.

const started = performance.now();
const regate = await import("regate");
await regate.init();
const initialised = performance.now();
const { META, compiledConfiguration, configuration, policies } = await import("./workload.mjs");
const given = [policies(), configuration(), compiledConfiguration()];
const begun = performance.now();
const { policies: loaded } = regate.loadConfigPolicies(given[0]);
const ready = performance.now();
loaded.decide(given[1], { meta: META, compiled: given[2] });
const decided = performance.now();
process.stdout.write(JSON.stringify({ start: initialised - started, load: ready - begun, decide: decided - ready }));
