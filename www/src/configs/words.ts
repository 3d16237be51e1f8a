// Says in words what the page of configurations shows: what was decided, and how it looks.
import type { ConfigDecision, ConfigStatus } from "regate";
import { amount } from "../amount";

/** `look` is the class of the colours. */
export const STATUSES: Record<ConfigStatus, { mark: string; look: string }> = {
  PASS: { mark: "✓", look: "completes" },
  SOFT_FAIL: { mark: "▲", look: "waits" },
  HARD_FAIL: { mark: "✕", look: "rejected" },
  ERROR: { mark: "!", look: "rejected" },
};

/** What a decision means for a pipeline, in a sentence. */
export function meaningOf({ status, enabled_rules = [], hard_failures = [], soft_failures = [] }: ConfigDecision): string {
  switch (status) {
    case "PASS":
      return enabled_rules.length === 0 ? "No rule is enabled, and so none fails." : `${amount(enabled_rules.length, "rule")} enabled, none fails.`;
    case "SOFT_FAIL":
      return `${amount(soft_failures.length, "soft failure")}: the pipeline runs, and the failures are logged.`;
    case "HARD_FAIL":
      return `${amount(hard_failures.length, "hard failure")}: the pipeline is not triggered.`;
    case "ERROR":
      return "The policies could not be evaluated.";
  }
}
