// An editor for a JSON text of the page, with its own syntax error or what the engine says of it, both at their place.
import { json } from "@codemirror/lang-json";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, placeholder } from "@codemirror/view";
import { editorBasics } from "../editor";
import { jsonProblem } from "../json-problems";
import type { Failure } from "../engine-operations";
import { rangeAt } from "./json-place";

export interface JsonPaneOptions {
  /** What the editor is called for screen readers. */
  label: string;
  /** What is shown where there is no text. */
  empty: string;
  text: string;
  changed(text: string): void;
}

export class JsonPane {
  readonly view: EditorView;
  readonly #problem: HTMLElement;
  #wrongAt = 0;

  constructor(parent: HTMLElement, problem: HTMLElement, { label, empty, text, changed }: JsonPaneOptions) {
    this.#problem = problem;
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          lintGutter(),
          editorBasics(label),
          json(),
          EditorView.lineWrapping,
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
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: 0 } });
  }

  /** Shows what is wrong with the text; null: nothing. A syntax error is found here, whatever was said. Gives its words. */
  show(failure: (Failure & { pointer: string }) | null): string {
    const { state } = this.view;
    const syntax = jsonProblem(state);
    const said = syntax ?? (failure === null ? null : this.#markOf(failure));
    this.view.dispatch(setDiagnostics(state, said === null ? [] : [said]));
    this.#wrongAt = said?.from ?? 0;
    this.#problem.toggleAttribute("data-wrong", said !== null);
    if (said === null) {
      this.#problem.textContent = "No problems.";
      return "";
    }
    const line = state.doc.lineAt(said.from);
    return (this.#problem.textContent = `Line ${line.number}, column ${said.from - line.from + 1}: ${said.message}`);
  }

  /** Puts the cursor on what is wrong. */
  focus(): void {
    this.view.dispatch({ selection: { anchor: Math.min(this.#wrongAt, this.view.state.doc.length) }, scrollIntoView: true });
    this.view.focus();
  }

  #markOf({ code, message, help, pointer }: Failure & { pointer: string }) {
    const { doc } = this.view.state;
    const range = rangeAt(doc.toString(), pointer) ?? { from: 0, to: 0 };
    // Of what stands on several lines the first is underlined: the rest would be underlined for nothing.
    const to = Math.min(range.to, doc.lineAt(range.from).to);
    return { from: range.from, to: Math.max(to, range.from), severity: "error" as const, message: help ? `${message} (${help})` : message, source: code };
  }
}
