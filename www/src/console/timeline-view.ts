// What happened to a run, in order, and whether every entry is still as it was recorded.
import type { Timeline, TimelineEntry } from "regate";
import { amount } from "../amount";
import { element } from "../element";
import { section } from "../preview-view";
import { actorInWords, eventInWords, timeInWords } from "./words";

const LOOK: Record<string, string> = {
  requirement_satisfied: "good",
  requirement_auto_approved: "good",
  requirement_rejected: "bad",
  requirement_escalated: "late",
  run_aborted: "bad",
  run_failed: "bad",
};

export function timelineSection({ events, broken_at }: Timeline, providerName: (id: string) => string): HTMLElement {
  return section(
    "Timeline",
    amount(events.length, "entry", "entries"),
    element(
      "p",
      { class: broken_at === null ? "chain whole" : "chain broken", id: "chain" },
      broken_at === null
        ? "Hash chain whole: every entry is as it was recorded."
        : `Hash chain broken at ${broken_at}: this entry or one before it was changed.`,
    ),
    events.length === 0
      ? element("p", { class: "quiet" }, "Nothing happened yet.")
      : element("ol", { class: "timeline" }, ...events.map((entry) => row(entry, providerName))),
  );
}

function row(entry: TimelineEntry, providerName: (id: string) => string): HTMLElement {
  const decision = entry.details["decision"];
  const look = LOOK[entry.event_type] ?? (decision === "approved" || decision === "pass" ? "good" : decision === "rejected" || decision === "fail" ? "bad" : "");
  return element(
    "li",
    { class: `event ${look}`, "data-event": entry.event_type },
    element("p", {}, element("strong", {}, actorInWords(entry, providerName)), " ", eventInWords(entry)),
    element(
      "p",
      { class: "quiet event-meta" },
      element("time", { datetime: entry.occurred_at }, timeInWords(entry.occurred_at)),
      element("code", { title: `hash ${entry.hash}, after ${entry.previous_hash === "" ? "none" : entry.previous_hash}` }, shortHash(entry.hash)),
    ),
  );
}

function shortHash(hash: string): string {
  return hash.replace(/^sha256:/, "").slice(0, 10);
}
