// How a configuration is compiled on the command line: by a command that reads it and prints what came of it.

import { spawn } from "node:child_process";
import { TextDecoder } from "node:util";
import type { ConfigCompiler } from "../config-policies.js";

/** What is said of it under `Options`. */
export const COMPILER_USAGE = `  --compiler COMMAND    Compiles configurations: a shell command that reads one in YAML on standard input and prints
                        it compiled, or fails with its reasons on standard error. The parameters of the pipeline
                        are in REGATE_PIPELINE_PARAMETERS, as JSON`;

/** The compiler that is a command; none where no command is given. */
export function commandCompiler(command: string | undefined): ConfigCompiler | undefined {
  if (command === undefined) return undefined;
  return (config, parameters) =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, REGATE_PIPELINE_PARAMETERS: JSON.stringify(parameters) };
      const child = spawn(command, { shell: true, env, stdio: ["pipe", "pipe", "pipe"] });
      const output: Buffer[] = [];
      const reasons: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => reasons.push(chunk));
      child.on("error", reject);
      // A command may end before it has read its input. What it printed is what counts, and its exit code.
      child.stdin.on("error", () => {});
      child.on("close", (code) => {
        const said = Buffer.concat(reasons).toString("utf8").trim();
        const text = textOf(Buffer.concat(output));
        if (code !== 0) reject(new Error(said === "" ? `the compiler ended with exit code ${code ?? "unknown"}` : said));
        else if (text === undefined) reject(new Error("what the compiler printed is not UTF-8 text"));
        else resolve(text);
      });
      child.stdin.end(config);
    });
}

// Undefined for what is none: half of a text must not be taken for all of it.
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
