// One place in which decisions are measured: what is loaded, and the calls that are timed.

import { META, compiledConfiguration, configuration, policies } from "./workload.mjs";

/** The calls by name, each over what was loaded. `regate` is the package. */
export function lane(regate) {
  const load = () => {
    const { policies: loaded, error } = regate.loadConfigPolicies(policies());
    if (loaded === null) throw new Error(error.message);
    return loaded;
  };
  const [yaml, compiled] = [configuration(), compiledConfiguration()];
  const json = JSON.stringify({ ...regate.readConfig(yaml), _compiled_: regate.readConfig(compiled) });
  const document = JSON.parse(json);
  const loaded = load();
  const question = { meta: META };
  return {
    lines: yaml.split("\n").length,
    bytes: yaml.length + compiled.length,
    decision: loaded.decide(yaml, { ...question, compiled }).decision,
    calls: {
      load: () => load().free(),
      yaml: () => loaded.decide(yaml, { ...question, compiled }),
      value: () => loaded.decide(document, question),
      read: () => regate.readConfig(yaml),
    },
  };
}
