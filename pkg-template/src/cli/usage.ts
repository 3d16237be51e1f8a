// The command line: what a command is, its options, and sentences for what is wrong with them.

import { parseArgs } from "node:util";
import { CliFailure } from "./failure.js";
import type { Terminal } from "./terminal.js";

/** One command of `regate`. */
export interface Command {
  name: string;
  /** One line for the overview. */
  summary: string;
  /** The text of `--help`. */
  usage: string;
  /** The commands that it has by the word that follows it. */
  verbs?: readonly Command[];
  /** Runs it and gives the exit code. */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** What holds for every command. */
export const COMMON_USAGE = `Common options:
  --format text|json   How to print the result (default: text). With json a command that fails prints
                       { "error": { "code", "message", ... } }, or { "diagnostics": [...] } for policies
                       that do not compile, and says the same in words on standard error
  -h, --help           Show this text; regate COMMAND --help for one command
  -V, --version        Print the version

Exit codes: 0 allowed or passed, 1 denied, held or failed, 2 usage or input error, 3 internal error.`;

/** An option: a text, a text that may be given several times, or a switch. */
export type OptionKind = "text" | "texts" | "switch";

type Values<Options extends Record<string, OptionKind>> = {
  [Name in keyof Options]: Options[Name] extends "texts" ? string[] : Options[Name] extends "switch" ? boolean : string | undefined;
};

/** What was given on a command line. */
export interface Arguments<Options extends Record<string, OptionKind>> {
  options: Values<Options>;
  positionals: string[];
  /** `text` where none is given. */
  format: string;
  json: boolean;
}

/**
 * Reads a command line, or fails with a sentence that names the command. `shorts` are letters for options, such as `w`, and
 * `formats` what the command can print beside text and JSON.
 */
export function readArguments<Options extends Record<string, OptionKind>>(
  command: string,
  args: readonly string[],
  kinds: Options,
  shorts: { readonly [Name in keyof Options]?: string } = {},
  formats: readonly string[] = [],
): Arguments<Options> {
  const { options, positionals } = readOptions(`regate ${command} --help`, args, { ...kinds, format: "text" }, shorts);
  const format = (options.format as string | undefined) ?? "text";
  const known = ["text", "json", ...formats];
  if (!known.includes(format)) throw new CliFailure(`--format is ${known.slice(0, -1).join(", ")} or ${known.at(-1)}, not \`${format}\``);
  return { options: options as unknown as Values<Options>, positionals, format, json: format === "json" };
}

/** Reads options and what is none. `help` is where the sentence for a mistake points to. */
export function readOptions<Options extends Record<string, OptionKind>>(
  help: string,
  args: readonly string[],
  kinds: Options,
  shorts: { readonly [Name in keyof Options]?: string } = {},
): { options: Values<Options>; positionals: string[] } {
  const config: Record<string, { type: "string" | "boolean"; multiple: boolean; short?: string }> = {};
  for (const [name, kind] of Object.entries(kinds)) {
    const short = shorts[name];
    config[name] = { type: kind === "switch" ? "boolean" : "string", multiple: kind === "texts", ...(short === undefined ? {} : { short }) };
  }
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options: config, allowPositionals: true, strict: true });
  } catch (thrown) {
    throw new CliFailure(sentenceOf(thrown, [...Object.keys(config), "help", "version"], help));
  }
  const options: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(kinds)) {
    options[name] = parsed.values[name] ?? (kind === "switch" ? false : kind === "texts" ? [] : undefined);
  }
  return { options: options as Values<Options>, positionals: parsed.positionals };
}

/** Whether a command line asks for JSON, also one that is wrong otherwise. What follows `--` is no option. */
export function asksForJson(args: readonly string[]): boolean {
  const flags = args.slice(0, args.includes("--") ? args.indexOf("--") : args.length);
  return flags.some((flag, i) => flag === "--json" || flag === "--format=json" || (flag === "--format" && flags[i + 1] === "json"));
}

/** The known word that is nearest to one that is not known, if any is near. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const near = known.filter((name) => distance(given, name) <= 2 || (given.length > 1 && name.startsWith(given)));
  return near.sort((a, b) => distance(given, a) - distance(given, b))[0];
}

/** How a sentence about something unknown ends: with what may have been meant, and with where to read more. */
export function pointer(meant: string | undefined, where: string): string {
  return meant === undefined ? `; see ${where}` : `; did you mean \`${meant}\`? See ${where}`;
}

function sentenceOf(thrown: unknown, known: readonly string[], where: string): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const unknown = /^Unknown option '(-+)([^']*)'/.exec(message);
  if (unknown !== null) {
    const [, dashes, name = ""] = unknown;
    const meant = nearest(name, known);
    return `there is no option \`${dashes}${name}\`${pointer(meant === undefined ? undefined : `--${meant}`, where)}`;
  }
  const missing = /^Option '(?:-\w, )?(--[\w-]+) <value>' argument missing/.exec(message);
  if (missing !== null) return `the option \`${missing[1]}\` needs a value; see ${where}`;
  return `${message.split(/\.\s/)[0] ?? message}; see ${where}`;
}

// The number of single changes that lead from one word to the other.
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
