// Who takes part in a workload, and whether all of them say the same.

import * as cedar from "./engines/cedar.mjs";
import * as javascript from "./engines/javascript.mjs";
import * as opa from "./engines/opa.mjs";
import * as regate from "./engines/regate.mjs";
import * as edge from "./engines/regate-edge.mjs";
import * as regorus from "./engines/regorus.mjs";
import { BenchFailure } from "./failure.mjs";

/**
 * The contestants of a workload, `{ name, forms: { text?, bytes?, object? } }`, hand-written JS first; and `absent`, who
 * cannot take part and why.
 */
export async function field(workload) {
  const entries = [
    [javascript.name, () => javascript.contestants(workload)],
    [regate.name, () => regate.contestants(workload)],
    [edge.name, () => edge.contestants(workload)],
    [regorus.interpreterName, () => regorus.interpreter(workload)],
    [regorus.machineName, () => regorus.machine(workload)],
  ];
  const absent = [];
  if (workload.cedar !== undefined) entries.push([cedar.name, () => cedar.contestants(workload)]);
  else if (workload.withoutCedar !== undefined) absent.push({ name: cedar.name, why: workload.withoutCedar });
  if (workload.opa !== undefined && opa.opaFolder() !== undefined) entries.push([opa.name, () => opa.contestants(workload)]);
  const present = [];
  for (const [name, make] of entries) {
    try {
      present.push({ name, forms: await make() });
    } catch (error) {
      // Only the virtual machine has limits of its own that a workload may exceed. Whoever else fails, fails the benchmark.
      if (name !== regorus.machineName) throw error;
      absent.push({ name, why: firstLine(error) });
    }
  }
  return { present, absent };
}

/** The inputs of a workload in each form. */
export function inputsOf({ inputs }) {
  const encoder = new TextEncoder();
  const text = inputs.map((input) => JSON.stringify(input));
  return { text, bytes: text.map((one) => encoder.encode(one)), object: inputs };
}

/**
 * Asks everybody about every input in every form and compares: sets of messages, or true and false.
 *
 * Gives how many findings there were, so that nobody agrees on nothing.
 */
export function compareAnswers(workload, { present }, inputs) {
  let findings = 0;
  for (const [i, input] of inputs.object.entries()) {
    const expected = canonical(workload.decide(input));
    findings += expected.length;
    for (const { name, forms } of present) {
      for (const [form, call] of Object.entries(forms)) {
        const found = canonical(call(inputs[form][i]));
        if (JSON.stringify(found) !== JSON.stringify(expected)) {
          throw new BenchFailure(
            `${workload.id}: ${name}, asked with ${form}, answers input ${i} otherwise than hand-written JS:\n  ${difference(found, expected)}`,
          );
        }
      }
    }
  }
  if (findings === 0) throw new BenchFailure(`${workload.id}: no input has a finding, so equal answers show nothing`);
  return findings;
}

// `true` is one finding and `false` none, so that either kind of answer is a list.
function canonical(answer) {
  if (typeof answer === "boolean") return answer ? [true] : [];
  if (answer instanceof Set || Array.isArray(answer)) return [...new Set(answer)].sort();
  return [`neither a set nor a boolean: ${JSON.stringify(answer)}`];
}

function difference(found, expected) {
  const extra = found.filter((one) => !expected.includes(one));
  const missing = expected.filter((one) => !found.includes(one));
  const some = (list) => `${list.slice(0, 3).map((one) => JSON.stringify(one)).join(", ")}${list.length > 3 ? ", ..." : ""}`;
  return `${extra.length} it alone has: ${some(extra)}; ${missing.length} it lacks: ${some(missing)}`;
}

function firstLine(error) {
  return String(error?.message ?? error).split("\n")[0];
}
