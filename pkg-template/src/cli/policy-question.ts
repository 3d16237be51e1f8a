// What `regate policy decide` and `regate policy eval` ask about: a configuration, what it was compiled to, and metadata.

import { existsSync } from "node:fs";
import { compiledBy, readConfig, type ConfigQuestion } from "../config-policies.js";
import { RegateError, messageOf } from "../errors.js";
import { parseExactly } from "../json-answer.js";
import { isInternal } from "./failure.js";
import { readText, requireOneStandardInput } from "./files.js";
import { COMPILER_USAGE, commandCompiler } from "./policy-compiler.js";
import { EXIT_ARGUMENTS, EXIT_INVALID, PolicyFailure } from "./policy-failure.js";

/** The options, as they are read. */
export const QUESTION_OPTIONS = {
  input: "text",
  meta: "text",
  metafile: "text",
  compiled: "text",
  compiler: "text",
  "no-compile": "switch",
  "pipeline-parameters": "text",
  context: "text",
} as const;

/** What is said of them under `Options`. */
export const QUESTION_USAGE = `  --input FILE          The configuration, in YAML; - is standard input
  --meta JSON           What is known of the pipeline, as JSON: data.meta
  --metafile FILE       The same from a file in YAML or JSON
  --compiled FILE       What the configuration was compiled to, in YAML: input._compiled_
${COMPILER_USAGE}
  --pipeline-parameters PARAMETERS
                        The parameters of the pipeline for the compiler: a file, or YAML
  --no-compile          Ask about the configuration as it is written
  --context NAME        The context of the policies (default: config). In config a configuration is compiled, unless
                        --no-compile says otherwise; in others where --compiler is given`;

interface Options {
  input: string | undefined;
  meta: string | undefined;
  metafile: string | undefined;
  compiled: string | undefined;
  compiler: string | undefined;
  "no-compile": boolean;
  "pipeline-parameters": string | undefined;
  context: string | undefined;
}

/** A configuration and what is known beside it. */
export interface AskedConfig {
  /** As it was read, once: whoever looks at it sees the same text. */
  input: string;
  question: ConfigQuestion;
}

/** Reads what is asked about, and has it compiled where that is wanted. */
export async function readQuestion(options: Options): Promise<AskedConfig> {
  if (options.input === undefined) throw new PolicyFailure("policy.arguments", EXIT_ARGUMENTS, 'required flag(s) "input" not set');
  requireUse(options);
  requireOneStandardInput([options.input, options.metafile, options.compiled]);
  const meta = await readMeta(options);
  let input: string;
  try {
    input = await readText(options.input, "the configuration");
  } catch (thrown) {
    throw new PolicyFailure("policy.eval_input_read_failed", EXIT_ARGUMENTS, `failed to read input file: ${messageOf(thrown)}`);
  }
  const compiled = await readCompiled(options, input);
  return { input, question: { meta, ...(compiled === undefined ? {} : { compiled }) } };
}

// INVARIANT (used): an option that was given has an effect, or is refused. Who gives one believes that it has.
function requireUse({ compiled, compiler, "no-compile": noCompile, "pipeline-parameters": parameters }: Options): void {
  const fail = (why: string): PolicyFailure => new PolicyFailure("policy.arguments", EXIT_ARGUMENTS, why);
  if (compiled !== undefined && compiler !== undefined) throw fail("use either --compiled or --compiler, but not both");
  if (noCompile && (compiled !== undefined || compiler !== undefined)) {
    throw fail(`--no-compile does not go together with --${compiled === undefined ? "compiler" : "compiled"}`);
  }
  if (parameters !== undefined && compiler === undefined) throw fail("--pipeline-parameters is for a compiler: give --compiler too");
}

async function readMeta({ meta, metafile }: Options): Promise<unknown> {
  const fail = (why: string, code = "policy.meta_invalid"): PolicyFailure => new PolicyFailure(code, EXIT_ARGUMENTS, `failed to read metadata: ${why}`);
  if (meta !== undefined && metafile !== undefined) throw fail("use either --meta or --metafile flag, but not both", "policy.meta_conflict");
  let value: unknown = null;
  if (meta !== undefined) {
    try {
      value = parseExactly(meta);
    } catch (thrown) {
      throw fail(`failed to decode meta content: ${messageOf(thrown)}`);
    }
  } else if (metafile !== undefined) {
    let text: string;
    try {
      text = await readText(metafile, "the metadata");
    } catch (thrown) {
      throw fail(`failed to read meta file: ${messageOf(thrown)}`);
    }
    value = yamlOf(text, (why) => fail(`failed to decode metafile content: ${why}`));
  }
  if (value === null || isMap(value)) return value;
  throw fail(meta === undefined ? "failed to decode metafile content: it is no object" : "failed to decode meta content: it is no object");
}

/**
 * What the configuration was compiled to. INVARIANT (whole): a configuration that is not compiled, or was compiled to nothing, is asked
 * about on request only.
 */
async function readCompiled(options: Options, input: string): Promise<string | undefined> {
  const { compiled, compiler } = options;
  if (compiled !== undefined) return requireMap(await readText(compiled, "the compiled configuration"), EXIT_ARGUMENTS, "failed to read compiled configuration");
  const isWanted = compiler !== undefined || (!options["no-compile"] && (options.context ?? "config") === "config");
  if (!isWanted) return undefined;
  const parameters = await readParameters(options["pipeline-parameters"]);
  let text: string;
  try {
    text = await compiledBy(commandCompiler(compiler), input, parameters);
  } catch (thrown) {
    const hint = compiler === undefined ? "; give --compiler or --compiled, or --no-compile for policies that look at what is written" : "";
    throw new PolicyFailure("policy.compile_invalid", EXIT_INVALID, `${messageOf(thrown)}${hint}`);
  }
  return requireMap(text, EXIT_INVALID, "failed to compile config");
}

// A policy that looks for what is forbidden finds none of it in an empty text.
function requireMap(text: string, exitCode: number, failed: string): string {
  const fail = (why: string): PolicyFailure => new PolicyFailure("policy.compile_invalid", exitCode, `${failed}: ${why}`);
  if (isMap(yamlOf(text, fail))) return text;
  throw fail("the compiled configuration is no object");
}

async function readParameters(given: string | undefined): Promise<Record<string, unknown>> {
  if (given === undefined) return {};
  const fail = (why: string): PolicyFailure => new PolicyFailure("policy.invalid_params", EXIT_ARGUMENTS, `invalid 'pipeline-parameters' provided: ${why}`);
  const isFile = existsSync(given);
  const parsing = isFile ? "parsing parameter file" : "parsing inline parameters";
  let text = given;
  try {
    if (isFile) text = await readText(given, "the parameters");
  } catch (thrown) {
    throw fail(`${parsing}: ${messageOf(thrown)}`);
  }
  const value = yamlOf(text, (why) => fail(`${parsing}: ${why}`));
  if (isMap(value)) return value;
  throw fail("parameters must be a YAML map");
}

// What a text in YAML says. `fail` makes the failure of one that is no YAML.
function yamlOf(text: string, fail: (why: string) => PolicyFailure): unknown {
  try {
    return readConfig(text);
  } catch (thrown) {
    throw thrown instanceof RegateError && isInternal(thrown) ? thrown : fail(messageOf(thrown));
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
