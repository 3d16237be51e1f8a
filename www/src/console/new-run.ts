// Starts a run with a plan: an example, or a file that is opened or dropped on the page.
import type { Trigger } from "regate";
import { DocumentSource, type ChosenDocument } from "../document-source";
import { byId, element, replaceChildren } from "../element";
import { planDocuments } from "../plan-documents";
import { refusalOf, showRefusal } from "./actions";
import { ActionFailed } from "./console-client";
import type { ConsoleContext } from "./context";
import { workspaces } from "./organisation";
import { STATES, triggerOptions } from "./words";

export class NewRunDialog {
  readonly #dialog = byId("run-dialog", HTMLDialogElement);
  readonly #workspace = byId("run-workspace", HTMLSelectElement);
  readonly #trigger = byId("run-trigger", HTMLSelectElement);
  readonly #said = byId("run-refusal", HTMLElement);
  readonly #context: () => ConsoleContext;
  readonly #plans: DocumentSource;
  #plan: ChosenDocument | null = null;

  /** `policy` gets a Rego file that was dropped instead of a plan. */
  constructor(context: () => ConsoleContext, policy: (name: string, text: string) => void) {
    this.#context = context;
    replaceChildren(this.#workspace, ...workspaces.map(({ id, name }) => element("option", { value: id }, name)));
    replaceChildren(this.#trigger, ...triggerOptions.map(([value, title]) => element("option", { value }, title)));
    const parts = {
      select: byId("plan", HTMLSelectElement),
      chooseButton: byId("choose-plan", HTMLButtonElement),
      fileInput: byId("plan-file", HTMLInputElement),
      dropHint: byId("drop-hint", HTMLElement),
    };
    this.#plans = new DocumentSource(planDocuments, parts, {
      taken: (plan) => {
        this.#plan = plan;
        replaceChildren(this.#said);
        if (plan.example === null) this.#show();
      },
      policy,
      largest: () => this.#context().client.largestPlan(),
      failed: ({ message, help }) => {
        this.#plan = null;
        this.#show();
        showRefusal(this.#said, new ActionFailed({ code: "plan_not_read", message, help }));
      },
    });
    byId("run-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#start();
    });
    byId("run-cancel", HTMLButtonElement).addEventListener("click", () => this.#dialog.close());
  }

  async open(): Promise<void> {
    this.#show();
    await this.#plans.choose(byId("plan", HTMLSelectElement).value);
  }

  #show(): void {
    if (this.#dialog.open) return;
    replaceChildren(this.#said);
    const { name, is_session } = this.#context().person;
    byId("run-person", HTMLElement).textContent = `${name} starts it.`;
    // What each may: everything but runs by hand is reported by a service.
    this.#trigger.value = is_session ? "manual" : "push";
    this.#dialog.showModal();
  }

  async #start(): Promise<void> {
    const button = byId("run-start", HTMLButtonElement);
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    replaceChildren(this.#said);
    const context = this.#context();
    try {
      if (this.#plan === null) throw new ActionFailed({ code: "plan_not_read", message: "there is no plan yet", help: "choose an example or open a file" });
      const { id, status } = await started(context, this.#workspace.value, this.#trigger.value as Trigger, this.#plan.bytes);
      this.#dialog.close();
      await context.changed(`The run is started. Status: ${STATES[status].words.toLowerCase()}.`);
      context.go(`#/runs/${encodeURIComponent(id)}`);
    } catch (thrown) {
      showRefusal(this.#said, thrown);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }
}

async function started({ person, service, changed }: ConsoleContext, workspace_id: string, trigger: Trigger, plan: Uint8Array) {
  const { id, email, is_session } = person;
  const created = await service.runs.create({ workspace_id, trigger, triggered_by: email, user: is_session ? { id, email } : null });
  try {
    return (await service.runs.deliverPlan(created.id, plan)).run;
  } catch (thrown) {
    // As a pipeline would: a run whose plan is none has failed. What only failed now may be delivered again.
    if (["host_failed", "conflict_not_resolved", "engine_trapped", "unexpected"].includes(refusalOf(thrown).code)) throw thrown;
    await service.runs.fail(created.id, refusalOf(thrown).message).catch(() => undefined);
    await changed("The run failed: its plan was not taken.");
    throw thrown;
  }
}
