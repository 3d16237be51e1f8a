// Chance from a seed: the same numbers, and so the same choices, for the same seed.

/** Numbers from 0 to below 1. */
export function chance(seed) {
  let state = seed * 2654435761;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Choices from such numbers. */
export function choices(random) {
  const below = (count) => Math.floor(random() * count);
  const pick = (items) => items[below(items.length)];
  return {
    below,
    pick,
    often: (probability) => random() < probability,
    /** One of the things that have a `weight`, the heavier the more often. */
    weighed(things) {
      let left = random() * things.reduce((sum, { weight }) => sum + weight, 0);
      return things.find(({ weight }) => (left -= weight) < 0) ?? things.at(-1);
    },
  };
}
