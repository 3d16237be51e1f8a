// The support bot's tools behind the policies of this folder: `node refunds.mjs`. A person approves the large refund while it waits.

import { readFileSync } from "node:fs";
import { ActionDeniedError, actions, compileActionPolicy } from "regate";
import { memoryHost } from "regate/adapters/memory";

const PAYMENTS = { "ORD-10482": { paid: 85, refundable: 42.5 }, "ORD-10473": { paid: 349, refundable: 349 } };

// Whoever asks is this person here; a host of yours says in `who` who it is, and what they may do.
const identity = { id: "rita", email: "refunds@example.com", org_role: "owner", is_session: true, may: ["read", "write", "trigger", "approve"] };
const service = actions(memoryHost({ identity }), { org_id: "shop" });

for (const file of ["refund-policy.yaml", "agent-policy.yaml"]) {
  const compiled = await compileActionPolicy(readFileSync(new URL(file, import.meta.url), "utf8"), "yaml");
  if (!compiled.ok) throw new Error(`${file}: ${compiled.errors[0].message}`);
  await service.policies.create(compiled.policy);
}

const caller = { agent_id: "support-bot", session_id: "monday", run_id: "run-7" };
const getOrder = service.guard(async ({ order_id }) => ({ order_id, status: "delivered" }), { ...caller, action: "get_order" });
const getPayment = service.guard(async ({ order_id }) => ({ order_id, ...PAYMENTS[order_id] }), { ...caller, action: "get_payment" });
const issueRefund = service.guard(async ({ order_id, amount }) => ({ refund_id: `RF-${order_id}`, amount }), {
  ...caller,
  action: "issue_refund",
  cost: ({ amount }) => amount,
  idempotency_key: ({ order_id }) => order_id,
  onHold: async ({ approval_id, action_name }) => {
    console.log(`held: ${action_name} waits for a person`);
    await service.approvals.approve(approval_id, "it never arrived");
  },
});

/** What a tool gives to the agent: its result, or why it may not be used and what to do instead. */
async function told(tool, args) {
  try {
    console.log("done:", JSON.stringify(await tool(args)));
  } catch (thrown) {
    if (!(thrown instanceof ActionDeniedError)) throw thrown;
    console.log(`denied: ${thrown.reason_code}: ${thrown.remediation.retry_guidance}`);
  }
}

await told(issueRefund, { order_id: "ORD-10482", amount: 42.5 }); // denied: nothing was looked up
await told(getOrder, { order_id: "ORD-10482" });
await told(getPayment, { order_id: "ORD-10482" });
await told(issueRefund, { order_id: "ORD-10482", amount: 85 }); // denied: less than that may be refunded
await told(issueRefund, { order_id: "ORD-10482", amount: 42.5 });
await told(issueRefund, { order_id: "ORD-10482", amount: 42.5 }); // the same again: its result, and no second refund
await told(getOrder, { order_id: "ORD-10473" });
await told(getPayment, { order_id: "ORD-10473" });
await told(issueRefund, { order_id: "ORD-10473", amount: 349 }); // held, approved, done

const { decisions } = await service.decisions.list({ limit: 100 });
console.log(`${decisions.length} entries in the decision log`);
