// What the commands on stored policies of configurations share: the store, the bundle of a folder, what is printed, how they fail.

import { statSync } from "node:fs";
import { userInfo } from "node:os";
import { normalize, sep } from "node:path";
import { folderStore } from "../adapters/folder.js";
import { configPolicies, type ConfigService } from "../config-service.js";
import { RegateError, messageOf } from "../errors.js";
import type { Host } from "../host.js";
import { RefusedError } from "../refused-error.js";
import { hostOver } from "../store-host.js";
import type { Identity } from "../wire.js";
import { printDiagnostics } from "./excerpt.js";
import { CliFailure, failureObject, isInternal } from "./failure.js";
import { prettyJson } from "./json-output.js";
import { FORMAT_USAGE } from "./policy-arguments.js";
import { bundleFiles, wordsOf } from "./policy-bundle.js";
import { EXIT_ARGUMENTS, EXIT_GENERAL, EXIT_INVALID, EXIT_NOT_FOUND, EXIT_TIMED_OUT, PolicyFailure } from "./policy-failure.js";
import { besideResult, printable, type Terminal } from "./terminal.js";

/** The options that each of these commands has. */
export const STORE_OPTIONS = { store: "text", "owner-id": "text", context: "text" } as const;

/** What holds for each of these commands, for `--help`. */
export const STORE_USAGE = `  --store FOLDER       Where bundles, settings and decisions are kept (default: .regate)
  --owner-id ID        The organisation (required)
  --context NAME       Which of its bundles (default: config)

Common options:
${FORMAT_USAGE}
  -h, --help           Show this text
  -V, --version        Print the version

Exit codes: 0 done, 1 failed, 2 usage or input error, 3 internal error, 5 not found, 6 cancelled,
7 policies that do not load, 8 another process did not let go of the folder in time.`;

/** What was given of `STORE_OPTIONS`. */
export interface StoreArguments {
  store: string | undefined;
  "owner-id": string | undefined;
  context: string | undefined;
}

/** Checks how many arguments stand beside the options: that many, or from one number to another. */
export function requireCount(positionals: readonly string[], least: number, most = least): void {
  const received = positionals.length;
  if (received >= least && received <= most) return;
  const accepted = least === most ? `${most}` : `at most ${most}`;
  throw new CliFailure(`accepts ${accepted} arg(s), received ${received}`);
}

/** The policies of the organisation that was named. */
export function storedPolicies({ store = ".regate", "owner-id": owner, context }: StoreArguments): ConfigService {
  if (owner === undefined) throw new CliFailure('required flag(s) "owner-id" not set');
  return configPolicies(hostOfFolder(store), { org_id: owner, ...(context === undefined ? {} : { context }) });
}

// What is lost on the way is sent once more, so twice as long.
const WAIT_MS = 3_000;

/** A host over a folder: whoever may write there may do everything. */
export function hostOfFolder(folder: string): Host {
  const identity: Identity = {
    id: userName(),
    email: null,
    org_role: "owner",
    is_session: true,
    may: ["read", "write", "delete", "trigger", "apply", "approve", "reject", "abort"],
  };
  return hostOver(folderStore(folder, { waitMs: WAIT_MS }), { who: () => identity, notify: () => undefined });
}

// A system may have no name for the number that this process runs under.
function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

/** The policies of a folder: every `.rego` file in it and in those inside it, by its path. */
export function readBundle(folder: string): { [path: string]: string } {
  const failed = (why: string, code = "policy.bundle_read_failed"): PolicyFailure =>
    new PolicyFailure(code, EXIT_ARGUMENTS, `failed to walk policy directory path: ${why}`);
  let isFolder: boolean;
  try {
    isFolder = statSync(folder).isDirectory();
  } catch (thrown) {
    throw failed(`failed to get path info: ${wordsOf(thrown, folder)}`);
  }
  if (!isFolder) throw failed("policy path is not a directory", "policy.bundle_not_dir");
  try {
    // The keys are paths as they are walked, cleaned.
    return Object.fromEntries(bundleFiles(folder).map(({ path, source }) => [normalize(path).replaceAll(sep, "/"), source]));
  } catch (thrown) {
    throw failed(messageOf(thrown));
  }
}

/** How what went wrong is told. */
export interface Telling {
  json: boolean;
  terminal: Terminal;
  /** Texts of policies by their paths, for excerpts. */
  sources?: { readonly [path: string]: string };
}

/**
 * Does what a command is for, and gives its exit code. What the store refuses or fails at is told in a sentence that begins with
 * `failed`; a wrong command line, and a mistake of this program, are thrown on.
 */
export async function withStore(failed: string, { json, terminal, sources = {} }: Telling, act: () => Promise<number>): Promise<number> {
  try {
    return await act();
  } catch (caught) {
    if (!(caught instanceof RegateError) || isInternal(caught)) throw caught;
    const thrown = ofFolder(caught);
    const { err, errorPaint, out } = terminal;
    err(`${errorPaint.red("error:")} ${printable(`${failed}: ${thrown.message}`)}`);
    if (thrown.help !== undefined) err(errorPaint.dim(`  help: ${printable(thrown.help)}`));
    const diagnostics = thrown instanceof RefusedError ? thrown.diagnostics : [];
    printDiagnostics(diagnostics, new Map(Object.entries(sources)), besideResult(terminal));
    const told = diagnostics.length === 0 ? {} : { diagnostics };
    if (json) out(prettyJson({ error: { ...failureObject(thrown), ...told } }));
    return exitCodeOf(thrown);
  }
}

// The host of these commands is a folder, which has no secrets: what it failed at is told.
function ofFolder(thrown: RegateError): RegateError {
  const { cause } = thrown;
  if (thrown.code !== "host_failed" || cause === undefined) return thrown;
  return cause instanceof RegateError ? cause : new RegateError("host_failed", messageOf(cause), { cause });
}

const LIMITS_OF_BUNDLES = ["config_bundle_bytes", "source_bytes", "modules"];

function exitCodeOf({ code, limit }: RegateError): number {
  if (code === "not_found") return EXIT_NOT_FOUND;
  if (code === "folder_locked") return EXIT_TIMED_OUT;
  return code === "invalid_request" || LIMITS_OF_BUNDLES.includes(limit?.name ?? "") ? EXIT_INVALID : EXIT_GENERAL;
}
