// A form in a dialog: fields that appear when they matter, and a refusal that names its field and leaves the dialog open.
import { element, replaceChildren } from "../element";
import { refusalOf, showRefusal } from "./actions";

export type Values = Record<string, string>;

export interface FormField {
  /** The name of the service's field, so that a refusal finds it. */
  name: string;
  label: string;
  kind?: "text" | "number" | "area" | "password" | "check";
  value?: string;
  options?: readonly (readonly [value: string, title: string])[];
  hint?: string;
  /** Shown only then. What is hidden is not among the values. */
  when?: (values: Values) => boolean;
}

export interface FormDialog {
  title: string;
  about?: string;
  fields: readonly FormField[];
  submitLabel: string;
  /** Does it. What it throws is shown, and the dialog stays. */
  submit(values: Values): Promise<void>;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Opens the form; the dialog closes when it was submitted or left. */
export function openFormDialog({ title, about, fields, submitLabel, submit }: FormDialog): void {
  const controls = new Map(fields.map((field) => [field.name, controlOf(field)]));
  const rows = new Map(fields.map((field) => [field.name, rowOf(field, controls.get(field.name))]));
  const said = element("div", { class: "refusal", role: "alert" });
  const save = element("button", { class: "primary" }, submitLabel);
  const dialog: HTMLDialogElement = element(
    "dialog",
    { "aria-labelledby": "form-title", class: "form-dialog" },
    element("h2", { id: "form-title" }, title),
    about === undefined ? null : element("p", { class: "quiet" }, about),
    element(
      "form",
      { onsubmit: (event) => void send(event), oninput: () => showWhatMatters(), novalidate: true },
      element("div", { class: "form-fields" }, ...rows.values()),
      element("div", { class: "dialog-actions form-foot" }, said, element("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), save),
    ),
  );

  const valuesOf = (): Values => {
    const all: Values = {};
    for (const [name, control] of controls) all[name] = control instanceof HTMLInputElement && control.type === "checkbox" ? String(control.checked) : control.value;
    for (const { name, when } of fields) if (when !== undefined && !when(all)) delete all[name];
    return all;
  };

  function showWhatMatters(): void {
    const values = valuesOf();
    for (const [name, row] of rows) row.hidden = !Object.hasOwn(values, name);
  }

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (save.getAttribute("aria-busy") === "true") return;
    save.setAttribute("aria-busy", "true");
    replaceChildren(said);
    for (const control of controls.values()) control.removeAttribute("aria-invalid");
    try {
      await submit(valuesOf());
      dialog.close();
    } catch (thrown) {
      showRefusal(said, thrown);
      const named = refusalOf(thrown).path?.split("/")[1];
      const control = named === undefined ? undefined : controls.get(named);
      control?.setAttribute("aria-invalid", "true");
      control?.focus();
    } finally {
      save.removeAttribute("aria-busy");
    }
  }

  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  showWhatMatters();
  dialog.showModal();
}

function controlOf({ name, kind = "text", value = "", options }: FormField): Control {
  const id = `field-${name}`;
  if (options !== undefined) {
    return element("select", { id }, ...options.map(([option, title]) => element("option", { value: option, selected: option === value }, title)));
  }
  if (kind === "area") return element("textarea", { id, rows: 3, spellcheck: "false" }, value);
  if (kind === "check") return element("input", { id, type: "checkbox", checked: value === "true" });
  const more = kind === "number" ? { min: 0, step: 1, inputmode: "numeric" } : {};
  return element("input", { id, type: kind, value, autocomplete: "off", spellcheck: "false", ...more });
}

function rowOf({ label, hint, kind }: FormField, control: Control | undefined): HTMLElement {
  const id = control?.id ?? "";
  if (hint !== undefined) control?.setAttribute("aria-describedby", `${id}-hint`);
  const title = element("label", { for: id }, label);
  const about = hint === undefined ? null : element("p", { class: "hint", id: `${id}-hint` }, hint);
  return element("div", { class: `field ${kind ?? ""}` }, title, control, about);
}

/** A whole number as it was typed; anything else goes to the service as it is, which says what is wrong with it. */
export function wholeNumber(typed: string | undefined): number {
  return typed === undefined || typed.trim() === "" ? Number.NaN : Number(typed);
}

/** The text, or null where nothing was typed. */
export function textOrNull(typed: string | undefined): string | null {
  return typed === undefined || typed.trim() === "" ? null : typed.trim();
}
