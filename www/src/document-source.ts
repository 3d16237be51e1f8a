// Where a document comes from that the page is about: an example, a chosen file, or a file dropped anywhere on the page.
import { element, replaceChildren } from "./element";
import type { ExampleDocument } from "./example-document";
import { tooLarge, wireFileDrop } from "./file-drop";

/** What is particular to plans, or to ledgers. */
export interface DocumentKind {
  /** What one is called in a sentence, such as `a plan`. */
  called: string;
  /** The first is taken where none is asked for by its name. */
  examples: readonly ExampleDocument[];
  /** What helps where an example is not there, and where a file is larger than the engine takes. */
  help: { exampleMissing: string; tooLarge: string };
  /** Whether a file is a policy instead, by its name. */
  isPolicyName(name: string): boolean;
  /** Whether it is one by what stands in it; left out where names tell enough. */
  isPolicyContent?(name: string, bytes: Uint8Array): boolean;
}

export interface ChosenDocument {
  /** The example's name, or null for the person's own file, which is never stored. */
  example: string | null;
  title: string;
  bytes: Uint8Array;
}

export interface DocumentSourceParts {
  select: HTMLSelectElement;
  chooseButton: HTMLButtonElement;
  fileInput: HTMLInputElement;
  dropHint: HTMLElement;
}

export interface DocumentSourceWiring {
  taken(document: ChosenDocument): void;
  /** Gets a policy that was dropped or chosen instead, with the name of its file. */
  policy(file: string, text: string): void;
  /** `title` is of the document that could not be had. */
  failed(failure: { title: string; message: string; help: string }): void;
  /** The most bytes of a document, as the engine says. */
  largest(): Promise<number>;
}

const OWN_FILE = "own file";

export class DocumentSource {
  readonly #kind: DocumentKind;
  readonly #parts: DocumentSourceParts;
  readonly #wiring: DocumentSourceWiring;
  #own: ChosenDocument | null = null;
  // INVARIANT (newest): grows with each choice of a document, so that nothing is told of one that was overtaken by another.
  #choice = 0;

  constructor(kind: DocumentKind, parts: DocumentSourceParts, wiring: DocumentSourceWiring) {
    this.#kind = kind;
    this.#parts = parts;
    this.#wiring = wiring;
    this.#drawOptions(this.#firstExample);
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
    const choice = ++this.#choice;
    if (name === OWN_FILE && this.#own) return this.#wiring.taken(this.#own);
    const { examples, help } = this.#kind;
    const example = examples.find((each) => each.name === name) ?? examples[0];
    if (!example) return;
    this.#parts.select.value = example.name;
    try {
      const bytes = await example.load();
      if (choice === this.#choice) this.#wiring.taken({ example: example.name, title: example.title, bytes });
    } catch (thrown) {
      if (choice === this.#choice) this.#wiring.failed({ title: example.title, message: messageOf(thrown), help: help.exampleMissing });
    }
  }

  forgetFile(): void {
    this.#own = null;
    this.#drawOptions(this.#firstExample);
  }

  get #firstExample(): string {
    return this.#kind.examples[0]?.name ?? "";
  }

  #drawOptions(chosen: string): void {
    replaceChildren(
      this.#parts.select,
      this.#own ? element("option", { value: OWN_FILE }, this.#own.title) : null,
      element("optgroup", { label: "Examples" }, ...this.#kind.examples.map(({ name, title }) => element("option", { value: name }, title))),
    );
    this.#parts.select.value = chosen;
  }

  async #take(file: File): Promise<void> {
    const { called, help, isPolicyName, isPolicyContent } = this.#kind;
    // A policy takes the place of no document that is on its way.
    const isPolicy = isPolicyName(file.name);
    const choice = isPolicy ? this.#choice : ++this.#choice;
    try {
      const refusal = tooLarge(file, await this.#wiring.largest(), isPolicy ? "a file" : called);
      const bytes = refusal === null ? new Uint8Array(await file.arrayBuffer()) : null;
      // Nor does a document that was chosen meanwhile take the place of a policy.
      if (bytes !== null && isPolicy) return this.#wiring.policy(file.name, textOf(bytes));
      if (choice !== this.#choice) return;
      if (bytes === null) return this.#wiring.failed({ title: file.name, message: refusal ?? "", help: isPolicy ? "drop or choose one policy" : help.tooLarge });
      if (isPolicyContent?.(file.name, bytes)) return this.#wiring.policy(file.name, textOf(bytes));
      this.#own = { example: null, title: file.name, bytes };
    } catch (thrown) {
      // A folder, or a file that is gone or may not be read.
      if (choice !== this.#choice) return;
      const message = `${file.name} could not be read: ${messageOf(thrown)}`;
      return this.#wiring.failed({ title: file.name, message, help: "drop or choose one file, not a folder" });
    }
    this.#drawOptions(OWN_FILE);
    this.#wiring.taken(this.#own);
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
