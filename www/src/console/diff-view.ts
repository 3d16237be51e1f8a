// What differs between two versions of a policy set: its fields, then its policies line by line.
import type { PolicySetDiff } from "regate";
import { element } from "../element";
import { lineDiff, type DiffLine } from "./line-diff";

const SIGNS: Record<DiffLine["kind"], string> = { same: " ", out: "−", in: "+" };
/** Unchanged lines that are shown around what changed. */
const AROUND = 3;

export function diffBox({ from, to, fields, policies }: PolicySetDiff): HTMLElement {
  const isSame = fields.length === 0 && policies.length === 0;
  return element(
    "div",
    { class: "diff", id: "diff" },
    element("h4", {}, `From version ${from} to version ${to}`),
    isSame ? element("p", { class: "quiet" }, "Nothing differs.") : null,
    ...fields.map(({ field, from: before, to: after }) =>
      element("p", {}, element("code", {}, field), ` was ${JSON.stringify(before)}, is ${JSON.stringify(after)}`)),
    ...policies.map(({ name, from: before, to: after }) =>
      element(
        "section",
        {},
        element("h5", {}, name, element("span", { class: "quiet" }, before === null ? " added" : after === null ? " removed" : " changed")),
        element("pre", { tabindex: 0, role: "region", "aria-label": `What changed in ${name}` }, ...shownLines(lineDiff(before?.rego_source ?? "", after?.rego_source ?? ""))),
      )),
  );
}

function shownLines(lines: readonly DiffLine[]): HTMLElement[] {
  const isNear = (at: number): boolean => lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ kind }) => kind !== "same");
  const shown: HTMLElement[] = [];
  let isGap = false;
  lines.forEach(({ kind, text }, at) => {
    if (isNear(at)) {
      const word = kind === "same" ? null : element("span", { class: "visually-hidden" }, kind === "in" ? "added: " : "removed: ");
      shown.push(element("span", { class: `line ${kind}` }, word, element("span", { class: "sign", "aria-hidden": "true" }, SIGNS[kind]), `${text}\n`));
      isGap = false;
    } else if (!isGap) {
      shown.push(element("span", { class: "line gap" }, "⋯\n"));
      isGap = true;
    }
  });
  return shown;
}
