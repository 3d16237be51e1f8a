// Asks before everything of the page is discarded; its dialog and its button stand in the HTML of each page.
import { byId } from "./element";

export function wireResetDialog(startOver: () => Promise<void>): void {
  const dialog = byId("reset-dialog", HTMLDialogElement);
  byId("reset", HTMLButtonElement).addEventListener("click", () => {
    // What was answered before is no answer to this question.
    dialog.returnValue = "";
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "reset") void startOver();
  });
}
