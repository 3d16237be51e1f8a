// Different texts in the order of their UTF-16 units, to which one at a time is added, or many before they are looked at.

/** How many texts are put in their places one by one. With more, sorting all is faster. */
const FEW = 16;

export class OrderedTexts {
  // INVARIANT: the first `#ordered` are in order; those behind them came later and are not, until somebody looks.
  #texts: string[] = [];
  #ordered = 0;

  get size(): number {
    return this.#texts.length;
  }

  /** Adds a text that is not here. */
  add(text: string): void {
    const last = this.#texts.at(-1);
    const isNext = this.#ordered === this.#texts.length && (last === undefined || last < text);
    this.#texts.push(text);
    if (isNext) this.#ordered++;
  }

  /** Takes a text out. */
  remove(text: string): void {
    const place = this.#placeOf(text);
    if (this.#texts[place] !== text) return;
    this.#texts.splice(place, 1);
    this.#ordered--;
  }

  /** Those from a text on, itself included. */
  *from(text: string): Generator<string> {
    for (let place = this.#placeOf(text); ; place++) {
      const next = this.#texts[place];
      if (next === undefined) return;
      yield next;
    }
  }

  // Where a text stands, or would.
  #placeOf(text: string): number {
    this.#order();
    let [low, high] = [0, this.#texts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#texts[middle] ?? "") < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #order(): void {
    if (this.#ordered === this.#texts.length) return;
    const late = this.#texts.splice(this.#ordered);
    if (late.length > FEW) {
      this.#texts = this.#texts.concat(late).sort(byUnits);
      this.#ordered = this.#texts.length;
      return;
    }
    for (const text of late) {
      this.#texts.splice(this.#placeOf(text), 0, text);
      this.#ordered++;
    }
  }
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : 1;
}
