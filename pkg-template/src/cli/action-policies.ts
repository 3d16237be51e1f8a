// Lists of policy files as a command takes them: all are valid, or what is wrong with any of them is said, once.

import { compileFiles, diagnosticsOf, policiesOf, sourcesOf, type NamedPolicy } from "./action-files.js";
import { printDiagnostics } from "./excerpt.js";
import { prettyJson } from "./json-output.js";
import type { Terminal } from "./terminal.js";

/** The policies of each list of files, or undefined after saying what is wrong with them. */
export async function validPolicies(lists: readonly (readonly string[])[], json: boolean, terminal: Terminal): Promise<NamedPolicy[][] | undefined> {
  const files = await compileFiles(lists.flat());
  if (files.every(({ compiled }) => compiled.ok)) {
    return lists.map((paths) => policiesOf([...new Set(paths)].flatMap((path) => files.filter(({ given }) => given === path))));
  }
  const errors = diagnosticsOf(files).filter(({ severity }) => severity === "error");
  printDiagnostics(errors, sourcesOf(files), { ...terminal, out: terminal.err, paint: terminal.errorPaint });
  if (json) terminal.out(prettyJson({ diagnostics: errors }));
  return undefined;
}
