// A query to the policies, and its value as JSON. The newest question wins.
import { announce } from "../announcer";
import { byId, element, replaceChildren } from "../element";
import type { EngineClient } from "../engine-client";
import { failureBox, lateBox } from "../failure-box";
import { jsonText } from "../json-text";
import type { ConfigQueried, DecideConfigRequest } from "./config-operations";

const QUERY_LIMIT_MS = 10_000;
// Nobody reads more, and drawing it would stop the tab.
const SHOWN_CHARACTERS = 100_000;

const LATE_HELP = "look for a rule that goes through every pair of two long lists, or ask for less than `data`";

export interface QueryWiring {
  changed(query: string): void;
  request(): DecideConfigRequest;
  whileStoppable<T>(work: Promise<T>): Promise<T>;
}

export class QueryPane {
  readonly #client: EngineClient;
  readonly #wiring: QueryWiring;
  readonly #input = byId("query", HTMLInputElement);
  readonly #answer = byId("query-answer", HTMLElement);
  // INVARIANT (newest): grows with each change, so that no value is shown for texts that have changed meanwhile.
  #turn = 0;

  constructor(client: EngineClient, query: string, wiring: QueryWiring) {
    this.#client = client;
    this.#wiring = wiring;
    this.#input.value = query;
    this.#input.addEventListener("input", () => wiring.changed(this.#input.value));
    byId("query-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.ask();
    });
  }

  set(query: string): void {
    this.#input.value = query;
  }

  markStale(): void {
    this.#turn += 1;
    this.#answer.classList.add("stale");
  }

  async ask(): Promise<void> {
    const turn = ++this.#turn;
    const query = this.#input.value.trim() === "" ? "data" : this.#input.value;
    const request = { ...this.#wiring.request(), query };
    const reply = await this.#wiring.whileStoppable(this.#client.latest("query", (engine) => engine.queryConfigs(request), QUERY_LIMIT_MS));
    if (reply.state === "superseded" || turn !== this.#turn) return;
    if (reply.state === "answered") return this.#show(reply.value);
    if (reply.state === "failed") return this.#draw(failureBox("The query was not answered", reply.failure), `The query was not answered: ${reply.failure.message}.`);
    this.#draw(lateBox("The query", reply, LATE_HELP), "The query was stopped.");
  }

  #show(queried: ConfigQueried): void {
    switch (queried.kind) {
      case "answered": {
        const text = jsonText(queried.value);
        const cut = text.length > SHOWN_CHARACTERS;
        const value = element("pre", { class: "json-block" }, cut ? text.slice(0, SHOWN_CHARACTERS) : text);
        const more = cut ? element("p", { class: "quiet" }, `The first ${SHOWN_CHARACTERS.toLocaleString("en")} of ${text.length.toLocaleString("en")} characters.`) : null;
        return this.#draw(value, "The query is answered.", more);
      }
      case "failed":
        return this.#draw(failureBox("The query was not answered", queried.failure), `The query was not answered: ${queried.failure.message}.`);
      case "policies_refused":
        return this.#notAsked("Not asked: the policies are refused.");
      case "texts_wrong":
        return this.#notAsked("Not asked: a text above has an error.");
    }
  }

  #notAsked(words: string): void {
    this.#draw(element("p", { class: "quiet" }, words), words);
  }

  #draw(box: HTMLElement, words: string, more: HTMLElement | null = null): void {
    this.#answer.classList.remove("stale");
    replaceChildren(this.#answer, box, more);
    announce("query", words);
  }
}
