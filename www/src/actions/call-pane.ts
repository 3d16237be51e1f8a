// The middle pane: the call, the state that it meets, the set-up beside the policies, and the time. All of it as it is typed.
import { byId, element, replaceChildren } from "../element";
import { Tabs } from "../tabs";
import type { ActionDraft, CallPart } from "./action-drafts";
import type { Blamed, BlamedFailure } from "./action-operations";
import { JsonPane } from "./json-pane";
import { situations } from "./situations";

export interface CallWiring {
  changed(part: CallPart, text: string): void;
  timeChanged(time: string): void;
  partShown(part: CallPart): void;
}

const PARTS: readonly CallPart[] = ["call", "state", "set-up"];

const EDITORS: Record<CallPart, { label: string; empty: string }> = {
  call: { label: "Call, as JSON", empty: 'Empty: write a call, such as {"name": "issue_refund", "cost_usd": 5}' },
  state: { label: "State, as JSON", empty: "Empty: nothing happened before. Lists that may stand here: spend, evidence, taken, tried, made, killed" },
  "set-up": { label: "Set-up, as JSON", empty: "Empty: the defaults. What may stand here: settings, exceptions, moderation, configured" },
};

export class CallPane {
  readonly #panes: Record<CallPart, JsonPane>;
  readonly #tabs: Tabs;
  readonly #time: HTMLInputElement;
  readonly #timeProblem: HTMLElement;
  readonly #situation: HTMLSelectElement;
  readonly #wiring: CallWiring;

  constructor({ call, state, setUp, settings }: ActionDraft, wiring: CallWiring) {
    this.#wiring = wiring;
    const texts: Record<CallPart, string> = { call, state, "set-up": setUp };
    const paneOf = (part: CallPart): JsonPane =>
      new JsonPane(byId(`${part}-editor`, HTMLElement), byId(`${part}-problem`, HTMLElement), {
        ...EDITORS[part],
        text: texts[part],
        changed: (text) => {
          this.#situation.value = "";
          wiring.changed(part, text);
        },
      });
    this.#situation = byId("situation", HTMLSelectElement);
    this.#panes = { call: paneOf("call"), state: paneOf("state"), "set-up": paneOf("set-up") };
    this.#tabs = new Tabs(byId("call-tabs", HTMLElement), (panel) => wiring.partShown(partOf(panel)));
    this.#tabs.show(`panel-${settings.part}`);
    this.#time = byId("call-time", HTMLInputElement);
    this.#timeProblem = byId("time-problem", HTMLElement);
    this.#time.value = settings.time;
    this.#time.addEventListener("input", () => this.#timeTyped());
    byId("time-now", HTMLButtonElement).addEventListener("click", () => {
      this.#time.value = new Date().toISOString();
      this.#timeTyped();
    });
    replaceChildren(
      this.#situation,
      element("option", { value: "" }, "of your own"),
      ...situations.map(({ name, title }) => element("option", { value: name }, title)),
    );
    this.#situation.value = situations.find((each) => each.call === call && each.state === state)?.name ?? "";
    this.#situation.addEventListener("change", () => this.#take(this.#situation.value));
    this.#showTimeProblem();
  }

  get call(): string {
    return this.#panes.call.text;
  }

  get state(): string {
    return this.#panes.state.text;
  }

  get setUp(): string {
    return this.#panes["set-up"].text;
  }

  /** The time of the call; null where what was typed is none. */
  get nowMs(): number | null {
    const typed = this.#time.value.trim();
    if (typed === "") return Date.now();
    const at = Date.parse(typed);
    return Number.isFinite(at) && at >= 0 ? at : null;
  }

  set({ call, state, setUp, settings }: ActionDraft): void {
    this.#panes.call.replace(call);
    this.#panes.state.replace(state);
    this.#panes["set-up"].replace(setUp);
    this.#time.value = settings.time;
    this.#timeTyped();
    this.#situation.value = situations.find((each) => each.call === call && each.state === state)?.name ?? "";
    this.#tabs.show(`panel-${settings.part}`);
  }

  /** Shows what is wrong with one of the texts; null: the engine found nothing. */
  show(failure: BlamedFailure | null): void {
    for (const part of PARTS) {
      const words = this.#panes[part].show(failure?.on === part ? failure : null);
      const tab = byId(`tab-${part}`, HTMLElement);
      tab.toggleAttribute("data-wrong", words !== "");
      if (words === "") tab.removeAttribute("aria-description");
      else tab.setAttribute("aria-description", "has an error");
    }
  }

  /** Goes to what is wrong. */
  showWrong(on: Blamed): void {
    if (on === "policies") return;
    this.#tabs.show(`panel-${on}`);
    this.#wiring.partShown(on);
    this.#panes[on].focus();
  }

  focusTime(): void {
    this.#time.focus();
  }

  #take(name: string): void {
    const chosen = situations.find((each) => each.name === name);
    if (chosen === undefined) return;
    this.#panes.call.replace(chosen.call);
    this.#panes.state.replace(chosen.state);
    this.#situation.value = name;
  }

  #timeTyped(): void {
    this.#showTimeProblem();
    this.#wiring.timeChanged(this.#time.value);
  }

  #showTimeProblem(): void {
    const isWrong = this.nowMs === null;
    this.#time.setAttribute("aria-invalid", String(isWrong));
    this.#timeProblem.textContent = isWrong ? "No time: write 2026-03-02T09:30:00Z, or nothing for now" : "";
  }
}

function partOf(panel: string): CallPart {
  return PARTS.find((part) => panel === `panel-${part}`) ?? "call";
}
