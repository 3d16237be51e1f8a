// What compiling says of a text, as findings at their places: errors, or the warnings of a policy without any.
import type { CompiledActionPolicy } from "regate";
import type { Finding, LinePlace } from "../problem-list";

export function findingsOf(text: string, compiled: CompiledActionPolicy): Finding[] {
  const lines = text.split("\n");
  const said = compiled.ok
    ? compiled.warnings.map((warning) => ({ ...warning, severity: "warning" as const, code: "warning" }))
    : compiled.errors.map((error) => ({ ...error, severity: "error" as const }));
  return said
    .map(({ severity, code, message, line = 1, column = 1 }): Finding => {
      const start = { line, column };
      return { severity, code, message, start, end: endOf(lines, start) };
    })
    .sort((a, b) => a.start.line - b.start.line || a.start.column - b.start.column);
}

// The engine says where something begins; what is underlined ends with that word, text or number.
const WHAT_STANDS_THERE = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[[\]{}]|[^\s#,:[\]{}][^#,[\]{}:]*(?::\S[^#,[\]{}:]*)*)/;

function endOf(lines: string[], start: LinePlace): LinePlace {
  const rest = (lines[start.line - 1] ?? "").slice(start.column - 1);
  const length = WHAT_STANDS_THERE.exec(rest)?.[0].trimEnd().length ?? 1;
  return { line: start.line, column: start.column + length };
}
