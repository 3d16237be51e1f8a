// Governance off the page's thread: the engine, the store in IndexedDB and the host. The page only asks.
import { expose } from "comlink";
import { RefusedError, RegateError, capabilities, deliverNotices, governance, init, providerTokens, type GovernanceService } from "regate";
import { deleteStore } from "regate/adapters/indexeddb";
import { consoleHost, nowOf, STORE, type Clock } from "./console-host";
import type { ConsoleOperations, Outcome, Refusal } from "./console-operations";
import { Desk } from "./desk";
import { seed } from "./example-organisation";
import { ORG_ID } from "./organisation";

// Whoever seeds or starts over does it alone, however many tabs are open.
const LOCK = "regate-console-set-up";

const desk = new Desk();
const clock: Clock = { ahead_ms: 0 };
const host = consoleHost(desk, clock);
const service = governance(host, { org_id: ORG_ID });

async function outcome<T>(act: () => Promise<T>): Promise<Outcome<T>> {
  try {
    clock.ahead_ms = await desk.clockAhead();
    return { ok: await act() };
  } catch (thrown) {
    return { failure: refusalOf(thrown) };
  }
}

function refusalOf(thrown: unknown): Refusal {
  if (!(thrown instanceof RegateError)) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { code: "unexpected", message, help: "this is a defect of the page or of the browser's store; reload the page to go on" };
  }
  const { code, message, help, path } = thrown;
  // The host is this page's own: what its store said is for the person.
  const cause = code === "host_failed" && thrown.cause instanceof RegateError ? `: ${thrown.cause.message}` : "";
  return {
    code,
    message: message + cause,
    ...(help === undefined ? {} : { help }),
    ...(path === undefined ? {} : { path }),
    ...(thrown instanceof RefusedError && thrown.diagnostics.length > 0 ? { diagnostics: thrown.diagnostics } : {}),
  };
}

/** The method of a service at a path such as `policySets` `versions` `diff`. */
function methodOf(asked: GovernanceService, path: readonly string[]): (...args: unknown[]) => Promise<unknown> {
  let found: unknown = asked;
  for (const name of path) {
    found = typeof found === "object" && found !== null && Object.hasOwn(found, name) ? Reflect.get(found, name) : undefined;
  }
  if (typeof found !== "function") throw new Error(`the service has no ${path.join(".")}`);
  return found as (...args: unknown[]) => Promise<unknown>;
}

async function setUp(): Promise<void> {
  await navigator.locks.request(LOCK, async () => {
    if (await desk.isSeeded()) return;
    // What an interrupted visit has left is half of something.
    await deleteStore(STORE);
    await seed(service);
    await desk.setSeeded();
  });
}

const operations: ConsoleOperations = {
  start: (module) =>
    outcome(async () => {
      await init(module ?? undefined);
      await setUp();
      await deliverNotices(host);
      return null;
    }),
  largestPlan: () => outcome(async () => capabilities().limits["input_bytes"] ?? Infinity),
  ask: (person, path, args) => outcome(() => methodOf(service.as(person), path)(...args)),
  now: () => outcome(async () => nowOf(clock)),
  moveClock: (byMs) => outcome(() => desk.moveClock(byMs).then(() => null)),
  sweep: () =>
    outcome(async () => {
      const { swept, failed, next_at_ms } = await service.sweep();
      return { swept, failed, next_at_ms };
    }),
  answerCheck: ({ run_id, provider_id, decision, reason }) =>
    outcome(async () => {
      const token = await providerTokens((id) => desk.secretOf(id)).sign(provider_id, `${provider_id}:${run_id}`);
      await service.checks.receive({ run_id, provider_id, token, decision, reason });
      return null;
    }),
  sentAbout: (runId) => outcome(() => desk.sentAbout(runId)),
  startOver: () =>
    outcome(async () => {
      await navigator.locks.request(LOCK, async () => {
        await desk.clear();
        clock.ahead_ms = 0;
        await deleteStore(STORE);
      });
      await setUp();
      return null;
    }),
};

expose(operations);
