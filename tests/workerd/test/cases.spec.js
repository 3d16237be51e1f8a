// Every folder under tests/cases, through the package in workerd.

import * as regate from "regate";
import { expect, it } from "vitest";
import { runCase } from "../../js/run-case.mjs";

const texts = import.meta.glob("../../cases/**/*", { query: "?raw", import: "default", eager: true });
const folders = new Map();
for (const [path, text] of Object.entries(texts)) {
  const [, folder, file] = /^\.\.\/\.\.\/cases\/(.+)\/([^/]+)$/.exec(path);
  if (!folders.has(folder)) folders.set(folder, {});
  folders.get(folder)[file] = text;
}

it("finds the cases", () => {
  expect(folders.size).toBeGreaterThan(30);
});

it.each([...folders])("%s", async (_, { "expected.json": expected, ...files }) => {
  expect(await runCase(regate, files)).toEqual(JSON.parse(expected));
});
