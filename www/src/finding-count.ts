// Says how many findings there are, and how bad the worst of them is.
import type { Diagnostic } from "regate";
import { amount } from "./amount";

type Rated = Pick<Diagnostic, "severity">;

/** `2 errors, 1 warning`, or nothing. */
export function countInWords(findings: readonly Rated[]): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  return [errors > 0 ? amount(errors, "error") : "", warnings > 0 ? amount(warnings, "warning") : ""].filter((part) => part !== "").join(", ");
}

export function worstOf(findings: readonly Rated[]): "error" | "warning" | "none" {
  if (findings.some(({ severity }) => severity === "error")) return "error";
  return findings.length > 0 ? "warning" : "none";
}
