// Lets the page, the tests and the examples import the built package by its name.

import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { root } from "./shell.mjs";

/** Links `node_modules/regate` to `pkg`, where `npm ci` cannot: the folder is made by the build. */
export function linkPackage() {
  const link = join(root, "node_modules", "regate");
  const target = join("..", "pkg");
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link) === target && existsSync(link)) return;
  mkdirSync(join(root, "node_modules"), { recursive: true });
  rmSync(link, { recursive: true, force: true });
  symlinkSync(process.platform === "win32" ? join(root, "pkg") : target, link, "junction");
}
