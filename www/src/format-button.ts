// The button that lays the policy out: the text changes in its place, and a few words beside it say what came of it.
import { announceAgain } from "./announcer";
import type { RegoEditor } from "./editor";
import type { EngineClient } from "./engine-client";

/** Formats the policy of an editor, for a button and for whoever else asks. */
export class FormatButton {
  readonly #status: HTMLElement;
  readonly #engine: EngineClient;
  readonly #editor: RegoEditor;

  /** `status` is where it says what came of it, until the text is another. */
  constructor(button: HTMLButtonElement, status: HTMLElement, engine: EngineClient, editor: RegoEditor) {
    this.#status = status;
    this.#engine = engine;
    this.#editor = editor;
    // Pressed with a pointer it leaves the focus in the text, where the person goes on writing.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => void this.format());
  }

  async format(): Promise<void> {
    const editor = this.#editor;
    const { text } = editor;
    const reply = await this.#engine.latest("format", (engine) => engine.format(text));
    // A newer text was not asked about, and is not overwritten; and an editor that was closed says no more.
    if (reply.state === "superseded" || text !== editor.text || !editor.view.dom.isConnected) return;
    if (reply.state === "failed") return this.#say(`Not formatted: ${reply.failure.message}.`);
    if (reply.state !== "answered") return this.#say("Not formatted: the engine did not answer in time.");
    const { formatted, changed, diagnostics } = reply.value;
    if (changed) editor.layOut(formatted);
    const what = changed ? "Formatted" : "Already formatted";
    this.#say(diagnostics.length === 0 ? `${what}.` : `${what}, except for what cannot be read.`);
  }

  /** The text is another: what was said of it is over. */
  clear(): void {
    this.#show("");
  }

  #say(words: string): void {
    this.#show(words);
    announceAgain("format", words);
  }

  #show(words: string): void {
    this.#status.textContent = words;
    // The line may have no room for all of it.
    this.#status.title = words;
  }
}
