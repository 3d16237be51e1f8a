// Draws a view anew and leaves to the person what is theirs: the focus, what they typed, what they opened, and what was refused.
import { replaceChildren } from "../element";

type Typed = HTMLInputElement | HTMLTextAreaElement;

const typedIn = (content: HTMLElement): NodeListOf<Typed> => content.querySelectorAll<Typed>("textarea[id], input[type='text'][id]");

export function redraw(content: HTMLElement, parts: readonly HTMLElement[]): void {
  const active = content.contains(document.activeElement) ? document.activeElement : null;
  const held = active?.id ?? "";
  const selection = isTyped(active) ? [active.selectionStart, active.selectionEnd] as const : null;
  const typed = [...typedIn(content)].map(({ id, value }) => [id, value] as const);
  const opened = [...content.querySelectorAll<HTMLDetailsElement>("details[id][open]")].map(({ id }) => id);
  const refused = [...content.querySelectorAll<HTMLElement>(".refusal[id]")].map((place) => [place.id, [...place.childNodes]] as const);

  replaceChildren(content, ...parts);

  const found = (id: string): HTMLElement | null => (id === "" ? null : content.querySelector<HTMLElement>(`#${CSS.escape(id)}`));
  for (const [id, value] of typed) {
    const field = found(id);
    if (isTyped(field)) field.value = value;
  }
  for (const id of opened) {
    const details = found(id);
    if (details instanceof HTMLDetailsElement) details.open = true;
  }
  for (const [id, words] of refused) found(id)?.replaceChildren(...words);
  const target = found(held);
  target?.focus({ preventScroll: true });
  if (selection !== null && isTyped(target)) target.setSelectionRange(...selection);
  // What was pressed is gone with what it did: the keyboard goes on from the heading, not from the top of the page.
  if (active !== null && target === null) content.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
}

function isTyped(field: Element | null): field is Typed {
  return field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === "text");
}
