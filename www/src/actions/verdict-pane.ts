// The right pane: the verdict on the call, or why there is none. What is shown is always of the texts as they stand.
import { announce } from "../announcer";
import { element, replaceChildren, sentenceParts } from "../element";
import type { Reply } from "../engine-client";
import { failureBox, lateBox } from "../failure-box";
import { asSentence } from "../sentence";
import type { Blamed, Judged } from "./action-operations";
import { verdictInWords, verdictParts } from "./verdict-view";

const LATE_HELP = "change the policy or the call, and it is judged again";

export interface Obstacle {
  /** Why there is no verdict, in a sentence. */
  words: string;
  /** Goes to what is in the way. */
  show(): void;
  where: string;
}

export class VerdictPane {
  readonly #pane: HTMLElement;

  constructor(pane: HTMLElement) {
    this.#pane = pane;
    replaceChildren(pane, element("p", { class: "quiet waiting" }, "Loading the engine."));
  }

  show(reply: Exclude<Reply<Judged>, { state: "superseded" }>, obstacleOf: (on: Blamed, message: string) => Obstacle, wrong: string): void {
    if (reply.state === "failed") {
      replaceChildren(this.#pane, failureBox("The call could not be judged", reply.failure));
      announce("verdict", `The call could not be judged: ${reply.failure.message}.`);
      return;
    }
    if (reply.state !== "answered") {
      replaceChildren(this.#pane, lateBox("The judgement", reply, LATE_HELP));
      announce("verdict", "The judgement was stopped.");
      return;
    }
    const { verdict } = reply.value;
    switch (verdict.kind) {
      case "decided":
        this.#draw(verdictParts(verdict.decision, verdict.before));
        announce("verdict", verdictInWords(verdict.decision));
        return;
      case "policies_wrong":
        return this.notJudged(obstacleOf("policies", wrong));
      case "failed": {
        const { on, message, help } = verdict.failure;
        return this.notJudged(obstacleOf(on, help === undefined ? message : `${asSentence(message)} ${asSentence(help)}`));
      }
    }
  }

  /** Says why there is no verdict; the former one is gone, so that nobody takes it for one on these texts. */
  notJudged({ words, show, where }: Obstacle): void {
    replaceChildren(
      this.#pane,
      element(
        "section",
        { class: "verdict none", "aria-labelledby": "verdict-word", "data-decision": "none" },
        element("span", { class: "verdict-mark", "aria-hidden": "true" }, element("span", {}, "?")),
        element(
          "div",
          {},
          element("h3", { id: "verdict-word" }, "Not judged"),
          element("p", {}, ...sentenceParts(asSentence(words))),
          element("button", { type: "button", class: "small", id: "show-obstacle", onclick: show }, where),
        ),
      ),
    );
    announce("verdict", `Not judged: ${asSentence(words)}`);
  }

  /** A new verdict must not close what the person opened. */
  #draw(parts: (HTMLElement | null)[]): void {
    const wasOpen = this.#pane.querySelector("details")?.open ?? false;
    replaceChildren(this.#pane, ...parts);
    const details = this.#pane.querySelector("details");
    if (details) details.open = wasOpen;
  }
}
