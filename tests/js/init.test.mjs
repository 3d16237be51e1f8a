// Loading the module by hand, through the entry that loads nothing: what works, and what each mistake is told.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";

const bytes = readFileSync(new URL("../../pkg/dist/engine.wasm", import.meta.url));
const run = promisify(execFile);

const FILES = {
  "/engine.wasm": { type: "application/wasm", body: bytes },
  "/untyped.wasm": { type: "application/octet-stream", body: bytes },
  "/page.wasm": { type: "text/html", body: "<!DOCTYPE html><p>not here</p>" },
  "/page-as-wasm.wasm": { type: "application/wasm", body: "<!DOCTYPE html><p>not here</p>" },
  "/compressed.wasm": { type: "application/octet-stream", body: Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]) },
  "/cut.wasm": { type: "application/wasm", body: bytes.subarray(0, 5000) },
};

let server;
let origin;

before(async () => {
  server = createServer((request, response) => {
    const file = FILES[request.url];
    if (file === undefined) return void response.writeHead(404, "Not Found").end();
    response.writeHead(200, { "content-type": file.type }).end(file.body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

// The engine of a process is loaded once, so each case has a process of its own. It prints what it learned as JSON.
async function inProcess(program, { flags = [], env = {} } = {}) {
  const prologue = `
    import { readFileSync } from "node:fs";
    import { init, check, compile, RegateError } from "regate/slim";
    const bytes = () => readFileSync(new URL(${JSON.stringify(new URL("../../pkg/dist/engine.wasm", import.meta.url).href)}));
    const origin = ${JSON.stringify(origin)};
    const codeOf = async (call) => {
      try { await call(); return "nothing thrown"; }
      catch (error) { return error instanceof RegateError ? [error.code, error.message, error.help ?? ""].join(" | ") : String(error.stack); }
    };
    const works = () => check("package a\\n\\nx := 1\\n").diagnostics.length === 0;
    const print = (value) => console.log(JSON.stringify(value));
  `;
  const { stdout } = await run(process.execPath, [...flags, "--input-type=module", "--eval", prologue + program], {
    cwd: new URL(".", import.meta.url),
    env: { ...process.env, ...env },
  });
  return JSON.parse(stdout);
}

describe("init loads from", () => {
  const sources = {
    "bytes": "bytes()",
    "a view of a part of a buffer": "(() => { const b = new Uint8Array(bytes().length + 9); b.set(bytes(), 5); return b.subarray(5, b.length - 4); })()",
    "an ArrayBuffer": "new Uint8Array(bytes()).buffer",
    "a URL": 'new URL(origin + "/engine.wasm")',
    "an address as text": 'origin + "/engine.wasm"',
    "a server that does not know the type": 'origin + "/untyped.wasm"',
    "a response": 'await fetch(origin + "/engine.wasm")',
    "the promise of a response": 'fetch(origin + "/engine.wasm")',
    "a compiled module": "new WebAssembly.Module(bytes())",
  };
  for (const [name, source] of Object.entries(sources)) {
    test(name, async () => assert.equal(await inProcess(`await init(${source}); print(works());`), true));
  }

  test("a compiled module without waiting", async () => {
    assert.equal(await inProcess("init(new WebAssembly.Module(bytes())); print(works());"), true);
  });
});

describe("init", () => {
  test("is one promise, and tries again after a failure", async () => {
    const seen = await inProcess(`
      const failed = await codeOf(() => init(origin + "/missing.wasm"));
      const first = init(origin + "/engine.wasm");
      const same = first === init();
      await first;
      await init(origin + "/missing.wasm");
      print([failed.split(" ")[0], same, works()]);
    `);
    assert.deepEqual(seen, ["engine_not_loaded", true, true]);
  });

  test("before it, every call says so", async () => {
    assert.match(await inProcess('print(await codeOf(() => check("package a")));'), /^not_initialised \|.*\| .*await init\(\)/);
    assert.match(await inProcess('print(await codeOf(() => compile("package a")));'), /^not_initialised/);
    assert.match(await inProcess("print(await codeOf(() => init()));"), /^not_initialised \|.*regate\/engine\.wasm/);
  });
});

describe("what is not the module is told apart", () => {
  const mistakes = {
    "a page": ['origin + "/page.wasm"', /^not_a_wasm_file \| .*\/page\.wasm is not a wasm file: its first bytes are `<!DOCTYP` \| .*page/],
    "a page that says it is wasm": ['origin + "/page-as-wasm.wasm"', /^not_a_wasm_file .*<!DOCTYP/],
    "a compressed file": ['origin + "/compressed.wasm"', /^not_a_wasm_file .*1f 8b 08.*content-encoding/],
    "nothing": ["new Uint8Array()", /^not_a_wasm_file .*it is empty/],
    "a file that was cut": ['origin + "/cut.wasm"', /^not_a_wasm_file .*damaged/],
    "a missing file": ['origin + "/missing.wasm"', /^engine_not_loaded \| .*answered 404 Not Found/],
    "a server that is away": ['"http://127.0.0.1:1/engine.wasm"', /^engine_not_loaded \| .*could not be fetched/],
    "a response that fails": ['Promise.reject(new Error("offline"))', /^engine_not_loaded \| .*offline/],
    "a number": ["5", /^malformed_request/],
    "another module": ["new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))", /^engine_not_supported/],
  };
  for (const [name, [source, expected]] of Object.entries(mistakes)) {
    test(name, async () => assert.match(await inProcess(`print(await codeOf(() => init(${source})));`), expected));
  }

  test("an engine without WebAssembly", async () => {
    const seen = await inProcess("delete globalThis.WebAssembly; print(await codeOf(() => init(bytes())));");
    assert.match(seen, /^engine_not_supported \| this JavaScript engine has no WebAssembly/);
  });

  test("an engine whose WebAssembly is too old", async () => {
    const seen = await inProcess(`
      WebAssembly.compile = () => Promise.reject(new WebAssembly.CompileError("invalid opcode 0xfc"));
      WebAssembly.validate = () => false;
      print(await codeOf(() => init(bytes())));
    `);
    assert.match(seen, /^engine_not_supported \| .*lacks bulk memory operations and sign extension/);
  });

  test("a page whose policy forbids compiling", async () => {
    const seen = await inProcess(`
      WebAssembly.compile = () => Promise.reject(new WebAssembly.CompileError("Refused to compile: 'wasm-unsafe-eval' is not allowed by the Content Security Policy"));
      print(await codeOf(() => init(bytes())));
    `);
    assert.match(seen, /^engine_not_supported \| .* \| .*'wasm-unsafe-eval'/);
  });
});

describe("the probes of old engines", () => {
  test("are modules that this engine accepts", async () => {
    // A probe that is malformed would call every engine too old.
    const seen = await inProcess(`
      WebAssembly.compile = () => Promise.reject(new WebAssembly.CompileError("something else"));
      print(await codeOf(() => init(bytes())));
    `);
    assert.match(seen, /^not_a_wasm_file \| .*damaged: something else/);
  });
});

describe("the entry for Node", () => {
  test("needs no init, and require() gives the same package", async () => {
    const program = `const { check, init } = require("regate"); console.log(check("package a\\n").diagnostics.length); init().then(() => console.log("ready"));`;
    const { stdout } = await run(process.execPath, ["--no-warnings", "--eval", program], { cwd: new URL(".", import.meta.url) });
    assert.equal(stdout, "0\nready\n");
  });

  test("works without Symbol.dispose and FinalizationRegistry", async () => {
    const program = `
      delete globalThis.FinalizationRegistry;
      const { compile } = await import("regate");
      const { policy } = compile("package a\\n\\nx := 1\\n");
      console.log(policy.evaluate("a/x", {}).value);
      policy.free();
    `;
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program], { cwd: new URL(".", import.meta.url) });
    assert.equal(stdout, "1\n");
  });
});
