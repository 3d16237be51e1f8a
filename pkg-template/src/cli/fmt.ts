// `regate fmt`: Rego files as `opa fmt` lays them out, printed, compared or written back.

import { format } from "../authoring.js";
import type { Dialect, FormatResult, Module } from "../wire.js";
import { dialectOf, olderDialectHint, wouldBeMisread } from "./dialect.js";
import { hasErrors, printDiagnostics } from "./excerpt.js";
import { CliFailure, EXIT_FAILED, EXIT_OK } from "./failure.js";
import { STDIN, holdsPolicySet, readModules, writeText } from "./files.js";
import { prettyJson } from "./json-output.js";
import { besideResult, printable, type Terminal } from "./terminal.js";
import { unifiedDiff } from "./unified-diff.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

export const fmtCommand: Command = {
  name: "fmt",
  summary: "Lay Rego files out as opa fmt does",
  usage: `Lay Rego files out as opa fmt does. Comments are kept, and a file stays in its dialect.

Usage: regate fmt PATH... [options]

  PATH                  A Rego file, a folder (walked for *.rego), or - for standard input

Without an option it prints the formatted text of the files, one after the other. A file in which something cannot be
read is neither printed nor written; what is wrong with it stands on standard error, and the exit code is 1.

Options:
  -w, --write           Write the files that change, in UTF-8, and list them
  --check               List the files that are not formatted; the exit code is 1 where there are any
  --diff                Show what would change as a unified diff; the exit code is 1 only together with --check
  --dialect v0|v1       Read every file in this dialect
  --contract NAME       The contract that says which dialects are allowed, such as governance.
                        Default: governance where a folder holds a policy-set.json, else none

With --format json it prints { "files": [{ "path", "formatted", "changed", "dialect", "diagnostics" }] }, each
with its "diff" after --diff and with "written" after --write.

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments(
      "fmt",
      args,
      { write: "switch", check: "switch", diff: "switch", dialect: "text", contract: "text" },
      { write: "w" },
    );
    const { write, diff } = options;
    if (positionals.length === 0) throw new CliFailure("no file or folder given; see regate fmt --help");
    if (write && (options.check || diff)) throw new CliFailure("--write goes with neither --check nor --diff, which write nothing");
    if (write && positionals.includes(STDIN)) throw new CliFailure("standard input cannot be written back; without --write its text is printed");
    const dialect = dialectOf(options.dialect);
    const modules = await readModules(positionals, terminal);
    const contract = options.contract ?? (positionals.some(holdsPolicySet) ? "governance" : undefined);
    const settings = {
      ...(dialect === undefined ? {} : { dialect }),
      ...(contract === undefined ? {} : { contract }),
    };
    // All of them before the first is written: what stops the command stops it with every file as it was.
    const files = modules.map((module) => ({ module, result: format(module.source, { path: module.path, ...settings }) }));
    const readable = files.filter(isReadable);
    if (json) {
      if (write) readable.forEach(writeChanged);
      terminal.out(prettyJson({ files: files.map((file) => jsonFile(file, options)) }));
    } else {
      const show = write ? writeBack : diff ? showDiff : options.check ? listChanged : showText;
      for (const file of readable) show(file, terminal);
      showErrors(files.filter((file) => !isReadable(file)), dialect, terminal);
    }
    const isRefused = readable.length < files.length || (options.check && readable.some(({ result }) => result.changed));
    return isRefused ? EXIT_FAILED : EXIT_OK;
  },
};

interface FormattedFile {
  module: Module;
  result: FormatResult;
}

function isReadable({ result }: FormattedFile): boolean {
  return !hasErrors(result.diagnostics);
}

// Marks in the place of what would steer the terminal are for people: a program gets the text as it is.
function faithful(text: string, terminal: Terminal): string {
  return terminal.wraps ? printable(text) : text;
}

function showText({ result }: FormattedFile, terminal: Terminal): void {
  terminal.verbatim(faithful(result.formatted, terminal));
}

function listChanged({ module, result }: FormattedFile, terminal: Terminal): void {
  if (result.changed) terminal.out(printable(module.path));
}

function writeBack(file: FormattedFile, terminal: Terminal): void {
  writeChanged(file);
  listChanged(file, terminal);
}

function writeChanged({ module, result }: FormattedFile): void {
  if (result.changed) writeText(module.path, result.formatted, "the policy");
}

function showDiff({ module, result }: FormattedFile, terminal: Terminal): void {
  const { red, green, cyan, bold, dim } = terminal.paint;
  const paints = { file: bold, place: cyan, note: dim, "-": red, "+": green, " ": (text: string) => text };
  for (const { kind, text } of unifiedDiff(module.path, module.source, result.formatted)) {
    terminal.verbatim(`${paints[kind](faithful(text, terminal))}\n`);
  }
}

function jsonFile(file: FormattedFile, options: { write: boolean; diff: boolean }): object {
  const { path, source } = file.module;
  const { formatted, changed } = file.result;
  return {
    path,
    ...file.result,
    ...(options.diff ? { diff: unifiedDiff(path, source, formatted).map(({ text }) => `${text}\n`).join("") } : {}),
    ...(options.write ? { written: changed && isReadable(file) } : {}),
  };
}

function showErrors(broken: readonly FormattedFile[], dialect: Dialect | undefined, terminal: Terminal): void {
  const beside = besideResult(terminal);
  for (const { module, result } of broken) printDiagnostics(result.diagnostics, new Map([[module.path, module.source]]), beside);
  const isOlder = (): boolean => broken.every(({ module }) => !hasErrors(format(module.source, { dialect: "v0" }).diagnostics) && !wouldBeMisread(module));
  const hint = broken.length > 0 ? olderDialectHint(dialect, isOlder) : undefined;
  if (hint !== undefined) terminal.err(hint);
}
