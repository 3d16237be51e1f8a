// Everything that happens in a world of agents: calls and what becomes of them, approvals, changes of the set-up, and time.

import { actions, deliverNotices } from "regate";
import { all } from "./commits.mjs";

/** What an operation gives that found nothing to do. */
export const NOTHING = Symbol("nothing");

const AGENTS = ["bot-1", "bot-1", "bot-2", undefined];
const ACTIONS = ["pay", "pay", "look", "look", "drop"];
const COSTS = [0, 0.1, 0.1, 0.2, 0.3, 0.6];
const SECOND = 1000;

/** The operations of a world, each `{ name, weight, act }`. `answers` keeps what was acknowledged. */
export function operationsOf(world, choices, answers) {
  const { journal, hosts, clock, crowd } = world;
  const { pick, often, below } = choices;
  const organisation = () => (often(0.8) ? "o-1" : "o-2");
  const as = (name, org) => actions(pick(hosts), { org_id: org, asker: name });
  const reservations = (org, ...statuses) => all(journal.known[org].records, "action_reservation").filter(({ status }) => statuses.includes(status));
  const approvals = (org, ...statuses) => all(journal.known[org].records, "action_approval").filter(({ status }) => statuses.includes(status));
  const some = (things) => pick(often(0.8) ? things.slice(-6) : things);

  const newCall = () => {
    const [agent_id, run_id] = [pick(AGENTS), pick(["r-1", "r-1", "r-2", undefined])];
    return {
      name: pick(ACTIONS),
      cost_usd: pick(COSTS),
      // Now and then all want the same, so that they meet.
      session_id: crowd.session ?? pick(["s-1", "s-1", "s-2"]),
      kwargs: { to: pick(["a", "b"]) },
      ...(agent_id === undefined ? {} : { agent_id }),
      ...(run_id === undefined ? {} : { run_id }),
      ...(often(0.15) ? { idempotency_key: pick(["k-1", "k-2"]), idempotency_ttl_seconds: pick([30, 3600]) } : {}),
      ...(often(0.2) ? { produces_evidence: true } : {}),
    };
  };
  const failed = ({ reason_code }) => reason_code === "EVALUATION_ERROR";
  const decided = (org, decision) => {
    if (failed(decision)) throw Object.assign(new Error(decision.message), { code: "EVALUATION_ERROR", failure: decision.failure, expected: true });
    // What is answered was committed before: it is compared in the end.
    if (decision.reason_code !== "INVALID_COST") answers.decisions.push({ org, decision });
    return decision;
  };
  const authorize = async () => {
    const org = organisation();
    decided(org, await as("bot", org).authorize(newCall()));
  };
  const askOnly = async () => {
    const org = organisation();
    const decision = await as("bot", org).ask(newCall());
    if (decision.reservation !== undefined) journal.violation("who only asks has taken something");
  };
  const badCost = async () => {
    const decision = await as("bot", organisation()).authorize({ ...newCall(), cost_usd: pick([NaN, -0.1, Infinity, "0.1", undefined]) });
    if (!failed(decision) && decision.reason_code !== "INVALID_COST") journal.violation(`a cost that is no amount is ${decision.decision} ${decision.reason_code}`);
  };
  const ofCall = (statuses, act) => async () => {
    const org = organisation();
    const chosen = some(often(0.9) ? reservations(org, ...statuses) : reservations(org, "open", "settled", "released", "held"));
    return chosen === undefined ? NOTHING : act(as("bot", org), chosen, org);
  };
  const actual = ({ amount }) => Number(amount) * pick([0, 0.5, 1, 1]);
  const settle = ofCall(["open"], (service, call) => service.settle(call.id, actual(call)));
  const record = ofCall(["open", "settled"], (service, call) =>
    service.recordResult(call.id, { outcome: often(0.7) ? "success" : "error", result: { n: below(9) }, ...(often(0.5) ? { cost_usd: actual(call) } : {}) }),
  );
  const release = ofCall(["open", "held"], (service, call) => service.release(call.id));
  const resume = ofCall(["held"], async (service, call, org) => {
    const asked = journal.known[org].calls.get(call.id);
    const again = { ...asked, ...(often(0.1) ? { kwargs: { to: "mallory" } } : {}), ...(often(0.15) ? { cost_usd: asked.cost_usd / 2 } : {}) };
    decided(org, await service.resume(call.id, again));
  });
  const ofApproval = (statuses, act) => async () => {
    const org = organisation();
    const chosen = some(approvals(org, ...statuses));
    return chosen === undefined ? NOTHING : act(chosen.approval_id, org);
  };
  const approve = ofApproval(["pending"], (id, org) => as("ann", org).approvals.approve(id));
  const reject = ofApproval(["pending", "info_requested"], (id, org) => as(pick(["ann", "bot"]), org).approvals.reject(id));
  const question = ofApproval(["pending"], (id, org) => as("ann", org).approvals.requestInfo(id, "why?"));
  const answer = ofApproval(["info_requested"], (id, org) => as("bot", org).approvals.respond(id, "because"));
  const withdraw = ofApproval(["pending", "info_requested", "approved"], (id, org) => as("bot", org).approvals.cancel(id));
  const reset = async () => as("ada", organisation()).resetRun({ session_id: pick(["s-1", "s-2"]), ...(often(0.7) ? { run_id: pick(["r-1", "r-2"]) } : {}) });

  // The whole life of a call, as programs write it: the function runs where it is allowed and nowhere else.
  const guarded = async () => {
    const org = organisation();
    const call = newCall();
    const broken = new Error("the action failed");
    let ran = 0;
    const options = { action: call.name, cost: call.cost_usd, kwargs: () => call.kwargs, session_id: call.session_id };
    for (const field of ["agent_id", "run_id", "idempotency_key", "idempotency_ttl_seconds"]) if (call[field] !== undefined) options[field] = call[field];
    const act = as("bot", org).guard(async () => {
      ran++;
      for (let left = below(20); left > 0; left--) await null;
      if (often(0.2)) throw broken;
      return { ran };
    }, { ...options, ...(often(0.5) ? { settle: () => call.cost_usd / 2 } : {}), onRecordFailure: () => {} });
    try {
      await act();
    } catch (thrown) {
      if (thrown === broken) return;
      if (ran > 0) journal.violation(`a guarded function ran, and ${thrown.code} was thrown`);
      if (thrown.code !== "action_denied" && thrown.code !== "action_held") throw thrown;
    }
    if (ran > 1) journal.violation("a guarded function ran twice");
  };

  const policies = (org) => all(journal.known[org].records, "action_policy");
  const named = (org, name) => policies(org).find((policy) => policy.name === name)?.id;
  const onSetUp = (act) => async () => {
    const org = organisation();
    return act(as("ada", org), org);
  };
  const changeBudgets = onSetUp((service, org) =>
    service.policies.patch(named(org, "budgets"), pick([{ session_budget: 1 + below(3) }, { run_budget: 0.5 + below(3) / 2 }, { action_budgets: { pay: 0.5 + below(4) / 2 } }, { rate_limits: { look: { max_count: 2 + below(4), window_seconds: 60 } } }])),
  );
  const toggle = onSetUp((service, org) => (often(0.5) ? service.policies.disable : service.policies.enable)(named(org, "no drops")));
  const except = onSetUp((service, org) => service.exceptions.create(named(org, "no drops"), { agent_ids: ["bot-1"], reason: "a test", max_uses: 1 + below(3) }));
  const unExcept = onSetUp((service, org) => {
    const exception = pick(all(journal.known[org].records, "action_exception"));
    return exception === undefined ? NOTHING : service.exceptions.delete(exception.policy_id, exception.id);
  });
  const kill = onSetUp((service) => service.killSwitches.kill(...pick([["agent", "bot-1"], ["run", "r-2"]])));
  const revive = onSetUp((service) => service.killSwitches.revive(...pick([["agent", "bot-1"], ["run", "r-2"]])));
  const tick = async () => void (clock.now += pick([1, 5, 20, 61, 601, 901]) * SECOND);
  const deliver = async () => void (await deliverNotices(pick(hosts)));

  return [
    { name: "authorize", weight: 14, act: authorize },
    { name: "ask", weight: 1, act: askOnly },
    { name: "give a cost that is no amount", weight: 1, act: badCost },
    { name: "guard a function", weight: 5, act: guarded },
    { name: "settle", weight: 5, act: settle },
    { name: "record a result", weight: 5, act: record },
    { name: "release", weight: 4, act: release },
    { name: "resume", weight: 6, act: resume },
    { name: "approve", weight: 5, act: approve },
    { name: "reject", weight: 1.5, act: reject },
    { name: "ask a question", weight: 1.2, act: question },
    { name: "answer a question", weight: 3, act: answer },
    { name: "withdraw", weight: 0.7, act: withdraw },
    { name: "reset a run", weight: 1, act: reset },
    { name: "let time pass", weight: 3, act: tick },
    { name: "deliver notices", weight: 1, act: deliver },
    { name: "change budgets", weight: 1, act: changeBudgets },
    { name: "switch a policy", weight: 0.7, act: toggle },
    { name: "make an exception", weight: 1, act: except },
    { name: "end an exception", weight: 0.4, act: unExcept },
    { name: "stop a target", weight: 0.5, act: kill },
    { name: "let a target go on", weight: 1, act: revive },
  ];
}
