// Searches whatever a run leaves behind for a secret: in every part of every value, and in the usual encodings.

import { inspect } from "node:util";

/** The texts that a secret shows itself in, by the name of the encoding. */
export function formsOf(secret) {
  const bytes = Buffer.from(secret, "utf8");
  const forms = {
    plain: secret,
    json: JSON.stringify(secret).slice(1, -1),
    url: encodeURIComponent(secret),
    form: new URLSearchParams({ s: secret }).toString().slice(2),
    hex: bytes.toString("hex"),
    bytes: [...bytes].join(","),
    latin1: bytes.toString("latin1"),
  };
  for (const shift of [0, 1, 2]) forms[`base64 after ${shift}`] = innerBase64(bytes, shift);
  return forms;
}

// What base64 makes of the bytes at a place inside of something longer: without the characters that their neighbours share.
function innerBase64(bytes, shift) {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64").replace(/=+$/, "");
  const shared = (shift + bytes.length) % 3 === 0 ? 0 : 1;
  return text.slice([0, 2, 3][shift], text.length - shared);
}

/** Everything that was left behind, by where it was. */
export class Evidence {
  #found = [];

  add(where, value) {
    this.#found.push({ where, texts: textsOf(value) });
  }

  get size() {
    return this.#found.length;
  }

  /** Where the secret shows, as "where: encoding"; nothing where it shows nowhere. */
  leaksOf(secret) {
    const forms = Object.entries(formsOf(secret)).map(([name, form]) => [name, squeezed(form)]);
    return [...new Set(this.#found.flatMap(({ where, texts }) => forms.filter(([, form]) => texts.some((text) => text.includes(form))).map(([name]) => `${where}: ${name}`)))];
  }
}

// Without the differences between the alphabets of base64, and between small and large hexadecimal.
function squeezed(text) {
  return text.toLowerCase().replaceAll("-", "+").replaceAll("_", "/");
}

function textsOf(value) {
  const texts = new Set([inspected(value)]);
  walk(value, texts, new Set());
  return [...texts].map(squeezed);
}

function inspected(value) {
  return inspect(value, { depth: Infinity, showHidden: true, getters: true, maxArrayLength: Infinity, maxStringLength: Infinity, breakLength: Infinity });
}

// Every own property, hidden ones too, and what collections and buffers hold.
function walk(value, texts, seen) {
  if (typeof value === "string") return void texts.add(value);
  if (value === null || !["object", "function"].includes(typeof value) || seen.has(value)) return;
  seen.add(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    const bytes = Buffer.from(value instanceof ArrayBuffer ? value : value.buffer);
    texts.add(bytes.toString("utf8")).add(bytes.toString("latin1"));
    return;
  }
  if (value instanceof Map || value instanceof Set || value instanceof Headers) for (const item of value) walk(item, texts, seen);
  if (value instanceof Error) for (const name of ["message", "stack", "cause", "errors", "name", "code"]) walk(value[name], texts, seen);
  for (const key of Reflect.ownKeys(value)) {
    texts.add(String(key));
    const { value: held, get } = Object.getOwnPropertyDescriptor(value, key);
    walk(get === undefined ? held : readOrThrown(value, key), texts, seen);
  }
}

function readOrThrown(value, key) {
  try {
    return value[key];
  } catch (thrown) {
    return thrown;
  }
}
