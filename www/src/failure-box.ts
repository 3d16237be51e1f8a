// Shows what went wrong, in the engine's words: the message, the way to mend it, and the code to search for.
import { element, sentenceParts } from "./element";
import type { Failure } from "./engine-operations";
import { capitalized } from "./sentence";

export function failureBox(title: string, failure: Failure): HTMLElement {
  return element(
    "div",
    { class: "failure" },
    element("p", { class: "failure-title" }, title),
    element("p", { class: "failure-message" }, ...sentenceParts(sentence(failure.message))),
    failure.help ? element("p", { class: "failure-help" }, ...sentenceParts(sentence(failure.help))) : null,
    element("p", { class: "failure-code" }, element("code", {}, failure.code)),
  );
}

/** What was ended before it answered. `help` says how it may come to an answer. */
export function lateBox(what: string, reply: { state: "late"; limitMs: number } | { state: "stopped" }, help: string): HTMLElement {
  return failureBox(`${what} was stopped`, {
    code: reply.state === "late" ? "no_answer_in_time" : "stopped",
    message:
      reply.state === "late"
        ? `the engine did not answer within ${reply.limitMs / 1000} s, so it was ended and started anew`
        : "it was ended on request and the engine was started anew",
    help,
  });
}

function sentence(text: string): string {
  const first = capitalized(text);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
