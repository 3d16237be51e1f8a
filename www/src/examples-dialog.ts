// The list of example policies, by set, in a dialog that the keyboard can use.
import { element, replaceChildren } from "./element";
import { examplePolicies, exampleSets, type ExamplePolicy } from "./examples";
import { byId } from "./element";

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
        element("ul", {}, ...examplePolicies.filter(({ set }) => set === folder).map(row)),
      ),
    ),
  );
  button.addEventListener("click", () => dialog.showModal());

  function row(policy: ExamplePolicy): HTMLElement {
    return element(
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
  }
}
