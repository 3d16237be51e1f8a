// The right pane: the decision on the configuration, or why there is none. What is shown is always of the texts as they stand.
import type { ConfigDecided } from "regate";
import { announce } from "../announcer";
import { element, replaceChildren, sentenceParts } from "../element";
import type { Failure } from "../engine-operations";
import { failureBox, lateBox } from "../failure-box";
import { asSentence } from "../sentence";
import { decisionInWords, decisionParts, type DecisionViewWiring } from "./decision-view";

const LATE_HELP = "look for a rule that goes through every pair of two long lists; change something, and it is decided again";

export interface Obstacle {
  /** Why there is no decision, in a sentence. */
  words: string;
  where: string;
  /** Goes to what is in the way. */
  show(): void;
}

export class DecisionPane {
  readonly #pane: HTMLElement;
  readonly #wiring: DecisionViewWiring;

  constructor(pane: HTMLElement, wiring: DecisionViewWiring) {
    this.#pane = pane;
    this.#wiring = wiring;
    replaceChildren(pane, element("p", { class: "quiet waiting" }, "Loading the engine."));
  }

  /** What is shown is of former texts, and the decision on these is on its way. */
  waiting(): void {
    this.#pane.setAttribute("aria-busy", "true");
  }

  decided(decided: ConfigDecided): void {
    this.#draw(...decisionParts(decided, this.#wiring));
    announce("decision", decisionInWords(decided.decision));
  }

  /** Says that the call failed: that is no decision, and least of all a PASS. */
  failed(failure: Failure): void {
    const box = failureBox("There is no decision", failure);
    const way = this.#wiring.wayTo(failure.message);
    if (way !== null) box.append(element("button", { type: "button", class: "small", id: "show-reason", onclick: way }, "Go to the policy"));
    this.#draw(box);
    announce("decision", `There is no decision: ${asSentence(failure.message)}`);
  }

  late(reply: { state: "late"; limitMs: number } | { state: "stopped" }): void {
    this.#draw(lateBox("The decision", reply, LATE_HELP));
    announce("decision", "The decision was stopped.");
  }

  /** Says what is to be mended first; the former decision is gone, so that nobody takes it for one on these texts. */
  notDecided({ words, where, show }: Obstacle): void {
    this.#draw(
      element(
        "section",
        { class: "verdict none", "aria-labelledby": "verdict-word", "data-status": "none" },
        element("span", { class: "verdict-mark", "aria-hidden": "true" }, element("span", {}, "?")),
        element(
          "div",
          {},
          element("h3", { id: "verdict-word" }, "Not decided"),
          element("p", {}, ...sentenceParts(asSentence(words))),
          element("button", { type: "button", class: "small", id: "show-obstacle", onclick: show }, where),
        ),
      ),
    );
    announce("decision", `Not decided: ${asSentence(words)}`);
  }

  #draw(...parts: (HTMLElement | null)[]): void {
    this.#pane.removeAttribute("aria-busy");
    replaceChildren(this.#pane, ...parts);
  }
}
