// Something prepared inside the engine (a program, a configuration) that outlives the instance in which it was prepared.

import { callEngine, engineGeneration, isLiveGeneration } from "./engine-instance.js";
import { RegateError } from "./errors.js";

interface Place {
  generation: number;
  number: number;
}

/** A number of the engine, together with the way to get another one after the instance was lost. */
export class LiveHandle {
  readonly #name: string;
  readonly #prepare: () => number;
  // Shared with the registry below, which must not hold the handle itself.
  readonly #place: Place;
  #released = false;

  /** `name` is what the caller holds, such as "the policy"; `prepare` makes it again in a new instance. */
  constructor(name: string, first: number, prepare: () => number) {
    this.#name = name;
    this.#prepare = prepare;
    this.#place = { generation: engineGeneration(), number: first };
    forgotten?.register(this, this.#place, this);
  }

  /** The number to pass to the live instance. Prepares again after a trap. */
  number(): number {
    if (this.#released) {
      throw new RegateError("released", `${this.#name} was released with free() and cannot be used any more`, {
        help: "prepare it again, or call free() later",
      });
    }
    const now = engineGeneration();
    if (this.#place.generation !== now) {
      this.#place.number = this.#prepare();
      this.#place.generation = now;
    }
    return this.#place.number;
  }

  /** Gives the engine its memory back. A second call does nothing. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    forgotten?.unregister(this);
    releasePlace(this.#place);
  }
}

function releasePlace(place: Place): void {
  // What an earlier instance prepared went away with it.
  if (isLiveGeneration(place.generation)) callEngine("release", { handle: place.number });
}

// A handle that its owner forgot is released when JS collects it. Not every platform has the registry; memory only.
const forgotten =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry<Place>((place) => {
        try {
          releasePlace(place);
        } catch {
          // No caller is there to hear of it, and a trapped instance took the memory with it.
        }
      });
