// The Worker: one gate for each isolate.

import { gateOf } from "./gate.js";

let gate;

export default {
  fetch(request, env) {
    gate ??= gateOf(env);
    return gate(request);
  },
};
