// A list of example policies in a dialog that the keyboard can use; choosing one closes the dialog.
import { element } from "./element";

interface ExampleRow {
  file: string;
  purpose: string;
}

export function exampleList<Policy extends ExampleRow>(
  policies: readonly Policy[],
  dialog: HTMLDialogElement,
  chosen: (policy: Policy) => void,
): HTMLUListElement {
  const choose = (policy: Policy): void => {
    dialog.close();
    chosen(policy);
  };
  const row = (policy: Policy): HTMLLIElement =>
    element(
      "li",
      {},
      element(
        "button",
        { type: "button", onclick: () => choose(policy) },
        element("span", {}, policy.file),
        element("span", { class: "quiet" }, policy.purpose),
      ),
    );
  return element("ul", {}, ...policies.map(row));
}
