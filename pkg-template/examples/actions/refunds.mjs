// An agent's tools behind the policy of this folder: `node refunds.mjs`. A person approves the large refund while it waits.

import { readFileSync } from "node:fs";
import { ActionDeniedError, actions, compileActionPolicy } from "regate";
import { memoryHost } from "regate/adapters/memory";

const ORDERS = { "A-1": { id: "A-1", total: 40 }, "A-2": { id: "A-2", total: 120 } };
const source = readFileSync(new URL("support-agent.yaml", import.meta.url), "utf8");
const compiled = await compileActionPolicy(source, "yaml");
if (!compiled.ok) throw new Error(compiled.errors[0].message);

// Everybody may do everything here; a host of yours says in `who` who asks, and what they may do.
const identity = { id: "dana", email: "dana@example.com", org_role: "owner", is_session: true, may: ["read", "write", "trigger", "approve"] };
const service = actions(memoryHost({ identity }), { org_id: "shop" });
await service.policies.create(compiled.policy);

const run = { agent_id: "support-1", session_id: "chat-81", run_id: "run-7" };
const lookupOrder = service.guard(async ({ order_id }) => ({ order: ORDERS[order_id] }), { ...run, action: "lookup_order" });
const refund = service.guard(async ({ order_id, amount }) => ({ receipt: `R-${order_id}`, amount }), {
  ...run,
  action: "refund",
  cost: ({ amount }) => amount,
  idempotency_key: ({ order_id }) => order_id,
  onHold: async ({ approval_id, action_name }) => {
    console.log(`held: ${action_name} waits for a person`);
    await service.approvals.approve(approval_id, "the parcel came back");
  },
});

/** What a tool gives to the agent: its result, or why it may not be used and what to do instead. */
async function told(tool, args) {
  try {
    console.log("done:", JSON.stringify(await tool(args)));
  } catch (thrown) {
    if (!(thrown instanceof ActionDeniedError)) throw thrown;
    console.log(`denied: ${thrown.reason_code}, ${thrown.remediation.retry_guidance}`);
  }
}

await told(refund, { order_id: "A-1", amount: 40 }); // denied: nothing was looked up
await told(lookupOrder, { order_id: "A-1" });
await told(refund, { order_id: "A-1", amount: 90 }); // denied: the order says 40
await told(refund, { order_id: "A-1", amount: 40 });
await told(refund, { order_id: "A-1", amount: 40 }); // the same again: its result, and no second refund
await told(lookupOrder, { order_id: "A-2" });
await told(refund, { order_id: "A-2", amount: 120 }); // held, approved, done

const { decisions } = await service.decisions.list({ limit: 100 });
console.log(`${decisions.length} entries in the decision log`);
