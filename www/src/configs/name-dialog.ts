// Asks for the path of a file in a dialog, and refuses one that cannot be that of a policy.
import { byId } from "../element";

export interface NameQuestion {
  title: string;
  action: string;
  path: string;
  /** The paths of the other files. */
  taken: ReadonlySet<string>;
}

/** Gives the path that was chosen; null: none was. */
export function wireNameDialog(dialog: HTMLDialogElement): (question: NameQuestion) => Promise<string | null> {
  const input = byId("file-name", HTMLInputElement);
  const problem = byId("file-name-problem", HTMLElement);
  let question: NameQuestion | null = null;
  const show = (words: string | null): void => {
    problem.textContent = words ?? "";
    input.setAttribute("aria-invalid", String(words !== null));
  };
  input.addEventListener("input", () => show(null));
  byId("name-cancel", HTMLButtonElement).addEventListener("click", () => dialog.close("cancel"));
  dialog.querySelector("form")?.addEventListener("submit", (event) => {
    const words = wrongWith(input.value.trim(), question?.taken ?? new Set());
    if (words === null) return;
    event.preventDefault();
    show(words);
    input.focus();
  });
  return (asked) => {
    question = asked;
    byId("name-title", HTMLElement).textContent = asked.title;
    byId("name-action", HTMLButtonElement).textContent = asked.action;
    input.value = asked.path;
    show(null);
    dialog.returnValue = "";
    dialog.showModal();
    input.focus();
    // What is typed takes the place of the name, and not of its ending.
    input.setSelectionRange(asked.path.lastIndexOf("/") + 1, asked.path.replace(/\.rego$/, "").length);
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "take" ? input.value.trim() : null), { once: true });
    });
  };
}

function wrongWith(path: string, taken: ReadonlySet<string>): string | null {
  if (!path.endsWith(".rego")) return "The name of a policy ends with .rego.";
  if (path.split("/").some((part) => part === "" || part === "." || part === ".." || part === ".rego")) return "This is no name of a file.";
  if (taken.has(path)) return "There is a file of this name.";
  return null;
}
