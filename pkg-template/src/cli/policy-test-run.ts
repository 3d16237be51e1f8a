// Running the tests of folders, one result after the other, in the order in which they are reported.

import { loadConfigPolicies, type ConfigCompiler, type ConfigPolicies, type ConfigTestOptions, type ConfigTestResult } from "../config-policies.js";
import { RegateError, messageOf } from "../errors.js";
import type { ConfigTestContext, Diagnostic, Module } from "../wire.js";
import { isInternal } from "./failure.js";
import { NO_POLICIES, bundleFiles } from "./policy-bundle.js";
import { testFiles } from "./policy-test-folders.js";

/** The group of the rules that are tests themselves. */
export const UNIT_TESTS = "<opa.tests>";

/** What a group without tests says. */
export const NO_TESTS = "no tests";

/** One result: of a test, or of a group of which none was run. */
export interface TestedResult {
  group: string;
  /** Absent where the result is that of the group. */
  name?: string;
  passed: boolean;
  elapsedMs: number;
  error?: string;
  /** Why the group has no tests, where that is no failure. */
  skipped?: "no policies" | "no tests";
  context?: ConfigTestContext | null;
  /** What is wrong with the policies of the group, and their texts. */
  diagnostics?: { findings: readonly Diagnostic[]; files: readonly Module[] };
}

/** What is run. */
export interface TestedFolders {
  folders: readonly [string, ...string[]];
  run?: string | undefined;
  debug: boolean;
  compiler?: ConfigCompiler | undefined;
}

/** Runs the rules that are tests in the first folder, and then the files of tests of every folder. Throws for a pattern that is none. */
export async function* testedFolders({ folders, run, debug, compiler }: TestedFolders): AsyncGenerator<TestedResult, void, undefined> {
  if (run !== undefined) requirePattern(run);
  const options = { ...(run === undefined ? {} : { run }), debug, ...(compiler === undefined ? {} : { compiler }) };
  for (const folder of folders) {
    const loaded = loadedPolicies(folder);
    if (!(loaded instanceof Loaded)) {
      const { diagnostics, ...failed } = loaded;
      // What is wrong with the policies of the first folder is wrong with both of its groups, and shown once.
      const isFirst = folder === folders[0];
      if (isFirst && loaded.skipped === undefined) yield { group: UNIT_TESTS, elapsedMs: 0, ...loaded };
      yield { group: folder, elapsedMs: 0, ...(isFirst ? failed : loaded) };
      continue;
    }
    const { policies } = loaded;
    try {
      if (folder === folders[0]) yield* unitTests(policies, run, debug);
      yield* fileTests(folder, policies, options);
    } finally {
      policies.free();
    }
  }
}

// The engine reads a pattern with the tests that it is for, of which there may be none.
function requirePattern(run: string): void {
  const { policies } = loadConfigPolicies({ "pattern.rego": 'package org\n\npolicy_name["pattern"]\n' });
  try {
    policies?.unitTests({ run });
  } finally {
    policies?.free();
  }
}

function* unitTests(policies: ConfigPolicies, run: string | undefined, debug: boolean): Generator<TestedResult, void, undefined> {
  for (const result of policies.unitTests(run === undefined ? {} : { run })) {
    yield { ...ofGroup(UNIT_TESTS, result), ...(debug ? { context: null } : {}) };
  }
}

async function* fileTests(folder: string, policies: ConfigPolicies, options: ConfigTestOptions): AsyncGenerator<TestedResult, void, undefined> {
  try {
    const files = await testFiles(folder);
    if (!policies.hasTests(files)) {
      yield { group: folder, passed: true, elapsedMs: 0, error: NO_TESTS, skipped: "no tests" };
      return;
    }
    for await (const result of policies.test(files, options)) yield ofGroup(folder, result);
  } catch (thrown) {
    if (thrown instanceof RegateError && isInternal(thrown)) throw thrown;
    yield { group: folder, passed: false, elapsedMs: 0, error: messageOf(thrown) };
  }
}

function ofGroup(group: string, { name, passed, error, context, elapsedMs }: ConfigTestResult): TestedResult {
  return { group, name, passed, elapsedMs, ...(error === undefined ? {} : { error }), ...(context === undefined ? {} : { context }) };
}

/** Policies that are there. */
class Loaded {
  readonly policies: ConfigPolicies;

  constructor(policies: ConfigPolicies) {
    this.policies = policies;
  }
}

function loadedPolicies(folder: string): Loaded | Pick<TestedResult, "passed" | "error" | "skipped" | "diagnostics"> {
  let files: Module[];
  try {
    files = bundleFiles(folder);
  } catch (thrown) {
    return { passed: false, error: messageOf(thrown) };
  }
  if (files.length === 0) return { passed: true, error: NO_POLICIES, skipped: "no policies" };
  const { policies, error, diagnostics } = loadConfigPolicies(files);
  if (policies !== null) return new Loaded(policies);
  return { passed: false, error: error?.message ?? "", diagnostics: { findings: diagnostics, files } };
}
