// Builds and finds elements of the page; text is always set as text, never as markup.

type Child = Node | string | null | false | undefined;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

/** An element with attributes (`on...` are listeners, `false` and `null` are left out) and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.replace(/^on/, ""), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== null && child !== undefined && child !== false) made.append(child);
  return made;
}

/** A sentence of the engine, whose names and code stand between backticks, with these parts as code. */
export function sentenceParts(sentence: string): (Node | string)[] {
  const parts = sentence.split("`");
  // An odd count of backticks is no pair of marks: the sentence is then shown as it is.
  if (parts.length % 2 === 0) return [sentence];
  return parts.map((part, index) => (index % 2 === 1 ? element("code", {}, part) : part));
}

/** The element with this id, of this class; its absence is a mistake in index.html. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html has no ${type.name} with the id ${id}`);
  return found;
}

export function replaceChildren(parent: Element, ...children: Child[]): void {
  parent.replaceChildren(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
}
