// Says whether what is written on the page outlives a reload; its words stand in the HTML of each page.
import { announce } from "./announcer";
import { byId } from "./element";

export function showKept(kept: boolean): void {
  const notice = byId("kept", HTMLElement);
  notice.hidden = kept;
  if (!kept) announce("drafts", notice.textContent ?? "");
}
