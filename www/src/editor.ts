// The Rego editor: text in, findings shown at their exact place; it asks nobody, the page wires it to the engine.
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  type Completion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, isolateHistory } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { lintGutter, nextDiagnostic, previousDiagnostic, setDiagnostics, type Diagnostic as Mark } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorSelection, EditorState, type Extension, type Text } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import type { Capabilities } from "regate";
import { codeTheme } from "./code-theme";
import type { JsonValue } from "./json-text";
import { layoutChanges } from "./layout-changes";
import type { Finding, LinePlace } from "./problem-list";
import { builtinCompletions, regoCompletion } from "./rego-completion";
import { rego } from "./rego-language";

export interface RegoEditorWiring {
  changed(text: string): void;
  evaluate(): void;
  /** Asked for by Shift-Alt-F; an editor without it leaves the key alone. */
  format?(): void;
  showProblems(): void;
  sampleInput(): JsonValue | undefined;
}

/** What all editors have in common. */
export function editorBasics(label: string): Extension[] {
  return [
    lineNumbers(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    EditorState.allowMultipleSelections.of(true),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    codeTheme,
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "false", autocapitalize: "off" }),
    // Tab is left to the page on purpose: the keyboard must be able to leave the editor. Ctrl-] and Ctrl-[ indent.
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap]),
  ];
}

/** The offset of a place (line and UTF-16 column from 1), kept inside the text. */
export function offsetOf(doc: Text, place: LinePlace): number {
  const line = doc.line(Math.min(Math.max(place.line, 1), doc.lines));
  return Math.min(line.from + Math.max(place.column, 1) - 1, line.to);
}

/** The range to underline: an empty one is widened to a character, so that it can be seen. */
export function rangeOf(doc: Text, start: LinePlace, end: LinePlace): { from: number; to: number } {
  const from = offsetOf(doc, start);
  const to = Math.max(from, offsetOf(doc, end));
  if (to > from) return { from, to };
  const line = doc.lineAt(from);
  if (from < line.to) return { from, to: from + 1 };
  return from > line.from ? { from: from - 1, to: from } : { from, to };
}

/** Underlines findings at their places. */
export function showFindings(view: EditorView, findings: readonly Finding[]): void {
  const { doc } = view.state;
  const marks: Mark[] = findings.map(({ start, end, severity, message, help, code }) => ({
    ...rangeOf(doc, start, end),
    severity,
    message: help ? `${message}\n${help}` : message,
    source: code,
  }));
  marks.sort((a, b) => a.from - b.from || a.to - b.to);
  view.dispatch(setDiagnostics(view.state, marks));
}

/** Puts the cursor on a finding and the focus into the text. */
export function goToPlace(view: EditorView, start: LinePlace, end: LinePlace): void {
  const { from, to } = rangeOf(view.state.doc, start, end);
  view.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
  view.focus();
}

// No key of a keymap, because on a Mac the Alt key makes another character of the letter; the place of the key tells it then.
function isFormatKey(event: KeyboardEvent): boolean {
  if (!event.shiftKey || !event.altKey || event.ctrlKey || event.metaKey) return false;
  return /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() === "f" : event.code === "KeyF";
}

export class RegoEditor {
  readonly view: EditorView;
  readonly #language = new Compartment();
  #builtins: Completion[] = [];

  constructor(parent: HTMLElement, text: string, wiring: RegoEditorWiring) {
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          keymap.of([
            { key: "Mod-Enter", run: () => (wiring.evaluate(), true) },
            { key: "F8", run: nextDiagnostic },
            { key: "Shift-F8", run: previousDiagnostic },
            { key: "Mod-Shift-m", run: () => (wiring.showProblems(), true) },
          ]),
          EditorView.domEventHandlers({
            keydown(event) {
              if (wiring.format === undefined || !isFormatKey(event)) return false;
              wiring.format();
              event.preventDefault();
              return true;
            },
          }),
          lintGutter(),
          editorBasics("Rego policy"),
          EditorState.tabSize.of(4),
          this.#language.of(rego(new Set())),
          autocompletion({ override: [regoCompletion(() => this.#builtins, wiring.sampleInput)] }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) wiring.changed(update.state.doc.toString());
          }),
        ],
      }),
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Puts another text in place of this one; undo brings the former back. */
  replace(text: string): void {
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text },
      selection: { anchor: 0 },
      scrollIntoView: true,
    });
  }

  /** Puts the same text in another layout in place of this one: cursors stay where they stand in it, and it is one step to undo. */
  layOut(text: string): void {
    const { state } = this.view;
    const layout = layoutChanges(state.doc.toString(), text);
    const changes = state.changes(layout.changes);
    const moved = (offset: number): number => layout.placeInReplaced(offset) ?? changes.mapPos(offset, 1);
    const ranges = state.selection.ranges.map(({ anchor, head }) => EditorSelection.range(moved(anchor), moved(head)));
    this.view.dispatch({
      changes,
      selection: EditorSelection.create(ranges, state.selection.mainIndex),
      annotations: isolateHistory.of("full"),
      userEvent: "format",
    });
  }

  learn(capabilities: Capabilities): void {
    this.#builtins = builtinCompletions(capabilities.builtins);
    const names = new Set(capabilities.builtins.map(({ name }) => name));
    this.view.dispatch({ effects: this.#language.reconfigure(rego(names)) });
  }

  show(findings: readonly Finding[]): void {
    showFindings(this.view, findings);
  }

  goTo(start: LinePlace, end: LinePlace): void {
    goToPlace(this.view, start, end);
  }
}
