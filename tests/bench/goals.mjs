// What Regate wants to reach, and what was measured beforehand of a peer that may not be at hand.

/** OPA-compiled modules against hand-written JS, measured beforehand on another machine: ratios unless a unit is named. */
export const OPA_QUOTED = {
  "small, text": "1.5",
  "small, object": "36",
  "large, text": "2.4",
  "large, object": "262",
  "lookup, text": "4.0",
  "scan, text": "2.8 ms",
  "cold start": "16 ms, where regorus took 48 ms",
  "size": "55 KB gzip for each policy, without a compiler",
};

const RATIOS = [
  ["small, text", 0.5],
  ["small, object", 4],
  ["large, text", 0.35],
  ["large, object", 10],
  ["lookup, text", 2],
];

/**
 * Each goal with what was measured: `{ goal, limit, measured, unit, met }`.
 */
export function goals(results) {
  return [
    ...RATIOS.map(([race, limit]) => ({ goal: `${race}, against hand-written JS`, ...atMost(ratio(results, race), limit, "x") })),
    scan(results),
    {
      goal: "10,000 equality rules against 10",
      ...atMost(median(results, "rules-10000, text", "regate") / median(results, "rules-10, text", "regate"), 1.25, "x"),
    },
    { goal: "check of 100 lines, warm", ...atMost(median(results, "check-100", "regate check") / 1_000, 1, "ms") },
    { goal: "check of 2,000 lines, warm", ...atMost(median(results, "check-2000", "regate check") / 1_000, 16, "ms") },
    ...coldStart(results),
    { goal: "size of the full module, gzip", ...atMost(sizeOf(results, "regate, full").gzip / 1_000, 1_000, "KB") },
    { goal: "size of the edge module, gzip", ...atMost(sizeOf(results, "regate, edge").gzip / 1_000, 250, "KB") },
  ];
}

function scan(results) {
  const ours = median(results, "scan, text", "regate");
  const opa = find(results, "scan, text", "OPA-compiled");
  if (opa !== undefined) return { goal: "scan of 10,000 roles, against OPA-compiled", ...atMost(ours / opa.median, 0.5, "x") };
  return { goal: "scan of 10,000 roles, against the VM of regorus", ...atMost(ours / median(results, "scan, text", "regorus VM"), 0.2, "x") };
}

function coldStart({ cold_start }) {
  const of = (name) => cold_start.find((one) => one.name === name)?.median;
  const ours = of("regate, program from bytes");
  const opa = of("OPA-compiled");
  const [peer, theirs, full, edge] =
    opa === undefined ? ["the interpreter of regorus", of("regorus interpreter"), 0.42, 0.17] : ["OPA-compiled", opa, 1.25, 0.5];
  return [
    { goal: `first decision of a fresh process, full, against ${peer}`, ...atMost(ours / theirs, full, "x") },
    {
      goal: `first decision of a fresh process, edge, against ${peer}`,
      ...atMost(of("regate edge, program from bytes") / theirs, edge, "x"),
    },
  ];
}

function atMost(measured, limit, unit) {
  return { limit, measured, unit, met: measured <= limit };
}

function ratio(results, race) {
  return find(results, race, "regate").ratio;
}

function median(results, race, name) {
  return find(results, race, name).median;
}

function find({ races }, id, name) {
  return races.find((race) => race.id === id)?.contestants.find((one) => one.name === name);
}

function sizeOf({ sizes }, name) {
  return sizes.find((size) => size.name === name);
}
