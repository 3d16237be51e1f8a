// Whether the text of a policy is JSON or YAML: an object in braces is read as JSON, everything else as YAML.

export type PolicyFormat = "yaml" | "json";

export function formatOf(text: string): PolicyFormat {
  return /^\uFEFF?\s*\{/.test(text) ? "json" : "yaml";
}
