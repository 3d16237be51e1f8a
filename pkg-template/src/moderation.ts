// What a host's moderator is asked: the arguments of a call, and every text in them with its place.

import type { HostCallbacks } from "./store-host.js";
import type { ModerationResult, Need } from "./wire.js";

/** A text in the arguments of a call. */
export interface ModeratedText {
  /** Where it stands, as results name it: `to`, `items[0].note`. */
  field_path: string;
  text: string;
}

/** The question to a moderator. */
export interface ModerationRequest {
  org_id: string;
  /** The action that would be taken. */
  action: string;
  /** Which moderator a policy wants; absent: the host's only one. */
  moderator?: string;
  /** The arguments, as they are checked. */
  arguments: Record<string, unknown>;
  /** Every text in them, in the order in which they stand. The names of arguments are none. */
  texts: ModeratedText[];
}

/** Asks the host's moderator. Null where there is none: what nobody has looked at is not waved through. */
export async function moderated(need: Extract<Need, { kind: "moderation" }>, callbacks: HostCallbacks): Promise<ModerationResult[] | null> {
  if (callbacks.moderate === undefined) return null;
  const { org_id, action, moderator, arguments: given } = need;
  const request = { org_id, action, ...(moderator === undefined ? {} : { moderator }), arguments: given, texts: textsOf(given) };
  return (await callbacks.moderate(request)) ?? null;
}

// The nesting of arguments is bounded: they came through the engine.
function textsOf(value: unknown, field_path = ""): ModeratedText[] {
  if (typeof value === "string") return [{ field_path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, place) => textsOf(item, `${field_path}[${place}]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => textsOf(field, field_path === "" ? name : `${field_path}.${name}`));
}
