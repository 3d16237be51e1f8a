// JSON as it is printed: two spaces, and integers of any size exactly.

/** The text of a value that came out of the engine. */
export function prettyJson(value: unknown, indent = ""): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item) => inner + prettyJson(item, inner)).join(",\n")}\n${indent}]`;
  }
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  if (fields.length === 0) return "{}";
  return `{\n${fields.map(([key, field]) => `${inner}${JSON.stringify(key)}: ${prettyJson(field, inner)}`).join(",\n")}\n${indent}}`;
}
