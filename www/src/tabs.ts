// The two tabs of the right-hand side, by the usual keyboard pattern: one stop, arrows choose.

export class Tabs {
  readonly #tabs: HTMLElement[];
  readonly #changed: (panel: string) => void;

  constructor(list: HTMLElement, changed: (panel: string) => void) {
    this.#tabs = [...list.querySelectorAll<HTMLElement>('[role="tab"]')];
    this.#changed = changed;
    for (const tab of this.#tabs) tab.addEventListener("click", () => this.#choose(tab));
    list.addEventListener("keydown", (event) => {
      const at = this.#tabs.indexOf(document.activeElement as HTMLElement);
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step === undefined || at < 0) return;
      event.preventDefault();
      const next = this.#tabs[(at + step + this.#tabs.length) % this.#tabs.length];
      if (next) {
        this.#choose(next);
        next.focus();
      }
    });
  }

  /** Shows a panel without telling that the person chose it. */
  show(panel: string): void {
    for (const tab of this.#tabs) {
      const chosen = tab.getAttribute("aria-controls") === panel;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      const controlled = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (controlled) controlled.hidden = !chosen;
    }
  }

  #choose(tab: HTMLElement): void {
    const panel = tab.getAttribute("aria-controls") ?? "";
    this.show(panel);
    this.#changed(panel);
  }
}
