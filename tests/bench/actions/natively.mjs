// Decisions of the native engine: starts the program in `native/`, which cargo builds first.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { BenchFailure, NotRun } from "../failure.mjs";
import { pathOf, root } from "../places.mjs";
import { call, policy } from "./workload.mjs";

export function natively({ policies, records, rounds, calls }) {
  const options = Object.entries({ policies, records, rounds, calls }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const cargo = ["bench", "--locked", "--bench", "action_decisions", "--", "--json", ...options];
  const how = { cwd: pathOf(root), encoding: "utf8", maxBuffer: 2 ** 26, stdio: ["ignore", "pipe", "inherit"] };
  const { status, signal, error, stdout } = spawnSync("cargo", cargo, how);
  if (error?.code === "ENOENT") throw new NotRun("there is no cargo: install Rust");
  if (error !== undefined) throw new BenchFailure(`cargo could not be started: ${error.message}`);
  if (status !== 0) throw new BenchFailure(`the native decisions failed (${signal ?? `exit code ${status}`}); what was printed stands above`);
  const { rows } = JSON.parse(stdout);
  for (const row of rows) requireSameWorkload(row);
  return rows;
}

// The policies and calls are written twice, in two languages.
function requireSameWorkload({ policies, policy: last, call: seventh }) {
  try {
    assert.deepStrictEqual({ policy: last, call: seventh }, { policy: policy(policies - 1), call: call(7) });
  } catch (error) {
    throw new BenchFailure(`workload.mjs and native/workload.rs differ:\n${error.message}`);
  }
}

/** The version of the compiler, or undefined. */
export function rustVersion() {
  const { status, stdout } = spawnSync("rustc", ["--version"], { cwd: pathOf(root), encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
