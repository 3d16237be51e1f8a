// The left pane: the policies in their tabs, each as it is and as it might be, and what is wrong with the one that is shown.
import type { CompiledActionPolicy } from "regate";
import { announce } from "../announcer";
import { byId } from "../element";
import { countInWords, worstOf } from "../finding-count";
import { PolicyTabs } from "../policy-tabs";
import { ProblemList, type Finding, type Notice } from "../problem-list";
import { TextsEditor } from "../texts-editor";
import type { PolicyDraft, Version } from "./action-drafts";
import type { Judged, PolicyText, PolicyTexts } from "./action-operations";
import { policyEditor } from "./policy-editor";
import { findingsOf } from "./policy-findings";
import { formatOf, nameIn } from "./policy-format";

export interface PoliciesWiring {
  /** A text has changed, or which there are. */
  changed(policies: PolicyDraft[]): void;
  /** Another one is shown. */
  shown(policy: string, version: Version): void;
}

interface Check {
  text: string;
  compiled: CompiledActionPolicy;
  findings: Finding[];
}

const NEW_POLICY = "name: NAME\nscope: global\n";

export class PoliciesPane {
  readonly #wiring: PoliciesWiring;
  readonly #editor: TextsEditor;
  readonly #tabs: PolicyTabs;
  readonly #problems: ProblemList;
  #policies: PolicyDraft[];
  #shown: { policy: string; version: Version };
  /** What the last check said, by the key of the text. */
  #checks = new Map<string, Check>();

  constructor(policies: PolicyDraft[], shown: { policy: string; version: Version }, wiring: PoliciesWiring) {
    this.#wiring = wiring;
    this.#policies = structuredClone(policies);
    this.#shown = { ...shown };
    this.#editor = policyEditor(byId("policy-editor", HTMLElement), {
      changed: (text) => this.#typed(text),
      showProblems: () => this.#problems.focus(),
    });
    this.#problems = new ProblemList(byId("problem-list", HTMLUListElement), ({ start, end }) => this.#editor.goTo(start, end));
    this.#tabs = new PolicyTabs(byId("policy-tabs", HTMLElement), byId("policy-panel", HTMLElement), (id) => {
      this.show(id, this.#shown.version);
      this.#tabs.focus();
    });
    const press = (id: string, act: () => void): void => byId(id, HTMLButtonElement).addEventListener("click", act);
    press("add-policy", () => this.#add());
    press("version-current", () => this.show(this.#shown.policy, "current"));
    press("version-proposed", () => this.show(this.#shown.policy, "proposed"));
    press("propose", () => this.#propose());
    press("discard", () => this.#discard());
    this.#wireRemoval();
    this.#draw();
  }

  /** The texts as a worker wants them. */
  get texts(): PolicyTexts {
    const textOf = ({ title }: PolicyDraft, text: string | null): PolicyText | null => (text === null ? null : { title, text });
    return {
      policies: this.#policies.map(({ title, text }) => ({ title, text })),
      proposed: this.#policies.map((policy) => textOf(policy, policy.proposed)),
    };
  }

  /** Whether every text was checked as it stands now, and has no error. */
  get areSound(): boolean {
    return this.#wrong().length === 0;
  }

  /** The first policy that has errors, in words; nothing where there is none. */
  get wrongInWords(): string {
    const [first] = this.#wrong();
    if (first === undefined) return "";
    const { policy, version, findings } = first;
    const what = version === "proposed" ? `what is proposed for \`${policy.title}\`` : `the policy \`${policy.title}\``;
    return `${what} has ${countInWords(findings)}`;
  }

  /** What the title of a policy is, by its place. */
  titleAt(index: number): string {
    return this.#policies[index]?.title ?? "a policy";
  }

  set(policies: PolicyDraft[], shown: { policy: string; version: Version }): void {
    for (const { id } of this.#policies) this.#forget(id);
    this.#policies = structuredClone(policies);
    this.#shown = { ...shown };
    this.#draw();
    this.#wiring.changed(structuredClone(this.#policies));
  }

  show(policy: string, version: Version): void {
    this.#shown = { policy, version };
    this.#draw();
    this.#wiring.shown(this.#current.id, this.#version);
  }

  /** Shows what is wrong. */
  showWrong(): void {
    const [first] = this.#wrong();
    if (first === undefined) return;
    this.show(first.policy.id, first.version);
    const [finding] = first.findings;
    if (finding) this.#editor.goTo(finding.start, finding.end);
  }

  /** Puts a text from elsewhere into the policy that it is by its name, or into a new one. `file` names what does not say its name. */
  take(file: string, text: string): void {
    const title = nameIn(text) ?? file;
    const known = this.#policies.find((policy) => policy.title === title);
    if (known) {
      this.show(known.id, "current");
      this.#editor.replace(text);
      announce("policy", `${title} is in the editor.`);
      return;
    }
    this.#policies.push({ id: this.#newId(), title, text, proposed: null });
    this.#wiring.changed(structuredClone(this.#policies));
    this.show(this.#policies.at(-1)?.id ?? "", "current");
    announce("policy", `${title} is a policy more.`);
  }

  /** What compiling came to; `texts` are those that were compiled. */
  judged(texts: PolicyTexts, compiled: Judged["compiled"]): void {
    let renamed = false;
    compiled.forEach((answers, at) => {
      const policy = this.#policies[at];
      if (policy === undefined) return;
      const keep = (version: Version, text: string | undefined, answer: CompiledActionPolicy | null): void => {
        if (text === undefined || answer === null) return void this.#checks.delete(keyOf(policy.id, version));
        this.#checks.set(keyOf(policy.id, version), { text, compiled: answer, findings: findingsOf(text, answer) });
      };
      keep("current", texts.policies[at]?.text, answers.policy);
      keep("proposed", texts.proposed[at]?.text, answers.proposed);
      // A policy is called what it calls itself.
      if (answers.policy.ok && policy.title !== answers.policy.policy.name && texts.policies[at]?.text === policy.text) {
        policy.title = answers.policy.policy.name;
        renamed = true;
      }
    });
    if (renamed) this.#wiring.changed(structuredClone(this.#policies));
    this.#drawTabs();
    this.#showCheck();
  }

  /** Says that nothing could be checked. */
  notChecked(notice: Notice): void {
    this.#checks.clear();
    this.#drawTabs();
    this.#editor.mark([]);
    this.#kind("failed", "Not checked");
    byId("problem-count", HTMLElement).textContent = "";
    this.#problems.showNotice(notice);
  }

  get #current(): PolicyDraft {
    return this.#policies.find(({ id }) => id === this.#shown.policy) ?? (this.#policies[0] as PolicyDraft);
  }

  get #version(): Version {
    return this.#current.proposed === null ? "current" : this.#shown.version;
  }

  get #text(): string {
    return (this.#version === "proposed" ? this.#current.proposed : this.#current.text) ?? "";
  }

  #typed(text: string): void {
    if (this.#version === "proposed") this.#current.proposed = text;
    else this.#current.text = text;
    this.#wiring.changed(structuredClone(this.#policies));
  }

  #add(): void {
    const names = new Set(this.#policies.map(({ title }) => title));
    let number = this.#policies.length + 1;
    while (names.has(`policy-${number}`)) number += 1;
    const title = `policy-${number}`;
    this.#policies.push({ id: this.#newId(), title, text: NEW_POLICY.replace("NAME", title), proposed: null });
    this.#wiring.changed(structuredClone(this.#policies));
    this.show(this.#policies.at(-1)?.id ?? "", "current");
    this.#editor.view.focus();
    announce("policy", `${title} is a policy more.`);
  }

  #propose(): void {
    this.#current.proposed = this.#current.text;
    this.#wiring.changed(structuredClone(this.#policies));
    this.show(this.#current.id, "proposed");
    this.#editor.view.focus();
    announce("policy", `A change of ${this.#current.title} may be written now. It is compared with the policy as it is.`);
  }

  #discard(): void {
    this.#current.proposed = null;
    this.#editor.forget(keyOf(this.#current.id, "proposed"));
    this.#checks.delete(keyOf(this.#current.id, "proposed"));
    this.#wiring.changed(structuredClone(this.#policies));
    this.show(this.#current.id, "current");
    byId("propose", HTMLButtonElement).focus();
    announce("policy", `What was proposed for ${this.#current.title} is gone.`);
  }

  #wireRemoval(): void {
    const dialog = byId("remove-dialog", HTMLDialogElement);
    byId("remove-policy", HTMLButtonElement).addEventListener("click", () => {
      byId("remove-title", HTMLElement).textContent = `Remove ${this.#current.title}?`;
      dialog.returnValue = "";
      dialog.showModal();
    });
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "remove" || this.#policies.length < 2) return;
      const { id, title } = this.#current;
      const at = this.#policies.findIndex((policy) => policy.id === id);
      this.#policies.splice(at, 1);
      this.#forget(id);
      this.#wiring.changed(structuredClone(this.#policies));
      this.show(this.#policies[Math.max(0, at - 1)]?.id ?? "", this.#shown.version);
      this.#tabs.focus();
      announce("policy", `${title} is removed.`);
    });
  }

  #forget(id: string): void {
    for (const version of ["current", "proposed"] as const) {
      this.#editor.forget(keyOf(id, version));
      this.#checks.delete(keyOf(id, version));
    }
  }

  #newId(): string {
    const ids = new Set(this.#policies.map(({ id }) => id));
    let number = 1;
    while (ids.has(`new-${number}`)) number += 1;
    return `new-${number}`;
  }

  #wrong(): { policy: PolicyDraft; version: Version; findings: Finding[] }[] {
    return this.#policies.flatMap((policy) =>
      (["current", "proposed"] as const).flatMap((version) => {
        const check = this.#checks.get(keyOf(policy.id, version));
        return check === undefined || check.compiled.ok ? [] : [{ policy, version, findings: check.findings }];
      }),
    );
  }

  #draw(): void {
    const { id, proposed, title } = this.#current;
    const version = this.#version;
    this.#editor.show(keyOf(id, version), this.#text);
    this.#drawTabs();
    const isProposed = proposed !== null;
    byId("versions", HTMLElement).hidden = !isProposed;
    byId("propose", HTMLButtonElement).hidden = isProposed;
    byId("discard", HTMLButtonElement).hidden = !isProposed;
    byId("version-current", HTMLButtonElement).setAttribute("aria-pressed", String(version === "current"));
    byId("version-proposed", HTMLButtonElement).setAttribute("aria-pressed", String(version === "proposed"));
    const remove = byId("remove-policy", HTMLButtonElement);
    remove.disabled = this.#policies.length < 2;
    remove.setAttribute("aria-label", `Remove ${title}`);
    this.#showCheck();
  }

  #drawTabs(): void {
    const tabs = this.#policies.map((policy) => {
      const findings = (["current", "proposed"] as const).flatMap((version) => this.#checks.get(keyOf(policy.id, version))?.findings ?? []);
      return { id: policy.id, title: policy.title, isProposed: policy.proposed !== null, problems: countInWords(findings), severity: worstOf(findings) };
    });
    this.#tabs.show(tabs, this.#current.id);
  }

  /** Shows what the last check said of the text that is shown, unless the text is another by now. */
  #showCheck(): void {
    const check = this.#checks.get(keyOf(this.#current.id, this.#version));
    if (check === undefined || check.text !== this.#text) return;
    const { findings, compiled } = check;
    this.#editor.mark(findings);
    this.#problems.show(findings);
    const words = countInWords(findings);
    const count = byId("problem-count", HTMLElement);
    count.textContent = words;
    count.dataset["severity"] = compiled.ok ? worstOf(findings) : "error";
    announce("problems", `${this.#current.title}: ${words === "" ? "no problems" : words}.`);
    const format = formatOf(this.#text).toUpperCase();
    if (!compiled.ok) return this.#kind("failed", `${format}, no policy`);
    const { scope, target_id, enabled } = compiled.policy;
    const where = scope === "global" ? "global" : `${scope} ${target_id ?? ""}`;
    this.#kind("policy", `${format}, ${enabled ? where : "switched off"}`);
  }

  #kind(kind: string, words: string): void {
    const pill = byId("policy-kind", HTMLElement);
    pill.dataset["kind"] = kind;
    pill.textContent = words;
  }
}

function keyOf(id: string, version: Version): string {
  return `${id}/${version}`;
}
