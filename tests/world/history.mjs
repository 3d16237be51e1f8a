// States with the moments at which they began: what an operation can have seen from its start to its commit.

/** Counts what happens, so that "between" has a meaning where the clock stands still. */
export class Moments {
  now = 0;
  next() {
    return ++this.now;
  }
}

/** The states of one thing. A state is never changed: a new one takes its place. */
export class History {
  #states = [];

  constructor(moments, state) {
    this.moments = moments;
    this.#states.push({ from: 0, state });
  }

  get last() {
    return this.#states.at(-1).state;
  }

  become(state) {
    this.#states.push({ from: this.moments.next(), state });
  }

  /** Every state that held at some moment from `from` until now. */
  since(from) {
    return this.#states.filter((_, at) => (this.#states[at + 1]?.from ?? Infinity) > from).map(({ state }) => state);
  }
}
