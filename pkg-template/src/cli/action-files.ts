// Files of action policies on the command line: compiled, and what is wrong with them at its place.

import { compileActionPolicy, type ActionPolicyFormat } from "../action-policy-source.js";
import type { ActionPolicyError, ActionPolicyWarning, CompiledActionPolicy, Diagnostic } from "../wire.js";
import { CliFailure } from "./failure.js";
import { STDIN, isFolder, nameOf, readText } from "./files.js";

/** A policy file that was compiled. */
export interface CompiledFile {
  /** As it was named on the command line. */
  given: string;
  /** What it is called. */
  path: string;
  source: string;
  compiled: CompiledActionPolicy;
}

/** A policy as the engine takes it, by an id of its own. */
export type NamedPolicy = Extract<CompiledActionPolicy, { ok: true }>["policy"] & { id: string };

/** Compiles policy files; one without a name is called as its file. */
export async function compileFiles(paths: readonly string[]): Promise<CompiledFile[]> {
  const files: CompiledFile[] = [];
  for (const path of new Set(paths)) {
    if (isFolder(path)) throw new CliFailure(`\`${path}\` is a folder: name the files of policies in it`);
    const source = await readText(path, "the policy");
    files.push({ given: path, path: nameOf(path), source, compiled: await compileActionPolicy(source, formatOf(path, source), { name: stemOf(path) }) });
  }
  return files;
}

/** The policies of the files that are valid. */
export function policiesOf(files: readonly CompiledFile[]): NamedPolicy[] {
  const policies: NamedPolicy[] = [];
  for (const { path, compiled } of files) {
    if (!compiled.ok) continue;
    const { policy } = compiled;
    if (policies.some(({ id }) => id === policy.name)) throw new CliFailure(`two policies are named \`${policy.name}\`, one of them in ${path}`);
    policies.push({ ...policy, id: policy.name });
  }
  return policies;
}

/** What is wrong with files, and what they say and may not mean, in the order of their lines. */
export function diagnosticsOf(files: readonly CompiledFile[]): Diagnostic[] {
  return files.flatMap(({ path, source, compiled }) => {
    const found = compiled.ok
      ? compiled.warnings.map((warning) => diagnosticOf(warning, "warning", "policy", path, source))
      : compiled.errors.map((error) => diagnosticOf(error, "error", error.code, path, source));
    return found.sort((a, b) => a.start.byte - b.start.byte);
  });
}

/** The sources of files by their names, for excerpts. */
export function sourcesOf(files: readonly CompiledFile[]): Map<string, string> {
  return new Map(files.map(({ path, source }) => [path, source]));
}

function diagnosticOf(found: ActionPolicyError | ActionPolicyWarning, severity: Diagnostic["severity"], code: string, file: string, source: string): Diagnostic {
  const { message, line = 1, column = 1 } = found;
  const start = placeOf(source, line, column);
  return { severity, code, message, file, start, end: placeOf(source, line, column + wordAt(source, line, column)) };
}

function placeOf(source: string, line: number, column: number): Diagnostic["start"] {
  // Each line with its end.
  const lines = source.match(/[^\r\n]*(?:\r\n|\n|\r|$)/g) ?? [];
  const before = lines.slice(0, line - 1).join("") + (lines[line - 1] ?? "").slice(0, column - 1);
  return { line, column, byte: new TextEncoder().encode(before).length };
}

// How long the word is that begins at a place: the engine says where a value begins.
function wordAt(source: string, line: number, column: number): number {
  const text = source.split(/\r\n|\n|\r/, line)[line - 1]?.slice(column - 1) ?? "";
  return /^("[^"]*"|'[^']*'|[^\s,:\]}]+)/.exec(text)?.[0].length ?? 0;
}

function formatOf(path: string, source: string): ActionPolicyFormat {
  if (path === STDIN) return source.trimStart().startsWith("{") ? "json" : "yaml";
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase();
  switch (extension) {
    case "yaml":
    case "yml":
    case "json":
    case "md":
      return extension;
    default:
      throw new CliFailure(`\`${path}\`: a policy is in a file that ends in .yaml, .yml or .json`);
  }
}

function stemOf(path: string): string {
  if (path === STDIN) return "stdin";
  const name = path.split(/[\\/]/).at(-1) ?? path;
  return name.replace(/\.[^.]*$/, "") || name;
}
