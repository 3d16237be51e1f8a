// Draws the results of tests: counts, the tests of the file as a tree, the test rules, and of a failed one what differs.
import type { ConfigTestResult } from "regate";
import { amount } from "../amount";
import { element } from "../element";
import { failureBox } from "../failure-box";
import type { TestGroup } from "./config-operations";
import { TEST_FILE } from "./test-file";
import { testTree, type TestNode } from "./test-tree";

export interface TestsViewWiring {
  /** Whether the details of a test are open; they stay so when it is run again. */
  isOpen(name: string): boolean;
  toggled(name: string, open: boolean): void;
  /** Goes to what is wrong with the file of tests; null where its place is unknown. */
  showWrong: () => void;
}

export function testsInWords({ rules, file }: { rules: TestGroup; file: TestGroup }): string {
  const all = [...rules.results, ...file.results];
  const failed = all.filter(({ passed }) => !passed).length;
  const refused = [rules.failure, file.failure].filter((failure) => failure !== null).length;
  const words = all.length === 0 ? "no tests" : `${all.length - failed} of ${amount(all.length, "test")} passed`;
  return refused === 0 ? words : `${words}, and not all could be run`;
}

export function testsParts({ rules, file }: { rules: TestGroup; file: TestGroup }, wiring: TestsViewWiring): HTMLElement[] {
  const hasRules = rules.results.length > 0 || rules.failure !== null;
  return [
    groupPart("file", "Tests of the file", TEST_FILE, file, wiring, testTree(file.results).map((node) => branch(node, wiring))),
    ...(hasRules ? [groupPart("rules", "Test rules", "of the policies", rules, wiring, rules.results.map((result) => leaf(result, wiring)))] : []),
  ];
}

function groupPart(id: string, title: string, about: string, { results, failure }: TestGroup, wiring: TestsViewWiring, rows: HTMLElement[]): HTMLElement {
  const passed = results.filter((result) => result.passed).length;
  const look = failure !== null || passed < results.length ? "rejected" : "completes";
  const wrong = failure === null ? null : failureBox(results.length === 0 ? "No test was run" : "The tests ended here", failure);
  if (wrong !== null && id === "file" && failure?.line !== null) {
    wrong.append(element("button", { type: "button", class: "small", id: "show-wrong-tests", onclick: wiring.showWrong }, `Go to line ${failure?.line}`));
  }
  return element(
    "section",
    { class: "test-group", "data-group": id, "aria-labelledby": `group-${id}` },
    element(
      "div",
      { class: "test-group-head" },
      element("h3", { id: `group-${id}` }, title, " ", element("span", { class: "quiet" }, about)),
      results.length === 0 ? null : element("span", { class: `state ${look}` }, `${passed} of ${results.length} passed`),
    ),
    rows.length === 0 && failure === null ? element("p", { class: "quiet" }, "There are none, or none that is chosen.") : null,
    rows.length === 0 ? null : element("ul", { class: "test-tree" }, ...rows),
    wrong,
  );
}

function branch({ title, name, result, cases }: TestNode, wiring: TestsViewWiring): HTMLLIElement {
  return element(
    "li",
    { "data-test": name, "data-result": result === null ? "not-run" : result.passed ? "passed" : "failed" },
    row(title, name, result, wiring),
    cases.length === 0 ? null : element("ul", {}, ...cases.map((each) => branch(each, wiring))),
  );
}

function leaf(result: ConfigTestResult, wiring: TestsViewWiring): HTMLLIElement {
  return element("li", { "data-test": result.name, "data-result": result.passed ? "passed" : "failed" }, row(result.name, result.name, result, wiring));
}

function row(title: string, name: string, result: ConfigTestResult | null, wiring: TestsViewWiring): HTMLElement {
  const [mark, word] = result === null ? ["○", "not run itself"] : result.passed ? ["✓", "passed"] : ["✕", "failed"];
  const parts = [
    element("span", { class: "test-mark", "aria-hidden": "true" }, mark),
    element("span", { class: "test-title" }, title),
    element("span", { class: "test-word" }, word),
    result === null ? null : element("span", { class: "test-time" }, timeOf(result.elapsedMs)),
  ];
  if (result?.error === undefined) return element("p", { class: "test-row" }, ...parts);
  const details = element("details", { open: wiring.isOpen(name) }, element("summary", { class: "test-row" }, ...parts), errorBox(name, result.error));
  details.addEventListener("toggle", () => wiring.toggled(name, details.open));
  return details;
}

function timeOf(milliseconds: number): string {
  return milliseconds < 1 ? "< 1 ms" : `${Math.round(milliseconds).toLocaleString("en")} ms`;
}

const DIFF_HEAD = "--- Expected\n+++ Actual\n";

/** What is expected and what is, line by line; another error as it is. */
function errorBox(name: string, error: string): HTMLElement {
  const attributes = { tabindex: 0, role: "region", "aria-label": `Why ${name} failed` };
  if (!error.startsWith(DIFF_HEAD)) return element("pre", { class: "json-block test-error", ...attributes }, error);
  const lines = error.replace(/\n$/, "").split("\n");
  return element("pre", { class: "unified-diff", ...attributes }, ...lines.map(diffLine));
}

function diffLine(line: string): HTMLElement {
  const kind = /^(?:---|\+\+\+) /.test(line) ? "head" : line.startsWith("@@") ? "hunk" : line.startsWith("-") ? "out" : line.startsWith("+") ? "in" : "same";
  const word = kind === "out" ? "expected: " : kind === "in" ? "is: " : null;
  return element("span", { class: `line ${kind}` }, word === null ? null : element("span", { class: "visually-hidden" }, word), `${line}\n`);
}
