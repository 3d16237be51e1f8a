// The races beside deciding: checking a policy for an editor, and making a policy ready to be asked.

import { check, compile, fromBytes } from "regate";
import { regorus, rulePath } from "./engines/regorus.mjs";
import { editorPolicy } from "./generated-policies.mjs";

/** Checking a module of so many lines as an author types: no two texts are equal, and none has a finding. */
export async function checkRace(lines) {
  const { parse, Interpreter } = await regorus();
  const text = editorPolicy(lines);
  const typed = (i) => `${text}# ${i}\n`;
  const { diagnostics } = check(text);
  if (diagnostics.length > 0) throw new Error(`the editor's policy has a finding: ${diagnostics[0].message}`);
  return {
    lines: text.split("\n").length,
    contestants: [
      { name: "regate check", call: (i) => check(typed(i)) },
      { name: "regorus parse alone", call: (i) => parse(typed(i)) },
      { name: "regorus parse + analyse", call: (i) => new Interpreter(typed(i), undefined).free() },
    ],
  };
}

/** From the text of a policy, or from its bytes, to something that can be asked. */
export async function loadRace({ source, entrypoint }) {
  const { Interpreter, Machine, compile_to_bytes } = await regorus();
  const rule = rulePath(entrypoint);
  const program = policyOf(source).toBytes();
  const machineProgram = compile_to_bytes(source, rule);
  return [
    { name: "regate compile", call: () => policyOf(source).free() },
    { name: "regate fromBytes", call: () => fromBytes(program).free() },
    { name: "regorus parse + analyse", call: () => new Interpreter(source, undefined).free() },
    { name: "regorus VM compile to bytes", call: () => compile_to_bytes(source, rule) },
    { name: "regorus VM load bytes", call: () => new Machine(machineProgram, undefined).free() },
  ];
}

function policyOf(source) {
  const { policy, diagnostics } = compile(source);
  if (policy === null) throw new Error(`the policy does not compile: ${diagnostics[0]?.message}`);
  return policy;
}
