// Everything that happens in a world: what people, services, providers and administrators do, right or wrong, and how often.

import { RegateError, deliverNotices, governance } from "regate";
import { planOf } from "../js/plans.mjs";
import { FAULTS, tokenOf } from "./hosts.mjs";
import { ADMINISTRATOR, SERVICE, TEAMS, VOTERS, isStarter } from "./people.mjs";
import { readsOf } from "./reads.mjs";
import { setupOperations } from "./setup.mjs";

const PLANS = [[], ["add"], ["destroy"], ["change"], ["add", "destroy"], ["add", "change"], ["destroy", "destroy", "add"], ["change", "change", "destroy"]];
const WORKSPACES = { "o-1": ["w-1", "w-1", "w-2"], "o-2": ["w-1"] };

/** What an operation gives that found nothing to do. */
export const NOTHING = Symbol("nothing");

/** Whether what was thrown is a refusal or a failure that a caller must expect. */
export function isExpected(thrown) {
  if (thrown instanceof RegateError) return !["engine_trapped", "internal_error", "eval_internal_error", "malformed_request", "fact_wrong_shape"].includes(thrown.code);
  return Object.values(FAULTS).includes(thrown);
}

/**
 * The operations of a world, each `{ name, weight, act, about }`: about a `run`, a `decision` on one, the `setup`, or anything.
 * `answers` keeps what was acknowledged.
 */
export function operationsOf(world, choices, answers) {
  const { journal, hosts, secrets } = world;
  const { pick, often, below } = choices;
  const organisation = () => world.focus?.org_id ?? (often(0.75) ? "o-1" : "o-2");
  const as = (name, org) => governance(pick(hosts), { org_id: org }).as(name);
  // A run that the operation is for; now and then any other.
  const anyRun = (org, isWanted = () => true) => {
    const runs = journal.runs(org);
    // Others go on as the run of all attention does.
    const id = world.focus?.id.split("~")[0];
    const crowd = id === undefined ? [] : runs.filter((run) => run.id.split("~")[0] === id);
    if (crowd.length > 0 && often(0.9)) return pick(often(0.3) ? crowd : crowd.filter(isWanted));
    const chosen = often(0.07) ? runs : runs.filter(isWanted);
    return pick(often(0.7) ? chosen.slice(-5) : chosen);
  };
  const seen = (run) => void (run !== undefined && answers.runs.push(run));
  const ofRun = (isWanted, act) => async () => {
    const org = organisation();
    const run = anyRun(org, isWanted);
    return run === undefined ? NOTHING : act(run, org);
  };
  const is = (...statuses) => ({ status }) => statuses.includes(status);
  const isPlan = ({ run_type }) => run_type === "plan";
  const isToApply = ({ status, changeset }) =>
    status === "completed" && changeset !== null && changeset.applied_at_ms === null && (changeset.discarded_at_ms === null || often(0.2));
  const isToPerform = ({ run_type, status }) => run_type === "apply" && ["queued", "in_progress"].includes(status);
  const isChecked = ({ requirements }) => requirements.some(({ source, status }) => source === "external_check" && (status === "active" || often(0.2)));

  const create = async () => {
    const org = organisation();
    const workspace_id = pick(WORKSPACES[org]);
    const person = pick(["ada", "ann", "bob"]);
    const byPerson = { workspace_id, trigger: "manual" };
    const committer = `${person[0].toUpperCase()}${person.slice(1)}@example.com`;
    const reported = { workspace_id, trigger: pick(["push", "pr", "pr", "schedule", "promotion"]), triggered_by: often(0.5) ? committer : null };
    const user = { id: person, email: null };
    seen(await (often(0.35) ? as(person, org).runs.create(byPerson) : as(SERVICE, org).runs.create({ ...reported, ...(often(0.3) ? { user } : {}) })));
  };
  const deliver = async ({ id }, org) => {
    // Mostly the plan that was delivered before, where there was one.
    const actions = (often(0.85) ? journal.plans.get(id) : undefined) ?? pick(PLANS);
    // Which operation delivers it is known when its id is made, which is at once.
    world.delivering = actions;
    const planned = as(SERVICE, org).runs.deliverPlan(id, planOf(...actions));
    world.delivering = undefined;
    const { run, decision } = await planned;
    const kind = { completed: "allow", pending_approval: "hold", rejected: "deny", failed: "deny", aborted: "deny" }[run.status];
    if (decision.kind !== kind) journal.violation(`${id} is ${run.status}, and the decision is ${decision.kind}`);
    seen(run);
  };
  // Mostly somebody who may, now.
  const voter = (run, org, decision) => {
    const open = run.requirements.filter(({ status }) => status === "active");
    const { now } = journal.moments;
    const hasVoted = (person, { id }) => run.votes.some(({ user_id, requirement_id }) => user_id === person && requirement_id === id);
    const mayVote = (person, requirement) => !hasVoted(person, requirement) && journal.people[org].couldVote(person, run, requirement, decision, now);
    const entitled = VOTERS.filter((person) => open.some((requirement) => mayVote(person, requirement)));
    // Whoever started the run tries it where they may not.
    const starters = open.some(({ forbids_self_approval }) => forbids_self_approval) ? VOTERS.filter((person) => isStarter(person, run)) : [];
    if (starters.length > 0 && often(0.4)) return pick(starters);
    if (entitled.length > 0 && often(0.85)) return pick(entitled);
    return often(0.4) ? pick(VOTERS) : undefined;
  };
  const vote = async (known, org) => {
    const { id } = known;
    const person = voter(known, org, "approved");
    if (person === undefined) return NOTHING;
    const run = await as(person, org).runs.approve(id);
    answers.votes.push({ id, person, decision: "approved" });
    return seen(run);
  };
  const answerCheck = async ({ id, requirements }, org) => {
    const check = requirements.find(({ source }) => source === "external_check");
    const provider_id = check?.source_id ?? pick([...secrets.keys(), "nobody"]);
    const right = tokenOf(secrets.get(provider_id) ?? "none", `${provider_id}:${id}`);
    const ofAnotherRun = tokenOf(secrets.get(provider_id) ?? "none", `${provider_id}:other`);
    const wrong = pick([tokenOf("guess", `${provider_id}:${id}`), ofAnotherRun, right.toUpperCase(), right.slice(0, 63), ""]);
    const isWrong = often(0.25);
    const answer = { run_id: id, provider_id, token: isWrong ? wrong : right, decision: often(0.8) ? "pass" : "fail", reason: "looked" };
    try {
      seen(await as(undefined, org).checks.receive(answer));
      if (isWrong) journal.violation(`${id}: the token ${wrong} of ${provider_id} was taken`);
    } catch (thrown) {
      if (isWrong && !["unauthorized", "host_failed"].includes(thrown.code)) journal.violation(`${id}: a wrong token was answered with ${thrown.code}`);
      throw thrown;
    }
  };
  const apply = async ({ id }, org) => seen((await as(pick(["ann", "bob", SERVICE]), org).changesets.apply(id)).run);
  const sweepOnce = async () => {
    const org = organisation();
    const { failure } = await as(undefined, org).sweep(often(0.3) ? { run_id: anyRun(org)?.id ?? "none" } : {});
    if (failure !== undefined && !isExpected(failure)) throw failure;
  };
  // Whatever somebody in one organisation does about a run of the other: it is not there.
  const reach = async () => {
    const [own, other] = often(0.5) ? ["o-1", "o-2"] : ["o-2", "o-1"];
    const run = anyRun(own);
    if (run === undefined) return NOTHING;
    const { runs, changesets, checks } = as(ADMINISTRATOR[other], other);
    const { id } = run;
    const provider = run.requirements.find(({ source }) => source === "external_check")?.source_id;
    const attempts = [
      ...["get", "approve", "reject", "abort", "timeline", "decisionLog", "preview"].map((name) => () => runs[name](id)),
      ...["apply", "discard"].map((name) => () => changesets[name](id)),
      () => runs.deliverPlan(id, planOf("add")),
      () => runs.fail(id, "no"),
    ];
    if (provider !== undefined && secrets.has(provider)) {
      const token = tokenOf(secrets.get(provider), `${provider}:${id}`);
      attempts.push(() => checks.receive({ run_id: id, provider_id: provider, token, decision: "pass" }));
    }
    let thrown;
    const answer = await pick(attempts)().catch((failure) => (thrown = failure));
    if (thrown === undefined) journal.violation(`${id} of ${own} was reached from ${other}: ${JSON.stringify(answer).slice(0, 200)}`);
    else if (!["not_found", "host_failed", "conflict_not_resolved", "unauthorized"].includes(thrown.code)) journal.violation(`${id} of ${own} shows in ${other}: ${thrown.code}`);
    if (thrown !== undefined && thrown.code !== "not_found") throw thrown;
    return undefined;
  };

  return [
    { name: "create a run", weight: 5, act: create },
    { name: "start a run", about: "run", weight: 1, act: ofRun(is("queued"), async ({ id }, org) => seen(await as(SERVICE, org).runs.start(id))) },
    { name: "deliver a plan", about: "decision", weight: 7, act: ofRun((run) => isPlan(run) && is("queued", "in_progress")(run), deliver) },
    { name: "fail a run", about: "run", weight: 1, act: ofRun(is("queued", "in_progress"), async ({ id }, org) => seen(await as(SERVICE, org).runs.fail(id, "it broke"))) },
    { name: "approve", about: "run", weight: 20, act: ofRun(is("pending_approval"), vote) },
    {
      name: "reject",
      about: "run",
      weight: 1,
      act: ofRun(is("pending_approval"), async (run, org) => {
        const { id } = run;
        const person = voter(run, org, "rejected");
        if (person === undefined) return NOTHING;
        seen(await as(person, org).runs.reject(id, "no"));
        return void answers.votes.push({ id, person, decision: "rejected" });
      }),
    },
    { name: "abort", about: "run", weight: 1, act: ofRun(() => often(0.5), async ({ id }, org) => seen(await as(pick(VOTERS), org).runs.abort(id))) },
    { name: "renotify", about: "run", weight: 1.5, act: ofRun(is("pending_approval"), async ({ id }, org) => seen(await as("ann", org).runs.renotify(id))) },
    { name: "answer a check", about: "run", weight: 6, act: ofRun(isChecked, answerCheck) },
    { name: "apply a changeset", about: "decision", weight: 4, act: ofRun(isToApply, apply) },
    { name: "discard a changeset", about: "run", weight: 1.5, act: ofRun(isPlan, async ({ id }, org) => seen(await as("ann", org).changesets.discard(id))) },
    { name: "complete an apply", about: "run", weight: 3, act: ofRun(isToPerform, async ({ id }, org) => seen(await as(SERVICE, org).runs.completeApply(id))) },
    { name: "sweep", about: "run", weight: 3, act: sweepOnce },
    { name: "deliver notices", weight: 2, act: async () => void (await deliverNotices(pick(hosts))) },
    { name: "reach into the other organisation", weight: 2, act: reach },
    {
      name: "somebody comes or goes",
      weight: 3,
      async act() {
        journal.people[organisation()].change(choices);
        world.fault("late fact", 1);
      },
    },
    {
      name: "time passes",
      weight: 3,
      async act() {
        journal.clock.now += below(often(0.1) ? 26 * 3_600_000 : 3 * 3_600_000);
        world.fault("clock jump", 1);
      },
    },
    ...readsOf(world, choices, { as, ofRun, organisation, isPlan, is }),
    ...setupOperations(world, choices, { as, organisation, teams: TEAMS.map(({ id }) => id) }),
  ];
}
