// What people do in the console, for its tests: act as somebody, start a run, open a view, vote.

/** Acts as the person of this name. */
export async function actAs(page, name) {
  const option = page.locator("#acting-as option", { hasText: new RegExp(`^${name} `) });
  await page.selectOption("#acting-as", await option.getAttribute("value"));
  await said(page, `You act as ${name}.`);
}

/** Waits until the console says this. */
export async function said(page, words) {
  await page.locator("#last-word", { hasText: words }).waitFor();
}

/** Shows a section of the console by the words of its link. */
export async function openSection(page, title) {
  await page.locator("#sections a", { hasText: title }).click();
  await page.locator("#content h2", { hasText: title }).waitFor();
}

/** Starts a run by its dialog, and gives its address when its page is shown. */
export async function startRun(page, { plan = "quiet", trigger, workspace = "webshop-production" } = {}) {
  await openSection(page, "Runs");
  await page.click("#new-run");
  await page.selectOption("#run-workspace", { label: workspace });
  if (trigger !== undefined) await page.selectOption("#run-trigger", trigger);
  await page.selectOption("#plan", plan);
  await page.click("#run-start");
  await page.waitForURL(/#\/runs\/.+/);
  await page.locator("#content .verdict").waitFor();
  return page.url();
}

/** The status that the shown run has. */
export function runStatus(page) {
  return page.locator("#content .verdict").getAttribute("data-status");
}

/** Waits until the shown run has this status. */
export async function waitForStatus(page, status) {
  await page.locator(`#content .verdict[data-status="${status}"]`).waitFor();
}

/** Votes on the shown run, as the person who acts. */
export async function vote(page, how, comment = "") {
  await page.fill("#comment", comment);
  await page.click(`#${how}`);
}

/** The shown timeline: one event after the other. */
export function events(page) {
  return page.locator(".timeline .event").evaluateAll((entries) => entries.map((entry) => entry.dataset.event));
}
