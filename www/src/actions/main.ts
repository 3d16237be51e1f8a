// The page of actions: opens the draft, wires policies, call, verdict and simulation together, and holds the state they share.
import { announce } from "../announcer";
import { DocumentSource, type ChosenDocument } from "../document-source";
import { byId } from "../element";
import { EngineClient } from "../engine-client";
import { showKept } from "../kept-notice";
import { wireResetDialog } from "../reset-dialog";
import { wireStopButton } from "../stop-button";
import { wireThemeToggle } from "../theme-toggle";
import { openActionDrafts, type ActionSettings, type CallPart } from "./action-drafts";
import type { Blamed } from "./action-operations";
import { CallPane } from "./call-pane";
import { wirePolicyExamples } from "./policy-examples";
import { ledgerDocuments } from "./ledger-documents";
import { PoliciesPane } from "./policies-pane";
import { SimulationPane } from "./simulation-pane";
import { startingDraft } from "./starting-draft";
import { VerdictPane, type Obstacle } from "./verdict-pane";

const JUDGE_DELAY_MS = 150;
const SIMULATE_DELAY_MS = 400;
// A verdict takes milliseconds: one that takes longer than this is stuck.
const JUDGE_LIMIT_MS = 3_000;

const drafts = await openActionDrafts(showKept);
const opened = await drafts.load(startingDraft());
const { settings } = opened;

const judge = new EngineClient(JUDGE_LIMIT_MS);
const simulator = new EngineClient(JUDGE_LIMIT_MS);
const whileStoppable = wireStopButton(byId("stop", HTMLButtonElement), simulator);

let ledger: ChosenDocument | null = null;

function keep(changes: Partial<ActionSettings>): void {
  Object.assign(settings, changes);
  drafts.save("settings", settings);
}

// --- policies and call ------------------------------------------------------------------------------------------

const policies = new PoliciesPane(opened.policies, settings, {
  changed(texts) {
    drafts.save("policies", texts);
    judgeSoon();
    simulateSoon();
  },
  shown: (policy, version) => keep({ policy, version }),
});

const DRAFT_PART = { call: "call", state: "state", "set-up": "setUp" } as const satisfies Record<CallPart, string>;

const call = new CallPane(opened, {
  changed(part, text) {
    drafts.save(DRAFT_PART[part], text);
    judgeSoon();
    if (part === "set-up" || (part === "state" && settings.beginsWithState)) simulateSoon();
  },
  timeChanged(time) {
    keep({ time });
    judgeSoon();
  },
  partShown: (part) => keep({ part }),
});

const verdict = new VerdictPane(byId("verdict", HTMLElement));

// INVARIANT (as they stand): grows with each change, so that no verdict is shown on texts that have changed meanwhile.
let turn = 0;
let judgeTimer: number | undefined;
function judgeSoon(): void {
  // What is on its way is about texts that are no more.
  turn += 1;
  window.clearTimeout(judgeTimer);
  judgeTimer = window.setTimeout(() => void judgeCall(), JUDGE_DELAY_MS);
}

async function judgeCall(): Promise<void> {
  const asked = ++turn;
  const { nowMs } = call;
  const { texts } = policies;
  const request = { ...texts, call: call.call, state: call.state, setUp: call.setUp, nowMs: nowMs ?? 0 };
  const reply = await judge.latest("judge", (engine) => engine.judge(request));
  if (reply.state === "superseded" || asked !== turn) return;
  if (reply.state === "answered") policies.judged(texts, reply.value.compiled);
  else policies.notChecked(reply.state === "failed" ? reply.failure : { message: "The check was stopped: the engine did not answer in time.", help: "Change the policy and it is checked again." });
  const said = reply.state === "answered" && reply.value.verdict.kind === "failed" ? reply.value.verdict.failure : null;
  call.show(said);
  if (nowMs === null && said === null && policies.areSound) verdict.notJudged({ words: "the time of the call is none", where: "Go to the time", show: () => call.focusTime() });
  else verdict.show(reply, obstacleOf, policies.wrongInWords);
}

/** What is in the way of a verdict, and the way to it. */
function obstacleOf(on: Blamed, message: string): Obstacle {
  if (on !== "policies") return { words: message, where: `Go to the ${on}`, show: () => call.showWrong(on) };
  return { words: message, where: "Go to the policy", show: () => policies.showWrong() };
}

// --- the simulation ---------------------------------------------------------------------------------------------

const simulation = new SimulationPane({ result: byId("simulation-result", HTMLElement), notice: byId("simulation-notice", HTMLElement) }, simulator, {
  changedOnly: () => settings.changedOnly,
  changedOnlyChosen: (changedOnly) => keep({ changedOnly }),
});

let simulateTimer: number | undefined;
function simulateSoon(): void {
  window.clearTimeout(simulateTimer);
  simulateTimer = window.setTimeout(() => void simulate(), SIMULATE_DELAY_MS);
}

async function simulate(): Promise<void> {
  window.clearTimeout(simulateTimer);
  if (ledger === null) return;
  const { approve, beginsWithState } = settings;
  const question = { texts: policies.texts, ledger, setUp: call.setUp, state: beginsWithState ? call.state : "", approve };
  await whileStoppable(simulation.ask(question));
}

const ledgers = new DocumentSource(
  ledgerDocuments,
  {
    select: byId("ledger", HTMLSelectElement),
    chooseButton: byId("choose-ledger", HTMLButtonElement),
    fileInput: byId("ledger-file", HTMLInputElement),
    dropHint: byId("drop-hint", HTMLElement),
  },
  {
    taken(chosen) {
      ledger = chosen;
      if (chosen.example !== null) keep({ ledger: chosen.example });
      // A file can be dropped while the simulation is out of sight; what comes of it is what the person wants to see.
      else byId("simulation", HTMLElement).scrollIntoView({ block: "start" });
      void simulate();
    },
    policy: (file, text) => policies.take(file.replace(/\.\w+$/, ""), text),
    failed({ title, message, help }) {
      ledger = null;
      simulation.fail(`${title} cannot be simulated`, { code: "ledger_not_read", message, help });
    },
    largest: () => simulator.limit("input_bytes"),
  },
);

const approve = byId("approve", HTMLSelectElement);
approve.addEventListener("change", () => {
  keep({ approve: approve.value as ActionSettings["approve"] });
  void simulate();
});

const beginsWithState = byId("begins-with-state", HTMLInputElement);
beginsWithState.addEventListener("change", () => {
  keep({ beginsWithState: beginsWithState.checked });
  void simulate();
});

function showSettings(): void {
  approve.value = settings.approve;
  beginsWithState.checked = settings.beginsWithState;
}

// --- the page ---------------------------------------------------------------------------------------------------

const theme = wireThemeToggle(byId("theme-toggle", HTMLButtonElement));
wirePolicyExamples(byId("open-examples", HTMLButtonElement), byId("examples-dialog", HTMLDialogElement), ({ name, text }) => policies.take(name, text));

wireResetDialog(startOver);

async function startOver(): Promise<void> {
  const fresh = startingDraft();
  Object.assign(settings, fresh.settings);
  policies.set(fresh.policies, fresh.settings);
  call.set(fresh);
  ledgers.forgetFile();
  showSettings();
  theme.forget();
  await ledgers.choose(settings.ledger);
  await drafts.clear();
  announce("policy", "Everything is as on a first visit.");
}

showSettings();
await judgeCall();
await ledgers.choose(settings.ledger);
document.documentElement.dataset["ready"] = "";
