// A program of a user, in TypeScript: compiled, never run. What is marked with an expected error must not compile.

import {
  ActionDeniedError,
  ActionHeldError,
  ActionNotRecordedError,
  ActionReplay,
  RegateError,
  ReplayDivergenceError,
  actionHandler,
  actions,
  capabilities,
  check,
  checkAction,
  compile,
  configPolicies,
  compileActionPolicy,
  compileBundles,
  format,
  fromBytes,
  hostOver,
  init,
  playground,
  prepareGovernance,
  readPlan,
  replayActionDecisions,
  simulateActions,
  test,
  testBundles,
  validate,
  type ActionCall,
  type ActionDecision,
  type ActionLedgerEntry,
  type ActionPolicyFields,
  type ActionService,
  type ActionSimulation,
  type Answer,
  type ApprovalRule,
  type Decided,
  type Decision,
  type Diagnostic,
  type Fact,
  type FormatResult,
  type GovernanceConfig,
  type GovernanceOutcome,
  type GuardedAction,
  type Host,
  type HostCallbacks,
  HttpSendCache,
  httpSend,
  type HostBuiltin,
  type HostFunction,
  type HttpSendRequest,
  type HttpSendResponse,
  type Need,
  type Policy,
  type PolicyFunctions,
  type PreviewResponse,
  type QueryAnswer,
  type QueryOptions,
  type ConfigBundleDiff,
  type ConfigDecisionRecord,
  type ConfigService,
  type FetchedConfigPolicy,
} from "regate";
import { folderStore } from "regate/adapters/folder";
import { memoryHost, memoryStore, type MemoryHost } from "regate/adapters/memory";
import * as slim from "regate/slim";

export async function everything(plan: Uint8Array): Promise<string[]> {
  await init();
  await slim.init(new Uint8Array());
  const problems: Diagnostic[] = check({ "a.rego": "package a" }, { dialect: "v1" }).diagnostics;
  const lookup: HostFunction = { name: "acme.owner", arguments: ["id: string"], result: "string" };
  const isClean: boolean = check("package a", { strict: true, hostFunctions: [lookup] }).diagnostics.length === 0;
  const laidOut: FormatResult = format("package a", { path: "a.rego", dialect: "v1" });
  const columns: number[] = problems.map(({ start }) => start.column);
  const valid: boolean = validate("package a", { contract: "governance" }).valid;
  const { policy } = compile([{ path: "a.rego", source: "package a" }], { data: { a: [1, 2n, null] }, strict: isClean });
  if (policy === null) return [];
  const moved: Policy = fromBytes(policy.toBytes());
  const answer: Answer = moved.evaluate("a/x", { user: "dana", at: new Date() }, { limits: { steps: 1000 }, numbers: "exact" });
  // Undefined is not false: the value is there only where the answer is defined.
  if (answer.defined) console.log(answer.value);
  const name: unknown = moved.query("x := 1").bindings[0]?.["x"];
  moved.free();
  {
    using disposed = fromBytes(policy.toBytes());
    disposed.setData("{}");
  }
  const report = test("package a", { run: "test_" });
  const added: number = readPlan(plan).counts.added;
  const messages: string[] = playground("package forgecroft.policy", {}).deny;
  const available: boolean = capabilities().builtins.every((builtin) => builtin.available);
  console.log(columns, valid, laidOut.formatted, name, report.passed, added, available);
  return messages;
}

export async function asked(bundle: Uint8Array, owners: Map<string, { name: string }>): Promise<boolean> {
  const hostFunctions: HostFunction[] = [{ name: "acme.owner", arguments: ["id: string"], result: "any" }];
  const { policy } = compileBundles({ "shop.tar.gz": bundle }, { hostFunctions });
  if (policy === null) return testBundles({ "shop.tar.gz": bundle }, { hostFunctions, run: "test_" }).failed === 0;
  const now: Answer = policy.evaluate("shop/allow", { id: "A" }, { functions: { "acme.owner": (id: string) => owners.get(id) } });
  const hostBuiltins: HostBuiltin[] = ["http.send"];
  const send: (request: HttpSendRequest) => Promise<HttpSendResponse> = httpSend({ allow: ["https://a.test"], cache: new HttpSendCache({ maxBytes: 1000 }) });
  const asking = compile("package a", { hostBuiltins }).policy;
  await asking?.evaluateAsync("a", {}, { functions: { "http.send": send } });
  // @ts-expect-error no host answers for it
  compile("package a", { hostBuiltins: ["count"] });
  // What a declaration does not say is unknown.
  const functions: PolicyFunctions = { "acme.owner": async (id) => ({ name: String(id) }), "acme.add": (a: number, b: number) => a + b };
  const later: Answer = await policy.evaluateAsync("shop/allow", "{}", { functions, nowMs: 0 });
  const found: QueryAnswer = policy.query("x := data.shop.allow", {}, { functions, numbers: "exact" });
  const options: QueryOptions = { functions, limits: { steps: 1000 } };
  const foundLater: QueryAnswer = await policy.queryAsync("x := data.shop.allow", {}, options);
  // @ts-expect-error a function is no text
  policy.query("true", {}, { functions: { "acme.owner": "owner" } });
  // @ts-expect-error a function is none that is named
  policy.evaluate("shop/allow", {}, { functions: { "acme.owner": "owner" } });
  const isFound = found.bindings.length > 0 && foundLater.bindings.length > 0;
  return now.defined && later.defined && isFound && policy.hostFunctions.includes("acme.owner");
}

export function simulated(entries: ActionLedgerEntry[]): string[] {
  const policies = [{ name: "p", run_budget: 1, denied_actions: ["drop"] }];
  const checked = checkAction({ policies, call: { name: "pay", cost_usd: 0.1, kwargs: { n: 1 } }, purpose: "authorize" });
  const next = checkAction({ policies, call: { name: "pay" }, state: checked.state ?? {}, moderation: null });
  const simulation: ActionSimulation = simulateActions({ policies, ledger_entries: entries, approve: "all", initial_state: { killed: [] } });
  const refused: number = simulation.summary.by_reason.DENIED_ACTION ?? 0;
  const { differences } = replayActionDecisions({ decisions: [], policies, settings: { compat_0_4: true } });
  const replay = new ActionReplay([{ action: "f", inputs: { n: 1 }, outputs: [1] }], { strict: false });
  const given: unknown = replay.next("f", { n: 1 }).outputs;
  // @ts-expect-error a budget is a number
  checkAction({ policies: [{ name: "p", run_budget: "1" }], call: { name: "pay" } });
  // @ts-expect-error there is no such answer to approvals
  simulateActions({ policies, calls: [], approve: "some" });
  console.log(next.decision.decision, refused, given, replay.report().cost_savings, ReplayDivergenceError.name);
  return differences.map(({ was, now }) => `${was.decision} ${now.reason_code ?? ""}`);
}

export async function limited(text: string, ask: (prose: string) => Promise<ActionPolicyFields>): Promise<string[]> {
  const compiled = await compileActionPolicy(text, "md", { name: "support", convert: async (prose) => ask(prose) });
  // Every default is there, so nothing of a compiled policy is undefined.
  if (compiled.ok) return compiled.policy.denied_actions.concat(compiled.warnings.map(({ message }) => message));
  // @ts-expect-error a text that is wrong has no policy
  console.log(compiled.policy);
  // @ts-expect-error there is no such format
  await compileActionPolicy(text, "toml");
  const fields: ActionPolicyFields = { name: "x", run_budget: 0.1, rate_limits: { search: { max_count: 1 } } };
  return compiled.errors.map(({ path, code, line, message }) => `${line ?? fields.name}: ${path.join(".")} ${code} ${message}`);
}

const rule: ApprovalRule = { name: "r", approver_type: "org_role", approver_role: "admin", condition: { type: "destroyed_gt", value: 0 } };

export async function governed(plan: string, host: Host): Promise<string> {
  const config: GovernanceConfig = { approval_rules: [rule], policy_sets: [{ name: "s", enforcement: "advisory", policies: [] }] };
  const governance = prepareGovernance(config);
  const outcome: GovernanceOutcome = governance.preview(plan);
  const response: PreviewResponse = outcome.response;
  const decided: Decided = await governance.decide(
    plan,
    { workspace: { id: "w", name: "w", attributes: { environment: "production" } }, run: { id: "r", trigger: "push" }, org: { id: "o" } },
    host,
  );
  console.log(response.mandatory_violations, decided.undelivered.map(({ id }) => id));
  return wordOf(decided.decision);
}

function wordOf(decision: Decision): string {
  switch (decision.kind) {
    case "allow":
      return "go";
    case "hold":
      return decision.requirements.map(({ name, stage }) => `${stage}: ${name}`).join();
    case "deny":
      return decision.reasons.map(({ code, message }) => `${code}: ${message}`).join();
  }
}

export const host: MemoryHost = memoryHost({ now: () => 0, identity: { id: null, email: null, may: ["trigger"] } });

const callbacks: HostCallbacks = {
  who: ({ asker }) => (asker === null ? null : { id: "u", email: null, may: ["trigger"] }),
  notify: async (notices) => console.log(notices.map(({ id }) => id)),
};
export const stored: Host = hostOver(memoryStore(), callbacks);

// A host of one's own, over promises.
export class OwnHost implements Host {
  async load(needs: readonly Need[]): Promise<Fact[]> {
    return needs.map((need) => ({ need, version: null, value: need.kind === "approvals" ? [] : null }));
  }
  async commit(): Promise<"ok" | "conflict"> {
    return "ok";
  }
  async list(): Promise<{ records: []; cursor: null }> {
    return { records: [], cursor: null };
  }
  async notify(): Promise<void> {}
  async who(): Promise<{ id: string; email: null; may: ["trigger"] }> {
    return { id: "u", email: null, may: ["trigger"] };
  }
  now(): number {
    return 0;
  }
  newId(): string {
    return "d";
  }
  randomSeed(): number {
    return 1;
  }
}

export function mistakes(policy: Policy, error: unknown): void {
  if (error instanceof RegateError) console.log(error.code.length, error.help, error.limit?.value, error.path);
  // @ts-expect-error: there is no such dialect
  check("package a", { dialect: "v2" });
  // @ts-expect-error: a misspelt option
  compile("package a", { dta: {} });
  // @ts-expect-error: a misspelt limit
  policy.evaluate("a/x", {}, { limits: { step: 1 } });
  // @ts-expect-error: a policy is made by compile, not by hand
  new Policy(1);
  // @ts-expect-error: a decision needs to know the run
  void prepareGovernance({}).decide("{}", {}, host);
  // @ts-expect-error: a misspelt approver type
  prepareGovernance({ approval_rules: [{ name: "r", approver_type: "teem" }] });
  // @ts-expect-error: a host without callbacks
  const none: Host = {};
  void none;
  // @ts-expect-error: an answer's value may be undefined
  const value: string = policy.evaluate("a/x").value;
  void value;
}

// A program that guards an agent's tools.
export async function guarded(host: Host, session: { agent: string | null }): Promise<number> {
  const service: ActionService = actions(host, { org_id: "o-1", asker: session });
  const pay: GuardedAction<[order: { id: string; amount: number }], { receipt: string }> = service.guard(
    async (order: { id: string; amount: number }) => ({ receipt: order.id }),
    { action: "pay", cost: (order) => order.amount, agent_id: session.agent, settle: (result) => result?.receipt.length, onHold: "wait" },
  );
  const add = service.guard((a: number, b: number) => a + b, { action: "add", kwargs: (a, b) => ({ a, b }), tags: ["math"] });
  const sum: number = await add(1, 2);
  // @ts-expect-error: the parameters are those of the function
  await add("1", 2);
  // @ts-expect-error: a call has no such field
  service.guard(() => 1, { action: "add", colour: "red" });
  const call: ActionCall = { name: "pay", cost_usd: 2, kwargs: { to: "b" } };
  const decision: ActionDecision = await service.authorize(call, { explain: true });
  try {
    await pay({ id: "A-1", amount: 2 });
  } catch (thrown) {
    if (thrown instanceof ActionDeniedError) console.log(thrown.reason_code, thrown.toDict().details);
    if (thrown instanceof ActionHeldError) await pay.resume(thrown.reservation.id, { id: "A-1", amount: 2 });
    if (thrown instanceof ActionNotRecordedError) console.log(thrown.result);
  }
  if (decision.decision === "allow" && decision.reservation !== undefined) await service.settle(decision.reservation.id, 1.5);
  const handler: (request: Request) => Promise<Response> = actionHandler(host, { org_id: "o-1", base: "/api/v1" });
  return sum + (await handler(new Request("https://gate.example/api/v1/policies"))).status;
}

// A program that lets pipelines start by the policies of their organisation.
export async function pipelines(who: Host["who"]): Promise<string[]> {
  const service: ConfigService = configPolicies(hostOver(folderStore(".regate", { waitMs: 100 }), { who, notify: () => undefined }), { org_id: "o-1", context: "config" });
  const diff: ConfigBundleDiff = await service.push({ "a.rego": "package org" });
  const one: FetchedConfigPolicy = await service.fetch("a", { version: 1 });
  const all: { [name: string]: FetchedConfigPolicy } = await service.fetch();
  const { enabled, decision, log } = await service.decide({ inputYaml: "version: 2.1", metadata: { vcs: { branch: "main" } }, limits: { steps: 1000 } });
  if (enabled && decision?.status === "HARD_FAIL") console.log(decision.hard_failures?.map(({ reason }) => reason), log?.policies["a"]);
  // @ts-expect-error: there is no such status
  await service.logs({ status: "FAIL" });
  const found: ConfigDecisionRecord[] = [];
  for await (const record of service.eachLog({ status: "ERROR", build_number: 1 })) found.push(record);
  return [...diff.created, one.content, ...Object.keys(all), ...found.map(({ id }) => id)];
}
