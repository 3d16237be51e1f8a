// What becomes of a JS value that is passed as an input: what JSON can say arrives, everything else is refused with its path.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { runInNewContext } from "node:vm";
import { compile } from "regate";
import { throwsCode } from "./regate-error.mjs";

const { policy } = compile("package echo\n\nvalue := input\n");
after(() => policy.free());

const echo = (input, options) => policy.evaluate("echo/value", input, options).value;

class Money {
  constructor(cents) {
    this.cents = cents;
  }
}

class Point {
  constructor(x) {
    this.x = x;
  }
  toJSON() {
    return { point: this.x };
  }
}

const withProto = JSON.parse('{"__proto__": {"admin": true}, "a": 1}');
const withGetter = {
  get now() {
    return 1;
  },
};
const inherited = Object.assign(Object.create({ inherited: 1 }), { own: 2 });

describe("values that JSON can say arrive as they are", () => {
  const cases = {
    null: [null, null],
    booleans: [[true, false], [true, false]],
    strings: [["", "a", "é", "😀", "\u0000\n\"\\", "\u2028"], ["", "a", "é", "😀", "\u0000\n\"\\", "\u2028"]],
    numbers: [[0, 1, -1, 1.5, 1e21, 9007199254740991], [0, 1, -1, 1.5, 1e21, 9007199254740991]],
    "negative zero is zero": [[-0], [0]],
    "an empty array and object": [{ a: [], b: {} }, { a: [], b: {} }],
    "an object without a prototype": [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    "an object of another realm": [runInNewContext("({ a: [1, { b: 2 }] })"), { a: [1, { b: 2 }] }],
    "undefined in an object is left out": [{ a: 1, b: undefined }, { a: 1 }],
    "a symbol as a key is left out": [{ a: 1, [Symbol("b")]: 2 }, { a: 1 }],
    "toJSON is honoured": [{ p: new Point(3) }, { p: { point: 3 } }],
    "toJSON of an array's element": [[new Point(3)], [{ point: 3 }]],
    "a Date is its ISO text": [{ at: new Date(0) }, { at: "1970-01-01T00:00:00.000Z" }],
    "toJSON that gives undefined leaves out": [{ a: { toJSON: () => undefined }, b: 1 }, { b: 1 }],
    "a getter is read": [withGetter, { now: 1 }],
    "BigInt is an integer": [{ n: 12n }, { n: 12 }],
    "an object that stands in two places": (() => {
      const shared = { a: 1 };
      return [[shared, shared], [{ a: 1 }, { a: 1 }]];
    })(),
  };
  for (const [name, [given, expected]] of Object.entries(cases)) {
    test(name, () => assert.deepEqual(echo(given), expected));
  }

  test("__proto__ is a key like any other", () => {
    const value = echo(withProto);
    assert.deepEqual(Object.keys(value).sort(), ["__proto__", "a"]);
    assert.equal(value.admin, undefined);
  });

  test("keys with every kind of escape", () => {
    const keys = { 'a"b': 1, "c\\d": 2, "é": 3, "\n": 4, "": 5 };
    assert.deepEqual(echo(keys), keys);
  });

  test("what toJSON gives is not asked for toJSON again, as in JSON.stringify", () => {
    const given = { a: { toJSON: () => ({ b: 1, toJSON: 2 }) } };
    assert.deepEqual(echo(given), JSON.parse(JSON.stringify(given)));
  });
});

describe("values that JSON cannot say are refused with the path to them", () => {
  const cyclic = { a: { b: [] } };
  cyclic.a.b.push(cyclic);
  const holes = [1, , 3];
  const failing = {
    get secret() {
      throw new Error("no");
    },
  };
  const cases = {
    NaN: [{ a: [1, NaN] }, "/a/1", /NaN/],
    Infinity: [{ a: Infinity }, "/a", /Infinity/],
    "minus Infinity": [-Infinity, "", /-Infinity/],
    "undefined in an array": [{ a: [undefined] }, "/a/0", /undefined/],
    "a Map": [{ m: new Map([["a", 1]]) }, "/m", /Map/],
    "a Set": [{ s: new Set([1]) }, "/s", /Set/],
    "a typed array inside": [{ t: new Float64Array(1) }, "/t", /Float64Array/],
    "bytes inside": [{ t: new Uint8Array(1) }, "/t", /Uint8Array/],
    "a buffer inside": [{ t: new ArrayBuffer(1) }, "/t", /ArrayBuffer/],
    "a function": [{ f: () => 1 }, "/f", /function/],
    "a symbol": [{ s: Symbol("x") }, "/s", /symbol/],
    "a hole": [{ h: holes }, "/h/1", /hole/],
    "a cycle": [cyclic, "/a/b/0", /cycle/],
    "half of a surrogate pair in a value": [{ t: "a\ud800b" }, "/t", /surrogate/],
    "half of a surrogate pair in a key": [{ "\udc00": 1 }, "/\udc00", /surrogate/],
    "an instance of a class": [{ price: new Money(5) }, "/price", /Money/],
    "a regular expression": [{ r: /a/ }, "/r", /RegExp/],
    "an Error": [{ e: new Error("x") }, "/e", /Error/],
    "a promise": [{ p: Promise.resolve(1) }, "/p", /Promise/],
    "a boxed number": [{ n: Object(1) }, "/n", /Number/],
    "an object with a prototype of its own": [{ o: inherited }, "/o", /instance/],
    "a getter that throws": [{ x: failing }, "/x/secret", /no/],
    "a toJSON that throws": [{ j: { toJSON: () => assert.fail("boom") } }, "/j", /boom/],
    "a path that needs escapes": [{ "a/b": { "c~d": NaN } }, "/a~1b/c~0d", /NaN/],
  };
  for (const [name, [given, path, message]] of Object.entries(cases)) {
    test(name, () => {
      const error = throwsCode(() => echo(given), "input_not_json", { path });
      assert.match(error.message, message);
    });
  }

  test("a typed array that is not bytes, as the whole input", () => {
    throwsCode(() => echo(new Uint16Array(2)), "input_not_json", { path: "" });
  });

  test("as deep as the limit is allowed, one deeper is not", () => {
    const nested = (depth) => {
      let value = 1;
      for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
      return value;
    };
    assert.deepEqual(echo(nested(512)), nested(512));
    const error = throwsCode(() => echo(nested(513)), "input_not_json", { limit: { name: "data_nesting", value: 512 } });
    assert.ok(error.path.length > 100);
    // The same documents as text.
    assert.deepEqual(echo(JSON.stringify(nested(512))), nested(512));
    throwsCode(() => echo(JSON.stringify(nested(513))), "limit_exceeded", { limit: { name: "data_nesting", value: 512 } });
  });

  test("shared references that unfold without end run into the limit on size", () => {
    let value = ["0123456789"];
    for (let i = 0; i < 60; i++) value = [value, value];
    throwsCode(() => echo(value), "limit_exceeded", { limit: { name: "input_bytes", value: 33554432 } });
  });
});

describe("text and bytes", () => {
  const encode = (text) => new TextEncoder().encode(text);

  test("a string is JSON text, not a value", () => {
    assert.deepEqual(echo('{"a": [1, "b"]}'), { a: [1, "b"] });
    assert.equal(echo('"text"'), "text");
    throwsCode(() => echo("text"), "input_not_json");
  });

  test("bytes, buffers and views of a part of them", () => {
    assert.deepEqual(echo(encode('{"a":1}')), { a: 1 });
    assert.deepEqual(echo(encode('{"a":1}').buffer), { a: 1 });
    assert.deepEqual(echo(encode('xx{"a":1}yy').subarray(2, 9)), { a: 1 });
    assert.deepEqual(echo(Buffer.from('{"a":1}')), { a: 1 });
  });

  test("a byte order mark is skipped", () => {
    assert.deepEqual(echo(new Uint8Array([0xef, 0xbb, 0xbf, ...encode("[1]")])), [1]);
    assert.deepEqual(echo("\ufeff[1]"), [1]);
  });

  test("the last of duplicate keys wins, as in JSON.parse", () => {
    for (const text of ['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"x":{"a":1,"b":0,"a":{"c":2}}}']) {
      assert.deepEqual(echo(text), JSON.parse(text));
      assert.deepEqual(echo(encode(text)), JSON.parse(text));
    }
  });

  for (const [name, text] of Object.entries({
    "trailing text": '{"a":1} x',
    "a second value": "1 2",
    "nothing at all": "",
    "only a space": " ",
    "an object that is cut": '{"a":',
    "a number with a leading zero": "[01]",
    "a comment": "/* */1",
    "a trailing comma": "[1,]",
    "half of a surrogate pair as an escape": '["\\ud800"]',
    NaN: "NaN",
  })) {
    test(`refused: ${name}`, () => {
      throwsCode(() => echo(text), "input_not_json");
      throwsCode(() => echo(encode(text)), "input_not_json");
    });
  }

  test("refused: bytes that are not UTF-8", () => {
    throwsCode(() => echo(new Uint8Array([0x22, 0xff, 0x22])), "input_not_json");
  });

  test("no input at all is no input", () => {
    assert.equal(policy.evaluate("echo/value").defined, false);
    assert.equal(policy.evaluate("echo/value", undefined).defined, false);
    assert.equal(policy.evaluate("echo/value", null).value, null);
  });
});

describe("large integers are never rounded", () => {
  const text = '{"n": 9007199254740993, "list": [-9007199254740993, 5], "in text": "9007199254740993", "float": 1.5}';

  test("as BigInt where exact numbers are asked for", () => {
    assert.deepEqual(echo(text, { numbers: "exact" }), {
      n: 9007199254740993n,
      list: [-9007199254740993n, 5],
      "in text": "9007199254740993",
      float: 1.5,
    });
  });

  test("otherwise an error", () => {
    const error = throwsCode(() => echo(text), "number_not_exact");
    assert.match(error.message, /9007199254740993/);
    assert.match(error.help, /exact/);
  });

  test("a BigInt goes in and comes out", () => {
    assert.deepEqual(echo({ n: 123456789012345678901234567890n }, { numbers: "exact" }), { n: 123456789012345678901234567890n });
  });

  test("the largest safe integers are numbers", () => {
    assert.deepEqual(echo([9007199254740991, -9007199254740991]), [9007199254740991, -9007199254740991]);
  });

  test("a text that looks like what stands for a large integer stays a text", () => {
    const value = { n: 9007199254740993n, trap: "int:12", other: 'int:int:5", "n": 1' };
    assert.deepEqual(echo(value, { numbers: "exact" }), value);
  });
});
