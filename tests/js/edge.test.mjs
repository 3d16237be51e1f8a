// `regate/edge`: programs that the full build compiled, in the build that compiles none.

import assert from "node:assert/strict";
import { createHmac, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { describe, test } from "node:test";
import * as full from "regate";
import * as edge from "regate/edge";

/** The error that a call throws. */
function thrown(call) {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof full.RegateError, error?.stack);
    return error;
  }
  return assert.fail("nothing was thrown");
}

/** What the full build compiles, loaded by the edge build. */
function loaded(source, options) {
  const { policy, diagnostics } = full.compile(source, options);
  assert.notEqual(policy, null, JSON.stringify(diagnostics));
  return edge.fromBytes(policy.toBytes());
}

describe("a policy in the edge build", () => {
  test("answers what it answers in the full build, at the same cost, whatever form the input has", async () => {
    await edge.init();
    const source = `package shop
      import rego.v1
      default allow := false
      allow if input.user.role == "admin"
      total := sum([cost | some line in input.items; cost := line.price * line.count])
      names contains lower(line.name) if some line in input.items
      digest := crypto.sha256(json.marshal(input))
      host if glob.match("*.example.com", [], input.host)
      parts := regex.find_n("[a-z]+", input.host, -1)
      when := time.format([input.at, "UTC", "RFC3339"])`;
    const { policy } = full.compile(source);
    const program = edge.fromBytes(policy.toBytes({ sources: false }));
    const input = {
      user: { role: "admin" },
      items: [{ name: "Pear", price: 2.5, count: 4 }, { name: "FIG", price: 1, count: 12345678901 }],
      host: "a.example.com",
      at: 1e18,
    };
    const text = JSON.stringify(input);
    for (const form of [input, text, new TextEncoder().encode(text)]) {
      for (const entrypoint of policy.entrypoints) {
        assert.deepEqual(program.evaluate(entrypoint, form), policy.evaluate(entrypoint, form), entrypoint);
      }
    }
    assert.deepEqual(program.entrypoints, policy.entrypoints);
    assert.equal(program.revision, policy.revision);
  });

  test("takes data, part by part, and keeps it when it is loaded again", () => {
    const program = loaded("package p\nimport rego.v1\nallow if data.roles[input.user] == \"admin\"", { data: { roles: {} } });
    const asked = (user) => program.evaluate("p/allow", { user }).defined;
    assert.equal(asked("ada"), false);
    program.updateData(["roles", "ada"], "\"admin\"");
    assert.equal(asked("ada"), true);
    program.setData({ roles: { bob: "admin" } });
    assert.deepEqual([asked("ada"), asked("bob")], [false, true]);
    program.free();
    assert.equal(thrown(() => asked("bob")).code, "released");
  });

  test("asks functions of the host", async () => {
    const hostFunctions = [{ name: "acme.level", arguments: ["string"], result: "number" }];
    const program = loaded("package p\nimport rego.v1\nallow if acme.level(input.user) > 3", { hostFunctions });
    const answer = await program.evaluateAsync("p/allow", { user: "ada" }, { functions: { "acme.level": async () => 4 } });
    assert.equal(answer.value, true);
  });

  test("is refused where it calls builtins that this build lacks, and each of them is named", () => {
    const { policy } = full.compile(
      `package p
      import rego.v1
      a := yaml.unmarshal(input.text)
      b := graphql.parse_schema(input.schema)
      c := count(input.list)
      d := http.send({"method": "get", "url": "https://example.com"})`,
      { hostBuiltins: ["http.send"] },
    );
    const error = thrown(() => edge.fromBytes(policy.toBytes()));
    assert.equal(error.code, "builtin_not_available");
    assert.match(error.message, /graphql\.parse_schema, yaml\.unmarshal, http\.send/);
    assert.ok(error instanceof edge.RegateError && error instanceof full.RegateError);
  });

  test("is warned of where it is compiled for this build, at each call", () => {
    const source = "package p\nimport rego.v1\n\na := yaml.marshal(input)\n\nb if {\n\tsome x in input.list\n\tnot json.match_schema(x, {})[0]\n}\n";
    const { policy, diagnostics } = full.compile(source, { target: "edge" });
    assert.notEqual(policy, null);
    const seen = diagnostics.map(({ code, severity, message, start }) => [code, severity, start.line, start.column, /builtin ([\w.]+)/.exec(message)[1]]);
    assert.deepEqual(seen, [
      ["builtin_not_in_target", "warning", 4, 6, "yaml.marshal"],
      ["builtin_not_in_target", "warning", 8, 6, "json.match_schema"],
    ]);
    assert.deepEqual(full.compile(source).diagnostics, []);
    assert.deepEqual(full.check(source, { target: "edge" }).diagnostics.length, 2);
    assert.equal(thrown(() => full.compile(source, { target: "moon" })).code, "malformed_request");
  });

  test("ends where it asks for what only the full build knows of a builtin, and is never undefined there", () => {
    const program = loaded(`package p
      import rego.v1
      pattern if regex.match(input.pattern, "\u00e9")
      not_pattern if not regex.match(input.pattern, "\u00e9")
      valid if regex.is_valid(input.pattern)
      clock := time.clock([0, input.zone])
      not_clock if not time.clock([0, input.zone])`);
    for (const pattern of ["\\p{L}", "(?i)\u00c9"]) {
      for (const rule of ["pattern", "not_pattern", "valid"]) {
        const error = thrown(() => program.evaluate(`p/${rule}`, { pattern }));
        assert.equal(error.code, "builtin_not_available", rule);
      }
    }
    assert.equal(program.evaluate("p/pattern", { pattern: "^.$" }).value, true);
    assert.equal(program.evaluate("p/valid", { pattern: "(" }).defined, false);
    for (const rule of ["clock", "not_clock"]) {
      assert.equal(thrown(() => program.evaluate(`p/${rule}`, { zone: "Europe/Oslo" })).code, "builtin_not_available");
    }
    assert.deepEqual(program.evaluate("p/clock", { zone: "UTC" }).value, [0, 0, 0]);
  });

  test("what is no program, or a damaged one, is refused", () => {
    const { policy } = full.compile("package p\nallow := 1");
    const bytes = policy.toBytes();
    assert.equal(thrown(() => edge.fromBytes("text")).code, "malformed_request");
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = bytes.slice();
      changed[at] ^= 1;
      assert.match(thrown(() => edge.fromBytes(changed)).code, /^program_(damaged|version)$/);
      assert.equal(thrown(() => edge.fromBytes(bytes.subarray(0, at))).code, "program_damaged");
    }
  });

  test("says what it is made of", () => {
    const { builtins, limits } = edge.capabilities();
    const available = (name) => builtins.find((builtin) => builtin.name === name).available;
    assert.deepEqual(["count", "regex.match", "io.jwt.verify_rs256", "yaml.marshal", "io.jwt.encode_sign"].map(available), [true, true, true, false, false]);
    assert.deepEqual(limits, full.capabilities().limits);
    const inFull = new Map(full.capabilities().builtins.map((builtin) => [builtin.name, builtin]));
    for (const { name, available: isHere } of builtins) {
      const { available: isThere, carrier } = inFull.get(name);
      // The compiler puts constants or other builtins in the place of some, so that no program calls them.
      const ofCompiler = ["print", "rego.metadata.chain", "rego.metadata.rule"].includes(name);
      assert.equal(isHere, ofCompiler || (isThere && ["edge", "driver"].includes(carrier)), name);
    }
  });
});

describe("signatures of tokens in the edge build", () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = (key) => key.publicKey.export({ type: "spki", format: "pem" });
  const payload = { iss: "shop", aud: "web", exp: 2_000_000_000, sub: "ada" };
  function token(claims, key = ec.privateKey, header = { alg: "ES256" }) {
    const signed = `${part(header)}.${part(claims)}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  }
  const source = `package p
    import rego.v1
    verified := io.jwt.verify_es256(input.token, input.key)
    decoded := io.jwt.decode_verify(input.token, {"cert": input.key, "alg": "ES256", "iss": "shop", "aud": "web"})
    by_secret := io.jwt.decode_verify(input.token, {"secret": input.key, "iss": "shop", "aud": "web"})
    denied if not io.jwt.verify_es256(input.token, input.key)`;
  const at = { nowMs: 1_700_000_000_000 };

  test("are verified by the driver, and all else by the engine: as in the full build", async () => {
    const { policy } = full.compile(source);
    const program = edge.fromBytes(policy.toBytes());
    const tokens = {
      right: token(payload),
      late: token({ ...payload, exp: 1_600_000_000 }),
      issuer: token({ ...payload, iss: "else" }),
      audience: token({ ...payload, aud: ["app"] }),
      algorithm: token(payload, ec.privateKey, { alg: "ES384" }),
      key: token(payload, other.privateKey),
      critical: token(payload, ec.privateKey, { alg: "ES256", crit: ["x"], x: 1 }),
      none: `${part({ alg: "none" })}.${part(payload)}.`,
      short: "a.b",
    };
    for (const [name, given] of Object.entries(tokens)) {
      for (const key of [pem(ec), JSON.stringify({ keys: [{ ...ec.publicKey.export({ format: "jwk" }), alg: "ES256" }] }), "no key"]) {
        for (const rule of ["verified", "decoded"]) {
          const [here, there] = [await program.evaluateAsync(`p/${rule}`, { token: given, key }, at), policy.evaluate(`p/${rule}`, { token: given, key }, at)];
          assert.deepEqual([here.defined, here.value], [there.defined, there.value], `${name}, ${rule}`);
        }
      }
    }
    const right = { token: tokens.right, key: pem(ec) };
    assert.equal((await program.evaluateAsync("p/verified", right)).value, true);
    assert.deepEqual((await program.evaluateAsync("p/decoded", right, at)).value, [true, { alg: "ES256" }, payload]);
    assert.equal((await program.evaluateAsync("p/denied", right)).defined, false);
    assert.equal((await program.evaluateAsync("p/denied", { ...right, token: tokens.key })).value, true);
  });

  test("by a secret need no driver", () => {
    const { policy } = full.compile(source);
    const program = edge.fromBytes(policy.toBytes());
    const signed = `${part({ alg: "HS256" })}.${part(payload)}`;
    const made = `${signed}.${createHmac("sha256", "hush").update(signed).digest("base64url")}`;
    for (const key of ["hush", "other", pem(ec)]) {
      const [here, there] = [program, policy].map((asked) => asked.evaluate("p/by_secret", { token: made, key }, at));
      assert.deepEqual(here, there);
    }
    assert.equal(program.evaluate("p/by_secret", { token: made, key: "hush" }, at).value[0], true);
  });

  test("need an evaluation that is waited for", () => {
    const program = loaded(source);
    const error = thrown(() => program.evaluate("p/verified", { token: token(payload), key: pem(ec) }));
    assert.equal(error.code, "host_not_asked");
    assert.match(error.help, /evaluateAsync/);
  });

  test("of a token in a token end the evaluation", async () => {
    const inner = token(payload);
    const signed = `${part({ alg: "ES256", cty: "JWT" })}.${Buffer.from(inner).toString("base64url")}`;
    const signature = sign("sha256", Buffer.from(signed), { key: createPrivateKey(ec.privateKey.export({ type: "pkcs8", format: "pem" })), dsaEncoding: "ieee-p1363" });
    const program = loaded(source);
    await assert.rejects(program.evaluateAsync("p/decoded", { token: `${signed}.${signature.toString("base64url")}`, key: pem(ec) }, at), { code: "eval_builtin_error" });
  });
});
