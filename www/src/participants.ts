// What takes part in the preview: the edited policy as a set of its own, the example sets, approval rules and external checks.
import type { ApprovalRule, Enforcement, ExternalCheckProvider, GovernanceConfig, PolicySet } from "regate";
import { amount } from "./amount";
import { conditionInWords } from "./condition-words";
import { element, replaceChildren } from "./element";
import { exampleProviders, exampleRules, exampleSets } from "./examples";

export const DRAFT_SET = "your policy";
export const DRAFT_POLICY = "draft";

export interface ParticipantSettings {
  enforcement: Enforcement;
  off: string[];
}

/** The configuration for these settings; `draft` is the edited text, or null when it cannot take part. */
export function configOf(settings: ParticipantSettings, draft: string | null): GovernanceConfig {
  const on = (name: string) => !settings.off.includes(name);
  const policySets: PolicySet[] = exampleSets.filter((set) => on(`set:${set.name}`));
  if (draft !== null && on("draft")) {
    policySets.unshift({
      name: DRAFT_SET,
      enforcement: settings.enforcement,
      policies: [{ name: DRAFT_POLICY, rego_source: draft }],
    });
  }
  return {
    policy_sets: policySets,
    approval_rules: exampleRules.filter((rule) => on(`rule:${rule.name}`)),
    external_check_providers: exampleProviders.filter((provider) => on(`check:${provider.id}`)),
  };
}

export class Participants {
  readonly #form: HTMLElement;
  readonly #summary: HTMLElement;
  readonly #changed: (settings: ParticipantSettings) => void;
  #settings: ParticipantSettings;

  constructor(
    form: HTMLElement,
    summary: HTMLElement,
    settings: ParticipantSettings,
    changed: (settings: ParticipantSettings) => void,
  ) {
    this.#form = form;
    this.#summary = summary;
    this.#changed = changed;
    this.#settings = structuredClone(settings);
    this.#draw();
  }

  set(settings: ParticipantSettings): void {
    this.#settings = structuredClone(settings);
    this.#draw();
  }

  #tell(): void {
    this.#summarise();
    this.#changed(structuredClone(this.#settings));
  }

  #summarise(): void {
    const config = configOf(this.#settings, "");
    this.#summary.textContent = [
      amount(config.policy_sets?.length ?? 0, "set"),
      amount(config.approval_rules?.length ?? 0, "rule"),
      amount(config.external_check_providers?.length ?? 0, "check"),
    ].join(", ");
  }

  #draw(): void {
    replaceChildren(
      this.#form,
      group(
        "Policy sets",
        element(
          "div",
          { class: "participant" },
          this.#box("draft", "Your policy", "the text in the editor"),
          element("label", { for: "draft-enforcement", class: "visually-hidden" }, "Enforcement of your policy"),
          element(
            "select",
            {
              id: "draft-enforcement",
              onchange: (event) => {
                this.#settings.enforcement = (event.target as HTMLSelectElement).value as Enforcement;
                this.#tell();
              },
            },
            ...["mandatory", "advisory"].map((value) =>
              element("option", { value, selected: value === this.#settings.enforcement }, value),
            ),
          ),
        ),
        ...exampleSets.map((set) => this.#setRow(set)),
      ),
      group("Approval rules", ...exampleRules.map((rule) => this.#ruleRow(rule))),
      group("External checks", ...exampleProviders.map((provider) => this.#checkRow(provider))),
    );
    this.#summarise();
  }

  #setRow(set: PolicySet): HTMLElement {
    return element(
      "div",
      { class: "participant" },
      this.#box(`set:${set.name}`, set.name, amount(set.policies?.length ?? 0, "policy", "policies")),
      element("span", { class: `tag ${set.enforcement ?? "mandatory"}` }, set.enforcement ?? "mandatory"),
    );
  }

  #ruleRow(rule: ApprovalRule): HTMLElement {
    return element("div", { class: "participant" }, this.#box(`rule:${rule.name}`, rule.name, conditionInWords(rule.condition)));
  }

  #checkRow(provider: ExternalCheckProvider): HTMLElement {
    return element("div", { class: "participant" }, this.#box(`check:${provider.id}`, provider.name, provider.description ?? ""));
  }

  #box(name: string, title: string, about: string): HTMLElement {
    const box = element("input", {
      type: "checkbox",
      name,
      checked: !this.#settings.off.includes(name),
      onchange: (event) => {
        const on = (event.target as HTMLInputElement).checked;
        this.#settings.off = this.#settings.off.filter((other) => other !== name);
        if (!on) this.#settings.off.push(name);
        this.#tell();
      },
    });
    return element("label", {}, box, element("span", {}, title, about ? element("span", { class: "quiet" }, about) : null));
  }
}

function group(title: string, ...rows: HTMLElement[]): HTMLElement {
  return element("fieldset", {}, element("legend", {}, title), ...rows);
}
