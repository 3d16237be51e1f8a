// JSON as it is printed: two spaces, integers of any size exactly, and no control character that a terminal would obey.

/** The text of a value that came out of the engine. */
export function prettyJson(value: unknown, indent = ""): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return quoted(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item) => inner + prettyJson(item, inner)).join(",\n")}\n${indent}]`;
  }
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  if (fields.length === 0) return "{}";
  return `{\n${fields.map(([key, field]) => `${inner}${quoted(key)}: ${prettyJson(field, inner)}`).join(",\n")}\n${indent}}`;
}

/** The same with signs that mean something in HTML escaped: how `regate policy` prints. */
export function escapedJson(value: unknown): string {
  // They stand in texts alone.
  return prettyJson(value).replaceAll(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

// JSON lets DEL, the controls of Latin-1 and the marks of direction stand in a string, where a terminal would take them for commands.
function quoted(value: unknown): string {
  const escaped = (control: string): string => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replaceAll(/[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, escaped);
}
