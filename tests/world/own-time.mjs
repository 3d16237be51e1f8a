// Time and chance of the driver, from a seed, in place of the platform's.

/**
 * A pause ends when nothing else goes on, the shortest first. So the schedule of a seed is always the same, and no pause takes time.
 * Gives what puts the platform's back.
 */
export function ownTime(random) {
  const { setTimeout: platformTimer, clearTimeout: platformClear } = globalThis;
  const { random: platformRandom } = Math;
  const timers = new Map();
  let passed = 0;
  let made = 0;
  let isAsked = false;
  const ask = () => {
    if (isAsked || timers.size === 0) return;
    isAsked = true;
    // After everything that can go on has done so.
    setImmediate(() => {
      isAsked = false;
      const [next] = [...timers].sort(([a, one], [b, other]) => one.at - other.at || a - b);
      if (next === undefined) return;
      timers.delete(next[0]);
      passed = next[1].at;
      next[1].run();
      ask();
    });
  };
  globalThis.setTimeout = (run, ms = 0) => {
    timers.set(++made, { at: passed + ms, run });
    ask();
    return made;
  };
  globalThis.clearTimeout = (timer) => void timers.delete(timer);
  Math.random = random;
  return () => {
    Object.assign(globalThis, { setTimeout: platformTimer, clearTimeout: platformClear });
    Math.random = platformRandom;
  };
}
