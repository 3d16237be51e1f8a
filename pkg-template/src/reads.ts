// What a policy can look at of its input: as a tree along which JS values are walked, and as a list for people.

import type { ReadsNode } from "./wire.js";

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

/** The tree of the places that the engine tells of. */
export function reachOf(nodes: readonly ReadsNode[]): Reach {
  // Where the places begin to which each leads: INVARIANT (order) as the engine says it.
  let next = 1;
  const first = nodes.map(({ keys, has_rest }) => (next += keys.length + (has_rest ? 1 : 0)) - keys.length - (has_rest ? 1 : 0));
  const places: Reach[] = [];
  // What a place leads to stands behind it.
  for (let number = nodes.length - 1; number >= 0; number--) {
    const { is_whole, has_rest, keys } = nodes[number] as ReadsNode;
    if (is_whole) continue;
    const from = first[number] as number;
    const below = keys.map((_, at) => places[from + at]);
    const rest = has_rest ? places[from + keys.length] : undefined;
    const byKey = new Map(keys.map((key, at) => [key, below[at]]));
    places[number] = { keys, below, byKey, hasRest: has_rest, rest, hasSlots: !has_rest && keys.length <= MOST_SLOTS };
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
  const walk = (at: Reach, path: readonly (string | null)[]): void => {
    if (at === undefined || (at.keys.length === 0 && !at.hasRest)) {
      found.push({ path: [...path], text: textOf(path), whole: at === undefined });
      return;
    }
    at.keys.forEach((key, index) => walk(at.below[index], [...path, key]));
    if (at.hasRest) walk(at.rest, [...path, null]);
  };
  walk(reach, []);
  return found;
}

function textOf(path: readonly (string | null)[]): string {
  const step = (key: string | null): string => {
    if (key === null) return "[_]";
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  };
  return `input${path.map(step).join("")}`;
}
