// The editor of the policies: one view, and a text with a history of its own for each policy and each version of it.
import { json } from "@codemirror/lang-json";
import { lintGutter, nextDiagnostic, previousDiagnostic } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { editorBasics, goToPlace, showFindings } from "../editor";
import type { Finding, LinePlace } from "../problem-list";
import { formatOf, type PolicyFormat } from "./policy-format";
import { yaml } from "./yaml-language";

export interface PolicyEditorWiring {
  changed(text: string): void;
  showProblems(): void;
}

export class PolicyEditor {
  readonly view: EditorView;
  readonly #wiring: PolicyEditorWiring;
  readonly #language = new Compartment();
  readonly #states = new Map<string, EditorState>();
  #key = "";
  #format: PolicyFormat = "yaml";

  constructor(parent: HTMLElement, wiring: PolicyEditorWiring) {
    this.#wiring = wiring;
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
    this.#follow();
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
    this.#format = formatOf(text);
    return EditorState.create({
      doc: text,
      extensions: [
        keymap.of([
          { key: "F8", run: nextDiagnostic },
          { key: "Shift-F8", run: previousDiagnostic },
          { key: "Mod-Shift-m", run: () => (this.#wiring.showProblems(), true) },
        ]),
        lintGutter(),
        editorBasics("Action policy"),
        EditorState.tabSize.of(2),
        placeholder("Empty: write the policy as YAML or JSON"),
        this.#language.of(languageOf(this.#format)),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          this.#wiring.changed(update.state.doc.toString());
          // Not while the update is told to everybody.
          queueMicrotask(() => this.#follow());
        }),
      ],
    });
  }

  /** Colours the text as what it is now. */
  #follow(): void {
    const format = formatOf(this.text);
    const isRight = format === this.#format;
    this.#format = format;
    if (!isRight) this.view.dispatch({ effects: this.#language.reconfigure(languageOf(format)) });
  }
}

function languageOf(format: PolicyFormat) {
  return format === "json" ? json() : yaml();
}
