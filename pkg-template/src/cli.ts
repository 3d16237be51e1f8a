#!/usr/bin/env node
// The command `regate`: picks the command, prints what went wrong in one sentence, and sets the exit code.

import { readFileSync } from "node:fs";
import { actionCommand } from "./cli/action.js";
import { buildCommand } from "./cli/build.js";
import { checkCommand } from "./cli/check.js";
import { evalCommand } from "./cli/eval.js";
import { listCommands } from "./cli/lists.js";
import { printDiagnostics } from "./cli/excerpt.js";
import { CliFailure, exitCodeOf, failureObject } from "./cli/failure.js";
import { fmtCommand } from "./cli/fmt.js";
import { prettyJson } from "./cli/json-output.js";
import { diffCommand, versionsCommand } from "./cli/policy-set-versions.js";
import { policyCommand } from "./cli/policy.js";
import { previewCommand } from "./cli/preview.js";
import { readsCommand } from "./cli/reads.js";
import { runCommand } from "./cli/run.js";
import { actCommands } from "./cli/run-acts.js";
import { previewRunCommand, runsCommand, showCommand, timelineCommand } from "./cli/run-reading.js";
import { ServerFailure } from "./cli/server-failure.js";
import { printable, standardTerminal, type Terminal } from "./cli/terminal.js";
import { testCommand } from "./cli/test.js";
import { COMMON_USAGE, asksForJson, nearest, pointer, type Command } from "./cli/usage.js";
import { validateCommand } from "./cli/validate.js";
import { RegateError, messageOf } from "./errors.js";
import "./node.js";

const FILE_COMMANDS: readonly Command[] = [checkCommand, fmtCommand, validateCommand, evalCommand, previewCommand, testCommand, buildCommand, readsCommand, actionCommand, policyCommand];
const SERVER_COMMANDS: readonly Command[] = [
  runCommand,
  runsCommand,
  showCommand,
  timelineCommand,
  previewRunCommand,
  ...actCommands,
  ...listCommands,
  versionsCommand,
  diffCommand,
];
const COMMANDS: readonly Command[] = [...FILE_COMMANDS, ...SERVER_COMMANDS];

async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--version" || name === "-V") {
    terminal.out(version());
    return 0;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    const asked = named(COMMANDS, rest[0]);
    terminal.out((named(asked?.verbs, rest[1]) ?? asked)?.usage ?? overview());
    return 0;
  }
  const command = named(COMMANDS, name);
  if (command === undefined) {
    if (name === undefined) throw new CliFailure(`no command given\n\n${overview()}`);
    const meant = nearest(name, COMMANDS.map((known) => known.name));
    throw new CliFailure(`there is no command \`${name}\`${pointer(meant, "regate --help")}`);
  }
  const verb = named(command.verbs, rest[0]);
  return verb === undefined ? perform(command, rest, terminal) : perform(verb, rest.slice(1), terminal);
}

function named(commands: readonly Command[] | undefined, name: string | undefined): Command | undefined {
  return commands?.find((command) => command.name === name);
}

function perform(command: Command, rest: readonly string[], terminal: Terminal): Promise<number> | number {
  // What follows `--` is no option, whatever it looks like.
  const flags = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : rest.length);
  if (flags.includes("--help") || flags.includes("-h")) {
    terminal.out(command.usage);
    return 0;
  }
  if (flags.includes("--version") || flags.includes("-V")) {
    terminal.out(version());
    return 0;
  }
  return command.run(rest, terminal);
}

function overview(): string {
  const lines = (commands: readonly Command[]): string[] => commands.map((command) => `  ${command.name.padEnd(13)}${command.summary}`);
  return [
    "regate: policies in Rego, checked, tested and previewed on this machine; runs and approvals of a server.",
    "",
    "Usage: regate COMMAND ...",
    "",
    "With files on this machine:",
    ...lines(FILE_COMMANDS),
    "",
    "With a server that mounts governanceHandler(), named by --server or REGATE_SERVER, with REGATE_TOKEN:",
    ...lines(SERVER_COMMANDS),
    "",
    COMMON_USAGE,
  ].join("\n");
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  return manifest.version;
}

function report(thrown: unknown, terminal: Terminal): void {
  const { red, dim } = terminal.errorPaint;
  if (thrown instanceof CliFailure) {
    terminal.err(`${red("error:")} ${printable(thrown.message)}`);
  } else if (thrown instanceof ServerFailure) {
    const { help, path, diagnostics = [] } = thrown.details;
    terminal.err(`${red(`error[${thrown.code}]:`)} ${printable(thrown.message)}`);
    if (path !== undefined && path !== "") terminal.err(dim(`  at: ${printable(path)}`));
    if (help !== undefined) terminal.err(dim(`  help: ${printable(help)}`));
    printDiagnostics(diagnostics, new Map(), { ...terminal, out: terminal.err, paint: terminal.errorPaint });
  } else if (thrown instanceof RegateError) {
    terminal.err(`${red(`error[${thrown.code}]:`)} ${printable(thrown.message)}`);
    if (thrown.path !== undefined && thrown.path !== "") terminal.err(dim(`  at: ${printable(thrown.path)}`));
    if (thrown.limit !== undefined) terminal.err(dim(`  limit: ${thrown.limit.name} = ${thrown.limit.value}`));
    if (thrown.help !== undefined) terminal.err(dim(`  help: ${printable(thrown.help)}`));
  } else {
    terminal.err(`${red("internal error:")} ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown)}`);
  }
}

// A reader that has seen enough (`regate ... | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const terminal = standardTerminal();
const args = process.argv.slice(2);
try {
  process.exitCode = await main(args, terminal);
} catch (thrown) {
  report(thrown, terminal);
  // A program that reads the result finds one there, whatever the people read beside it.
  if (asksForJson(args)) terminal.out(prettyJson({ error: failureObject(thrown) }));
  process.exitCode = exitCodeOf(thrown);
}
