// What is read in the middle of everything else: whole, true at some moment, and of one organisation.

import { expectedOf, resultsDifference } from "./model.mjs";
import { ADMINISTRATOR } from "./people.mjs";

export function readsOf({ journal }, { pick }, { as, ofRun, organisation, isPlan, is }) {
  const any = () => true;
  const reader = () => pick(["ann", "bob", "ci"]);
  const wrong = (isWrong, text) => void (isWrong && journal.violation(text));
  return [
    { name: "read a run", about: "run", weight: 2, act: ofRun(any, async ({ id }, org) => wrong((await as(reader(), org).runs.get(id)).org_id !== org, `${id} was read in ${org}`)) },
    { name: "read a timeline", about: "run", weight: 4, act: ofRun(any, timeline) },
    { name: "read a decision log", about: "run", weight: 2, act: ofRun(any, decisionLog) },
    { name: "read votes and requirements", about: "run", weight: 2, act: ofRun(any, votes) },
    { name: "read policy results", about: "run", weight: 1, act: ofRun(any, results) },
    { name: "preview a run", about: "decision", weight: 3, act: ofRun((run) => isPlan(run) && is("completed", "pending_approval", "rejected")(run), preview) },
    { name: "list what is set up", weight: 1.5, act: lists },
  ];

  async function timeline({ id }, org) {
    const { events, broken_at } = await as(reader(), org).runs.timeline(id);
    wrong(broken_at !== null, `${id}: the timeline is broken at ${broken_at}, with ${events.length} events`);
    wrong(events.some((event) => event.run_id !== id), `${id}: its timeline has events of another run`);
  }

  async function decisionLog({ id }, org) {
    const [planId] = id.split("~");
    const before = (journal.audits.get(`run/${planId}`) ?? []).map(({ decision_id }) => decision_id);
    const log = await as(reader(), org).runs.decisionLog(planId);
    const ids = log.map(({ decision_id }) => decision_id);
    const known = (journal.audits.get(`run/${planId}`) ?? []).map(({ decision_id }) => decision_id);
    wrong(new Set(ids).size !== ids.length || !ids.every((one) => known.includes(one)) || !before.every((one) => ids.includes(one)), `${planId}: the decision log has ${ids}, and was written as ${known}`);
    const times = log.map(({ timestamp }) => timestamp);
    wrong(JSON.stringify(times) !== JSON.stringify([...times].sort()), `${planId}: the decision log is not in the order of time`);
  }

  async function votes({ id }, org) {
    const { runs } = as(reader(), org);
    const before = journal.partitions.get(`run/${id.split("~")[0]}`).governed_run.get(id);
    const [approvals, requirements] = [await runs.approvals(id), await runs.requirements(id)];
    wrong(before.votes.some(({ user_id }) => !approvals.some((approval) => approval.user_id === user_id)), `${id}: a vote is not listed`);
    wrong(before.requirements.some(({ id: asked }) => !requirements.some((requirement) => requirement.id === asked)), `${id}: a requirement is not listed`);
  }

  async function results({ id }, org) {
    const listed = JSON.stringify(await as(reader(), org).runs.policyResults(id));
    const written = (journal.results.get(id) ?? [[]]).map((one) => JSON.stringify(one));
    wrong(listed !== "[]" && !written.includes(listed), `${id}: its results were never those`);
  }

  async function preview(run, org) {
    const { id } = run;
    const from = journal.moments.next();
    const { policy_results, approval_preview, mandatory_violations } = await as(reader(), org).runs.preview(id);
    const actions = journal.plans.get(id);
    const teams = () => [null];
    const { builtin_rules, opa_requirements, external_providers, would_require_approval } = approval_preview;
    const seen = JSON.stringify([mandatory_violations, builtin_rules.map(({ name }) => name).sort(), opa_requirements.length, external_providers.map((provider) => provider.id).sort()]);
    const isTrue = journal.setups[org].since(from).some((setup) => {
      const { results: expected, mandatory, preview: layers } = expectedOf(setup, { org, run, actions, teams });
      const said = JSON.stringify([mandatory, layers.rules.sort(), layers.policies, layers.providers.sort()]);
      return resultsDifference(expected, policy_results) === undefined && said === seen && would_require_approval === layers.rules.length + layers.policies + layers.providers.length > 0;
    });
    wrong(!isTrue, `${id}: the preview is of no set-up that there was: ${seen}`);
  }

  async function lists() {
    const org = organisation();
    const from = journal.moments.next();
    const { policySets, approvalRules, providers } = as(ADMINISTRATOR[org], org);
    const list = pick([
      async () => ["policy_set", (await policySets.list({ limit: 100 })).policy_sets],
      async () => ["approval_rule", (await approvalRules.list({ limit: 100 })).approval_rules],
      async () => ["external_check_provider", (await providers.list({ limit: 100 })).external_check_providers],
    ]);
    const [kind, listed] = await list();
    const known = journal.setups[org].since(from).map((setup) => setup[kind]);
    wrong(listed.some(({ id }) => !known.some((records) => records.has(id))), `a ${kind} that ${org} has not is listed there`);
  }
}
