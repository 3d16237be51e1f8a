// An editor for a text in YAML, with what the engine says of it at its line.
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, placeholder } from "@codemirror/view";
import { editorBasics } from "./editor";
import type { Failure } from "./engine-operations";
import { asSentence } from "./sentence";
import { yaml } from "./yaml-language";

export interface YamlPaneOptions {
  /** What the editor is called for screen readers. */
  label: string;
  /** What is shown where there is no text. */
  empty: string;
  text: string;
  changed(text: string): void;
}

export class YamlPane {
  readonly view: EditorView;
  readonly #problem: HTMLElement;
  #wrongAt = 0;

  constructor(parent: HTMLElement, problem: HTMLElement, { label, empty, text, changed }: YamlPaneOptions) {
    this.#problem = problem;
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          lintGutter(),
          editorBasics(label),
          yaml(),
          EditorState.tabSize.of(2),
          placeholder(empty),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
        ],
      }),
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  replace(text: string): void {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
  }

  /** Shows what is wrong with the text; null: nothing. */
  show(failure: (Failure & { line: number | null }) | null): void {
    this.#problem.toggleAttribute("data-wrong", failure !== null);
    if (failure === null) {
      this.#wrongAt = 0;
      this.view.dispatch(setDiagnostics(this.view.state, []));
      this.#problem.textContent = "No problems.";
      return;
    }
    const { code, message, help, line } = failure;
    const { doc } = this.view.state;
    const place = doc.line(Math.min(Math.max(line ?? 1, 1), doc.lines));
    // From the first letter on: what the line is indented by is not wrong.
    const from = place.from + (/^\s*/.exec(place.text)?.[0].length ?? 0);
    const words = help === undefined ? asSentence(message) : `${asSentence(message)} ${asSentence(help)}`;
    this.#wrongAt = from;
    this.view.dispatch(setDiagnostics(this.view.state, [{ from: Math.min(from, place.to), to: place.to, severity: "error", message: words, source: code }]));
    this.#problem.textContent = words;
  }

  /** Puts the cursor on what is wrong. */
  focus(): void {
    this.view.dispatch({ selection: { anchor: Math.min(this.#wrongAt, this.view.state.doc.length) }, scrollIntoView: true });
    this.view.focus();
  }
}
