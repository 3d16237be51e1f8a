// A Worker on the full build: loads a program, and decides.

import { fromBytes } from "regate";
import program from "./program.bin";

let policy;
export default {
  async fetch(request) {
    policy ??= fromBytes(new Uint8Array(program));
    const { entrypoint, input } = await request.json();
    return Response.json(policy.evaluate(entrypoint, input).value.length);
  },
};
