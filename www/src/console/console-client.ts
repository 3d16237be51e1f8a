// The page's side of the console's worker: the service as if it were here, and failures as exceptions with the refusal's own words.
import { wrap, type Remote } from "comlink";
import { engineModule } from "../engine-module";
import type { SentNotice } from "./desk";
import type { ConsoleOperations, Outcome, PersonsService, ProvidersAnswer, Refusal, SweepReport } from "./console-operations";

/** What was refused or failed. */
export class ActionFailed extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

const START_LIMIT_MS = 30_000;

export class ConsoleClient {
  readonly #worker = new Worker(new URL("./console.worker.ts", import.meta.url), { type: "module" });
  readonly #remote: Remote<ConsoleOperations> = wrap<ConsoleOperations>(this.#worker);

  /** Starts the engine and opens the records, or says why that is not possible. */
  async start(): Promise<void> {
    const failed = new Promise<never>((_, reject) => {
      const fail = (message: string): void =>
        reject(new ActionFailed({ code: "engine_not_loaded", message, help: "reload the page; the engine is a file beside it and must be served with it" }));
      this.#worker.addEventListener("error", (event) => fail(event.message || "the console's worker could not be loaded"));
      setTimeout(() => fail(`the console did not start within ${START_LIMIT_MS / 1000} s`), START_LIMIT_MS);
    });
    failed.catch(() => undefined);
    await Promise.race([failed, engineModule.then((module) => unpacked(this.#remote.start(module)))]);
  }

  /** The service for a person: each method is asked of the worker under its name. */
  as(person: string): PersonsService {
    return methodsAt([], (path, args) => unpacked(this.#remote.ask(person, path, args))) as unknown as PersonsService;
  }

  largestPlan(): Promise<number> {
    return unpacked(this.#remote.largestPlan());
  }

  now(): Promise<number> {
    return unpacked(this.#remote.now());
  }

  async moveClock(byMs: number): Promise<void> {
    await unpacked(this.#remote.moveClock(byMs));
  }

  sweep(): Promise<SweepReport> {
    return unpacked(this.#remote.sweep());
  }

  async answerCheck(answer: ProvidersAnswer): Promise<void> {
    await unpacked(this.#remote.answerCheck(answer));
  }

  sentAbout(runId: string): Promise<SentNotice[]> {
    return unpacked(this.#remote.sentAbout(runId));
  }

  async startOver(): Promise<void> {
    await unpacked(this.#remote.startOver());
  }
}

async function unpacked<T>(asked: Promise<Outcome<T>>): Promise<T> {
  const answer = await asked;
  if ("failure" in answer) throw new ActionFailed(answer.failure);
  return answer.ok;
}

function methodsAt(path: readonly string[], call: (path: string[], args: unknown[]) => Promise<unknown>): object {
  return new Proxy(() => undefined, {
    // What has a `then` would be awaited.
    get: (_, name) => (typeof name === "string" && name !== "then" ? methodsAt([...path, name], call) : undefined),
    apply: (_, __, args: unknown[]) => call([...path], args),
  });
}
