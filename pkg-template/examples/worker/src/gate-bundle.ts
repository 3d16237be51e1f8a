// What is built into the Worker: who is governed by what.

import type { GovernanceConfig, Org, Workspace } from "regate";

/** Everything that a caller cannot choose. */
export interface GateBundle {
  org: Org;
  /** The workspaces that this gate knows. A request names one of them. */
  workspaces: Workspace[];
  /** Policy sets, approval rules and external check providers. */
  governance: GovernanceConfig;
}
