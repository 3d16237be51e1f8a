// The small form for the run and the workspace that the plan is previewed under.
import type { RunContext, Trigger } from "regate";
import type { RunSettings } from "./drafts";
import { element, replaceChildren } from "./element";

const TRIGGERS: [Trigger, string][] = [
  ["manual", "manual"],
  ["push", "push"],
  ["schedule", "schedule"],
  ["pr", "pull request"],
  ["promotion", "promotion"],
];

/** The form's values for a run that an example describes. */
export function settingsOf(context: RunContext): RunSettings {
  return {
    trigger: context.run?.trigger ?? "manual",
    triggeredBy: context.run?.triggered_by ?? context.user?.email ?? "",
    workspaceName: context.workspace?.name ?? "",
    attributes: Object.entries(context.workspace?.attributes ?? {}).map(([key, value]) => [
      key,
      typeof value === "string" ? plainText(value) : JSON.stringify(value),
    ]),
  };
}

/** The run that the form describes; ids, project and organisation stay those of `base`. */
export function contextOf(settings: RunSettings, base: RunContext): RunContext {
  const attributes = Object.fromEntries(
    settings.attributes.filter(([key]) => key !== "").map(([key, value]) => [key, attributeValue(value)]),
  );
  const email = settings.triggeredBy.trim();
  return {
    ...base,
    workspace: { id: "", ...base.workspace, name: settings.workspaceName, attributes },
    run: { id: "", ...base.run, trigger: settings.trigger, triggered_by: email === "" ? null : email },
    user: email === "" ? null : { id: null, ...base.user, email },
  };
}

/** `true`, `3`, `["a"]` are taken as JSON; anything else is text, and `"3"` in quotes is the text 3. */
export function attributeValue(typed: string): unknown {
  try {
    return JSON.parse(typed) as unknown;
  } catch {
    return typed;
  }
}

function plainText(value: string): string {
  return attributeValue(value) === value ? value : JSON.stringify(value);
}

export class RunForm {
  readonly #form: HTMLElement;
  readonly #summary: HTMLElement;
  readonly #changed: (settings: RunSettings) => void;
  #settings: RunSettings;

  constructor(form: HTMLElement, summary: HTMLElement, settings: RunSettings, changed: (settings: RunSettings) => void) {
    this.#form = form;
    this.#summary = summary;
    this.#settings = structuredClone(settings);
    this.#changed = changed;
    this.#draw();
  }

  set(settings: RunSettings): void {
    this.#settings = structuredClone(settings);
    this.#draw();
  }

  #tell(): void {
    this.#summarise();
    this.#changed(structuredClone(this.#settings));
  }

  #summarise(): void {
    const { trigger, workspaceName } = this.#settings;
    const title = TRIGGERS.find(([value]) => value === trigger)?.[1] ?? trigger;
    this.#summary.textContent = `${workspaceName === "" ? "unnamed workspace" : workspaceName}, ${title}`;
  }

  #draw(): void {
    const settings = this.#settings;
    replaceChildren(
      this.#form,
      element(
        "div",
        { class: "fields" },
        field(
          "Trigger",
          element(
            "select",
            {
              id: "run-trigger",
              onchange: (event) => {
                settings.trigger = (event.target as HTMLSelectElement).value as Trigger;
                this.#tell();
              },
            },
            ...TRIGGERS.map(([value, title]) => element("option", { value, selected: value === settings.trigger }, title)),
          ),
        ),
        field("Triggered by", this.#text("run-triggered-by", settings.triggeredBy, "email", (typed) => (settings.triggeredBy = typed))),
        field("Workspace", this.#text("run-workspace", settings.workspaceName, "text", (typed) => (settings.workspaceName = typed))),
      ),
      element(
        "fieldset",
        { class: "attributes" },
        element("legend", {}, "Workspace attributes"),
        ...settings.attributes.map((row, index) => this.#attribute(row, index)),
        element(
          "button",
          {
            type: "button",
            class: "small",
            id: "add-attribute",
            onclick: () => {
              settings.attributes.push(["", ""]);
              this.#draw();
              this.#form.querySelector<HTMLInputElement>(`#attribute-key-${settings.attributes.length - 1}`)?.focus();
            },
          },
          "Add attribute",
        ),
        element("p", { class: "hint" }, "A value that reads as JSON (true, 3, [\"a\"]) is taken as JSON, anything else as text."),
      ),
    );
    this.#summarise();
  }

  #attribute(row: [string, string], index: number): HTMLElement {
    return element(
      "div",
      { class: "attribute" },
      this.#text(`attribute-key-${index}`, row[0], "text", (typed) => (row[0] = typed), `Name of attribute ${index + 1}`),
      this.#text(`attribute-value-${index}`, row[1], "text", (typed) => (row[1] = typed), `Value of attribute ${index + 1}`),
      element(
        "button",
        {
          type: "button",
          class: "small",
          "aria-label": `Remove attribute ${row[0] === "" ? index + 1 : row[0]}`,
          onclick: () => {
            this.#settings.attributes.splice(index, 1);
            this.#draw();
            this.#tell();
            this.#form.querySelector<HTMLElement>("#add-attribute")?.focus();
          },
        },
        "Remove",
      ),
    );
  }

  #text(id: string, value: string, type: string, set: (typed: string) => void, label?: string): HTMLInputElement {
    return element("input", {
      id,
      type,
      value,
      "aria-label": label,
      autocomplete: "off",
      spellcheck: "false",
      oninput: (event) => {
        set((event.target as HTMLInputElement).value);
        this.#tell();
      },
    });
  }
}

function field(title: string, control: HTMLElement): HTMLElement {
  return element("div", { class: "field" }, element("label", { for: control.id }, title), control);
}
