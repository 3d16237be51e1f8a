// The figures of governance for people, with growth beside them.

import { print, table, number } from "../table.mjs";

const COLUMNS = {
  evaluation: "evaluation",
  vote: "vote, many runs",
  sameRun: "vote, one run",
  timeline: "timeline",
  change: "change a rule",
  after: "evaluation after it",
};

export function printGovernance(stores) {
  for (const { name, sizes } of stores) {
    const smallest = sizes[0];
    print(`\n${name}: a second, and the median of ${smallest.rounds} against the smallest store and set-up (x 1)`);
    const rows = sizes.flatMap(({ count, setups }) =>
      setups.map(({ sets, rules, ms }) => [
        `${count.toLocaleString("en")} runs; sets: ${sets}, rules: ${rules.toLocaleString("en")}`,
        ...Object.keys(COLUMNS).flatMap((key) => {
          const { median } = ms[key];
          return [number(1_000 / median), `x ${number(median / smallest.setups[0].ms[key].median)}`];
        }),
      ]),
    );
    table(["", ...Object.values(COLUMNS).flatMap((title) => [title, ""])], rows);
    print(`\n${name}: a sweep, ms`);
    const sweeps = sizes.map(({ count, waiting, heap_mib, sweep_ms: { nothing_is_up, all_are_up_once } }) => [
      `${count.toLocaleString("en")} runs, ${waiting} wait`,
      number(nothing_is_up.median),
      `x ${number(nothing_is_up.median / smallest.sweep_ms.nothing_is_up.median)}`,
      number(all_are_up_once),
      number(all_are_up_once / waiting),
      `${heap_mib.toLocaleString("en")} MiB`,
    ]);
    table(["", "nothing is up", "", "all are up, once", "each", "heap"], sweeps);
  }
  print("\nOn a machine that others share, times are noise: read how they grow.");
}
