// The page: opens the draft, wires editors, engine and preview together, and holds the only state they share.
import { announce } from "./announcer";
import { DocumentSource, type ChosenDocument } from "./document-source";
import { openDrafts, type Draft, type Settings } from "./drafts";
import { RegoEditor } from "./editor";
import { byId } from "./element";
import { EngineClient } from "./engine-client";
import type { PolicyCheck } from "./engine-operations";
import { examplePlans, exampleRun } from "./examples";
import { wireExamplesDialog } from "./examples-dialog";
import { countInWords, worstOf } from "./finding-count";
import { FormatButton } from "./format-button";
import { InputPane } from "./input-pane";
import { jsonText } from "./json-text";
import { showKept } from "./kept-notice";
import { Participants, configOf } from "./participants";
import { planDocuments } from "./plan-documents";
import { GOVERNANCE_PACKAGE } from "./policy-kind";
import { PreviewPane } from "./preview";
import { ProblemList } from "./problem-list";
import { wireResetDialog } from "./reset-dialog";
import { RunForm, contextOf, settingsOf } from "./run-form";
import { startingInput, startingPolicy } from "./starting-draft";
import { wireStopButton } from "./stop-button";
import { Tabs } from "./tabs";
import { wireThemeToggle } from "./theme-toggle";

const CHECK_DELAY_MS = 150;
// A check takes milliseconds: one that takes longer than this is stuck. An evaluation ends by the engine's own step
// limit well within the second figure, and the person can stop it earlier. A preview has a limit of its own.
const CHECK_LIMIT_MS = 2_000;
const EVALUATION_LIMIT_MS = 10_000;

const startingDraft: Draft = {
  policy: startingPolicy,
  input: startingInput,
  settings: {
    tab: "preview",
    plan: examplePlans[0]?.name ?? "",
    enforcement: "mandatory",
    off: [],
    run: settingsOf(exampleRun),
  },
};

const drafts = await openDrafts(showKept);
const opened = await drafts.load(structuredClone(startingDraft));
const settings: Settings = opened.settings;

const checker = new EngineClient(CHECK_LIMIT_MS);
const evaluator = new EngineClient(EVALUATION_LIMIT_MS);
const whileStoppable = wireStopButton(byId("stop", HTMLButtonElement), evaluator);

let plan: ChosenDocument | null = null;
/** The last check and the text that it was made of; null until the engine has answered once. */
let checked: { text: string; check: PolicyCheck } | null = null;

// --- the policy -------------------------------------------------------------------------------------------------

const kind = byId("policy-kind", HTMLElement);
const problemCount = byId("problem-count", HTMLElement);

const editor = new RegoEditor(byId("policy-editor", HTMLElement), opened.policy, {
  changed(text) {
    drafts.save("policy", text);
    formatting.clear();
    inputPane.markStale();
    scheduleCheck();
  },
  evaluate: () => void evaluate(),
  format: () => void formatting.format(),
  showProblems: () => problems.focus(),
  sampleInput: () => inputPane.sample,
});

const problems = new ProblemList(byId("problem-list", HTMLUListElement), ({ start, end }) =>
  editor.goTo(start, end),
);

const formatting = new FormatButton(byId("format", HTMLButtonElement), byId("format-status", HTMLElement), checker, editor);

let checkTimer: number | undefined;
function scheduleCheck(): void {
  window.clearTimeout(checkTimer);
  checkTimer = window.setTimeout(() => void checkPolicy(), CHECK_DELAY_MS);
}

async function checkPolicy(): Promise<void> {
  const { text } = editor;
  const reply = await checker.latest("check", (engine) => engine.check(text));
  // A newer text has its own check on the way; places of this one would be wrong in it.
  if (reply.state === "superseded" || text !== editor.text) return;
  if (reply.state === "answered") {
    checked = { text, check: reply.value };
    showCheck(reply.value);
  } else {
    checked = null;
    editor.show([]);
    kind.dataset["kind"] = "failed";
    kind.textContent = "Not checked";
    problemCount.textContent = "";
    const notice =
      reply.state === "failed"
        ? { message: reply.failure.message, ...(reply.failure.help ? { help: reply.failure.help } : {}) }
        : {
            message: `The check was stopped: the engine did not answer within ${CHECK_LIMIT_MS / 1000} s and was started anew.`,
            help: "Change the policy and it is checked again.",
          };
    problems.showNotice(notice);
    announce("problems", notice.message);
  }
  preview();
}

let learned = false;
/** Tells the editor what the engine can do, once there is an engine. */
async function learn(): Promise<void> {
  const start = await checker.started;
  if (learned || "failure" in start) return;
  learned = true;
  editor.learn(start.ok);
}

function showCheck(check: PolicyCheck): void {
  void learn();
  editor.show(check.diagnostics);
  problems.show(check.diagnostics);
  const words = countInWords(check.diagnostics);
  problemCount.textContent = words;
  problemCount.dataset["severity"] = worstOf(check.diagnostics);
  announce("problems", words === "" ? "No problems." : `${words}.`);
  kind.dataset["kind"] = check.governance ? "governance" : "module";
  const dialect = check.dialect === null ? "" : `, Rego ${check.dialect}`;
  kind.textContent = check.governance
    ? `Governance policy${dialect}`
    : check.packagePath === null
      ? "No package yet"
      : `Rego module ${check.packagePath}${dialect}`;
}

// --- input and answer -------------------------------------------------------------------------------------------

const inputPane = new InputPane(
  {
    editor: byId("input-editor", HTMLElement),
    problem: byId("input-problem", HTMLElement),
    answer: byId("answer", HTMLElement),
  },
  opened.input,
  {
    changed: (text) => drafts.save("input", text),
    evaluate: () => void evaluate(),
  },
);

async function evaluate(): Promise<void> {
  showTab("panel-input");
  inputPane.waiting();
  const { text } = editor;
  const input = inputPane.text;
  const begun = performance.now();
  const reply = await whileStoppable(evaluator.latest("evaluate", (engine) => engine.evaluate(text, input)));
  inputPane.show(reply, Math.round(performance.now() - begun));
}

// The input that the plan's policies were asked with, word for word.
let planInput: unknown;
const usePlanInput = byId("use-plan-input", HTMLButtonElement);
usePlanInput.addEventListener("click", () => inputPane.replace(`${jsonText(planInput)}\n`));

// --- the preview ------------------------------------------------------------------------------------------------

const draftNotice = byId("draft-notice", HTMLElement);
const previewPane = new PreviewPane(byId("preview", HTMLElement), evaluator, (input) => {
  planInput = input;
  usePlanInput.disabled = input === undefined || input === null;
});
previewPane.waitForEngine();

interface DraftPart {
  /** The edited text when it takes part, else null. */
  draft: string | null;
  state: "in" | "off" | "left out";
  words: string;
}

function draftForPreview(): DraftPart {
  const leftOut = (why: string): DraftPart => ({ draft: null, state: "left out", words: `Your policy is left out: ${why}.` });
  if (settings.off.includes("draft")) return { draft: null, state: "off", words: "Your policy is switched off." };
  if (checked === null) return leftOut("it is not checked");
  const { text, check } = checked;
  if (check.governance && check.valid) {
    return { draft: text, state: "in", words: `Your policy takes part as a set of its own, ${settings.enforcement}.` };
  }
  if (check.governance) return leftOut("it has errors");
  if (check.packagePath === null) return leftOut(`it declares no package; governance asks ${GOVERNANCE_PACKAGE}`);
  return leftOut(`its package is ${check.packagePath}; governance asks ${GOVERNANCE_PACKAGE}`);
}

function preview(): void {
  if (plan === null) return;
  const { draft, state, words } = draftForPreview();
  draftNotice.textContent = words;
  draftNotice.dataset["state"] = state;
  const asked = previewPane.ask({ plan, config: configOf(settings, draft), context: contextOf(settings.run, exampleRun) });
  void whileStoppable(asked);
}

const planSource = new DocumentSource(
  planDocuments,
  {
    select: byId("plan", HTMLSelectElement),
    chooseButton: byId("choose-plan", HTMLButtonElement),
    fileInput: byId("plan-file", HTMLInputElement),
    dropHint: byId("drop-hint", HTMLElement),
  },
  {
    taken(chosen) {
      plan = chosen;
      if (chosen.example !== null) keep({ plan: chosen.example });
      // A file can be dropped while the other tab is open; its preview is what the person wants to see.
      else showTab("panel-preview");
      preview();
    },
    policy(name, text) {
      editor.replace(text);
      announce("policy", `${name} is in the editor.`);
    },
    largest: () => evaluator.limit("input_bytes"),
    failed({ message, help }) {
      plan = null;
      previewPane.fail("The plan cannot be previewed", { code: "plan_not_read", message, help });
    },
  },
);

const participants = new Participants(
  byId("participants-form", HTMLElement),
  byId("participants-summary", HTMLElement),
  settings,
  ({ enforcement, off }) => {
    keep({ enforcement, off });
    preview();
  },
);

let runTimer: number | undefined;
const runForm = new RunForm(byId("run-form", HTMLElement), byId("run-summary", HTMLElement), settings.run, (run) => {
  keep({ run });
  window.clearTimeout(runTimer);
  runTimer = window.setTimeout(preview, CHECK_DELAY_MS);
});

// Opening one of the two forms closes the other, which may leave the opened one out of view.
for (const details of document.querySelectorAll<HTMLDetailsElement>(".options details")) {
  details.addEventListener("toggle", () => {
    if (details.open) details.querySelector("summary")?.scrollIntoView({ block: "nearest" });
  });
}

// --- the page ---------------------------------------------------------------------------------------------------

const tabs = new Tabs(byId("result-tabs", HTMLElement), (panel) => keep({ tab: panel === "panel-input" ? "input" : "preview" }));

function showTab(panel: "panel-preview" | "panel-input"): void {
  tabs.show(panel);
  keep({ tab: panel === "panel-input" ? "input" : "preview" });
}

function keep(changes: Partial<Settings>): void {
  Object.assign(settings, changes);
  drafts.save("settings", settings);
}

byId("evaluate", HTMLButtonElement).addEventListener("click", () => void evaluate());
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) void evaluate();
});
if (/Mac|iPhone|iPad/.test(navigator.platform)) byId("evaluate-keys", HTMLElement).textContent = "⌘ ⏎";

const theme = wireThemeToggle(byId("theme-toggle", HTMLButtonElement));
wireExamplesDialog(byId("open-examples", HTMLButtonElement), byId("examples-dialog", HTMLDialogElement), (policy) => {
  editor.replace(policy.source);
  editor.view.focus();
  announce("policy", `${policy.file} is in the editor.`);
});

wireResetDialog(startOver);

async function startOver(): Promise<void> {
  const fresh = structuredClone(startingDraft);
  Object.assign(settings, fresh.settings);
  editor.replace(fresh.policy);
  inputPane.replace(fresh.input);
  participants.set(settings);
  runForm.set(settings.run);
  planSource.forgetFile();
  theme.forget();
  showTab("panel-preview");
  await planSource.choose(settings.plan);
  await drafts.clear();
  announce("policy", "Everything is as on a first visit.");
}

showTab(settings.tab === "input" ? "panel-input" : "panel-preview");
await checkPolicy();
await planSource.choose(settings.plan);
document.documentElement.dataset["ready"] = "";
