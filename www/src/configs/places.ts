// Places that the engine names in its words, such as `team/images.rego:8`.

export interface NamedPlace {
  path: string;
  line: number;
}

/** The first place of a text that is in one of the files. */
export function placeIn(text: string, has: (path: string) => boolean): NamedPlace | null {
  for (const [, path = "", line] of text.matchAll(/([^\s:()"'`]+\.rego):(\d+)/g)) if (has(path)) return { path, line: Number(line) };
  return null;
}
