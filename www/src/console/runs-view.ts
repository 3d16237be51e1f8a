// The list of runs, newest first, of all workspaces or of one.
import type { RunPage, StoredRun } from "regate";
import { amount } from "../amount";
import { element, sentenceParts } from "../element";
import { table, tag, type Cell } from "../tables";
import { actionRow } from "./actions";
import type { ConsoleContext, View } from "./context";
import { workspaces } from "./organisation";
import { STATES, timeInWords, workspaceName } from "./words";

const PAGE = 20;

/** `startRun` opens the dialog for a new run. */
export function runsView(startRun: () => void): View {
  let workspace = "";
  let shown = PAGE;
  return {
    title: "Runs",
    async draw(context) {
      const { runs, isMore } = await runsOf(context, workspace, shown);
      const again = async (): Promise<null> => {
        await context.changed("");
        return null;
      };
      return [
        element(
          "div",
          { class: "view-head" },
          element("h2", { tabindex: -1 }, "Runs"),
          element(
            "label",
            { class: "filter" },
            "Workspace",
            element(
              "select",
              {
                id: "runs-workspace",
                onchange: (event) => {
                  workspace = (event.target as HTMLSelectElement).value;
                  shown = PAGE;
                  void again();
                },
              },
              element("option", { value: "" }, "all"),
              ...workspaces.map(({ id, name }) => element("option", { value: id, selected: id === workspace }, name)),
            ),
          ),
          element("button", { type: "button", class: "primary", id: "new-run", onclick: startRun }, "New run"),
        ),
        element("p", { class: "about-view" }, "A run brings a plan. Policies, approval rules and external checks decide whether it completes, waits or is rejected."),
        runs.length === 0
          ? element("p", { class: "empty" }, "There is no run here yet that this person may see.")
          : table("Runs, newest first", ["Run", "Workspace", "Trigger", "Changes", "Why"], runs.map(rowOf)),
        ...(isMore
          ? [
              actionRow(context, "more-runs", {
                id: "more-runs",
                label: "Show more",
                perform: () => {
                  shown += PAGE;
                  return again();
                },
              }),
            ]
          : []),
      ];
    },
  };
}

async function runsOf({ service }: ConsoleContext, workspace_id: string, wanted: number): Promise<{ runs: StoredRun[]; isMore: boolean }> {
  const runs: StoredRun[] = [];
  let cursor: string | null = null;
  do {
    const page: RunPage = await service.runs.list({ limit: Math.min(100, wanted - runs.length), cursor, ...(workspace_id === "" ? {} : { workspace_id }) });
    runs.push(...page.runs);
    cursor = page.cursor;
  } while (cursor !== null && runs.length < wanted);
  return { runs, isMore: cursor !== null };
}

function rowOf(run: StoredRun): Cell[] {
  const { words, verdict } = STATES[run.status];
  return [
    element(
      "span",
      { class: "run-name" },
      element("a", { href: `#/runs/${encodeURIComponent(run.id)}`, class: "row-link" }, element("span", { class: `state ${verdict}` }, words)),
      element("span", { class: "quiet" }, timeInWords(run.created_at_ms)),
    ),
    workspaceName(run.workspace_id),
    element("span", { class: "run-cell" }, tag(run.run_type === "apply" ? `apply of a ${run.trigger}` : run.trigger), element("span", { class: "quiet by" }, run.triggered_by ?? "")),
    changesOf(run),
    element("span", { class: "quiet" }, ...sentenceParts(whyOf(run))),
  ];
}

export function changesOf({ added_count, changed_count, destroyed_count }: StoredRun): HTMLElement {
  if (added_count === null) return element("span", { class: "quiet" }, "no plan");
  const part = (name: string, sign: string, count: number | null): HTMLElement =>
    element("span", { class: `change-${name}` }, element("span", { class: "visually-hidden" }, `${name} `), element("span", { class: "sign" }, sign), String(count ?? 0));
  return element("span", { class: "changes-short" }, part("added", "+", added_count), part("changed", "~", changed_count), part("destroyed", "−", destroyed_count));
}

function whyOf(run: StoredRun): string {
  if (run.status !== "pending_approval") return run.reasons[0]?.message ?? "";
  const open = run.requirements.filter(({ status }) => status === "active");
  return `${amount(open.length, "requirement")} of stage ${Math.min(...open.map(({ stage }) => stage))}`;
}
