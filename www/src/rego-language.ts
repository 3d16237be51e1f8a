// Highlighting and indentation of Rego for CodeMirror: a stream tokeniser; meaning comes from the engine, never from here.
import { LanguageSupport, StreamLanguage, indentUnit, type StringStream } from "@codemirror/language";

export const KEYWORDS = [
  "package", "import", "as", "default", "if", "else", "contains", "not", "some", "every", "in", "with",
  "true", "false", "null",
] as const;

const WORD = /^[A-Za-z_][A-Za-z0-9_]*/;
const DOTTED = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/;
const NUMBER = /^(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/;
const OPERATOR = /^(?::=|==|!=|<=|>=|[=<>+\-*/%&|:])/;

/** A text that is open: its closing quote and, for a template, the braces open inside the current `{...}`. */
interface OpenText {
  quote: '"' | "`";
  template: boolean;
  braces: number | null;
}

interface RegoState {
  texts: OpenText[];
  depth: number;
  path: boolean;
  afterDot: boolean;
}

function copyState(state: RegoState): RegoState {
  return { ...state, texts: state.texts.map((text) => ({ ...text })) };
}

function insideText(stream: StringStream, state: RegoState, text: OpenText): string {
  while (!stream.eol()) {
    const character = stream.next();
    if (character === "\\" && text.quote === '"') {
      stream.next();
    } else if (character === text.quote) {
      state.texts.pop();
      return "string";
    } else if (character === "{" && text.template) {
      text.braces = 0;
      return "string";
    }
  }
  // A plain string ends with its line, even when its quote is missing: otherwise one typo colours the whole file.
  if (text.quote === '"') state.texts.pop();
  return "string";
}

function openText(stream: StringStream, state: RegoState): string | null {
  const template = stream.eat("$") !== undefined;
  const quote = stream.peek();
  if (quote !== '"' && quote !== "`") return template ? "invalid" : null;
  stream.next();
  const text: OpenText = { quote, template, braces: null };
  state.texts.push(text);
  return insideText(stream, state, text);
}

function bracket(character: string, state: RegoState): string {
  const template = state.texts.at(-1);
  if (character === "{" || character === "[" || character === "(") {
    state.depth += 1;
    if (character === "{" && template?.braces != null) template.braces += 1;
    return "bracket";
  }
  if (character === "}" && template?.braces === 0) {
    template.braces = null;
    return "string";
  }
  if (character === "}" && template?.braces != null) template.braces -= 1;
  state.depth = Math.max(0, state.depth - 1);
  return "bracket";
}

function wordToken(stream: StringStream, state: RegoState, builtins: ReadonlySet<string>): string {
  const atLineStart = stream.column() === 0 && state.depth === 0;
  const dotted = stream.match(DOTTED, false);
  if (dotted && typeof dotted !== "boolean") {
    const name = dotted[0];
    const called = stream.string.charAt(stream.pos + name.length) === "(";
    if (called && builtins.has(name)) {
      stream.match(name);
      return "variableName.standard";
    }
  }
  const match = stream.match(WORD);
  if (!match || typeof match === "boolean") return "";
  const word = match[0];
  const called = stream.peek() === "(";
  if (word === "package" || word === "import") {
    state.path = true;
    return "keyword";
  }
  if (word === "as") state.path = false;
  if (word === "true" || word === "false") return "bool";
  if (word === "null") return "null";
  if (!called && (KEYWORDS as readonly string[]).includes(word)) return "keyword";
  if (word === "not" || word === "in") return "keyword";
  if (state.path) return "namespace";
  if (word === "input" || word === "data") return "variableName.special";
  if (atLineStart) return "variableName.definition";
  return called ? "variableName.function" : "variableName";
}

function codeToken(stream: StringStream, state: RegoState, builtins: ReadonlySet<string>): string | null {
  if (stream.sol()) state.path = false;
  if (stream.eatSpace()) return null;
  const afterDot = state.afterDot;
  state.afterDot = false;
  const next = stream.peek();
  if (next === undefined) return null;
  if (next === "#") {
    stream.skipToEnd();
    return "comment";
  }
  if (next === '"' || next === "`" || next === "$") return openText(stream, state);
  if (/\d/.test(next) && stream.match(NUMBER)) return "number";
  if ("{}[]()".includes(next)) {
    stream.next();
    return bracket(next, state);
  }
  if (next === ".") {
    stream.next();
    state.afterDot = true;
    return "punctuation";
  }
  if (afterDot && stream.match(WORD)) {
    if (state.path) return "namespace";
    return stream.peek() === "(" ? "variableName.function" : "propertyName";
  }
  if (WORD.test(next)) return wordToken(stream, state, builtins);
  if (next === "," || next === ";") {
    stream.next();
    return "punctuation";
  }
  if (stream.match(OPERATOR)) return "operator";
  stream.next();
  return "invalid";
}

/** The Rego mode; `builtins` are the names that the engine knows, coloured where they are called. */
export function rego(builtins: ReadonlySet<string>): LanguageSupport {
  const language = StreamLanguage.define<RegoState>({
    name: "rego",
    startState: () => ({ texts: [], depth: 0, path: false, afterDot: false }),
    copyState,
    token(stream, state) {
      const text = state.texts.at(-1);
      if (text && text.braces === null) return insideText(stream, state, text);
      return codeToken(stream, state, builtins);
    },
    indent(state, textAfter, context) {
      if (state.texts.length > 0) return null;
      const closes = /^\s*[\]})]/.test(textAfter) ? 1 : 0;
      return Math.max(0, state.depth - closes) * context.unit;
    },
    languageData: {
      commentTokens: { line: "#" },
      closeBrackets: { brackets: ["(", "[", "{", '"', "`"] },
      indentOnInput: /^\s*[\]})]$/,
      wordChars: "_",
    },
  });
  return new LanguageSupport(language, indentUnit.of("\t"));
}
