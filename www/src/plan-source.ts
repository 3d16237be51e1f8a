// Where the plan comes from: an example, a chosen file, or a file dropped anywhere on the page.
import { element, replaceChildren } from "./element";
import { examplePlans } from "./examples";
import { tooLarge, wireFileDrop } from "./file-drop";

export interface Plan {
  /** The example's name, or null for the person's own file, which is never stored. */
  example: string | null;
  title: string;
  bytes: Uint8Array;
}

export interface PlanSourceParts {
  select: HTMLSelectElement;
  chooseButton: HTMLButtonElement;
  fileInput: HTMLInputElement;
  dropHint: HTMLElement;
}

export interface PlanSourceWiring {
  plan(plan: Plan): void;
  policy(name: string, text: string): void;
  failed(message: string, help: string): void;
  /** The most bytes of a plan, as the engine says; infinitely many where there is no engine: the preview says what is wrong. */
  largest(): Promise<number>;
}

const OWN_FILE = "own file";

export class PlanSource {
  readonly #parts: PlanSourceParts;
  readonly #wiring: PlanSourceWiring;
  #own: Plan | null = null;
  #choice = 0;

  constructor(parts: PlanSourceParts, wiring: PlanSourceWiring) {
    this.#parts = parts;
    this.#wiring = wiring;
    this.#drawOptions(examplePlans[0]?.name ?? "");
    parts.select.addEventListener("change", () => void this.choose(parts.select.value));
    parts.chooseButton.addEventListener("click", () => parts.fileInput.click());
    parts.fileInput.addEventListener("change", () => {
      const file = parts.fileInput.files?.[0];
      parts.fileInput.value = "";
      if (file) void this.#take(file);
    });
    wireFileDrop(parts.dropHint, (file) => void this.#take(file));
  }

  /** Takes an example by name (an unknown name takes the first), or the person's own file again. */
  async choose(name: string): Promise<void> {
    if (name === OWN_FILE && this.#own) return this.#wiring.plan(this.#own);
    const example = examplePlans.find((plan) => plan.name === name) ?? examplePlans[0];
    if (!example) return;
    const choice = ++this.#choice;
    this.#parts.select.value = example.name;
    try {
      const bytes = await example.load();
      if (choice === this.#choice) this.#wiring.plan({ example: example.name, title: example.title, bytes });
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      this.#wiring.failed(message, "the example plans are files beside this page and must be served with it");
    }
  }

  forgetFile(): void {
    this.#own = null;
    this.#drawOptions(examplePlans[0]?.name ?? "");
  }

  #drawOptions(chosen: string): void {
    replaceChildren(
      this.#parts.select,
      this.#own ? element("option", { value: OWN_FILE }, this.#own.title) : null,
      element("optgroup", { label: "Examples" }, ...examplePlans.map(({ name, title }) => element("option", { value: name }, title))),
    );
    this.#parts.select.value = chosen;
  }

  async #take(file: File): Promise<void> {
    // A policy takes the place of no plan that is on its way.
    const isPolicy = file.name.endsWith(".rego");
    const choice = isPolicy ? this.#choice : ++this.#choice;
    try {
      if (isPolicy) return this.#wiring.policy(file.name, await file.text());
      const refusal = tooLarge(file, await this.#wiring.largest(), "a plan");
      const bytes = refusal === null ? new Uint8Array(await file.arrayBuffer()) : null;
      if (choice !== this.#choice) return;
      if (bytes === null) return this.#wiring.failed(refusal ?? "", "split the configuration into smaller workspaces, each with a plan of its own");
      this.#own = { example: null, title: file.name, bytes };
    } catch (thrown) {
      // A folder, or a file that is gone or may not be read.
      if (choice !== this.#choice) return;
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      return this.#wiring.failed(`${file.name} could not be read: ${message}`, "drop or choose one file, not a folder");
    }
    this.#drawOptions(OWN_FILE);
    this.#wiring.plan(this.#own);
  }
}
