// The left pane: the files of policies in their tabs, why the bundle is refused, and every finding at its place.
import type { Capabilities, Diagnostic } from "regate";
import { announce } from "../announcer";
import { byId } from "../element";
import { countInWords, worstOf } from "../finding-count";
import type { JsonValue } from "../json-text";
import { PolicyTabs } from "../policy-tabs";
import { ProblemList, type Finding, type LinePlace, type Notice } from "../problem-list";
import type { FileDraft } from "./config-drafts";
import type { LoadedFiles, PolicyFile } from "./config-operations";
import { filesEditor, type FilesEditor } from "./files-editor";
import { wireNameDialog } from "./name-dialog";

export interface FilesWiring {
  /** A text has changed, or which files there are. */
  changed(files: FileDraft[]): void;
  /** Another one is shown. */
  shown(file: string): void;
}

const NEW_FILE = 'package org\n\npolicy_name["NAME"]\n';

export class FilesPane {
  readonly #wiring: FilesWiring;
  readonly #editor: FilesEditor;
  readonly #tabs: PolicyTabs;
  readonly #problems: ProblemList;
  readonly #askName: (question: { title: string; action: string; path: string; taken: ReadonlySet<string> }) => Promise<string | null>;
  #files: FileDraft[];
  #shown: string;
  #loaded: LoadedFiles | null = null;
  /** What the decision passed over in silence. */
  #passedOver: readonly Diagnostic[] = [];
  #input: JsonValue | undefined;

  constructor(files: FileDraft[], shown: string, wiring: FilesWiring) {
    this.#wiring = wiring;
    this.#files = structuredClone(files);
    this.#shown = shown;
    this.#editor = filesEditor(byId("policy-editor", HTMLElement), {
      changed: (text) => {
        this.#current.text = text;
        this.#change();
      },
      showProblems: () => this.#problems.focus(),
      input: () => this.#input,
    });
    this.#problems = new ProblemList(byId("problem-list", HTMLUListElement), ({ path = "", start, end }) => this.goTo(path, start, end));
    this.#tabs = new PolicyTabs(byId("policy-tabs", HTMLElement), byId("policy-panel", HTMLElement), (id) => {
      this.#show(id);
      this.#tabs.focus();
    });
    this.#askName = wireNameDialog(byId("name-dialog", HTMLDialogElement));
    const press = (id: string, act: () => void): void => byId(id, HTMLButtonElement).addEventListener("click", act);
    press("add-policy", () => void this.#add());
    press("rename-policy", () => void this.#rename());
    this.#wireRemoval();
    this.#draw();
  }

  /** The files as a worker wants them. */
  get files(): PolicyFile[] {
    return this.#files.map(({ path, text }) => ({ path, text }));
  }

  set(files: FileDraft[], shown: string): void {
    for (const { id } of this.#files) this.#editor.texts.forget(id);
    this.#files = structuredClone(files);
    this.#shown = shown;
    this.#change();
    this.#draw();
  }

  learn(capabilities: Capabilities): void {
    this.#editor.learn(capabilities);
  }

  /** Shows a place of a file. */
  goTo(path: string, start: LinePlace, end: LinePlace): void {
    const file = this.#files.find((each) => each.path === path);
    if (file === undefined) return;
    if (file.id !== this.#current.id) this.#show(file.id);
    this.#editor.texts.goTo(start, end);
  }

  /** Shows the first error. */
  showWrong(): void {
    const wrong = this.#loaded?.diagnostics.find(({ severity }) => severity === "error");
    if (wrong !== undefined) this.goTo(wrong.file, wrong.start, wrong.end);
  }

  /** Why there is nothing to be asked, in a sentence. */
  get wrongInWords(): string {
    const words = countInWords((this.#loaded?.diagnostics ?? []).filter(({ severity }) => severity === "error"));
    return words === "" ? "the policies are refused" : `the policies are refused: ${words}`;
  }

  /** Puts a text from elsewhere into the file of that path, or into a new one. */
  take(path: string, text: string): void {
    const known = this.#files.find((file) => file.path === path);
    if (known) {
      this.#show(known.id);
      this.#editor.texts.replace(text);
      announce("policy", `${path} is in the editor.`);
      return;
    }
    this.#put(path, text);
  }

  /** What loading came to; `files` are those that were loaded. */
  loaded(loaded: LoadedFiles): void {
    this.#loaded = loaded;
    this.#passedOver = [];
    this.#showCheck();
  }

  /** What a decision came to beside the decision. */
  decided(passedOver: readonly Diagnostic[], input: unknown): void {
    this.#passedOver = passedOver;
    if (input !== undefined) this.#input = input as JsonValue;
    this.#showCheck();
  }

  /** Says that nothing could be checked. */
  notChecked(notice: Notice): void {
    this.#loaded = null;
    this.#passedOver = [];
    this.#drawTabs();
    this.#editor.texts.mark([]);
    this.#showRefusal(null);
    this.#kind("failed", "Not checked");
    byId("problem-count", HTMLElement).textContent = "";
    this.#problems.showNotice(notice);
    announce("problems", notice.message);
  }

  get #current(): FileDraft {
    return this.#files.find(({ id }) => id === this.#shown) ?? (this.#files[0] as FileDraft);
  }

  #findings(): (Finding & { path: string })[] {
    const said = [...(this.#loaded?.diagnostics ?? []), ...this.#passedOver];
    const order = new Map(this.#files.map(({ path }, at) => [path, at]));
    return said
      .map(({ file, ...rest }) => ({ ...rest, path: file }))
      .sort((a, b) => (order.get(a.path) ?? 0) - (order.get(b.path) ?? 0) || a.start.line - b.start.line || a.start.column - b.start.column);
  }

  #change(): void {
    // Places of a former text would be wrong in this one.
    this.#wiring.changed(structuredClone(this.#files));
  }

  #show(id: string): void {
    this.#shown = id;
    this.#draw();
    this.#wiring.shown(this.#current.id);
  }

  #put(path: string, text: string): void {
    this.#files.push({ id: this.#newId(), path, text });
    this.#change();
    this.#show(this.#files.at(-1)?.id ?? "");
    announce("policy", `${path} is a file more.`);
  }

  async #add(): Promise<void> {
    const taken = new Set(this.#files.map(({ path }) => path));
    let number = this.#files.length + 1;
    while (taken.has(`policy_${number}.rego`)) number += 1;
    const path = await this.#askName({ title: "Add a policy", action: "Add it", path: `policy_${number}.rego`, taken });
    if (path === null) return byId("add-policy", HTMLButtonElement).focus();
    const name = (path.split("/").at(-1) ?? path).replace(/\.rego$/, "").replaceAll(/\W/g, "_");
    this.#put(path, NEW_FILE.replace("NAME", name));
    this.#editor.texts.view.focus();
  }

  async #rename(): Promise<void> {
    const file = this.#current;
    const taken = new Set(this.#files.filter(({ id }) => id !== file.id).map(({ path }) => path));
    const path = await this.#askName({ title: `Rename ${file.path}`, action: "Rename it", path: file.path, taken });
    byId("rename-policy", HTMLButtonElement).focus();
    if (path === null || path === file.path) return;
    announce("policy", `${file.path} is ${path} now.`);
    file.path = path;
    this.#change();
    this.#draw();
  }

  #wireRemoval(): void {
    const dialog = byId("remove-dialog", HTMLDialogElement);
    byId("remove-policy", HTMLButtonElement).addEventListener("click", () => {
      byId("remove-title", HTMLElement).textContent = `Remove ${this.#current.path}?`;
      dialog.returnValue = "";
      dialog.showModal();
    });
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "remove" || this.#files.length < 2) return;
      const { id, path } = this.#current;
      const at = this.#files.findIndex((file) => file.id === id);
      this.#files.splice(at, 1);
      this.#editor.texts.forget(id);
      this.#change();
      this.#show(this.#files[Math.max(0, at - 1)]?.id ?? "");
      this.#tabs.focus();
      announce("policy", `${path} is removed.`);
    });
  }

  #newId(): string {
    const ids = new Set(this.#files.map(({ id }) => id));
    let number = 1;
    while (ids.has(`new-${number}`)) number += 1;
    return `new-${number}`;
  }

  #draw(): void {
    const { id, path, text } = this.#current;
    this.#editor.texts.show(id, text);
    const remove = byId("remove-policy", HTMLButtonElement);
    remove.disabled = this.#files.length < 2;
    remove.setAttribute("aria-label", `Remove ${path}`);
    byId("rename-policy", HTMLButtonElement).setAttribute("aria-label", `Rename ${path}`);
    this.#drawTabs();
    this.#mark();
  }

  #drawTabs(): void {
    const all = this.#findings();
    const tabs = this.#files.map(({ id, path }) => {
      const findings = all.filter((finding) => finding.path === path);
      return { id, title: path, problems: countInWords(findings), severity: worstOf(findings) };
    });
    this.#tabs.show(tabs, this.#current.id);
    const { path } = this.#current;
    const name = this.#loaded?.names[path];
    if (this.#loaded?.error) this.#kind("failed", "Refused");
    else if (name !== undefined) this.#kind("policy", name);
  }

  #mark(): void {
    const { path } = this.#current;
    this.#editor.texts.mark(this.#findings().filter((finding) => finding.path === path));
  }

  #showCheck(): void {
    const findings = this.#findings();
    this.#drawTabs();
    this.#mark();
    this.#showRefusal(this.#loaded?.error?.message ?? null);
    this.#problems.show(findings);
    const words = countInWords(findings);
    const count = byId("problem-count", HTMLElement);
    count.textContent = words;
    count.dataset["severity"] = worstOf(findings);
    announce("problems", words === "" ? "No problems." : `${words}.`);
  }

  #showRefusal(message: string | null): void {
    const refusal = byId("load-error", HTMLElement);
    refusal.hidden = message === null;
    refusal.textContent = message ?? "";
  }

  #kind(kind: string, words: string): void {
    const pill = byId("policy-kind", HTMLElement);
    pill.dataset["kind"] = kind;
    pill.textContent = words;
    pill.title = words;
  }
}
