// What people do on the page of actions, for its tests: type into an editor, read the verdict, its path and the totals.

/** Puts a text into an editor as typing does, in place of what is there; its tab is shown first. */
export async function typeInto(page, part, text) {
  if (part !== "policy") await page.click(`#tab-${part}`);
  await page.locator(`#${part}-editor .cm-content`).focus();
  await page.keyboard.press("ControlOrMeta+A");
  // insertText is one input event: no closing brackets are added and no completion opens.
  if (text === "") await page.keyboard.press("Delete");
  else await page.keyboard.insertText(text);
}

/** Waits until the verdict is this word: allow, require_approval, deny or none. */
export async function waitForVerdict(page, word, words = "") {
  const card = page.locator(`#verdict .verdict[data-decision="${word}"]`, { hasText: words });
  await card.waitFor();
  return card.innerText();
}

/** The path through the checks: each check with what came of it. */
export function checkPath(page) {
  return page.locator(".check").evaluateAll((steps) => steps.map(({ dataset }) => `${dataset.check}: ${dataset.outcome}`));
}

/** The step that decided, in the words of the page. */
export function decisiveStep(page) {
  return page.locator('.check[aria-current="step"]').innerText();
}

/** The totals of the simulation by their names. */
export async function totals(page) {
  const pairs = await page.locator(".total").evaluateAll((tiles) => tiles.map((tile) => [tile.dataset.total, tile.querySelector("dd").textContent]));
  return Object.fromEntries(pairs);
}

/** Waits until a total of the simulation has this value. */
export async function waitForTotal(page, name, value) {
  await page.locator(`.total[data-total="${name}"] dd`, { hasText: new RegExp(`^${value.replaceAll("$", "\\$")}$`) }).waitFor({ timeout: 30_000 });
}

/** The shown rows of the simulation, as the texts of their cells. */
export function rows(page) {
  return page.locator("#calls tbody tr").evaluateAll((found) => found.map((row) => [...row.cells].map((cell) => cell.innerText.replace(/\s+/g, " ").trim())));
}

/** The texts that are underlined in an editor, and the places and codes in the list of problems. */
export async function problems(page) {
  const underlined = await page.locator("#policy-editor .cm-lintRange").evaluateAll((marks) => marks.map((mark) => mark.textContent));
  const listed = await page.locator("#problem-list .problem").evaluateAll((found) =>
    found.map((row) => `${row.querySelector(".problem-place").textContent} ${row.querySelector(".problem-code").textContent}`));
  return { underlined, listed };
}
