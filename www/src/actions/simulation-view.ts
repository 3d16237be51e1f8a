// Draws a simulation: all calls together, what makes that less certain, and each call in a table that grows on request.
import type { ActionReasonCode, ActionSimulation, ActionSimulationSummary, ActionSimulationWarning, SimulatedActionResult } from "regate";
import { amount } from "../amount";
import { announce } from "../announcer";
import { element, replaceChildren } from "../element";
import { section } from "../preview-view";
import { tableRows, table, tag, type Cell } from "../tables";
import { warningsSection, type WarningShown } from "./warnings-view";
import { CHANGES, DECISIONS, dollars, timeShown } from "./words";

// Nobody reads ten thousand rows, and drawing them would stop the tab.
const FIRST_ROWS = 100;
const MORE_ROWS = 500;

const COLUMNS = ["Entry", "Time", "Action", "Cost", "Recorded", "Decision", "Reason", "Change"] as const;

const LOOK_OF_CHANGE = { none: "", newly_blocked: "mandatory", newly_allowed: "passed", newly_needs_approval: "advisory", reason_changed: "" };

export function simulationInWords({ summary }: ActionSimulation): string {
  const { total, allowed, denied, needs_approval, skipped } = summary;
  const changed = changedOf(summary);
  return `${amount(total, "call")}: ${allowed} allowed, ${needs_approval} need approval, ${denied} denied; ${changed} changed${skipped === 0 ? "" : `, ${skipped} left out`}.`;
}

function changedOf({ newly_blocked, newly_allowed, newly_needs_approval, reason_changed }: ActionSimulationSummary): number {
  return newly_blocked + newly_allowed + newly_needs_approval + reason_changed;
}

export interface SimulationViewOptions {
  changedOnly: boolean;
  changedOnlyChosen(on: boolean): void;
}

export function simulationParts(simulation: ActionSimulation, options: SimulationViewOptions): (HTMLElement | null)[] {
  const { summary, warnings } = simulation;
  return [
    totals(summary),
    element(
      "div",
      { class: "summary-parts" },
      reasons(summary),
      warnings.length === 0 ? null : warningsSection("Less certain", warnings.map(warningShown)),
    ),
    calls(simulation, options),
  ];
}

function totals(summary: ActionSimulationSummary): HTMLElement {
  const { total, allowed, denied, needs_approval, newly_blocked, newly_allowed, newly_needs_approval, reason_changed, skipped } = summary;
  const tiles: [name: string, value: string, look: string][] = [
    ["Calls", total.toLocaleString("en"), ""],
    ["Allowed", allowed.toLocaleString("en"), "completes"],
    ["Need approval", needs_approval.toLocaleString("en"), "waits"],
    ["Denied", denied.toLocaleString("en"), "rejected"],
    ["Cost allowed", dollars(summary.cost_allowed_usd), ""],
    ["Cost prevented", dollars(summary.cost_prevented_usd), ""],
    ["Changed", changedOf(summary).toLocaleString("en"), ""],
    ["Newly blocked", newly_blocked.toLocaleString("en"), ""],
    ["Newly allowed", newly_allowed.toLocaleString("en"), ""],
    ["Newly need approval", newly_needs_approval.toLocaleString("en"), ""],
    ["Other reason", reason_changed.toLocaleString("en"), ""],
    ["Left out (replayed)", skipped.toLocaleString("en"), ""],
  ];
  return element(
    "dl",
    { class: "totals", "aria-label": "All calls together" },
    ...tiles.map(([name, value, look]) => element("div", { class: `total ${look}`, "data-total": name }, element("dt", {}, name), element("dd", {}, value))),
  );
}

function reasons({ by_reason, denied }: ActionSimulationSummary): HTMLElement {
  const rows = (Object.entries(by_reason) as [ActionReasonCode, number][]).sort((a, b) => b[1] - a[1]);
  return section(
    "Refused, by reason",
    amount(denied, "call"),
    rows.length === 0
      ? element("p", { class: "quiet" }, "Nothing is refused.")
      : element(
          "ul",
          { class: "reasons" },
          ...rows.map(([code, count]) =>
            element("li", {}, element("code", {}, code), element("span", { class: "reason-count" }, count.toLocaleString("en")), element("span", { class: "reason-bar", "aria-hidden": "true", style: `--part: ${count / denied}` })),
          ),
        ),
  );
}

function warningShown({ kind, message, count, indices }: ActionSimulationWarning): WarningShown {
  return { kind, message, about: entriesInWords(indices, count) };
}

const NAMED_ENTRIES = 12;

function entriesInWords(indices: readonly number[], count: number): string {
  const named = indices.slice(0, NAMED_ENTRIES).map((index) => String(index + 1));
  const more = count - named.length;
  return `${count === 1 ? "Entry" : "Entries"} ${named.join(", ")}${more > 0 ? ` and ${more.toLocaleString("en")} more` : ""}`;
}

function calls({ results }: ActionSimulation, { changedOnly, changedOnlyChosen }: SimulationViewOptions): HTMLElement {
  const changed = results.filter((result) => result.changed !== "none");
  const count = element("span", { class: "about", id: "calls-shown" });
  const box = element("div", { id: "calls" });
  const only = element("input", { type: "checkbox", id: "changed-only", checked: changedOnly });
  const draw = (): void => {
    const rows = only.checked ? changed : results;
    count.textContent = only.checked ? `${rows.length.toLocaleString("en")} of ${results.length.toLocaleString("en")}` : amount(rows.length, "call");
    replaceChildren(box, rows.length === 0 ? element("p", { class: "empty" }, only.checked ? "No call is decided otherwise than before." : "The ledger has no calls.") : growingTable(rows));
  };
  only.addEventListener("change", () => {
    changedOnlyChosen(only.checked);
    draw();
    announce("calls", `${count.textContent} shown.`);
  });
  draw();
  return element(
    "section",
    { class: "part", "data-part": "calls", "aria-labelledby": "calls-title" },
    element(
      "div",
      { class: "calls-head" },
      element("h3", { id: "calls-title" }, "Calls"),
      count,
      element("label", { class: "switch" }, only, "Changed only"),
    ),
    box,
  );
}

function growingTable(results: readonly SimulatedActionResult[]): HTMLElement {
  const made = table("The calls of the ledger, and what is decided on each", COLUMNS, results.slice(0, FIRST_ROWS).map(cellsOf));
  const body = made.querySelector("tbody");
  let shown = Math.min(FIRST_ROWS, results.length);
  const more = element("button", { type: "button", id: "more-calls" });
  const label = (): void => {
    const left = results.length - shown;
    more.hidden = left === 0;
    more.textContent = `Show ${Math.min(MORE_ROWS, left).toLocaleString("en")} more (${left.toLocaleString("en")} not shown)`;
  };
  more.addEventListener("click", () => {
    const rows = tableRows(COLUMNS, results.slice(shown, shown + MORE_ROWS).map(cellsOf));
    shown += rows.length;
    body?.append(...rows);
    label();
    // The button that had the focus may be gone.
    if (more.hidden) rows[0]?.querySelector<HTMLElement>("th")?.focus();
    announce("calls", `${shown.toLocaleString("en")} calls shown.`);
  });
  label();
  return element("div", {}, made, element("p", { class: "more" }, more));
}

function cellsOf(result: SimulatedActionResult): Cell[] {
  const { index, entry_id, timestamp, action, cost_usd, recorded_outcome, decision, reason_code, policy_rule, policy_ids, changed } = result;
  const { word, look, mark } = DECISIONS[decision];
  const rule = policy_rule === null ? "" : `${policy_rule} of ${policy_ids.join(", ")}`;
  return [
    element("span", { class: "entry-name" }, String(index + 1), entry_id === undefined ? null : element("span", { class: "quiet" }, entry_id)),
    element("time", { datetime: timestamp }, timeShown(timestamp)),
    element("code", {}, action),
    cost_usd === 0 ? "" : dollars(cost_usd),
    recorded_outcome === undefined ? "" : element("span", { class: "quiet" }, recorded_outcome.replaceAll("_", " ")),
    element("span", { class: `state ${look}`, "data-decision": decision }, element("span", { "aria-hidden": "true" }, mark), ` ${word}`),
    reason_code === null && rule === "" ? "" : element("span", { class: "reason" }, reason_code === null ? null : element("code", {}, reason_code), rule === "" ? null : element("span", { class: "quiet" }, rule)),
    changed === "none" ? "" : tag(CHANGES[changed], LOOK_OF_CHANGE[changed]),
  ];
}
