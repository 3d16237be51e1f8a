// Entrypoints on the command line: how they are written, and which one was meant.

import { nearest } from "./usage.js";

/** The entrypoint that a text names, as `app/authz/allow` or `data.app.authz.allow`; undefined for any other query. */
export function entrypointOf(question: string): string | undefined {
  if (/^[\w-]+(\/[\w-]+)+$/.test(question) && !/^\d/.test(question)) return question;
  const path = /^data((?:\.[A-Za-z_]\w*)+)$/.exec(question)?.[1];
  if (path !== undefined) return path.slice(1).replaceAll(".", "/");
  if (/^[A-Za-z_][\w-]*$/.test(question) && !["true", "false", "null", "input", "data"].includes(question)) return question;
  return undefined;
}

const SHOWN_ENTRYPOINTS = 5;

/** What is said where policies have no such entrypoint. */
export function entrypointHelp(asked: string, known: readonly string[]): string {
  if (known.length === 0) return "there is no rule to ask; name the policies with --policies PATH";
  const meant = known.find((name) => name.endsWith(`/${asked}`)) ?? nearest(asked, known);
  if (meant !== undefined) return `did you mean \`${meant}\`?`;
  const shown = known.slice(0, SHOWN_ENTRYPOINTS).map((name) => `\`${name}\``).join(", ");
  const more = known.length - SHOWN_ENTRYPOINTS;
  return `the policies have ${shown}${more > 0 ? ` and ${more} more` : ""}`;
}
