// Takes a file that is dropped on the page to where it belongs, which its name tells.
import { announceAgain } from "../announcer";
import { byId } from "../element";
import { tooLarge } from "../file-drop";
import type { GivenPart } from "./config-operations";

export interface TakenFileWiring {
  policy(path: string, text: string): void;
  tests(text: string): void;
  given(part: GivenPart, text: string): void;
}

/** `largest` is how many bytes a file may have. */
export async function takeFile(file: File, largest: () => Promise<number>, wiring: TakenFileWiring): Promise<void> {
  const { name } = file;
  say(null);
  try {
    const refusal = tooLarge(file, await largest(), "a file");
    if (refusal !== null) return say(`${refusal}.`);
    const text = await file.text();
    if (name.endsWith(".rego")) wiring.policy(name, text);
    else if (/_test\.ya?ml$/.test(name)) wiring.tests(text);
    else wiring.given(partOf(name), text);
    announceAgain("file", `${name} is on the page.`);
  } catch (thrown) {
    // A folder, or a file that is gone or may not be read.
    say(`${name} could not be read: ${thrown instanceof Error ? thrown.message : String(thrown)}.`);
  }
}

function say(words: string | null): void {
  const notice = byId("file-notice", HTMLElement);
  notice.hidden = words === null;
  notice.textContent = words ?? "";
  if (words !== null) announceAgain("file", words);
}

function partOf(name: string): GivenPart {
  if (/compiled|processed/i.test(name)) return "compiled";
  return name.endsWith(".json") || /^meta/i.test(name) ? "meta" : "config";
}
