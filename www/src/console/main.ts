// The console: who acts, what time it is, which view is shown, and that every tab shows what is.
import { amount } from "../amount";
import { announce } from "../announcer";
import { byId, element, replaceChildren } from "../element";
import { failureBox } from "../failure-box";
import { wireResetDialog } from "../reset-dialog";
import { wireThemeToggle } from "../theme-toggle";
import { asSentence, refusalOf } from "./actions";
import { ConsoleClient } from "./console-client";
import type { SweepReport } from "./console-operations";
import type { ConsoleContext, View } from "./context";
import { NewRunDialog } from "./new-run";
import { people, personOf, roleInWords, type Person } from "./organisation";
import { organisationView } from "./organisation-view";
import { providersView } from "./providers-view";
import { redraw } from "./redraw";
import { rulesView } from "./rules-view";
import { runView } from "./run-view";
import { runsView } from "./runs-view";
import { setView, type SetView } from "./set-view";
import { setsView } from "./sets-view";
import { SweepTimer } from "./sweep-timer";
import { timeInWords } from "./words";

const HOUR_MS = 3_600_000;
const CLOCK_SHOWN_MS = 20_000;
// Each tab has its own: two tabs can be two people.
const PERSON_KEY = "regate-console-person";

const content = byId("content", HTMLElement);
const client = new ConsoleClient();
const tabs = new BroadcastChannel("regate-console");
let nowMs = Date.now();

// --- who acts ---------------------------------------------------------------------------------------------------

const actingAs = byId("acting-as", HTMLSelectElement);
let person: Person = personOf(remembered()) ?? (people.find(({ name }) => name === "Dana") as Person);
replaceChildren(actingAs, ...people.map(({ id, name, ...rest }) =>
  element("option", { value: id, selected: id === person.id }, `${name} (${roleInWords({ id, name, ...rest })})`)));
actingAs.addEventListener("change", () => {
  person = personOf(actingAs.value) ?? person;
  try {
    sessionStorage.setItem(PERSON_KEY, person.id);
  } catch {
    // Storage may be refused; the choice then lasts as long as the page.
  }
  for (const place of content.querySelectorAll(".refusal")) replaceChildren(place);
  // INVARIANT (who acts): what is on the screen acts for whom it was drawn for, so nothing there can be pressed until it is drawn anew.
  content.inert = true;
  const { name } = person;
  void draw().then(() => say(`You act as ${name}.`));
});

function remembered(): string | null {
  try {
    return sessionStorage.getItem(PERSON_KEY);
  } catch {
    return null;
  }
}

// --- views ------------------------------------------------------------------------------------------------------

let shown: { address: string; view: View; setView: SetView | null } | null = null;

function viewAt(address: string): { view: View; setView: SetView | null } {
  const [, part = "", id] = address.split("/").map((each) => decodeURIComponent(each));
  if (part === "runs" && id !== undefined) return { view: runView(id), setView: null };
  if (part === "policy-sets" && id !== undefined) {
    const view = setView(id);
    return { view, setView: view };
  }
  const lists: Record<string, () => View> = {
    "policy-sets": setsView,
    "approval-rules": rulesView,
    providers: providersView,
    organisation: organisationView,
  };
  return { view: lists[part]?.() ?? runsView(() => void newRun.open()), setView: null };
}

const context: ConsoleContext = {
  client,
  get person() {
    return person;
  },
  get service() {
    return client.as(person.id);
  },
  get nowMs() {
    return nowMs;
  },
  changed,
  go: (address) => void (location.hash = address),
};

/** Draws what is shown from what is kept now. Of two that overlap, the later one is shown. */
let drawings = 0;
async function draw(): Promise<void> {
  const drawing = ++drawings;
  const address = location.hash;
  const isNew = shown?.address !== address;
  if (isNew) shown = { address, ...viewAt(address) };
  const { view } = shown as { view: View };
  for (const link of document.querySelectorAll<HTMLAnchorElement>("#sections a")) {
    const isHere = address === link.hash || address.startsWith(`${link.hash}/`) || (address === "" && link.hash === "#/runs");
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  let parts: HTMLElement[];
  try {
    nowMs = await client.now();
    parts = await view.draw(context);
  } catch (thrown) {
    const heading = element("div", { class: "view-head" }, element("h2", { tabindex: -1 }, view.title));
    parts = [heading, failureBox(`${person.name} cannot be shown this`, refusalOf(thrown))];
  }
  if (drawing !== drawings) return;
  document.title = `${view.title}: Regate console`;
  if (isNew) replaceChildren(content, ...parts);
  else redraw(content, parts);
  content.removeAttribute("aria-busy");
  content.inert = false;
  showClock();
}

window.addEventListener("hashchange", () => void draw().then(() => {
  window.scrollTo({ top: 0 });
  content.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
}));

/** After a change of this tab: what is shown, what the others show, and what is up next. */
async function changed(words: string): Promise<void> {
  await draw();
  if (words === "") return;
  say(words);
  tabs.postMessage("changed");
  await lookAtTime();
}

/** What is done is done: a sweep that fails is said, and is no failure of what went before. */
async function lookAtTime(): Promise<void> {
  try {
    await sweepTimer.sweep();
  } catch (thrown) {
    say(asSentence(refusalOf(thrown).message));
  }
}

function say(words: string): void {
  byId("last-word", HTMLElement).textContent = words;
  announce("console", words);
}

// Another tab may have changed something while this one was not looked at, or was.
tabs.addEventListener("message", () => void refresh());
window.addEventListener("focus", () => void refresh());

async function refresh(): Promise<void> {
  await draw();
  await lookAtTime();
}

const newRun = new NewRunDialog(
  () => context,
  (name, text) => {
    if (shown?.setView) shown.setView.addPolicy(name.replace(/\.rego$/, ""), text);
    else say(`${name} is a policy: open a policy set and drop it there.`);
  },
);

// --- the clock --------------------------------------------------------------------------------------------------

const clock = byId("clock", HTMLElement);

function showClock(): void {
  const aheadHours = Math.round((nowMs - Date.now()) / HOUR_MS);
  replaceChildren(
    clock,
    element("time", { datetime: new Date(nowMs).toISOString() }, timeInWords(nowMs)),
    aheadHours === 0 ? null : element("span", { class: "quiet" }, ` (moved ${aheadHours} h ahead)`),
  );
}

window.setInterval(() => {
  void client.now().then((now) => {
    nowMs = now;
    showClock();
  }, () => undefined);
}, CLOCK_SHOWN_MS);

function sweptInWords({ swept, failed, next_at_ms }: SweepReport): string {
  const done = swept.length === 0 ? "Nothing was overdue." : `${amount(swept.length, "run")} overdue: acted on.`;
  const bad = failed === 0 ? "" : ` ${amount(failed, "run")} could not be swept.`;
  return `${done}${bad} ${next_at_ms === null ? "Nothing else has a time limit." : `Next: ${timeInWords(next_at_ms)}.`}`;
}

const sweepTimer = new SweepTimer(client, (report) => {
  say(sweptInWords(report));
  tabs.postMessage("changed");
  void draw();
});

async function moveTime(byMs: number): Promise<void> {
  try {
    if (byMs > 0) await client.moveClock(byMs);
    const report = await sweepTimer.sweep();
    await draw();
    tabs.postMessage("changed");
    say(sweptInWords(report));
  } catch (thrown) {
    say(asSentence(refusalOf(thrown).message));
  }
}

byId("hour-later", HTMLButtonElement).addEventListener("click", () => void moveTime(HOUR_MS));
byId("day-later", HTMLButtonElement).addEventListener("click", () => void moveTime(24 * HOUR_MS));
byId("sweep-now", HTMLButtonElement).addEventListener("click", () => void moveTime(0));

// --- the page ---------------------------------------------------------------------------------------------------

const theme = wireThemeToggle(byId("theme-toggle", HTMLButtonElement));

wireResetDialog(startOver);

async function startOver(): Promise<void> {
  content.setAttribute("aria-busy", "true");
  try {
    await client.startOver();
    theme.forget();
    shown = null;
    if (location.hash !== "#/runs") location.hash = "#/runs";
    await changed("Everything is as on a first visit.");
  } catch (thrown) {
    content.removeAttribute("aria-busy");
    say(asSentence(refusalOf(thrown).message));
  }
}

try {
  await client.start();
  await sweepTimer.sweep();
  await draw();
} catch (thrown) {
  replaceChildren(content, failureBox("The console could not start", refusalOf(thrown)));
  content.removeAttribute("aria-busy");
}
document.documentElement.dataset["ready"] = "";
