// The simulation below: asks a worker what the policies would have said of the ledger, and shows the newest answer.
import type { SimulatedApprovals } from "regate";
import { announce } from "../announcer";
import type { ChosenDocument } from "../document-source";
import { element, replaceChildren, sentenceParts } from "../element";
import type { EngineClient } from "../engine-client";
import type { Failure } from "../engine-operations";
import { failureBox, lateBox } from "../failure-box";
import type { EntrySeen, PolicyTexts, Simulated } from "./action-operations";
import { rangeAt } from "./json-place";
import { simulationInWords, simulationParts } from "./simulation-view";

// A hundred thousand entries take longer than a verdict may; the person can stop it earlier.
const SIMULATION_LIMIT_MS = 120_000;
// A simulation of a former text that takes longer than this is ended for the one of the text as it is.
const WORTH_ENDING_MS = 400;

const LATE_HELP = "give the entries of a shorter time, or of fewer runs";

export interface SimulationQuestion {
  texts: PolicyTexts;
  ledger: ChosenDocument;
  setUp: string;
  state: string;
  approve: SimulatedApprovals;
}

export interface SimulationParts {
  result: HTMLElement;
  notice: HTMLElement;
}

export interface SimulationWiring {
  changedOnly(): boolean;
  changedOnlyChosen(on: boolean): void;
}

export class SimulationPane {
  readonly #parts: SimulationParts;
  readonly #client: EngineClient;
  readonly #wiring: SimulationWiring;
  // INVARIANT (newest): grows with each question and failure, so that an answer of before is not shown in the place of it.
  #turn = 0;
  #askedAt: number | null = null;

  constructor(parts: SimulationParts, client: EngineClient, wiring: SimulationWiring) {
    this.#parts = parts;
    this.#client = client;
    this.#wiring = wiring;
  }

  async ask({ texts, ledger, setUp, state, approve }: SimulationQuestion): Promise<void> {
    const turn = ++this.#turn;
    if (this.#askedAt !== null && performance.now() - this.#askedAt > WORTH_ENDING_MS) this.#client.stop();
    const askedAt = performance.now();
    this.#askedAt = askedAt;
    this.#note("busy", `Simulating ${ledger.title}.`);
    const request = { ...texts, ledger: ledger.bytes, setUp, state, approve };
    const reply = await this.#client.latest("simulate", (engine) => engine.simulate(request), SIMULATION_LIMIT_MS);
    if (this.#askedAt === askedAt) this.#askedAt = null;
    if (reply.state === "superseded" || turn !== this.#turn) return;
    if (reply.state === "answered") this.#show(reply.value, ledger, Math.round(performance.now() - askedAt));
    else if (reply.state === "failed") this.fail(`${ledger.title} cannot be simulated`, reply.failure);
    else {
      this.#note("left out", "Nothing is simulated.");
      replaceChildren(this.#parts.result, lateBox("The simulation", reply, LATE_HELP));
      announce("simulation", "The simulation was stopped.");
    }
  }

  fail(title: string, failure: Failure): void {
    this.#turn += 1;
    this.#note("left out", "Nothing is simulated.");
    replaceChildren(this.#parts.result, failureBox(title, failure));
    announce("simulation", `${title}: ${failure.message}.`);
  }

  /** Something else is to be mended first. What is shown is of before, and that is said. */
  notSimulated(why: string): void {
    this.#turn += 1;
    const shown = this.#parts.result.querySelector(".totals") === null ? "" : " What is shown is the simulation of before.";
    this.#note("left out", `Not simulated: ${why}.${shown}`);
    if (shown === "") replaceChildren(this.#parts.result);
    announce("simulation", `Not simulated: ${why}.`);
  }

  #show(simulated: Simulated, ledger: ChosenDocument, milliseconds: number): void {
    switch (simulated.kind) {
      case "simulated": {
        const { simulation, comparedWith } = simulated;
        const beside = comparedWith === "base" ? "Changes are beside the policies without what is proposed." : "Changes are beside what was recorded.";
        this.#note("in", `${beside} Simulated in ${milliseconds.toLocaleString("en")} ms.`);
        const changedOnly = this.#wiring.changedOnly();
        const options = { changedOnly, changedOnlyChosen: (on: boolean) => this.#wiring.changedOnlyChosen(on) };
        replaceChildren(this.#parts.result, ...simulationParts(simulation, options));
        announce("simulation", `${ledger.title}: ${simulationInWords(simulation)}`);
        return;
      }
      case "policies_wrong":
        return this.notSimulated("a policy has errors");
      case "failed": {
        const { on, message } = simulated.failure;
        return this.notSimulated(on === "policies" ? message : `the ${on} has an error: ${message}`);
      }
      case "ledger_wrong": {
        const { failure, pointer, entry } = simulated;
        const where = entry === null ? "" : `, entry ${entry.index + 1} (line ${entry.line})`;
        this.fail(`${ledger.title}${where} cannot be read`, failure);
        if (entry !== null) this.#parts.result.append(entryBox(entry, pointer));
        return;
      }
    }
  }

  #note(state: string, words: string): void {
    this.#parts.notice.dataset["state"] = state;
    replaceChildren(this.#parts.notice, ...sentenceParts(words));
  }
}

/** The entry that cannot be read, with the value that is wrong marked. */
function entryBox({ text, index }: EntrySeen, pointer: string): HTMLElement {
  const range = pointer === "" ? null : rangeAt(text, pointer);
  return element(
    "pre",
    { class: "json-block wrong-entry", tabindex: 0, role: "region", "aria-label": `Entry ${index + 1}` },
    ...(range === null || range.from === 0 ? [text] : [text.slice(0, range.from), element("mark", {}, text.slice(range.from, range.to)), text.slice(range.to)]),
  );
}
