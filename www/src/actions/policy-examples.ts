// The examples of action policies in their dialog.
import { byId, replaceChildren } from "../element";
import { exampleList } from "../example-list";
import { examplePolicyFiles, type ExamplePolicyFile } from "./example-files";

export function wirePolicyExamples(button: HTMLButtonElement, dialog: HTMLDialogElement, chosen: (policy: ExamplePolicyFile) => void): void {
  replaceChildren(byId("examples-list", HTMLElement), exampleList(examplePolicyFiles, dialog, chosen));
  button.addEventListener("click", () => dialog.showModal());
}
