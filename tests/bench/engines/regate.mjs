// The built package, through its public surface.

import { compile } from "regate";

export const name = "regate";

export function contestants({ source, entrypoint, dataText }) {
  const { policy, diagnostics } = compile(source, dataText === undefined ? {} : { data: dataText });
  if (policy === null) throw new Error(`regate does not compile ${entrypoint}: ${diagnostics[0]?.message}`);
  const ask = (input) => policy.evaluate(entrypoint, input).value;
  return { text: ask, bytes: ask, object: ask };
}
