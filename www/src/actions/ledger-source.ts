// Where the ledger comes from: an example, a chosen file, or a file that is dropped anywhere on the page.
import { element, replaceChildren } from "../element";
import { tooLarge, wireFileDrop } from "../file-drop";
import { exampleLedgers } from "./example-files";

export interface ChosenLedger {
  /** The example's name, or null for the person's own file, which is never stored. */
  example: string | null;
  title: string;
  bytes: Uint8Array;
}

export interface LedgerSourceParts {
  select: HTMLSelectElement;
  chooseButton: HTMLButtonElement;
  fileInput: HTMLInputElement;
  dropHint: HTMLElement;
}

export interface LedgerSourceWiring {
  ledger(ledger: ChosenLedger): void;
  policy(title: string, text: string): void;
  failed(title: string, message: string, help: string): void;
  /** The most bytes that the engine takes. */
  largest(): Promise<number>;
}

const OWN_FILE = "own file";

export class LedgerSource {
  readonly #parts: LedgerSourceParts;
  readonly #wiring: LedgerSourceWiring;
  #own: ChosenLedger | null = null;
  #choice = 0;

  constructor(parts: LedgerSourceParts, wiring: LedgerSourceWiring) {
    this.#parts = parts;
    this.#wiring = wiring;
    this.#drawOptions(exampleLedgers[0]?.name ?? "");
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
    if (name === OWN_FILE && this.#own) return this.#wiring.ledger(this.#own);
    const example = exampleLedgers.find((ledger) => ledger.name === name) ?? exampleLedgers[0];
    if (!example) return;
    const choice = ++this.#choice;
    this.#parts.select.value = example.name;
    try {
      const bytes = await example.load();
      if (choice === this.#choice) this.#wiring.ledger({ example: example.name, title: example.title, bytes });
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      if (choice === this.#choice) this.#wiring.failed(example.title, message, "the example ledgers are files beside this page and must be served with it");
    }
  }

  forgetFile(): void {
    this.#own = null;
    this.#drawOptions(exampleLedgers[0]?.name ?? "");
  }

  #drawOptions(chosen: string): void {
    replaceChildren(
      this.#parts.select,
      this.#own ? element("option", { value: OWN_FILE }, this.#own.title) : null,
      element("optgroup", { label: "Examples" }, ...exampleLedgers.map(({ name, title }) => element("option", { value: name }, title))),
    );
    this.#parts.select.value = chosen;
  }

  async #take(file: File): Promise<void> {
    // A policy takes the place of no ledger that is on its way.
    const isYaml = /\.ya?ml$/.test(file.name);
    const choice = isYaml ? this.#choice : ++this.#choice;
    try {
      const refusal = tooLarge(file, await this.#wiring.largest(), "a ledger");
      const bytes = refusal === null ? new Uint8Array(await file.arrayBuffer()) : null;
      if (choice !== this.#choice) return;
      if (bytes === null) return this.#wiring.failed(file.name, refusal ?? "", "give the entries of a shorter time, or of fewer runs");
      if (isYaml || isPolicy(file.name, bytes)) return this.#wiring.policy(file.name.replace(/\.\w+$/, ""), new TextDecoder().decode(bytes));
      this.#own = { example: null, title: file.name, bytes };
    } catch (thrown) {
      // A folder, or a file that is gone or may not be read.
      if (choice !== this.#choice) return;
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      return this.#wiring.failed(file.name, `${file.name} could not be read: ${message}`, "drop or choose one file, not a folder");
    }
    this.#drawOptions(OWN_FILE);
    this.#wiring.ledger(this.#own);
  }
}

// More than a policy may have is no policy, and need not be looked at.
const LARGEST_POLICY = 1024 * 1024;

/** Whether a JSON file is one object with a name and without entries: a policy, and no ledger. */
function isPolicy(name: string, bytes: Uint8Array): boolean {
  if (!name.endsWith(".json") || bytes.length > LARGEST_POLICY) return false;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return value !== null && typeof value === "object" && "name" in value && !("entries" in value);
  } catch {
    return false;
  }
}
