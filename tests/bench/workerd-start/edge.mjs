// The same Worker on the edge build.

import { fromBytes } from "regate/edge";
import program from "./program.bin";

let policy;
export default {
  async fetch(request) {
    policy ??= fromBytes(new Uint8Array(program));
    const { entrypoint, input } = await request.json();
    return Response.json(policy.evaluate(entrypoint, input).value.length);
  },
};
