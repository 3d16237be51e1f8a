// Buttons that do something, and the place beside them where a refusal is said in its own words. No button is hidden from whoever may not.
import { element, replaceChildren, sentenceParts } from "../element";
import { ActionFailed } from "./console-client";
import type { ConsoleContext } from "./context";
import type { Refusal } from "./console-operations";

export interface Action {
  id: string;
  label: string;
  /** Which thing is meant, for whoever hears the label without seeing what it stands beside. */
  about?: string;
  kind?: "primary" | "danger";
  /** Does it, and says what was done; null where nothing was. */
  perform(): Promise<string | null>;
}

/** A row of buttons with one place for what is refused. `id` keeps that place over a redraw. */
export function actionRow(context: ConsoleContext, id: string, ...actions: (Action | null)[]): HTMLElement {
  const said = element("div", { class: "refusal", id: `${id}-refusal`, role: "alert" });
  const row = element("div", { class: "actions" });
  for (const action of actions) if (action !== null) row.append(actionButton(context, action, said));
  row.append(said);
  return row;
}

function actionButton(context: ConsoleContext, action: Action, said: HTMLElement): HTMLButtonElement {
  const button: HTMLButtonElement = element(
    "button",
    {
      type: "button",
      id: action.id,
      class: action.kind ?? "",
      "aria-label": action.about === undefined ? null : `${action.label}: ${action.about}`,
      onclick: () => void perform(),
    },
    action.label,
  );
  async function perform(): Promise<void> {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    replaceChildren(said);
    try {
      const words = await action.perform();
      if (words !== null) await context.changed(words);
    } catch (thrown) {
      // The view may have been drawn anew meanwhile: then another element stands in this one's place.
      showRefusal(document.getElementById(said.id) ?? said, thrown);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }
  return button;
}

export function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof ActionFailed) return thrown.refusal;
  return { code: "unexpected", message: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** Says a refusal: its sentence, how to mend it, and the code to search for. */
export function showRefusal(place: HTMLElement, thrown: unknown): void {
  const { message, help, code } = refusalOf(thrown);
  replaceChildren(
    place,
    element("p", {}, ...sentenceParts(asSentence(message)), help ? " " : null, ...(help ? sentenceParts(asSentence(help)) : []), " ", element("code", {}, code)),
  );
}

export function asSentence(text: string): string {
  // An address keeps its letters.
  const first = /^\S*@/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** Asks before something is lost. */
export function confirmed(question: string, yes: string): Promise<boolean> {
  return new Promise((resolve) => {
    const dialog = element(
      "dialog",
      { "aria-labelledby": "confirm-title", class: "confirm" },
      element("h2", { id: "confirm-title" }, question),
      element(
        "form",
        { method: "dialog", class: "dialog-actions" },
        element("button", { value: "no" }, "Keep it"),
        element("button", { value: "yes", class: "danger" }, yes),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
