// Decisions in workerd: starts the program that measures them.

import { measuredInWorkerd } from "../workerd.mjs";

export { workerdVersion } from "../workerd.mjs";

export function inWorkerd(effort, exchanges) {
  const given = { effort, exchanges: exchanges && effort.policies.map((policies) => exchanges.get(policies)) };
  return measuredInWorkerd(new URL("workerd-rounds.mjs", import.meta.url), given);
}
