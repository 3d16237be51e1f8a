// Where a JSON pointer leads in a text: the value that an error of the engine is about.
import { jsonLanguage } from "@codemirror/lang-json";

type SyntaxNode = ReturnType<typeof jsonLanguage.parser.parse>["topNode"];

export interface Range {
  from: number;
  to: number;
}

/** The value at `pointer`; where the text does not lead that far, the last value on the way. Null: there is no value at all. */
export function rangeAt(text: string, pointer: string): Range | null {
  let node: SyntaxNode | null = jsonLanguage.parser.parse(text).topNode.firstChild;
  if (node === null) return null;
  const parts = pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  for (const part of parts) {
    const next: SyntaxNode | null = node.name === "Object" ? memberOf(node, part, text) : node.name === "Array" ? itemOf(node, Number(part)) : null;
    if (next === null) break;
    node = next;
  }
  return { from: node.from, to: node.to };
}

function memberOf(object: SyntaxNode, name: string, text: string): SyntaxNode | null {
  let found: SyntaxNode | null = null;
  for (const property of object.getChildren("Property")) {
    const key = property.getChild("PropertyName");
    // The last one counts, as in JSON.parse.
    if (key && nameOf(text.slice(key.from, key.to)) === name) found = property.lastChild;
  }
  return found;
}

function nameOf(quoted: string): string | null {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return null;
  }
}

function itemOf(array: SyntaxNode, index: number): SyntaxNode | null {
  let at = 0;
  for (let child = array.firstChild; child !== null; child = child.nextSibling) {
    if (/^[[\],]$/.test(child.name)) continue;
    if (at === index) return child;
    at += 1;
  }
  return null;
}
