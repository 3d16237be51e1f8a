// The page of configurations: opens the draft, wires policies, texts, decision, tests and query together, and holds what they share.
import { announce } from "../announcer";
import { byId } from "../element";
import { EngineClient } from "../engine-client";
import type { Failure } from "../engine-operations";
import { exampleList } from "../example-list";
import { wireFileDrop } from "../file-drop";
import { showKept } from "../kept-notice";
import { wireResetDialog } from "../reset-dialog";
import { wireStopButton } from "../stop-button";
import { wireThemeToggle } from "../theme-toggle";
import { openConfigDrafts, type ConfigSettings } from "./config-drafts";
import type { ConfigJudged, DecideConfigRequest, GivenPart } from "./config-operations";
import { DecisionPane, type Obstacle } from "./decision-pane";
import { examplePolicyFiles } from "./example-files";
import { FilesPane } from "./files-pane";
import { GivenPane } from "./given-pane";
import { placeIn } from "./places";
import { QueryPane } from "./query-pane";
import { startingDraft } from "./starting-draft";
import { takeFile } from "./taken-file";
import { TestsPane } from "./tests-pane";

const DECIDE_DELAY_MS = 150;
const TEST_DELAY_MS = 400;
// Loading takes milliseconds: what takes longer than this is stuck. A decision ends by the engine's own step limit well
// within the second figure, and the person can stop it earlier.
const LOAD_LIMIT_MS = 3_000;
const DECIDE_LIMIT_MS = 10_000;
// A decision on former texts that takes longer than this is ended for the one on the texts as they are.
const WORTH_ENDING_MS = 1_000;

const NAMES: Record<GivenPart, string> = { config: "configuration", meta: "metadata", compiled: "compiled configuration" };

const drafts = await openConfigDrafts(showKept);
const opened = await drafts.load(startingDraft());
const { settings } = opened;

const decider = new EngineClient(LOAD_LIMIT_MS);
const tester = new EngineClient(LOAD_LIMIT_MS);
const asker = new EngineClient(LOAD_LIMIT_MS);
const whileDeciding = wireStopButton(byId("stop-decision", HTMLButtonElement), decider);
const whileTesting = wireStopButton(byId("stop", HTMLButtonElement), tester);
const whileAsking = wireStopButton(byId("stop-query", HTMLButtonElement), asker);

function keep(changes: Partial<ConfigSettings>): void {
  Object.assign(settings, changes);
  drafts.save("settings", settings);
}

// --- policies and texts -----------------------------------------------------------------------------------------

const files = new FilesPane(opened.files, settings.file, {
  changed(changed) {
    drafts.save("files", changed);
    decideSoon();
    testSoon();
  },
  shown: (file) => keep({ file }),
});

const given = new GivenPane(opened, settings.part, {
  changed(part, text) {
    drafts.save(part, text);
    decideSoon();
  },
  partShown: (part) => keep({ part }),
});

function request(): DecideConfigRequest {
  return { files: files.files, ...given.texts };
}

// --- the decision -----------------------------------------------------------------------------------------------

const decision = new DecisionPane(byId("decision", HTMLElement), {
  show: ({ file, start, end }) => files.goTo(file, start, end),
  wayTo(reason) {
    const place = placeIn(reason, files.files);
    return place === null ? null : () => files.goTo(place.path, { line: place.line, column: 1 }, { line: place.line, column: Infinity });
  },
});

// INVARIANT (as they stand): grows with each change, so that no decision is shown on texts that have changed meanwhile.
let turn = 0;
let decideTimer: number | undefined;
let decidingSince: number | null = null;

function decideSoon(): void {
  // What is on its way is about texts that are no more.
  turn += 1;
  decision.waiting();
  query.markStale();
  window.clearTimeout(decideTimer);
  decideTimer = window.setTimeout(() => void decide(), DECIDE_DELAY_MS);
}

async function decide(): Promise<void> {
  const asked = ++turn;
  if (decidingSince !== null && performance.now() - decidingSince > WORTH_ENDING_MS) decider.stop();
  const question = request();
  void query.ask();
  const loaded = await decider.latest("load", (engine) => engine.loadConfigs(question.files));
  if (loaded.state === "superseded" || asked !== turn) return;
  if (loaded.state === "answered") files.loaded(loaded.value);
  else files.notChecked(loaded.state === "failed" ? loaded.failure : { message: "The check was stopped: the engine did not answer in time.", help: "Change the policies and they are checked again." });
  if (loaded.state === "failed") return decision.failed(loaded.failure);
  if (loaded.state !== "answered") return decision.late(loaded);
  void learn();
  const since = performance.now();
  decidingSince = since;
  const reply = await whileDeciding(decider.latest("decide", (engine) => engine.decideConfig(question), DECIDE_LIMIT_MS));
  if (decidingSince === since) decidingSince = null;
  if (reply.state === "superseded" || asked !== turn) return;
  if (reply.state === "answered") return show(reply.value);
  given.show({});
  if (reply.state === "failed") decision.failed(reply.failure);
  else decision.late(reply);
}

function show({ problems, outcome, input }: ConfigJudged): void {
  given.show(problems);
  files.decided(outcome.kind === "decided" ? outcome.decided.warnings : [], input);
  switch (outcome.kind) {
    case "decided":
      return decision.decided(outcome.decided);
    case "failed":
      return decision.failed(outcome.failure);
    case "policies_refused":
      return decision.notDecided({ words: files.wrongInWords, where: "Go to the policy", show: () => files.showWrong() });
    case "texts_wrong":
      return decision.notDecided(obstacleIn(problems));
  }
}

function obstacleIn(problems: ConfigJudged["problems"]): Obstacle {
  const part = (["config", "meta", "compiled"] as const).find((each) => problems[each] !== undefined) ?? "config";
  const { message } = problems[part] as Failure;
  return { words: `the ${NAMES[part]} is not read: ${message}`, where: `Go to the ${NAMES[part]}`, show: () => given.showWrong(part) };
}

let learned = false;
/** Tells the editor what the engine can do, once there is an engine. */
async function learn(): Promise<void> {
  const start = await decider.started;
  if (learned || "failure" in start) return;
  learned = true;
  files.learn(start.ok);
}

// --- tests and query --------------------------------------------------------------------------------------------

const tests = new TestsPane(tester, opened.tests, settings.run, {
  changed(text) {
    drafts.save("tests", text);
    testSoon();
  },
  runChanged(run) {
    keep({ run });
    testSoon();
  },
  files: () => files.files,
  whileStoppable: whileTesting,
});

let testTimer: number | undefined;
function testSoon(): void {
  tests.markStale();
  window.clearTimeout(testTimer);
  testTimer = window.setTimeout(() => tests.runWhileTyping(), TEST_DELAY_MS);
}

let queryTimer: number | undefined;
const query = new QueryPane(asker, opened.query, {
  changed(text) {
    drafts.save("query", text);
    query.markStale();
    window.clearTimeout(queryTimer);
    queryTimer = window.setTimeout(() => void query.ask(), DECIDE_DELAY_MS);
  },
  request,
  whileStoppable: whileAsking,
});

// --- the page ---------------------------------------------------------------------------------------------------

const theme = wireThemeToggle(byId("theme-toggle", HTMLButtonElement));

const examples = byId("examples-dialog", HTMLDialogElement);
byId("examples-list", HTMLElement).replaceChildren(exampleList(examplePolicyFiles, examples, ({ file, text }) => files.take(file, text)));
byId("open-examples", HTMLButtonElement).addEventListener("click", () => examples.showModal());

wireFileDrop(byId("drop-hint", HTMLElement), (file) => {
  void takeFile(file, () => decider.limit("source_bytes"), {
    policy: (path, text) => files.take(path, text),
    tests: (text) => tests.take(text),
    given: (part, text) => given.take(part, text),
  });
});

wireResetDialog(startOver);

async function startOver(): Promise<void> {
  const fresh = startingDraft();
  Object.assign(settings, fresh.settings);
  files.set(fresh.files, fresh.settings.file);
  given.set(fresh, fresh.settings.part);
  tests.set(fresh.tests, fresh.settings.run);
  query.set(fresh.query);
  theme.forget();
  await Promise.all([decide(), tests.run()]);
  await drafts.clear();
  announce("policy", "Everything is as on a first visit.");
}

await Promise.all([decide(), tests.run()]);
document.documentElement.dataset["ready"] = "";
