// The edge build of the package, on the program that the full build compiled.

import { compile } from "regate";
import { fromBytes } from "regate/edge";

export const name = "regate, edge";

export function contestants({ source, entrypoint, dataText }) {
  const { policy, diagnostics } = compile(source, dataText === undefined ? {} : { data: dataText });
  if (policy === null) throw new Error(`regate does not compile ${entrypoint}: ${diagnostics[0]?.message}`);
  const loaded = fromBytes(policy.toBytes());
  policy.free();
  const ask = (input) => loaded.evaluate(entrypoint, input).value;
  return { text: ask, bytes: ask, object: ask };
}
