// The warnings of a verdict or of a simulation, each with what it is about.
import { amount } from "../amount";
import { element, sentenceParts } from "../element";
import { section } from "../preview-view";
import { asSentence } from "../sentence";

export interface WarningShown {
  kind: string;
  message: string;
  about: string;
}

export function warningsSection(title: string, warnings: readonly WarningShown[]): HTMLElement {
  const row = ({ kind, message, about }: WarningShown): HTMLLIElement =>
    element(
      "li",
      { class: "result advisory", "data-kind": kind },
      element("p", {}, ...sentenceParts(asSentence(message))),
      element("p", { class: "quiet" }, about),
    );
  return section(title, amount(warnings.length, "warning"), element("ul", { class: "action-warnings" }, ...warnings.map(row)));
}
