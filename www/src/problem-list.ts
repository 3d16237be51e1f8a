// The findings under the editor: one stop for the Tab key, arrows move, Enter or a click goes to the place.
import type { Diagnostic, Place } from "regate";
import { element, replaceChildren, sentenceParts } from "./element";

/** A place by its line and its UTF-16 column, from 1. */
export type LinePlace = Pick<Place, "line" | "column">;

/** What the list shows of a finding. */
export interface Finding extends Pick<Diagnostic, "severity" | "code" | "message" | "help"> {
  start: LinePlace;
  end: LinePlace;
  /** The file that it is in, where the list is of several. */
  path?: string;
}

export interface Notice {
  message: string;
  help?: string;
}

export class ProblemList {
  readonly #list: HTMLUListElement;
  readonly #open: (finding: Finding) => void;
  #current = 0;

  constructor(list: HTMLUListElement, open: (finding: Finding) => void) {
    this.#list = list;
    this.#open = open;
    list.addEventListener("keydown", (event) => this.#move(event));
  }

  show(findings: readonly Finding[]): void {
    const held = this.#list.contains(document.activeElement);
    this.#current = Math.min(this.#current, Math.max(0, findings.length - 1));
    replaceChildren(
      this.#list,
      ...(findings.length === 0
        ? [element("li", { class: "problem-none" }, "No problems.")]
        : findings.map((finding, index) => this.#row(finding, index))),
    );
    if (held) this.focus();
  }

  /** Something that concerns the check itself, such as an engine that did not answer. */
  showNotice(notice: Notice): void {
    replaceChildren(
      this.#list,
      element(
        "li",
        { class: "problem-notice" },
        element("strong", {}, ...sentenceParts(notice.message)),
        notice.help ? element("span", { class: "help" }, ...sentenceParts(notice.help)) : null,
      ),
    );
  }

  focus(): void {
    (this.#buttons()[this.#current] ?? this.#list).focus();
  }

  #buttons(): HTMLButtonElement[] {
    return [...this.#list.querySelectorAll("button")];
  }

  #row(finding: Finding, index: number): HTMLLIElement {
    const { severity, start, message, help, code, path } = finding;
    return element(
      "li",
      {},
      element(
        "button",
        {
          type: "button",
          class: `problem ${severity}`,
          tabindex: index === this.#current ? 0 : -1,
          onclick: () => {
            this.#current = index;
            this.#open(finding);
          },
        },
        element("span", { class: "problem-mark", "aria-hidden": "true" }, severity === "error" ? "●" : "▲"),
        element(
          "span",
          { class: "problem-text" },
          element("span", { class: "visually-hidden" }, `${severity === "error" ? "Error" : "Warning"}: `),
          element("span", { class: "problem-message" }, ...sentenceParts(message)),
          help ? element("span", { class: "help" }, ...sentenceParts(help)) : null,
        ),
        element("span", { class: "problem-place" }, `${path === undefined ? "" : `${path}:`}${start.line}:${start.column}`),
        element("code", { class: "problem-code" }, code),
      ),
    );
  }

  #move(event: KeyboardEvent): void {
    const buttons = this.#buttons();
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -buttons.length, End: buttons.length }[event.key];
    if (step === undefined || buttons.length === 0) return;
    event.preventDefault();
    this.#current = Math.min(buttons.length - 1, Math.max(0, this.#current + step));
    buttons.forEach((button, index) => (button.tabIndex = index === this.#current ? 0 : -1));
    buttons[this.#current]?.focus();
  }
}
