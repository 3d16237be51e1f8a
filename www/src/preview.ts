// The preview pane: asks the engine what governance would do to the plan, and shows the newest answer.
import type { GovernanceConfig, RunContext } from "regate";
import { announce } from "./announcer";
import type { ChosenDocument } from "./document-source";
import { element, replaceChildren } from "./element";
import type { EngineClient } from "./engine-client";
import type { Failure } from "./engine-operations";
import { failureBox, lateBox } from "./failure-box";
import { previewParts, verdictInWords, verdictOf } from "./preview-view";

// A plan of many megabytes under several policy sets takes longer than an evaluation may; the person can stop it earlier.
const PREVIEW_LIMIT_MS = 60_000;
// A shorter wait than this is not worth dimming the former answer for.
const NOTICEABLE_MS = 250;

const LATE_HELP = "switch some policies off under Takes part, or preview the plan with `npx regate preview`, which takes the time it needs";

const SPOKEN = { completes: "completes", waits: "waits for approval", rejected: "is rejected" };

export interface PreviewQuestion {
  plan: ChosenDocument;
  config: GovernanceConfig;
  context: RunContext;
}

export class PreviewPane {
  readonly #pane: HTMLElement;
  readonly #client: EngineClient;
  readonly #answered: (input: unknown) => void;
  // INVARIANT (newest): grows with each question and failure, so that an answer of before is not shown in the place of it.
  #turn = 0;

  /** `answered` gets the very input that the policies were asked with. */
  constructor(pane: HTMLElement, client: EngineClient, answered: (input: unknown) => void) {
    this.#pane = pane;
    this.#client = client;
    this.#answered = answered;
  }

  async ask({ plan, config, context }: PreviewQuestion): Promise<void> {
    const turn = ++this.#turn;
    const dim = window.setTimeout(() => {
      if (turn === this.#turn) this.#pane.setAttribute("aria-busy", "true");
    }, NOTICEABLE_MS);
    const reply = await this.#client.latest("preview", (engine) => engine.preview({ plan: plan.bytes, config, context }), PREVIEW_LIMIT_MS);
    window.clearTimeout(dim);
    if (reply.state === "superseded" || turn !== this.#turn) return;
    this.#pane.removeAttribute("aria-busy");
    if (reply.state === "answered") {
      const trigger = context.run?.trigger ?? "manual";
      this.#keepOpenParts(previewParts(reply.value, config, context, plan.title));
      this.#answered(reply.value.outcome.audit["input"]);
      const { outcome } = reply.value;
      announce("verdict", `${plan.title}: the run ${SPOKEN[verdictOf(outcome)]}. ${verdictInWords(outcome, trigger)}`);
    } else if (reply.state === "failed") {
      this.fail(`${plan.title} cannot be previewed`, reply.failure);
    } else {
      replaceChildren(this.#pane, lateBox("The preview", reply, LATE_HELP));
      announce("verdict", "The preview was stopped.");
    }
  }

  fail(title: string, failure: Failure): void {
    this.#turn += 1;
    this.#pane.removeAttribute("aria-busy");
    replaceChildren(this.#pane, failureBox(title, failure));
    announce("verdict", `${title}: ${failure.message}.`);
  }

  waitForEngine(): void {
    replaceChildren(this.#pane, element("p", { class: "quiet waiting" }, "Loading the engine and the plan."));
  }

  /** A new answer must not close what the person opened. */
  #keepOpenParts(parts: HTMLElement[]): void {
    const open = new Map<string, boolean>();
    for (const details of this.#pane.querySelectorAll("details[data-chosen]")) {
      const part = details.closest<HTMLElement>("[data-part]")?.dataset["part"];
      if (part !== undefined) open.set(part, details.hasAttribute("open"));
    }
    replaceChildren(this.#pane, ...parts);
    for (const details of this.#pane.querySelectorAll("details")) {
      const chosen = open.get(details.closest<HTMLElement>("[data-part]")?.dataset["part"] ?? "");
      if (chosen !== undefined) {
        details.open = chosen;
        details.dataset["chosen"] = "";
      }
      details.querySelector("summary")?.addEventListener("click", () => (details.dataset["chosen"] = ""));
    }
  }
}
