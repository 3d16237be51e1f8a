// Highlighting of YAML for CodeMirror: a stream tokeniser; meaning comes from the engine, never from here.
import { LanguageSupport, StreamLanguage, indentUnit, type StringStream } from "@codemirror/language";

interface YamlState {
  /** The quote of a text that goes on over lines. */
  quote: '"' | "'" | null;
  /** How deep the brackets are. */
  flow: number;
  /** A block text (`|`, `>`) follows: its lines are those that stand further right than this column. */
  block: number | null;
  /** The column at which the first key of the line stands. */
  keyColumn: number;
}

const KEY = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#,[\]{}&*!|>'"%@`?:-][^#,[\]{}:]*?|-[^\s:][^:]*?)(?=\s*:(?:\s|$))/;
const NUMBER = /^[-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?=\s*(?:$|[,\]}#]))/;
const WORD = /^(?:true|false|null|~|\.inf|\.nan)(?=\s*(?:$|[,\]}#]))/i;
const PLAIN_FLOW = /^[^,[\]{}#\s][^,[\]{}#]*/;
const PLAIN = /^\S(?:[^#]|(?<=\S)#)*/;

function quoted(stream: StringStream, state: YamlState): string {
  while (!stream.eol()) {
    const character = stream.next();
    if (character === "\\" && state.quote === '"') stream.next();
    else if (character === state.quote) {
      state.quote = null;
      break;
    }
  }
  return "string";
}

function token(stream: StringStream, state: YamlState): string | null {
  if (stream.sol()) {
    state.keyColumn = stream.indentation();
    if (state.block !== null && stream.string.trim() !== "" && stream.indentation() <= state.block) state.block = null;
  }
  if (state.block !== null) {
    stream.skipToEnd();
    return "string";
  }
  if (state.quote !== null) return quoted(stream, state);
  if (stream.eatSpace()) return null;
  if (stream.peek() === "#") {
    stream.skipToEnd();
    return "comment";
  }
  if (stream.sol() && stream.match(/^(?:---|\.\.\.)(?=\s|$)/)) return "meta";
  if (stream.match(/^-(?=\s|$)/)) {
    state.keyColumn = stream.column() + 2;
    return "punctuation";
  }
  if (stream.match(KEY)) return "propertyName";
  if (stream.match(/^[:,?]/)) return "punctuation";
  if (stream.match(/^[[{]/)) {
    state.flow += 1;
    return "bracket";
  }
  if (stream.match(/^[\]}]/)) {
    state.flow = Math.max(0, state.flow - 1);
    return "bracket";
  }
  if (stream.match(/^[|>][-+\d]*(?=\s*(?:#|$))/)) {
    state.block = state.keyColumn;
    return "punctuation";
  }
  const quote = stream.peek();
  if (quote === '"' || quote === "'") {
    stream.next();
    state.quote = quote;
    return quoted(stream, state);
  }
  if (stream.match(NUMBER)) return "number";
  if (stream.match(WORD)) return "bool";
  if (stream.match(/^[&*!]\S*/)) return "meta";
  if (stream.match(state.flow > 0 ? PLAIN_FLOW : PLAIN)) return "string";
  stream.next();
  return null;
}

const language = StreamLanguage.define<YamlState>({
  name: "yaml",
  startState: () => ({ quote: null, flow: 0, block: null, keyColumn: 0 }),
  copyState: (state) => ({ ...state }),
  token,
  languageData: {
    commentTokens: { line: "#" },
    closeBrackets: { brackets: ["(", "[", "{", '"', "'"] },
  },
});

export function yaml(): LanguageSupport {
  return new LanguageSupport(language, [indentUnit.of("  ")]);
}
