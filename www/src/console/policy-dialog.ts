// The editor of one policy: findings at their places while it is typed, and again when it is refused.
import type { Diagnostic, PolicySeen, PolicySetSeen } from "regate";
import { announce } from "../announcer";
import { RegoEditor } from "../editor";
import { element, replaceChildren } from "../element";
import { EngineClient } from "../engine-client";
import { countInWords, worstOf } from "../finding-count";
import { FormatButton } from "../format-button";
import { ProblemList } from "../problem-list";
import { refusalOf, showRefusal } from "./actions";
import type { ConsoleContext } from "./context";

const CHECK_DELAY_MS = 150;
const CHECK_LIMIT_MS = 2_000;

const STARTING_TEXT = `package forgecroft.policy

import rego.v1

deny contains message if {
	some change in input.plan_changes.destroyed
	message := sprintf("%s would be destroyed", [change.address])
}
`;

// One engine for all checks, started when a policy is first edited: one that is stuck is ended, which the console's own must not be.
let checker: EngineClient | undefined;

export interface PolicyDraft {
  name: string;
  rego_source: string;
}

/** Opens the editor for a policy of a set, or for a new one, which may begin with a draft. */
export function openPolicyDialog(context: ConsoleContext, set: PolicySetSeen, policy: PolicySeen | null, draft: PolicyDraft = { name: "", rego_source: STARTING_TEXT }): void {
  checker ??= new EngineClient(CHECK_LIMIT_MS);
  const engine = checker;
  const name = element("input", { id: "policy-name", type: "text", value: policy?.name ?? draft.name, autocomplete: "off", spellcheck: "false" });
  const description = element("input", { id: "policy-description", type: "text", value: policy?.description ?? "", autocomplete: "off" });
  const box = element("div", { class: "code-box", id: "policy-editor" });
  const list = element("ul", { id: "problem-list", tabindex: -1, "aria-label": "Problems" });
  const found = element("p", { class: "quiet", id: "problem-count" });
  const format = element("button", { type: "button", id: "format", title: "Format the policy (Shift-Alt-F)", "aria-keyshortcuts": "Shift+Alt+F" }, "Format");
  const formatStatus = element("p", { class: "quiet", id: "format-status" });
  const said = element("div", { class: "refusal", role: "alert", id: "policy-refusal" });
  const save = element("button", { class: "primary", id: "save-policy" }, policy === null ? "Add to the set" : "Save");
  const dialog: HTMLDialogElement = element(
    "dialog",
    { "aria-labelledby": "policy-title", class: "policy-dialog" },
    element("h2", { id: "policy-title" }, policy === null ? `New policy of ${set.name}` : `${set.name} / ${policy.name}`),
    element(
      "form",
      { onsubmit: (event) => void send(event), novalidate: true },
      element(
        "div",
        { class: "policy-fields" },
        element("div", { class: "field" }, element("label", { for: name.id }, "Name"), name),
        element("div", { class: "field" }, element("label", { for: description.id }, "Description"), description),
      ),
      box,
      element("section", { class: "problems", "aria-label": "Problems" }, element("div", { class: "bar thin" }, element("h3", {}, "Problems"), found, formatStatus), list),
      element("div", { class: "dialog-actions" }, said, format, element("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), save),
    ),
  );
  const problems = new ProblemList(list, ({ start, end }) => editor.goTo(start, end));
  document.body.append(dialog);
  dialog.showModal();
  const editor = new RegoEditor(box, policy?.rego_source ?? draft.rego_source, {
    changed: () => {
      formatting.clear();
      checkSoon();
    },
    evaluate: () => void send(),
    format: () => void formatting.format(),
    showProblems: () => problems.focus(),
    sampleInput: () => undefined,
  });
  const formatting = new FormatButton(format, formatStatus, engine, editor);

  let timer: number | undefined;
  function checkSoon(): void {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void check(), CHECK_DELAY_MS);
  }

  async function check(): Promise<void> {
    const { text } = editor;
    const reply = await engine.latest("policy", (asked) => asked.check(text));
    if (!dialog.open || reply.state === "superseded" || text !== editor.text) return;
    if (reply.state === "answered") return show(reply.value.diagnostics);
    editor.show([]);
    found.textContent = "";
    problems.showNotice(reply.state === "failed" ? reply.failure : { message: "The check was stopped: the engine did not answer in time.", help: "Change the policy and it is checked again." });
  }

  function show(diagnostics: Diagnostic[]): void {
    editor.show(diagnostics);
    problems.show(diagnostics);
    found.textContent = countInWords(diagnostics);
    found.dataset["severity"] = worstOf(diagnostics);
    announce("problems", found.textContent === "" ? "No problems." : `${found.textContent}.`);
  }

  async function send(event?: Event): Promise<void> {
    event?.preventDefault();
    if (save.getAttribute("aria-busy") === "true") return;
    save.setAttribute("aria-busy", "true");
    replaceChildren(said);
    const { policies } = context.service.policySets;
    const fields = { name: name.value, description: description.value, rego_source: editor.text };
    try {
      await (policy === null ? policies.add(set.id, fields) : policies.change(set.id, policy.id, fields));
      dialog.close();
      await context.changed(`${fields.name} is ${policy === null ? "added" : "saved"}.`);
    } catch (thrown) {
      showRefusal(said, thrown);
      const { diagnostics } = refusalOf(thrown);
      if (diagnostics === undefined) return;
      show(diagnostics);
      const first = diagnostics.find(({ severity }) => severity === "error");
      if (first !== undefined) editor.goTo(first.start, first.end);
    } finally {
      save.removeAttribute("aria-busy");
    }
  }

  dialog.addEventListener("close", () => {
    window.clearTimeout(timer);
    editor.view.destroy();
    dialog.remove();
  });
  void engine.started.then((start) => {
    if ("ok" in start && dialog.open) editor.learn(start.ok);
  });
  void check();
  if (policy === null && draft.name === "") name.focus();
  else editor.view.focus();
}
