// One editor for several texts: each is named by a key and keeps a history of its own.
import { lintGutter, nextDiagnostic, previousDiagnostic } from "@codemirror/lint";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { editorBasics, goToPlace, showFindings } from "./editor";
import type { Finding, LinePlace } from "./problem-list";

export interface TextsEditorWiring {
  changed(text: string): void;
  showProblems(): void;
}

export interface TextsEditorOptions extends TextsEditorWiring {
  /** What the editor is called for screen readers. */
  label: string;
  /** What is particular to a text. */
  extensionsOf(text: string): Extension[];
  /** Called when another text is shown, and after each change of it. */
  follow(view: EditorView): void;
}

export class TextsEditor {
  readonly view: EditorView;
  readonly #options: TextsEditorOptions;
  readonly #states = new Map<string, EditorState>();
  #key = "";

  constructor(parent: HTMLElement, options: TextsEditorOptions) {
    this.#options = options;
    this.view = new EditorView({ parent, state: this.#stateOf("") });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Shows the text that `key` names, with its history where it was shown before. */
  show(key: string, text: string): void {
    if (this.#key !== "") this.#states.set(this.#key, this.view.state);
    this.#key = key;
    const kept = this.#states.get(key);
    this.view.setState(kept?.doc.toString() === text ? kept : this.#stateOf(text));
    this.#options.follow(this.view);
  }

  /** Forgets the history of a text that is no more. */
  forget(key: string): void {
    this.#states.delete(key);
    if (this.#key === key) this.#key = "";
  }

  /** Puts another text in place of the one that is shown; undo brings the former back. */
  replace(text: string): void {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
  }

  mark(findings: readonly Finding[]): void {
    showFindings(this.view, findings);
  }

  goTo(start: LinePlace, end: LinePlace): void {
    goToPlace(this.view, start, end);
  }

  #stateOf(text: string): EditorState {
    const { label, extensionsOf, changed, follow, showProblems } = this.#options;
    return EditorState.create({
      doc: text,
      extensions: [
        keymap.of([
          { key: "F8", run: nextDiagnostic },
          { key: "Shift-F8", run: previousDiagnostic },
          { key: "Mod-Shift-m", run: () => (showProblems(), true) },
        ]),
        lintGutter(),
        editorBasics(label),
        extensionsOf(text),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          changed(update.state.doc.toString());
          // Not while the update is told to everybody.
          queueMicrotask(() => follow(this.view));
        }),
      ],
    });
  }
}
