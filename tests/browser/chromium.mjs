// What the browser tests share: the page built and served on loopback, and Chromium watched for strangers and complaints.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build } from "vite";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const screenshots = join(root, "target", "screenshots");

const CANDIDATES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const executablePath = CANDIDATES.find((path) => path && existsSync(path));

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--force-color-profile=srgb",
];

/**
 * The options of a suite: it is left out, with one visible line, where there is no Chromium. Under CI it is not left
 * out, and fails where it opens the browser.
 */
export function needsChromium() {
  if (executablePath || process.env.CI) return {};
  console.log("not run: Chromium is not installed");
  return { skip: "Chromium is not installed" };
}

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** Serves a folder on a free port of loopback. */
export async function serveFolder(folder) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://loopback").pathname);
    const file = normalize(join(folder, path.endsWith("/") ? `${path}index.html` : path));
    if (!file.startsWith(normalize(folder + sep))) return void response.writeHead(403).end();
    try {
      const body = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return { origin: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}

/** Builds the page as it is now into a folder of its own, so that no test sees an old one. */
async function buildPage() {
  await mkdir(join(root, "target"), { recursive: true });
  const folder = await mkdtemp(join(root, "target", "page-"));
  await build({
    configFile: join(root, "www", "vite.config.ts"),
    logLevel: "warn",
    build: { outDir: folder, emptyOutDir: true },
  });
  return folder;
}

/**
 * The built page in a Chromium with an empty profile. `open` gives a page that is ready; when it is closed, nothing
 * may have been asked of another origin and nothing may have been complained about, but what `complaints` matches.
 * `before` gets the context before the page is opened.
 */
export async function openBrowser() {
  assert.ok(executablePath, "Chromium is not installed: install it (Debian: chromium), or name it in CHROMIUM");
  const folder = await buildPage();
  const server = await serveFolder(folder);
  const browser = await chromium.launch({ executablePath, args: FLAGS });

  return {
    origin: server.origin,
    async open({ path = "/", before = async () => {}, complaints: expected, ...options } = {}) {
      const context = await browser.newContext({
        viewport: { width: 1400, height: 900 },
        colorScheme: "light",
        reducedMotion: "reduce",
        ...options,
      });
      const strangers = [];
      const complaints = [];
      context.on("request", (request) => {
        const { protocol, origin } = new URL(request.url());
        if (!["data:", "blob:"].includes(protocol) && origin !== server.origin) strangers.push(request.url());
      });
      context.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      context.on("weberror", (error) => complaints.push(String(error.error())));
      await before(context);
      const page = await context.newPage();
      await page.goto(server.origin + path);
      await ready(page);
      return {
        page,
        context,
        async close() {
          await context.close();
          assert.deepEqual(strangers, [], "every request stays on loopback");
          const unexpected = complaints.filter((complaint) => !expected?.test(complaint));
          assert.deepEqual(unexpected, [], "nothing is written to the console");
        },
      };
    },
    async close() {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until the engine has checked the policy and the plan is previewed. */
export async function ready(page) {
  await page.waitForSelector("html[data-ready]", { timeout: 30_000 });
}

/** Puts a text into the policy editor as typing does, in place of what is there. */
export async function typePolicy(page, text) {
  await page.locator("#policy-editor .cm-content").focus();
  await page.keyboard.press("ControlOrMeta+A");
  // insertText is one input event: no closing brackets are added and no completion opens.
  await page.keyboard.insertText(text);
}

/** The text of the policy editor, of which every line must be in view. */
export function policyText(page) {
  return page
    .locator("#policy-editor .cm-line")
    .evaluateAll((lines) => lines.map((line) => line.textContent).join("\n"));
}

/** Drops a file on the page as a person does. */
export async function dropFile(page, name, bytes, place = "#preview") {
  const transfer = await page.evaluateHandle(
    ([fileName, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], fileName));
      return data;
    },
    [name, Buffer.from(bytes).toString("base64")],
  );
  for (const type of ["dragenter", "dragover", "drop"]) await page.dispatchEvent(place, type, { dataTransfer: transfer });
}

/** Holds the first message of an operation back on its way into the worker, as an engine does that hangs. */
export function holdBackFirst(operation) {
  return (context) =>
    context.addInitScript((wanted) => {
      const send = Worker.prototype.postMessage;
      let held = false;
      Worker.prototype.postMessage = function (message, ...rest) {
        if (!held && message?.path?.[0] === wanted) {
          held = true;
          return;
        }
        send.call(this, message, ...rest);
      };
    }, operation);
}
