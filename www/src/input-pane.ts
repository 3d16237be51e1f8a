// The input pane: a JSON document, its own syntax errors, and what the policy answers to it.
import { json } from "@codemirror/lang-json";
import { linter, lintGutter } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import type { InputRead } from "regate";
import { announce } from "./announcer";
import { editorBasics } from "./editor";
import { element, replaceChildren } from "./element";
import type { Reply } from "./engine-client";
import type { Evaluation } from "./engine-operations";
import { failureBox, lateBox } from "./failure-box";
import { jsonProblem } from "./json-problems";
import { jsonText, type JsonValue } from "./json-text";

const LATE_HELP = "look for a rule that goes through every pair of two long lists, then try again";

export interface InputPaneParts {
  editor: HTMLElement;
  problem: HTMLElement;
  answer: HTMLElement;
}

export interface InputPaneWiring {
  changed(text: string): void;
  evaluate(): void;
}

export class InputPane {
  readonly view: EditorView;
  readonly #parts: InputPaneParts;
  #parsed: JsonValue | undefined;

  constructor(parts: InputPaneParts, text: string, wiring: InputPaneWiring) {
    this.#parts = parts;
    this.view = new EditorView({
      parent: parts.editor,
      state: EditorState.create({
        doc: text,
        extensions: [
          keymap.of([{ key: "Mod-Enter", run: () => (wiring.evaluate(), true) }]),
          lintGutter(),
          editorBasics("Input, as JSON"),
          json(),
          placeholder("Empty: the policy is asked without an input"),
          linter((view) => [jsonProblem(view.state)].filter((problem) => problem !== null), { delay: 150 }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            this.#read(update.state);
            this.markStale();
            wiring.changed(update.state.doc.toString());
          }),
        ],
      }),
    });
    this.#read(this.view.state);
  }

  /** The document's text, or null when the pane is empty. */
  get text(): string | null {
    const text = this.view.state.doc.toString();
    return text.trim() === "" ? null : text;
  }

  /** The last document that was whole; it feeds the completion of `input.`. */
  get sample(): JsonValue | undefined {
    return this.#parsed;
  }

  replace(text: string): void {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: 0 } });
  }

  /** Says that the answer belongs to an earlier text. */
  markStale(): void {
    this.#parts.answer.classList.toggle("stale", this.#parts.answer.childElementCount > 0);
  }

  waiting(): void {
    this.#parts.answer.setAttribute("aria-busy", "true");
  }

  show(reply: Reply<Evaluation>, milliseconds: number): void {
    const { answer } = this.#parts;
    if (reply.state === "superseded") return;
    answer.removeAttribute("aria-busy");
    answer.classList.remove("stale");
    if (reply.state === "answered") {
      replaceChildren(answer, ...answerParts(reply.value, milliseconds), readsPart(reply.value.reads));
      announce("answer", inShort(reply.value));
    } else if (reply.state === "failed") {
      replaceChildren(answer, failureBox("The policy could not be evaluated", reply.failure));
      announce("answer", `The policy could not be evaluated: ${reply.failure.message}.`);
    } else {
      replaceChildren(answer, lateBox("The evaluation", reply, LATE_HELP));
      announce("answer", "The evaluation was stopped.");
    }
  }

  #read(state: EditorState): void {
    const problem = jsonProblem(state);
    if (problem === null) {
      const text = state.doc.toString();
      this.#parsed = text.trim() === "" ? undefined : (JSON.parse(text) as JsonValue);
    }
    this.#parts.problem.textContent =
      problem === null ? "" : `Line ${problem.line}, column ${problem.column}: ${problem.message}`;
  }
}

function inShort(evaluation: Evaluation): string {
  if (evaluation.kind === "governance") {
    const { deny, require_approval } = evaluation.answer;
    return `Answer: ${deny.length} deny, ${require_approval.length} require approval.`;
  }
  return evaluation.defined ? `Answer of package ${evaluation.packagePath} shown.` : "The answer is undefined.";
}

function answerParts(evaluation: Evaluation, milliseconds: number): HTMLElement[] {
  if (evaluation.kind === "module") {
    const asked = element(
      "p",
      { class: "answer-about" },
      "data.",
      evaluation.packagePath,
      element("span", { class: "quiet" }, ` ${evaluation.steps.toLocaleString("en")} steps, ${milliseconds} ms`),
    );
    if (!evaluation.defined) {
      return [asked, element("p", { class: "answer-nothing" }, "Undefined: no rule of the package has a value for this input.")];
    }
    return [asked, jsonBlock(evaluation.value, "The package's answer")];
  }
  const { deny, require_approval } = evaluation.answer;
  return [
    answerList("deny", deny.length, "Nothing is denied.", deny.map((message) => element("li", { class: "answer-deny" }, message))),
    answerList(
      "require_approval",
      require_approval.length,
      "No approval is asked for.",
      require_approval.map((request) => element("li", {}, element("code", {}, jsonText(request).replace(/\n\s*/g, " ")))),
    ),
    element("p", { class: "quiet" }, `Answered in ${milliseconds} ms.`),
  ];
}

/** What the policy can look at: everything else in the input changes nothing of the answer. */
function readsPart(reads: readonly InputRead[]): HTMLElement {
  const isNothing = reads.every(({ path, whole }) => path.length === 0 && !whole);
  const rows = reads.map(({ text, whole }) => element("li", {}, element("code", {}, text), whole ? element("span", { class: "quiet" }, " and all below it") : ""));
  return element(
    "details",
    { class: "reads" },
    element("summary", {}, "What the policy can look at", element("span", { class: "count" }, String(isNothing ? 0 : reads.length))),
    isNothing ? element("p", { class: "quiet" }, "Nothing of the input.") : element("ul", {}, ...rows),
    element("p", { class: "quiet" }, "[_] is every item or key. Nothing else in the input changes the answer."),
  );
}

function answerList(rule: string, count: number, none: string, rows: HTMLLIElement[]): HTMLElement {
  return element(
    "section",
    { class: "answer-rule", "data-rule": rule },
    element("h3", {}, element("code", {}, rule), element("span", { class: "count" }, String(count))),
    count === 0 ? element("p", { class: "quiet" }, none) : element("ul", {}, ...rows),
  );
}

function jsonBlock(value: unknown, label: string): HTMLElement {
  return element("pre", { class: "json-block", tabindex: 0, role: "region", "aria-label": label }, jsonText(value));
}
