// The list of example policies, in a dialog that the keyboard can use.
import { byId, element, replaceChildren } from "../element";
import { examplePolicyFiles, type ExamplePolicyFile } from "./example-files";

export function wirePolicyExamples(button: HTMLButtonElement, dialog: HTMLDialogElement, chosen: (policy: ExamplePolicyFile) => void): void {
  const row = (policy: ExamplePolicyFile): HTMLElement =>
    element(
      "li",
      {},
      element(
        "button",
        {
          type: "button",
          onclick: () => {
            dialog.close();
            chosen(policy);
          },
        },
        element("span", {}, policy.file),
        element("span", { class: "quiet" }, policy.purpose),
      ),
    );
  replaceChildren(byId("examples-list", HTMLElement), element("ul", {}, ...examplePolicyFiles.map(row)));
  button.addEventListener("click", () => dialog.showModal());
}
