// Turns: so many requests are under way at once, and others wait until one of them has ended.

/** A place among those that are under way. */
export class Turns {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(most: number) {
    this.#free = most;
  }

  /** Does it when there is room, in the order in which it was asked. A signal ends the wait for that, with its reason. */
  async take<Given>(act: () => Promise<Given>, signal: AbortSignal): Promise<Given> {
    await this.#turn(signal);
    try {
      return await act();
    } finally {
      this.#next();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (this.#free > 0) {
        this.#free--;
        resolve();
        return;
      }
      const begin = (): void => {
        signal.removeEventListener("abort", end);
        resolve();
      };
      const end = (): void => {
        this.#waiting.delete(begin);
        reject(signal.reason as Error);
      };
      this.#waiting.add(begin);
      signal.addEventListener("abort", end, { once: true });
    });
  }

  // INVARIANT: a turn that ends goes to who waits for the longest time, or is free.
  #next(): void {
    const [begin] = this.#waiting;
    if (begin === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(begin);
    begin();
  }
}
