// The tabs of the policies, by the usual keyboard pattern: one stop, arrows choose. Each says how much is wrong with its policy.
import { element, replaceChildren } from "./element";

export interface PolicyTab {
  id: string;
  title: string;
  /** Whether something is proposed in its place. */
  isProposed?: boolean;
  /** `2 errors`, or nothing. */
  problems: string;
  severity: "error" | "warning" | "none";
}

export class PolicyTabs {
  readonly #list: HTMLElement;
  readonly #panel: HTMLElement;
  readonly #chosen: (id: string) => void;
  #drawn = "";

  constructor(list: HTMLElement, panel: HTMLElement, chosen: (id: string) => void) {
    this.#list = list;
    this.#panel = panel;
    this.#chosen = chosen;
    list.addEventListener("keydown", (event) => this.#move(event));
  }

  show(tabs: readonly PolicyTab[], shown: string): void {
    const drawn = JSON.stringify([tabs, shown]);
    // A tab that is pressed while it is drawn anew would not be chosen.
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const held = this.#list.contains(document.activeElement);
    replaceChildren(this.#list, ...tabs.map((tab) => this.#tab(tab, tab.id === shown)));
    this.#panel.setAttribute("aria-labelledby", idOf(shown));
    if (held) this.focus();
  }

  focus(): void {
    this.#list.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }

  #tab({ id, title, isProposed = false, problems, severity }: PolicyTab, isShown: boolean): HTMLButtonElement {
    const mark = severity === "error" ? "●" : severity === "warning" ? "▲" : "";
    return element(
      "button",
      {
        type: "button",
        role: "tab",
        id: idOf(id),
        "aria-controls": this.#panel.id,
        "aria-selected": String(isShown),
        tabindex: isShown ? 0 : -1,
        "data-policy": id,
        onclick: () => this.#chosen(id),
      },
      mark === "" ? null : element("span", { class: `tab-mark ${severity}`, "aria-hidden": "true" }, mark),
      element("span", { class: "tab-title" }, title),
      isProposed ? element("span", { class: "tab-note" }, "*", element("span", { class: "visually-hidden" }, " with a proposed change")) : null,
      problems === "" ? null : element("span", { class: "visually-hidden" }, ` (${problems})`),
    );
  }

  #move(event: KeyboardEvent): void {
    const tabs = [...this.#list.querySelectorAll<HTMLElement>('[role="tab"]')];
    const at = tabs.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    if (next) this.#chosen(next.dataset["policy"] ?? "");
  }
}

function idOf(id: string): string {
  return `policy-tab-${id}`;
}
