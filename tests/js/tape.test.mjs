// JS values go to the engine on a tape (src/rego/value/tape.rs). Whether a value goes there or as its JSON text, the answer is the same, with
// the same steps and units of memory. `REGATE_VALUES=100000` tries as many values, `REGATE_SEED` others.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { compile, init } from "regate";
import { giveBack, tapeOf } from "../../target/package-modules/tape.js";

const VALUES = Number(process.env.REGATE_VALUES ?? 3_000);
const SEED = Number(process.env.REGATE_SEED ?? 1);
const LIMITS = { nesting: 512, length: 33_554_432 };

const POLICY = `package tape

import rego.v1

echo := input

paths := {path: value | [path, value] := walk(input); is_number(value)}

kinds := [type_name(value) | [_, value] := walk(input)]

keys := object.keys(input) if is_object(input)

text := json.marshal(input)

lengths := sum([count(value) | [_, value] := walk(input); is_string(value)])

all := [echo, paths, kinds, text, lengths]
`;

const WORDS = ["", "a", "b", "ab", "id", "name", "before", "before_sensitive", "before_s", "__proto__", "constructor", "toString", "length", "0", "10", "9", "é", "🚧", "\\", '"', "\n", "\u0000", "\u2028", "😀x", "ￜ", "a\u0000", "resource_changes"];
const NUMBERS = [0, -0, 1, -1, 7, 268_435_455, 268_435_456, -268_435_456, -268_435_457, 2 ** 31, 2 ** 32, -(2 ** 32), 2 ** 32 - 1, 2 ** 53 - 1, 1 - 2 ** 53, 2 ** 53, 2 ** 59, 1e21, 1e20, 1.5, 0.1, 1e-7, 5e-324, 1.7976931348623157e308, -2.5e-10, 123456.789];
const BIG = [0n, -1n, 2n ** 53n, 2n ** 59n - 1n, 2n ** 59n, -(2n ** 59n), 2n ** 64n, 10n ** 40n];

/** Values by chance, the same for the same seed. */
class Values {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  share() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(bound) {
    return Math.floor(this.share() * bound);
  }

  #one(list) {
    return list[this.below(list.length)];
  }

  #string() {
    const text = this.#one(WORDS) + (this.share() < 0.3 ? this.#one(WORDS) : "");
    return this.share() < 0.03 ? text.repeat(this.below(600)) : text;
  }

  #number() {
    const share = this.share();
    if (share < 0.5) return this.#one(NUMBERS);
    if (share < 0.6) return this.#one(BIG);
    const parts = new Uint32Array([this.share() * 2 ** 32, this.share() * 2 ** 32]);
    const double = new Float64Array(parts.buffer)[0];
    return share < 0.8 && Number.isFinite(double) ? double : this.below(2 ** 32) - 2 ** 31;
  }

  value(depth = 0) {
    const kind = this.below(depth > 5 ? 5 : 9);
    if (kind === 0) return this.#one([null, true, false]);
    if (kind < 3) return this.#number();
    if (kind < 5) return this.#string();
    const parts = this.share() < 0.02 ? this.below(700) : this.below(6);
    if (kind < 7) return Array.from({ length: parts }, () => this.value(depth + 1 + (parts > 6 ? 5 : 0)));
    const object = this.share() < 0.1 ? Object.create(null) : {};
    for (let i = 0; i < parts; i++) {
      const key = parts > 6 ? this.#string() + i : this.#string();
      const value = this.share() < 0.05 ? undefined : this.value(depth + 1 + (parts > 6 ? 5 : 0));
      Object.defineProperty(object, key, { value, enumerable: this.share() > 0.03, configurable: true, writable: true });
    }
    return this.share() < 0.05 ? { toJSON: () => object } : object;
  }
}

/** The JSON text of a value, by other means than ours. */
function textOf(value) {
  if (typeof value === "bigint") return value.toString();
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (typeof value.toJSON === "function") return textOf(value.toJSON());
  if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`;
  const pairs = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{${pairs.map(([key, part]) => `${JSON.stringify(key)}:${textOf(part)}`).join(",")}}`;
}

describe("a value and its JSON text", () => {
  let policy;

  before(async () => {
    await init();
    policy = compile(POLICY).policy;
  });
  after(() => policy.free());

  const ask = (input, rule = "all") => policy.evaluate(`tape/${rule}`, input, { numbers: "exact" });

  function same(given) {
    // A string is a text by itself.
    const value = typeof given === "string" ? [given] : given;
    for (const rule of ["echo", "all", "keys"]) assert.deepEqual(ask(value, rule), ask(textOf(value), rule));
  }

  /** Whether a value goes on a tape. */
  function fits(value) {
    const tape = tapeOf(value, undefined, LIMITS);
    if (tape !== undefined) giveBack(tape);
    return tape !== undefined;
  }

  test(`${VALUES} values by chance: the same answers, steps and units`, () => {
    const values = new Values(SEED);
    for (let i = 0; i < VALUES; i++) {
      const value = values.value();
      assert.ok(fits(value), `value ${i} is on no tape`);
      try {
        same(value);
      } catch (error) {
        throw new Error(`value ${i}: ${textOf(value).slice(0, 500)}`, { cause: error });
      }
    }
  });

  test("every number as JSON writes it", () => {
    const values = new Values(SEED);
    const numbers = [...NUMBERS, ...BIG];
    for (let bits = 0; bits < 64; bits++) for (const near of [-1, 0, 1]) numbers.push(2 ** bits + near, -(2 ** bits) + near, 2n ** BigInt(bits) + BigInt(near));
    for (let i = 0; i < 2_000; i++) numbers.push((values.share() - 0.5) * 10 ** (values.below(60) - 30));
    same(numbers);
  });

  test("keys in any order, of any length", () => {
    const keys = [];
    for (const length of [0, 1, 7, 8, 9, 20]) for (const end of ["", "a", "b", "\u0000", "é", "😀", "ￜ"]) keys.push("k".repeat(length) + end);
    const values = new Values(SEED);
    for (let times = 0; times < 50; times++) {
      const shuffled = keys.map((key) => [values.share(), key]).sort(([a], [b]) => a - b);
      same(Object.fromEntries(shuffled.map(([, key], i) => [key, i])));
    }
  });

  test("as large as the room that is kept, and larger", () => {
    for (const length of [1_022, 1_023, 1_024, 1_025, 5_000]) {
      same(Array.from({ length }, (_, i) => i));
      same("x".repeat(length));
      same("é".repeat(length));
      same(["é".repeat(length), "x"]);
    }
  });

  test("a value that might be too long for a text goes as its text", () => {
    const value = { list: ["x".repeat(6_000_000)] };
    assert.equal(fits(value), false);
    assert.equal(ask(value, "lengths").value, 6_000_000);
    assert.equal(fits(Array.from({ length: 4_000_000 }, () => 1)), false);
  });

  test("what is no JSON is on no tape", () => {
    const cycle = [];
    cycle.push(cycle);
    const halves = ["\ud83d", "\ude00"];
    for (const value of [undefined, NaN, () => 1, Symbol("x"), new Map(), [undefined], [, 1], cycle, halves, ["é\ud83d"], { "\ude00": 1 }, new Uint8Array(1), Object(1)]) {
      assert.equal(fits(value), false);
    }
  });

  test("the caller's code may ask as well while a value is read", () => {
    const inner = (text) => ask([text, "é", 1.5, { text }], "echo").value;
    const value = {
      a: ["before", 1, 2.5],
      get b() {
        return inner("in a getter");
      },
      c: { toJSON: () => inner("in toJSON") },
      d: "behind",
    };
    const expected = { a: ["before", 1, 2.5], b: inner("in a getter"), c: inner("in toJSON"), d: "behind" };
    assert.deepEqual(ask(value, "echo").value, expected);
  });

  test("what is asked with limits goes as its text, and is the same", () => {
    const value = { a: [1, "b", { c: 1.5 }] };
    const limited = policy.evaluate("tape/all", value, { limits: { steps: 100_000 } });
    assert.deepEqual(policy.evaluate("tape/all", value), limited);
  });
});
