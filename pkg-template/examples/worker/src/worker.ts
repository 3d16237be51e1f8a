// The Worker: `POST /` with a Terraform plan gives the decision on it.

import { prepareGovernance, type Governance } from "regate";
import { bundle } from "./bundle.ts";
import { gate } from "./gate.ts";

// Prepared by the first request of an isolate and kept. Not while the Worker starts: compiling policies counts against
// the limit of that, and a failure there could not be answered with a deny.
let governance: Governance | undefined;

export default {
  fetch(request: Request): Promise<Response> {
    return gate(request, bundle, () => (governance ??= prepareGovernance(bundle.governance)));
  },
};
