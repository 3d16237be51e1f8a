// What people do on the page of configurations, for its tests: type into an editor, read the decision and the tests.

/** Puts a text into an editor as typing does, in place of what is there; its tab is shown first. */
export async function typeInto(page, part, text) {
  if (part !== "policy" && part !== "tests") await page.click(`#tab-${part}`);
  await page.locator(`#${part}-editor .cm-content`).focus();
  await page.keyboard.press("ControlOrMeta+A");
  // insertText is one input event: no closing brackets are added and no completion opens.
  if (text === "") await page.keyboard.press("Delete");
  else await page.keyboard.insertText(text);
}

/** Waits until the decision is this status, or `none`. */
export async function waitForStatus(page, status, words = "") {
  const card = page.locator(`#decision:not([aria-busy]) .verdict[data-status="${status}"]`, { hasText: words });
  await card.waitFor();
  return card.innerText();
}

/** The failures that are shown, as `rule: reason`. */
export function failures(page, kind) {
  return page
    .locator(`[data-part="${kind}-failures"] .result`)
    .evaluateAll((rules) => rules.flatMap((rule) => [...rule.querySelectorAll(".violations li")].map((reason) => `${rule.dataset.rule}: ${reason.textContent}`)));
}

/** The enabled rules with what came of each. */
export function enabledRules(page) {
  return page.locator(".enabled-rules li").evaluateAll((rules) => rules.map((rule) => `${rule.dataset.rule} ${rule.querySelector(".rule-word").textContent}`));
}

/** The tests with their results, by their groups. */
export function tests(page, group = "file") {
  return page.locator(`[data-group="${group}"] [data-test]`).evaluateAll((found) => found.map(({ dataset }) => `${dataset.test} ${dataset.result}`));
}

/** Waits until the count of the tests says this. */
export async function waitForTests(page, words) {
  await page.locator("#tests-count", { hasText: new RegExp(`^${words}$`) }).waitFor();
}

/** The texts that are underlined in the editor of policies, and the places and codes in the list of problems. */
export async function problems(page) {
  const underlined = await page.locator("#policy-editor .cm-lintRange").evaluateAll((marks) => marks.map((mark) => mark.textContent));
  const listed = await page.locator("#problem-list .problem").evaluateAll((found) =>
    found.map((row) => `${row.querySelector(".problem-place").textContent} ${row.querySelector(".problem-code").textContent}`));
  return { underlined, listed };
}

/** The value of the query, when it is as the texts are now. */
export async function queryAnswer(page, words = "") {
  const answer = page.locator("#query-answer:not(.stale)", { hasText: words });
  await answer.waitFor();
  return answer.innerText();
}
