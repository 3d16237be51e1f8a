// Times contestants against one another: interleaved, so that what slows the machine slows all of them.

import { sequence } from "./inputs.mjs";

/** How long and how often. A race goes on until `seconds` are over, and for `rounds` rounds at least. */
export const FULL = { seconds: 10, rounds: 21, warmUpMs: 250, sampleMs: 2 };
export const QUICK = { seconds: 0.8, rounds: 5, warmUpMs: 40, sampleMs: 0.5 };

/** What the last call gave. Outside of the loop that times, so that no call can be left out as useless. */
export let kept;

/**
 * Runs contestants in rounds, each round in another order, because who runs after a heavy one finds its caches cold.
 *
 * Gives for each the median and the 10th percentile of one call, in microseconds. `call(i)` is passed a number that
 * grows, to take its input by.
 */
export function race(contestants, effort) {
  const lanes = contestants.map(({ name, call }) => ({ name, call, next: 0, samples: [], batch: 1 }));
  for (const lane of lanes) warmUp(lane, effort);
  const random = sequence(lanes.length);
  const end = performance.now() + effort.seconds * 1_000;
  for (let round = 0; round < effort.rounds || performance.now() < end; round++) {
    for (const lane of shuffled(lanes, random)) {
      // What the contestant before it left in the caches is not its doing. A call that is long does not notice.
      if (lane.batch > 1) kept = lane.call(lane.next++);
      lane.samples.push(timed(lane));
    }
  }
  return lanes.map(({ name, samples, batch }) => ({ name, ...statistics(samples), samples: samples.length, calls_per_sample: batch }));
}

// Short calls are timed many at a time, because the clock is no finer than they are. The fastest timing says
// how many: a slow moment must not decide it.
function warmUp(lane, { warmUpMs, sampleMs }) {
  const start = performance.now();
  let fastest = Infinity;
  do {
    fastest = Math.min(fastest, timed(lane));
    lane.batch = Math.max(1, Math.ceil((sampleMs * 1_000) / Math.max(fastest, 0.05)));
  } while (performance.now() - start < warmUpMs);
}

function shuffled(list, random) {
  const order = [...list];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

// Microseconds of one call.
function timed(lane) {
  const { call, batch } = lane;
  let i = lane.next;
  const start = performance.now();
  for (let n = 0; n < batch; n++) kept = call(i++);
  const took = performance.now() - start;
  lane.next = i;
  return (took * 1_000) / batch;
}

/** The median and the 10th percentile. */
export function statistics(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share) => {
    const place = (sorted.length - 1) * share;
    const below = sorted[Math.floor(place)];
    return below + (sorted[Math.ceil(place)] - below) * (place % 1);
  };
  return { median: at(0.5), p10: at(0.1) };
}
