// What a first visit finds: policy sets, rules, a provider and three runs, made through the service as its people would.
import type { GovernanceService, NewApprovalRule, NewPolicySet, Trigger } from "regate";
import { examplePlans, exampleProviders, exampleRun, exampleSets } from "../examples";
import { ON_CALL, ORDERS, PAYMENTS, PLATFORM, PROJECT, SECURITY, WEBSHOP, people } from "./organisation";

const rules: NewApprovalRule[] = [
  {
    name: "Destroys are read by two of the platform team",
    approver_type: "team",
    approver_id: PLATFORM,
    min_approvals: 2,
    condition: { type: "destroyed_gt", value: 0 },
  },
  {
    name: "Security confirms destroys",
    approver_type: "team",
    approver_id: SECURITY,
    stage: 2,
    condition: { type: "destroyed_gt", value: 0 },
    timeout_hours: 23,
    escalation_action: "escalate_to",
    escalation_team_id: ON_CALL,
    escalation_reason: "Security did not answer within a day; whoever is on call decides.",
  },
  {
    name: "Promotions are read by the owners",
    approver_type: "team",
    approver_id: ORDERS,
    condition: { type: "trigger_is", value: "promotion" },
    timeout_hours: 3,
    escalation_action: "escalate_to",
    escalation_team_id: PLATFORM,
    escalation_reason: "The owners did not answer in time; the platform team decides.",
  },
  {
    name: "An administrator reads every change to payments",
    approver_type: "org_role",
    approver_role: "admin",
    condition: { type: "always" },
    timeout_hours: 47,
    escalation_action: "reject",
    workspace_id: PAYMENTS,
  },
];

/** Fills an empty store. */
export async function seed(service: GovernanceService): Promise<void> {
  const admin = service.as(idOf("Ines"));
  const attributes = exampleRun.workspace?.attributes ?? {};
  await admin.workspaces.put(WEBSHOP, { name: "webshop-production", project_id: PROJECT, attributes });
  await admin.workspaces.put(PAYMENTS, { name: "payments-production", project_id: PROJECT, attributes: { environment: "production", owner: "orders" } });

  await putSet(admin, "ownership", { source_type: "db" });
  await putSet(admin, "cost", { source_type: "git", git_path: "policies/cost" });
  await putSet(admin, "production-safety", { source_type: "git", git_path: "policies/production-safety", workspace_id: PAYMENTS });
  for (const rule of rules) await admin.approvalRules.create(rule);
  await putProvider(admin);

  await run(service, "CI", WEBSHOP, "push", "quiet");
  await run(service, "Dana", PAYMENTS, "manual", "webshop");
  await run(service, "Dana", WEBSHOP, "manual", "webshop");
}

function idOf(name: string): string {
  return people.find((person) => person.name === name)?.id ?? "";
}

async function putSet(admin: GovernanceService, name: string, fields: Partial<NewPolicySet>): Promise<void> {
  const example = exampleSets.find((set) => set.name === name);
  if (example === undefined) throw new Error(`the examples have no policy set ${name}`);
  const { description, enforcement, profile, plan_detail, policies } = example;
  const set = await admin.policySets.create({
    name,
    description: description ?? "",
    ...(enforcement && { enforcement }),
    ...(profile && { profile }),
    ...(plan_detail && { plan_detail }),
    ...fields,
  });
  if (fields.source_type === "git") return void (await admin.policySets.load(set.id));
  for (const { name: policy, rego_source } of policies ?? []) await admin.policySets.policies.add(set.id, { name: policy, rego_source });
}

async function putProvider(admin: GovernanceService): Promise<void> {
  const example = exampleProviders[0];
  if (example === undefined) throw new Error("the examples have no provider");
  const { name, callback_url, description } = example;
  const { id } = await admin.providers.create({
    name,
    callback_url,
    description: description ?? null,
    timeout_hours: 2,
    escalation_action: "escalate_to",
    escalation_team_id: PLATFORM,
  });
  await admin.providers.storeSecret(id, crypto.randomUUID());
  await admin.providers.attachScope(id, { scope_type: "workspace", scope_id: PAYMENTS });
}

async function run(service: GovernanceService, who: string, workspace_id: string, trigger: Trigger, plan: string): Promise<void> {
  const person = people.find(({ name }) => name === who);
  const example = examplePlans.find(({ name }) => name === plan);
  if (person === undefined || example === undefined) throw new Error(`the examples have no ${who} or no plan ${plan}`);
  const { id, email, is_session } = person;
  const asked = service.as(id);
  const bytes = await example.load();
  const created = await asked.runs.create({ workspace_id, trigger, triggered_by: email, user: is_session ? { id, email } : null });
  await asked.runs.deliverPlan(created.id, bytes);
}
