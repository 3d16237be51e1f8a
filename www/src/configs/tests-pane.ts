// The tests below: runs them as they are typed, or where that takes long when they are asked for, and shows the newest results.
import { proxy } from "comlink";
import { amount } from "../amount";
import { announce } from "../announcer";
import { byId, replaceChildren, sentenceParts } from "../element";
import type { EngineClient, Reply } from "../engine-client";
import type { Failure } from "../engine-operations";
import { failureBox, lateBox } from "../failure-box";
import { asSentence } from "../sentence";
import { YamlPane } from "../yaml-pane";
import type { ConfigTested, PolicyFile, TestGroup, TestsSeen } from "./config-operations";
import { testsInWords, testsParts, type TestsViewWiring } from "./tests-view";

const TESTS_LIMIT_MS = 120_000;
// Tests that take longer than this are run when they are asked for, and not with each letter.
const WHILE_TYPING_MS = 2_000;

const LATE_HELP = "choose fewer of them by a part of their names, or look for a rule that goes through every pair of two long lists";

interface SoFar {
  rules: TestGroup;
  file: TestGroup;
}

export interface TestsWiring {
  changed(tests: string): void;
  /** Another pattern chooses among the tests. */
  runChanged(run: string): void;
  files(): PolicyFile[];
  whileStoppable<T>(work: Promise<T>): Promise<T>;
}

export class TestsPane {
  readonly #client: EngineClient;
  readonly #wiring: TestsWiring;
  readonly #editor: YamlPane;
  readonly #result = byId("tests-result", HTMLElement);
  readonly #notice = byId("tests-notice", HTMLElement);
  readonly #count = byId("tests-count", HTMLElement);
  readonly #run = byId("tests-run", HTMLInputElement);
  readonly #open = new Set<string>();
  // INVARIANT (newest): grows with each change, so that no results are shown of texts that have changed meanwhile.
  #turn = 0;
  #begun: number | null = null;
  #isSlow = false;

  constructor(client: EngineClient, tests: string, run: string, wiring: TestsWiring) {
    this.#client = client;
    this.#wiring = wiring;
    this.#editor = new YamlPane(byId("tests-editor", HTMLElement), byId("tests-problem", HTMLElement), {
      label: "Tests, as YAML",
      empty: "Empty: a test is a key that begins with test_, and has input, meta, decision and cases",
      text: tests,
      changed: (text) => wiring.changed(text),
    });
    this.#run.value = run;
    this.#run.addEventListener("input", () => wiring.runChanged(this.#run.value));
    byId("run-tests", HTMLButtonElement).addEventListener("click", () => void this.run());
  }

  set(tests: string, run: string): void {
    this.#open.clear();
    this.#isSlow = false;
    this.#editor.replace(tests);
    this.#run.value = run;
  }

  take(tests: string): void {
    this.#editor.replace(tests);
  }

  /** The texts are others: what runs is of no use any more, and one that takes long would keep the next run waiting. */
  markStale(): void {
    this.#turn += 1;
    if (this.#begun !== null && performance.now() - this.#begun > WHILE_TYPING_MS) this.#client.stop();
  }

  /** Runs the tests, unless that takes long: then the person is told to ask for it. */
  runWhileTyping(): void {
    if (!this.#isSlow) return void this.run();
    this.#note("left out", "Not run again, because the last run took long. What is shown is of before: press Run tests.");
    this.#result.classList.add("stale");
  }

  async run(): Promise<void> {
    const turn = ++this.#turn;
    const begun = performance.now();
    this.#begun = begun;
    this.#note("busy", "Running the tests.");
    const request = { files: this.#wiring.files(), tests: this.#editor.text, run: this.#run.value };
    const sofar: SoFar = { rules: { results: [], failure: null }, file: { results: [], failure: null } };
    const seen = proxy((results: TestsSeen) => {
      sofar.rules.results.push(...results.rules);
      sofar.file.results.push(...results.file);
      if (turn === this.#turn) this.#showSoFar(sofar);
    });
    const reply = await this.#wiring.whileStoppable(this.#client.latest("test", (engine) => engine.testConfigs(request, seen), TESTS_LIMIT_MS));
    if (this.#begun === begun) this.#begun = null;
    if (reply.state === "late" || reply.state === "stopped") this.#isSlow = true;
    if (reply.state === "answered") this.#isSlow = reply.value.kind === "tested" && reply.value.milliseconds > WHILE_TYPING_MS;
    if (reply.state === "superseded" || turn !== this.#turn) return;
    this.#show(reply, sofar);
  }

  #show(reply: Exclude<Reply<ConfigTested>, { state: "superseded" }>, sofar: SoFar): void {
    this.#showPattern(null);
    if (reply.state === "failed") return this.#nothing(failureBox("The tests could not be run", reply.failure), `The tests could not be run: ${reply.failure.message}.`);
    if (reply.state !== "answered") return this.#ended(lateBox("The tests", reply, LATE_HELP), sofar);
    const tested = reply.value;
    switch (tested.kind) {
      case "tested": {
        const words = testsInWords(tested);
        const { failure } = tested.file;
        this.#editor.show(failure?.line === null ? null : failure);
        this.#note("in", `Run in ${tested.milliseconds.toLocaleString("en")} ms.`);
        this.#tell(words, tested);
        this.#draw(...testsParts(tested, this.#viewWiring));
        announce("tests", asSentence(words));
        return;
      }
      case "policies_refused": {
        const shown = this.#result.querySelector(".test-group") === null ? "" : " What is shown is of before.";
        this.#note("left out", `Not run: the policies are refused.${shown}`);
        this.#result.classList.add("stale");
        this.#count.dataset["state"] = "none";
        return announce("tests", "The tests were not run: the policies are refused.");
      }
      case "pattern_wrong":
        this.#showPattern(tested.failure);
        return this.#nothing(null, `Not run: ${tested.failure.message}`);
    }
  }

  /** What is known while the tests run. */
  #showSoFar(sofar: SoFar): void {
    this.#note("busy", `Running the tests: ${amount(countIn(sofar), "result")} so far.`);
    this.#draw(...testsParts(sofar, this.#viewWiring));
  }

  /** What was known when the tests were ended. */
  #ended(box: HTMLElement, sofar: SoFar): void {
    this.#note("left out", `Not run to the end: ${amount(countIn(sofar), "result")}.`);
    this.#count.textContent = "";
    this.#count.dataset["state"] = "none";
    this.#draw(box, ...(countIn(sofar) === 0 ? [] : testsParts(sofar, this.#viewWiring)));
    announce("tests", "The tests were stopped.");
  }

  get #viewWiring(): TestsViewWiring {
    return {
      isOpen: (name) => this.#open.has(name),
      toggled: (name, open) => void (open ? this.#open.add(name) : this.#open.delete(name)),
      showWrong: () => this.#editor.focus(),
    };
  }

  #showPattern(failure: Failure | null): void {
    this.#run.setAttribute("aria-invalid", String(failure !== null));
    const problem = byId("tests-run-problem", HTMLElement);
    problem.textContent = failure === null ? "" : asSentence(failure.message.replaceAll("`", ""));
  }

  #tell(words: string, { rules, file }: Extract<ConfigTested, { kind: "tested" }>): void {
    const all = [...rules.results, ...file.results];
    const isSound = rules.failure === null && file.failure === null && all.every(({ passed }) => passed);
    this.#count.textContent = words;
    this.#count.dataset["state"] = all.length === 0 && isSound ? "none" : isSound ? "passed" : "failed";
  }

  #nothing(box: HTMLElement | null, words: string): void {
    this.#note("left out", "Nothing was run.");
    this.#count.textContent = "";
    this.#count.dataset["state"] = "none";
    this.#draw(box);
    announce("tests", words);
  }

  #draw(...parts: (HTMLElement | null)[]): void {
    const { scrollTop } = this.#result;
    const active = document.activeElement;
    const held = this.#result.contains(active) ? (active?.closest<HTMLElement>("[data-test]")?.dataset["test"] ?? null) : null;
    this.#result.classList.remove("stale");
    replaceChildren(this.#result, ...parts);
    this.#result.scrollTop = scrollTop;
    // A person who reads one of the results by keyboard goes on where they were.
    if (held !== null) this.#result.querySelector<HTMLElement>(`[data-test="${CSS.escape(held)}"] summary`)?.focus({ preventScroll: true });
  }

  #note(state: string, words: string): void {
    this.#notice.dataset["state"] = state;
    replaceChildren(this.#notice, ...sentenceParts(words));
  }
}

function countIn({ rules, file }: SoFar): number {
  return rules.results.length + file.results.length;
}
