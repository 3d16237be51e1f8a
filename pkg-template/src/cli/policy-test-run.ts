// Running the tests of folders, one result after the other, in the order in which they are reported.

import { loadConfigPolicies, type ConfigCompiler, type ConfigPolicies, type ConfigTestResult } from "../config-policies.js";
import { messageOf } from "../errors.js";
import type { ConfigTestContext, Diagnostic, Module } from "../wire.js";
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
  folders: readonly string[];
  run?: string | undefined;
  debug: boolean;
  compiler?: ConfigCompiler | undefined;
}

/** Runs the rules that are tests in the first folder, and then the files of tests of every folder. */
export async function* testedFolders({ folders, run, debug, compiler }: TestedFolders): AsyncGenerator<TestedResult, void, undefined> {
  const options = { ...(run === undefined ? {} : { run }), debug, ...(compiler === undefined ? {} : { compiler }) };
  const [first = "."] = folders;
  yield* unitTests(first, run, debug);
  for (const folder of folders) {
    const loaded = loadedPolicies(folder);
    if (!(loaded instanceof Loaded)) {
      yield { group: folder, elapsedMs: 0, ...loaded };
      continue;
    }
    const { policies } = loaded;
    try {
      const files = await testFiles(folder);
      if (!policies.hasTests(files)) {
        yield { group: folder, passed: true, elapsedMs: 0, error: NO_TESTS, skipped: "no tests" };
        continue;
      }
      for await (const result of policies.test(files, options)) yield ofGroup(folder, result);
    } catch (thrown) {
      yield { group: folder, passed: false, elapsedMs: 0, error: messageOf(thrown) };
    } finally {
      policies.free();
    }
  }
}

async function* unitTests(folder: string, run: string | undefined, debug: boolean): AsyncGenerator<TestedResult, void, undefined> {
  const loaded = loadedPolicies(folder);
  if (!(loaded instanceof Loaded)) {
    if (loaded.skipped === undefined) yield { group: UNIT_TESTS, elapsedMs: 0, ...loaded };
    return;
  }
  try {
    for (const result of loaded.policies.unitTests(run === undefined ? {} : { run })) {
      yield { ...ofGroup(UNIT_TESTS, result), ...(debug ? { context: null } : {}) };
    }
  } finally {
    loaded.policies.free();
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
