// A message of the engine as a sentence of the page.

export function asSentence(text: string): string {
  const first = capitalized(text);
  return /[.!?)]$/.test(first) ? first : `${first}.`;
}

/** With a capital, unless it begins with what it is about, such as `yaml:` or the name of a file. */
export function capitalized(text: string): string {
  return /^[^\s:]+:/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
