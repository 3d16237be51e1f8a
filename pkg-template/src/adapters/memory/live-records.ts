// The places of the records that were not deleted, in the order of lists: by kind, then partition, then key. What an index is elsewhere.

import type { ListQuery, RecordKey } from "../../store.js";
import type { Place } from "../../store-cursor.js";
import { OrderedTexts } from "./ordered-texts.js";

/** The records of one kind. */
interface Shelf {
  partitions: OrderedTexts;
  keysOf: Map<string, OrderedTexts>;
}

/** INVARIANT: a place is here exactly while its record has a value. */
export class LiveRecords {
  readonly #shelves = new Map<string, Shelf>();

  /** Takes up a record that is not here. */
  add({ kind, partition, key }: RecordKey): void {
    const shelf = this.#shelves.get(kind) ?? { partitions: new OrderedTexts(), keysOf: new Map<string, OrderedTexts>() };
    this.#shelves.set(kind, shelf);
    let keys = shelf.keysOf.get(partition);
    if (keys === undefined) {
      keys = new OrderedTexts();
      shelf.keysOf.set(partition, keys);
      shelf.partitions.add(partition);
    }
    keys.add(key);
  }

  /** Takes out a record that is here. */
  remove({ kind, partition, key }: RecordKey): void {
    const shelf = this.#shelves.get(kind);
    const keys = shelf?.keysOf.get(partition);
    if (shelf === undefined || keys === undefined) return;
    keys.remove(key);
    if (keys.size > 0) return;
    shelf.keysOf.delete(partition);
    shelf.partitions.remove(partition);
  }

  /** The first places of a list behind one, at most so many. */
  list({ kind, partition, from, to }: ListQuery, after: Place | undefined, atMost: number): Place[] {
    const places: Place[] = [];
    const shelf = this.#shelves.get(kind);
    if (shelf === undefined) return places;
    for (const listed of partition === undefined ? shelf.partitions.from(after?.partition ?? "") : [partition]) {
      if (after !== undefined && listed < after.partition) continue;
      const behind = after?.partition === listed ? after.key : undefined;
      const start = behind === undefined || (from !== undefined && from > behind) ? from : behind;
      for (const key of shelf.keysOf.get(listed)?.from(start ?? "") ?? []) {
        if (to !== undefined && key >= to) break;
        if (key === behind) continue;
        if (places.push({ partition: listed, key }) === atMost) return places;
      }
    }
    return places;
  }
}
