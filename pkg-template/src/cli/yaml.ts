// YAML files, read by the builtin of Rego, so that there is one reading of YAML.

import { capabilities } from "../capabilities.js";
import { RegateError } from "../errors.js";
import { compile } from "../policy.js";
import { CliFailure } from "./failure.js";

/** Whether a file of this name is YAML. */
export function isYaml(path: string): boolean {
  return /\.ya?ml$/.test(path);
}

/** The value of a text in YAML: of several documents that of the first. `name` says which text in sentences, such as "the data `x.yaml`". */
export function yamlValue(text: string, name: string): unknown {
  const { builtins, limits } = capabilities();
  if (builtins.find(({ name }) => name === "yaml.unmarshal")?.available !== true) {
    throw new CliFailure(`${name} is YAML, which this build does not read: write it as JSON`);
  }
  // A file is no policy: it may be as large as one of JSON, and those who wrote it have a terminal.
  const room = { steps: 1e9, memory_units: 2 ** 30, answer_bytes: limits["input_bytes"] ?? 0 };
  const { policy } = compile("package yaml_file\n\nvalue := yaml.unmarshal(input)\n");
  try {
    const answer = policy?.evaluate("yaml_file/value", JSON.stringify(text), { numbers: "exact", strictBuiltinErrors: true, limits: room });
    return answer?.value;
  } catch (thrown) {
    if (!(thrown instanceof RegateError)) throw thrown;
    if (thrown.code === "eval_builtin_error") throw new CliFailure(`${name} is not YAML: ${reasonOf(thrown)}`);
    if (thrown.limit === undefined) throw thrown;
    throw new CliFailure(`${name} is too large: reading it reaches the limit \`${thrown.limit.name}\``);
  } finally {
    policy?.free();
  }
}

// Without the name of the builtin and its place in a policy that nobody wrote.
function reasonOf({ message }: RegateError): string {
  return message.replace(/^yaml\.unmarshal: (yaml: )?/, "").replace(/ \([^()]*:\d+\)$/, "");
}
