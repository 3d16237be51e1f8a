// A WebAssembly module taken apart: its functions with their names and bodies, and its data.

/** `{ functions: [{ name, body }], imported, data }`: bodies and data are parts of `bytes`; `imported` counts the functions before them. */
export function takenApart(bytes) {
  const module = { bodies: [], names: new Map(), imported: 0, data: bytes.subarray(0, 0) };
  const reader = new Reader(bytes, 8);
  while (!reader.atEnd()) {
    const id = reader.byte();
    const part = reader.part(reader.number());
    if (id === 0) readNames(part, module);
    else if (id === 2) module.imported = functionImports(part);
    else if (id === 10) for (let left = part.number(); left > 0; left--) module.bodies.push(part.part(part.number()).rest());
    else if (id === 11) module.data = part.rest();
  }
  const functions = module.bodies.map((body, at) => ({ name: module.names.get(module.imported + at) ?? "", body }));
  return { functions, imported: module.imported, data: module.data };
}

/** The module with these names for its functions, in their order; it must have none yet. */
export function named(bytes, names) {
  const { imported } = takenApart(bytes);
  const entries = names.map((name, at) => Buffer.concat([leb(imported + at), text(name)]));
  const list = Buffer.concat([leb(names.length), ...entries]);
  const section = Buffer.concat([text("name"), Buffer.of(1), leb(list.length), list]);
  return Buffer.concat([bytes, Buffer.of(0), leb(section.length), section]);
}

function text(words) {
  const bytes = Buffer.from(words);
  return Buffer.concat([leb(bytes.length), bytes]);
}

/** A number in LEB128. */
function leb(number) {
  const bytes = [];
  for (; number > 127; number >>>= 7) bytes.push((number & 127) | 128);
  return Buffer.from([...bytes, number]);
}

function functionImports(part) {
  let functions = 0;
  for (let left = part.number(); left > 0; left--) {
    part.text();
    part.text();
    const kind = part.byte();
    if (kind === 0) functions++;
    if (kind === 1) part.byte();
    if (kind === 1 || kind === 2) {
      const bounded = part.byte() & 1;
      part.number();
      if (bounded) part.number();
    } else part.number();
    if (kind === 3) part.byte();
  }
  return functions;
}

function readNames(part, module) {
  if (part.text() !== "name") return;
  while (!part.atEnd()) {
    const id = part.byte();
    const inner = part.part(part.number());
    if (id !== 1) continue;
    for (let left = inner.number(); left > 0; left--) {
      const at = inner.number();
      module.names.set(at, inner.text());
    }
  }
}

class Reader {
  #bytes;
  #at;
  constructor(bytes, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }
  atEnd() {
    return this.#at >= this.#bytes.length;
  }
  byte() {
    return this.#bytes[this.#at++];
  }
  /** An unsigned number in LEB128. */
  number() {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      number += (byte & 127) * 2 ** shift;
      if (byte < 128) return number;
    }
  }
  part(length) {
    const part = new Reader(this.#bytes.subarray(this.#at, this.#at + length));
    this.#at += length;
    return part;
  }
  text() {
    return new TextDecoder().decode(this.part(this.number()).rest());
  }
  rest() {
    return this.#bytes.subarray(this.#at);
  }
}
