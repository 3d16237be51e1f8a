// Which approvals a list over HTTP shows: filters of its query, by words that there are.

import { RefusedError } from "./refused-error.js";
import type { ActionApproval, ActionApprovalStatus, ApprovalPriority, RiskLevel } from "./wire.js";

/** Whether an approval is shown. */
export type ApprovalFilter = (approval: ActionApproval) => boolean;

/** The parameters of a list of approvals. */
export const APPROVAL_FILTERS = ["status", "priority", "risk_level", "agent_id", "include_expired"] as const;

// Written as objects, so that the compiler tells when the engine learns another word.
const STATUSES: { readonly [word in ActionApprovalStatus]: true } = { pending: true, approved: true, rejected: true, expired: true, cancelled: true, info_requested: true };
const PRIORITIES: { readonly [word in ApprovalPriority]: true } = { critical: true, high: true, medium: true, low: true };
const RISK_LEVELS: { readonly [word in RiskLevel]: true } = { critical: true, high: true, medium: true, low: true, minimal: true };
const WORDS = { status: STATUSES, priority: PRIORITIES, risk_level: RISK_LEVELS, include_expired: { true: true, false: true } } as const;

type Wanted = { [name in (typeof APPROVAL_FILTERS)[number]]: string | undefined };

/** The filter that a query asks for. A word that there is not is refused. */
export function filterOf({ include_expired, ...wanted }: Wanted): ApprovalFilter {
  const { status, priority, risk_level } = wanted;
  for (const [name, value] of Object.entries({ status, priority, risk_level, include_expired })) requireWord(name as keyof typeof WORDS, value);
  const showsExpired = include_expired === "true" || status === "expired";
  const fields = Object.entries(wanted) as [keyof typeof wanted, string | undefined][];
  return (approval) => (showsExpired || approval.status !== "expired") && fields.every(([field, value]) => value === undefined || approval[field] === value);
}

/** Refuses a word that nothing has: what it shows, nothing, would be taken for an answer. */
function requireWord(name: keyof typeof WORDS, value: string | undefined): void {
  if (value === undefined || Object.hasOwn(WORDS[name], value)) return;
  const words = Object.keys(WORDS[name]).map((word) => `\`${word}\``).join(", ");
  throw new RefusedError({ code: "invalid_request", message: `\`${name}\` is one of ${words}`, path: `/${name}` });
}
