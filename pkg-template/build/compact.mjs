// Makes a module smaller after compression, and changes nothing of what it does: functions that are equal become one, parameters and jumps
// that nobody needs go, and functions that are alike lie side by side, where a compressor finds in one what it has seen in the last.
//
// The order alone takes 12 % off the full module after gzip, 4 % after brotli. Of binaryen's passes these make modules smaller after compression
// as well, by 1 %; others make modules smaller that are then larger: what LLVM repeats, they write in many ways.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { named, takenApart } from "./module.mjs";
import { root, run } from "./shell.mjs";

// What rustc lets LLVM use, and no more.
const FEATURES = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];
const PASSES = [
  "--duplicate-function-elimination",
  "--dae-optimizing",
  "--remove-unused-brs",
  "--optimize-instructions",
  "--rse",
  "--vacuum",
  "--code-folding",
  "--merge-blocks",
  "--remove-unused-module-elements",
  "--reorder-locals",
];

// Bytes in a row that count as seen, and how far back they are in sight: gzip sees 32 KB. Which is best differs by half a KB from module to
// module, so a small one is tried with each; a large one, which takes longer, with the first.
const SIGHTS = [
  { row: 6, window: 28_000 },
  { row: 6, window: 31_000 },
  { row: 5, window: 28_000 },
  { row: 7, window: 24_000 },
];
const SMALL = 1_000_000;
// How many such rows stand for a function at the most.
const ROWS = 256;
// Rows that stand in more functions than this say nothing about which are alike.
const COMMON = 2000;

/** Rewrites the module in a file. */
export function compact(file) {
  optimise(file, [...PASSES, "--strip-producers"]);
  const bytes = readFileSync(file);
  const order = bestOrder(takenApart(bytes).functions.map(({ body }) => body));
  const names = new Array(order.length);
  order.forEach((at, place) => (names[at] = String(place).padStart(6, "0")));
  writeFileSync(file, named(bytes, names));
  optimise(file, ["--reorder-functions-by-name"]);
}

function optimise(file, passes) {
  const features = FEATURES.map((feature) => `--enable-${feature}`);
  // It reads the names of functions, and writes none.
  run(process.execPath, [join(root, "node_modules", "binaryen", "bin", "wasm-opt"), ...features, ...passes, file, "-o", file]);
}

function bestOrder(bodies) {
  const sights = bytesOf(bodies) < SMALL ? SIGHTS : SIGHTS.slice(0, 1);
  const orders = sights.map((sight) => orderOf(bodies, sight));
  if (orders.length === 1) return orders[0];
  const sizes = orders.map((order) => gzipSync(Buffer.concat(order.map((at) => bodies[at])), { level: 9 }).length);
  return orders[sizes.indexOf(Math.min(...sizes))];
}

const bytesOf = (bodies) => bodies.reduce((sum, body) => sum + body.length, 0);

/**
 * An order of functions by their bodies: behind each function comes the one of which most is still in sight of the compressor, or the
 * next that has not been placed.
 */
function orderOf(bodies, { row: length, window }) {
  const rows = bodies.map((body) => rowsOf(body, length));
  const holders = new Map();
  rows.forEach((own, at) => {
    for (const row of own) {
      if (!holders.has(row)) holders.set(row, []);
      holders.get(row).push(at);
    }
  });
  const inSight = new Map();
  // By function: the share of its rows that are in sight. What many functions have counts for less.
  const share = new Float64Array(bodies.length);
  const ofRow = (others) => (others.length < COMMON ? 1 / Math.sqrt(Math.max(2, others.length)) : 0);
  const ofFunction = rows.map((own) => 1 / Math.max(length, own.length));
  const count = (row, by) => {
    const before = inSight.get(row) ?? 0;
    inSight.set(row, before + by);
    const others = holders.get(row);
    if (before !== 0 && before + by !== 0) return;
    const weight = by * ofRow(others);
    if (weight !== 0) for (const other of others) share[other] += weight * ofFunction[other];
  };
  const placed = new Uint8Array(bodies.length);
  const order = [];
  let [first, bytes, next] = [0, 0, 0];
  while (order.length < bodies.length) {
    const at = likest(share, placed) ?? placed.indexOf(0, next);
    next = placed.indexOf(0, next);
    placed[at] = 1;
    order.push(at);
    for (const row of rows[at]) count(row, 1);
    bytes += bodies[at].length;
    for (; bytes > window && first < order.length - 1; first++) {
      bytes -= bodies[order[first]].length;
      for (const row of rows[order[first]]) count(row, -1);
    }
  }
  return order;
}

// A function of which hardly anything is in sight is no likest.
function likest(share, placed) {
  let [best, most] = [undefined, 0.001];
  for (let at = 0; at < share.length; at++) {
    if (placed[at] === 0 && share[at] > most) [best, most] = [at, share[at]];
  }
  return best;
}

/** The rows of bytes that stand for a function: those with the smallest hashes, which are the same ones in functions that are alike. */
function rowsOf(body, length) {
  const hashes = new Set();
  for (let at = 0; at + length <= body.length; at++) {
    let hash = 0;
    for (let behind = 0; behind < length; behind++) hash = (Math.imul(hash, 31) + body[at + behind]) | 0;
    hashes.add(mixed(hash));
  }
  return [...hashes].sort((a, b) => a - b).slice(0, ROWS);
}

function mixed(hash) {
  let mixed = Math.imul(hash, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
