// Makes www/screenshot.png, the picture in the README: `node tests/browser/readme-screenshot.mjs`.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { openBrowser, root } from "./chromium.mjs";

const LARGEST_BYTES = 300_000;

const browser = await openBrowser();
try {
  const opened = await browser.open();
  const { page } = opened;
  // A run that waits shows more than one that is rejected: a warning, the stages, the approvers, the checks.
  await page.click("#participants > summary");
  for (const set of ["cost", "iam-review", "production-safety"]) {
    await page.locator(`#participants-form input[name="set:${set}"]`).uncheck();
  }
  await page.selectOption("#draft-enforcement", "advisory");
  await page.click("#participants > summary");
  await page.locator('.verdict[data-verdict="waits"]').waitFor();
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement?.blur());
  const path = join(root, "www", "screenshot.png");
  await page.screenshot({ path });
  const { size } = await stat(path);
  if (size > LARGEST_BYTES) throw new Error(`www/screenshot.png has ${size} bytes, and may have ${LARGEST_BYTES}`);
  await opened.close();
} finally {
  await browser.close();
}
