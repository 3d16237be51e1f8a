// What can be seen of a policy's text without reading it whole: whether it is JSON or YAML, and what it calls itself.

export type PolicyFormat = "yaml" | "json";

/** An object in braces is read as JSON, everything else as YAML. */
export function formatOf(text: string): PolicyFormat {
  return /^\uFEFF?\s*\{/.test(text) ? "json" : "yaml";
}

const YAML_NAME = /^name:[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"'#[{][^\n#]*))/m;

/** The name that a policy gives itself; null where none can be seen. Only for telling whether it is one that is there already. */
export function nameIn(text: string): string | null {
  if (formatOf(text) === "yaml") {
    const found = YAML_NAME.exec(text);
    return (found?.[1] ?? found?.[2] ?? found?.[3])?.trim() ?? null;
  }
  try {
    const { name } = JSON.parse(text) as { name?: unknown };
    return typeof name === "string" ? name : null;
  } catch {
    return null;
  }
}
