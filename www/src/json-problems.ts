// Finds the first error of a JSON text and its place; JSON.parse says what is wrong but not always where.
import { syntaxTree } from "@codemirror/language";
import type { Diagnostic as Mark } from "@codemirror/lint";
import type { EditorState } from "@codemirror/state";

export interface JsonProblem extends Mark {
  line: number;
  column: number;
}

/** The problem of the text, or null; a blank text has none, it stands for "no input". */
export function jsonProblem(state: EditorState): JsonProblem | null {
  const text = state.doc.toString();
  if (text.trim() === "") return null;
  try {
    JSON.parse(text);
    return null;
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    const at = placeOf(state, said);
    const line = state.doc.lineAt(at);
    const from = at === line.to && at > line.from ? at - 1 : at;
    return {
      from,
      to: Math.min(from + 1, line.to),
      severity: "error",
      message: inWords(said),
      source: "json",
      line: line.number,
      column: at - line.from + 1,
    };
  }
}

function placeOf(state: EditorState, said: string): number {
  const end = state.doc.length;
  const position = /at position (\d+)/.exec(said)?.[1];
  if (position !== undefined) return Math.min(Number(position), end);
  if (/end of JSON input|unexpected end/i.test(said)) return state.doc.toString().trimEnd().length;
  let first: number | undefined;
  syntaxTree(state).iterate({
    enter(node) {
      if (first === undefined && node.type.isError) first = node.from;
    },
  });
  return Math.min(first ?? 0, end);
}

/** Without the excerpt and the position that some browsers put into the sentence: the editor shows both. */
function inWords(said: string): string {
  return said
    .replace(/, (?:"|\.\.\.)[\s\S]*is not valid JSON$/, " is not valid JSON here")
    .replace(/ in JSON at position \d+.*$/, "")
    .replace(/^JSON\.parse: /, "")
    .replace(/ at line \d+ column \d+ of the JSON data$/, "");
}
