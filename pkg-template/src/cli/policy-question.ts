// What `regate policy decide` and `regate policy eval` ask about: a configuration, what it was compiled to, and metadata.

import { existsSync } from "node:fs";
import { compiledBy, readConfig, type ConfigQuestion } from "../config-policies.js";
import { RegateError } from "../errors.js";
import { readBytes, readText } from "./files.js";
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
  --context NAME        The context of the policies (default: config). Only in \`config\` is anything compiled`;

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
  input: Uint8Array;
  question: ConfigQuestion;
}

/** Reads what is asked about, and has it compiled where that is wanted. */
export async function readQuestion(options: Options): Promise<AskedConfig> {
  if (options.input === undefined) throw new PolicyFailure("policy.arguments", EXIT_ARGUMENTS, 'required flag(s) "input" not set');
  const meta = await readMeta(options);
  let input: Uint8Array;
  try {
    input = await readBytes(options.input, "the configuration");
  } catch (thrown) {
    throw new PolicyFailure("policy.eval_input_read_failed", EXIT_ARGUMENTS, `failed to read input file: ${(thrown as Error).message}`);
  }
  const compiled = await readCompiled(options, input);
  return { input, question: { meta, ...(compiled === undefined ? {} : { compiled }) } };
}

async function readMeta({ meta, metafile }: Options): Promise<unknown> {
  const fail = (why: string, code = "policy.meta_invalid"): PolicyFailure => new PolicyFailure(code, EXIT_ARGUMENTS, `failed to read metadata: ${why}`);
  if (meta !== undefined && metafile !== undefined) throw fail("use either --meta or --metafile flag, but not both", "policy.meta_conflict");
  let value: unknown = null;
  if (meta !== undefined) {
    try {
      value = JSON.parse(meta);
    } catch (thrown) {
      throw fail(`failed to decode meta content: ${(thrown as Error).message}`);
    }
  } else if (metafile !== undefined) {
    let bytes: Uint8Array;
    try {
      bytes = await readBytes(metafile, "the metadata");
    } catch (thrown) {
      throw fail(`failed to read meta file: ${(thrown as Error).message}`);
    }
    try {
      value = readConfig(bytes);
    } catch (thrown) {
      throw fail(`failed to decode metafile content: ${(thrown as Error).message}`);
    }
  }
  if (value === null || (typeof value === "object" && !Array.isArray(value))) return value;
  throw fail(meta === undefined ? "failed to decode metafile content: it is no object" : "failed to decode meta content: it is no object");
}

/** What the configuration was compiled to. INVARIANT (whole): a configuration that is not compiled is asked about on request only. */
async function readCompiled(options: Options, input: Uint8Array): Promise<string | undefined> {
  if (options.compiled !== undefined) return readText(options.compiled, "the compiled configuration");
  const isWanted = !options["no-compile"] && (options.context ?? "config") === "config";
  if (!isWanted) return undefined;
  const parameters = await readParameters(options["pipeline-parameters"]);
  try {
    return await compiledBy(commandCompiler(options.compiler), Buffer.from(input).toString("utf8"), parameters);
  } catch (thrown) {
    const hint = options.compiler === undefined ? "; give --compiler or --compiled, or --no-compile for policies that look at what is written" : "";
    throw new PolicyFailure("policy.compile_invalid", EXIT_INVALID, `${(thrown as Error).message}${hint}`);
  }
}

async function readParameters(given: string | undefined): Promise<Record<string, unknown>> {
  if (given === undefined) return {};
  const fail = (why: string): PolicyFailure => new PolicyFailure("policy.invalid_params", EXIT_ARGUMENTS, `invalid 'pipeline-parameters' provided: ${why}`);
  const isFile = existsSync(given);
  let value: unknown;
  try {
    value = readConfig(isFile ? await readBytes(given, "the parameters") : given);
  } catch (thrown) {
    throw fail(`${isFile ? "parsing parameter file" : "parsing inline parameters"}: ${thrown instanceof RegateError ? thrown.message : String(thrown)}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw fail("parameters must be a YAML map");
}
