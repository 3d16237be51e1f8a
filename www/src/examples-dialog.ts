// The examples of Rego policies, by set, in their dialog.
import { byId, element, replaceChildren } from "./element";
import { exampleList } from "./example-list";
import { examplePolicies, exampleSets, type ExamplePolicy } from "./examples";

export function wireExamplesDialog(
  button: HTMLButtonElement,
  dialog: HTMLDialogElement,
  chosen: (policy: ExamplePolicy) => void,
): void {
  const folders = [...new Set(examplePolicies.map(({ set }) => set))];
  replaceChildren(
    byId("examples-list", HTMLElement),
    ...folders.map((folder, index) =>
      element(
        "section",
        {},
        element("h3", {}, exampleSets[index]?.name ?? folder),
        exampleList(examplePolicies.filter(({ set }) => set === folder), dialog, chosen),
      ),
    ),
  );
  button.addEventListener("click", () => dialog.showModal());
}
