// Asks an engine worker one thing at a time: the newest question of a topic wins, and a worker that is late is ended and replaced.
import type { Capabilities } from "regate";
import { releaseProxy, wrap, type Remote } from "comlink";
import { engineModule } from "./engine-module";
import type { Answered, EngineOperations, Failure } from "./engine-operations";

// Loading may be slow on a slow line; it is no reason to call the engine stuck.
const START_LIMIT_MS = 30_000;

export type Reply<T> =
  | { state: "answered"; value: T }
  | { state: "failed"; failure: Failure }
  /** A newer question of the same topic was asked; this answer is of no use any more. */
  | { state: "superseded" }
  /** The worker did not answer in time, or was stopped by the person; it has been replaced. */
  | { state: "late"; limitMs: number }
  | { state: "stopped" };

interface Question {
  topic: string;
  ask: (engine: Remote<EngineOperations>) => Promise<Answered<unknown>>;
  limitMs: number;
  settle: (reply: Reply<unknown>) => void;
}

interface Running {
  worker: Worker;
  engine: Remote<EngineOperations>;
  started: Promise<Answered<Capabilities>>;
}

export class EngineClient {
  readonly #limitMs: number;
  readonly #waiting = new Map<string, Question>();
  /** Null after an engine could not be loaded: the next question tries again. */
  #running: Running | null;
  #asked: Question | null = null;
  #interrupt: ((reply: Reply<unknown>) => void) | null = null;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.#running = startWorker();
  }

  /** What the engine can do, or why it could not be loaded. */
  get started(): Promise<Answered<Capabilities>> {
    return this.#current().started;
  }

  /** A limit of the engine by its name; infinitely many where there is no engine, of which whatever is asked next says what is wrong. */
  async limit(name: string): Promise<number> {
    const start = await this.started;
    return "ok" in start ? (start.ok.limits[name] ?? Infinity) : Infinity;
  }

  /** Asks `ask`; a question of the same topic that still waits or runs is superseded. `limitMs` is for one that takes longer. */
  latest<T>(topic: string, ask: (engine: Remote<EngineOperations>) => Promise<Answered<T>>, limitMs = this.#limitMs): Promise<Reply<T>> {
    return new Promise((resolve) => {
      this.#waiting.get(topic)?.settle({ state: "superseded" });
      this.#waiting.delete(topic);
      this.#waiting.set(topic, { topic, ask, limitMs, settle: resolve as (reply: Reply<unknown>) => void });
      void this.#next();
    });
  }

  /** Ends what runs now; the next question meets a new worker. */
  stop(): void {
    if (this.#asked === null) return;
    this.#interrupt?.({ state: "stopped" });
  }

  async #next(): Promise<void> {
    const question = this.#waiting.values().next().value;
    if (this.#asked !== null || question === undefined) return;
    this.#waiting.delete(question.topic);
    this.#asked = question;
    const reply = await this.#answer(question);
    this.#asked = null;
    question.settle(this.#waiting.has(question.topic) ? { state: "superseded" } : reply);
    void this.#next();
  }

  async #answer(question: Question): Promise<Reply<unknown>> {
    const running = this.#current();
    const start = await running.started;
    if ("failure" in start) {
      this.#end(running);
      return { state: "failed", failure: start.failure };
    }
    const reply = await new Promise<Reply<unknown>>((resolve) => {
      const { limitMs } = question;
      const timer = setTimeout(() => resolve({ state: "late", limitMs }), limitMs);
      this.#interrupt = resolve;
      const settle = (made: Reply<unknown>) => {
        clearTimeout(timer);
        resolve(made);
      };
      question.ask(running.engine).then(
        (answer) =>
          settle("ok" in answer ? { state: "answered", value: answer.ok } : { state: "failed", failure: answer.failure }),
        (thrown: unknown) => settle({ state: "failed", failure: { code: "unexpected", message: String(thrown) } }),
      );
    });
    this.#interrupt = null;
    if (reply.state === "late" || reply.state === "stopped") {
      this.#end(running);
      // Started at once, so that the next question does not wait for it.
      this.#current();
    }
    return reply;
  }

  #current(): Running {
    this.#running ??= startWorker();
    return this.#running;
  }

  #end(running: Running): void {
    running.worker.terminate();
    running.engine[releaseProxy]();
    this.#running = null;
  }
}

function startWorker(): Running {
  const worker = new Worker(new URL("./engine.worker.ts", import.meta.url), { type: "module" });
  const engine = wrap<EngineOperations>(worker);
  const started = new Promise<Answered<Capabilities>>((resolve) => {
    const fail = (message: string) =>
      resolve({
        failure: { code: "engine_not_loaded", message, help: "reload the page; the engine is a file beside it and must be served with it" },
      });
    const timer = setTimeout(() => fail(`the engine did not start within ${START_LIMIT_MS / 1000} s`), START_LIMIT_MS);
    worker.addEventListener("error", (event) => {
      clearTimeout(timer);
      fail(event.message || "the engine's worker could not be loaded");
    });
    const start = async (): Promise<Answered<Capabilities>> => engine.start(await engineModule);
    start().then(
      (answer) => {
        clearTimeout(timer);
        resolve(answer);
      },
      (thrown: unknown) => fail(String(thrown)),
    );
  });
  return { worker, engine, started };
}
