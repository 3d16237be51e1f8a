// The middle pane: the configuration, the metadata of its pipeline, and what it was compiled to. All of it as it is typed.
import { byId, element, replaceChildren } from "../element";
import { Tabs } from "../tabs";
import { YamlPane } from "../yaml-pane";
import type { ConfigJudged, GivenPart, GivenTexts } from "./config-operations";
import { situations } from "./situations";

export interface GivenWiring {
  changed(part: GivenPart, text: string): void;
  partShown(part: GivenPart): void;
}

const PARTS: readonly GivenPart[] = ["config", "meta", "compiled"];

const EDITORS: Record<GivenPart, { label: string; empty: string }> = {
  config: { label: "Configuration, as YAML", empty: "Empty: paste a .circleci/config.yml" },
  meta: { label: "Metadata, as JSON or YAML", empty: "Empty: nothing is known of the pipeline. It is data.meta: project_id, build_number, ssh_rerun, vcs" },
  compiled: { label: "Compiled configuration, as YAML", empty: "Empty: policies see the configuration as it is written alone. What `circleci config process` prints goes here" },
};

export class GivenPane {
  readonly #panes: Record<GivenPart, YamlPane>;
  readonly #tabs: Tabs;
  readonly #situation: HTMLSelectElement;
  readonly #wiring: GivenWiring;

  constructor(texts: GivenTexts, part: GivenPart, wiring: GivenWiring) {
    this.#wiring = wiring;
    const paneOf = (each: GivenPart): YamlPane =>
      new YamlPane(byId(`${each}-editor`, HTMLElement), byId(`${each}-problem`, HTMLElement), {
        ...EDITORS[each],
        text: texts[each],
        changed: (text) => {
          this.#situation.value = "";
          wiring.changed(each, text);
        },
      });
    this.#situation = byId("situation", HTMLSelectElement);
    this.#panes = { config: paneOf("config"), meta: paneOf("meta"), compiled: paneOf("compiled") };
    this.#tabs = new Tabs(byId("given-tabs", HTMLElement), (panel) => wiring.partShown(partOf(panel)));
    this.#tabs.show(`panel-${part}`);
    replaceChildren(
      this.#situation,
      element("option", { value: "" }, "of your own"),
      ...situations.map(({ name, title }) => element("option", { value: name }, title)),
    );
    this.#nameSituation();
    this.#situation.addEventListener("change", () => {
      const chosen = situations.find(({ name }) => name === this.#situation.value);
      if (chosen !== undefined) this.#take(chosen.texts);
    });
  }

  get texts(): GivenTexts {
    return { config: this.#panes.config.text, meta: this.#panes.meta.text, compiled: this.#panes.compiled.text };
  }

  set(texts: GivenTexts, part: GivenPart): void {
    this.#take(texts);
    this.#tabs.show(`panel-${part}`);
  }

  /** Puts a text from elsewhere into its place, and shows it. */
  take(part: GivenPart, text: string): void {
    this.#panes[part].replace(text);
    this.#choose(part);
  }

  /** Shows what is wrong with the texts. */
  show(problems: ConfigJudged["problems"]): void {
    for (const part of PARTS) {
      const problem = problems[part] ?? null;
      this.#panes[part].show(problem);
      const tab = byId(`tab-${part}`, HTMLElement);
      tab.toggleAttribute("data-wrong", problem !== null);
      if (problem === null) tab.removeAttribute("aria-description");
      else tab.setAttribute("aria-description", "has an error");
    }
  }

  /** Goes to what is wrong. */
  showWrong(part: GivenPart): void {
    this.#choose(part);
    this.#panes[part].focus();
  }

  #choose(part: GivenPart): void {
    this.#tabs.show(`panel-${part}`);
    this.#wiring.partShown(part);
  }

  #take(texts: GivenTexts): void {
    for (const part of PARTS) if (this.#panes[part].text !== texts[part]) this.#panes[part].replace(texts[part]);
    this.#nameSituation();
  }

  #nameSituation(): void {
    const { texts } = this;
    this.#situation.value = situations.find((each) => PARTS.every((part) => each.texts[part] === texts[part]))?.name ?? "";
  }
}

function partOf(panel: string): GivenPart {
  return PARTS.find((part) => panel === `panel-${part}`) ?? "config";
}
