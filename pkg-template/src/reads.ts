// What a policy can look at of its input: as a tree along which JS values are walked, and as a list for people.

/** One place of a document, as the engine tells of it: a kind, and keys. `src/api/reads.rs` says what they are. */
export type ReadsNode = [kind: number, ...keys: string[]];

/** A part of the input that a policy can look at. */
export interface InputRead {
  /** The keys that lead to it. `null` stands for every item of an array and for keys that only an evaluation knows. */
  path: (string | null)[];
  /** The same as a reference of Rego: `input.users[_].name`. */
  text: string;
  /** Whether everything below it can be looked at. Otherwise it is looked at as a scalar is: of an array or object, that there is one. */
  whole: boolean;
}

/** A place of a document of which not everything is looked at. */
export interface ReadPlace {
  /** In the order of their bytes in UTF-8. */
  readonly keys: readonly string[];
  /** What is looked at below each of them. */
  readonly below: readonly Reach[];
  /** The same by key. */
  readonly byKey: ReadonlyMap<string, Reach>;
  /** Whether the items of an array are looked at, and all keys of an object; `rest` says what of each. */
  readonly hasRest: boolean;
  readonly rest: Reach;
  /** Whether an object here stands on a tape as the values of its keys. */
  readonly hasSlots: boolean;
}

/** What is looked at of a value; undefined: everything. */
export type Reach = ReadPlace | undefined;

// As `has_slots` of src/rego/value/reach.rs.
const MOST_SLOTS = 64;

// The kinds of places.
const WHOLE = 0;
const WITH_REST = 2;

/** The tree of the places that the engine tells of. */
export function reachOf(nodes: readonly ReadsNode[]): Reach {
  const places: Reach[] = [];
  // INVARIANT (order): what a place leads to stands behind it, and behind what the places before it lead to. So it is told from the last to the
  // first.
  let end = nodes.length;
  for (let number = nodes.length - 1; number >= 0; number--) {
    const [kind, ...keys] = nodes[number] as ReadsNode;
    const hasRest = kind === WITH_REST;
    const rest = hasRest ? places[--end] : undefined;
    end -= keys.length;
    if (kind === WHOLE) continue;
    const below = keys.map((_, at) => places[end + at]);
    const byKey = new Map(keys.map((key, at) => [key, below[at]]));
    places[number] = { keys, below, byKey, hasRest, rest, hasSlots: !hasRest && keys.length <= MOST_SLOTS };
  }
  return places[0];
}

/** Whether something is looked at below a key of an object, and then what. */
export function isReadBelow(place: ReadPlace, key: string): boolean {
  return place.hasRest || place.byKey.has(key);
}

/** What is looked at below a key below which something is. */
export function readBelow(place: ReadPlace, key: string): Reach {
  return place.byKey.has(key) ? place.byKey.get(key) : place.rest;
}

/** The list of what is looked at: the ends of the tree, in the order of their keys. */
export function listOf(reach: Reach): InputRead[] {
  const found: InputRead[] = [];
  // INVARIANT (depth): what is left stands in a list, the next one last: a program that somebody else wrote may lead as deep as it likes.
  const left: { at: Reach; path: readonly (string | null)[] }[] = [{ at: reach, path: [] }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { at, path } = next;
    if (at === undefined || (at.keys.length === 0 && !at.hasRest)) {
      found.push({ path: [...path], text: textOf(path), whole: at === undefined });
      continue;
    }
    if (at.hasRest) left.push({ at: at.rest, path: [...path, null] });
    for (let key = at.keys.length - 1; key >= 0; key--) left.push({ at: at.below[key], path: [...path, at.keys[key] as string] });
  }
  return found;
}

function textOf(path: readonly (string | null)[]): string {
  const step = (key: string | null): string => {
    if (key === null) return "[_]";
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  };
  return `input${path.map(step).join("")}`;
}
