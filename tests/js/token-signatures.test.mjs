// Signatures of tokens, verified by WebCrypto: the verdicts of the full engine, token by token and key by key.

import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { describe, test } from "node:test";
// Starts the engine that these modules ask, which is none of the package.
import "../../target/package-modules/node.js";
import { verifiesToken } from "../../target/package-modules/token-signatures.js";
import { certificateDer, der, extension, pem } from "./made-certificates.mjs";
import {
  base64Url,
  builtinOf,
  certificateOf,
  DECODE_VERIFY,
  EACH,
  file,
  jwk,
  MADE,
  OCT,
  ofDriver,
  ofEngine,
  onCurve,
  PAIRS,
  pemOf,
  privateJwk,
  rsaOf,
  SECRET,
  set,
  SOME,
  spki,
  token,
  tokenOf,
  verdict,
  verdicts,
  without,
} from "./made-tokens.mjs";

describe("a token of each algorithm", () => {
  const forms = {
    "a public key": pemOf,
    "a certificate": (name) => certificateOf(name),
    "a JSON web key": (name) => JSON.stringify(jwk(name)),
    "a set of one": (name) => set(jwk(name)),
    "a set of all": () => set(...Object.keys(PAIRS).map((name) => jwk(name)), OCT),
    "a set of all with names": () => set(...Object.keys(PAIRS).map((name) => jwk(name, { kid: name })), { ...OCT, kid: "oct" }),
  };
  for (const [form, keyOf] of Object.entries(forms)) {
    test(`is verified by ${form}`, async () => {
      for (const [name, alg] of EACH) {
        const header = form.endsWith("names") ? { alg, kid: name } : { alg, kid: "p999" };
        assert.equal(await verdict(builtinOf(alg), tokenOf(name, alg, header), keyOf(name)), true);
        assert.equal(await verdict(DECODE_VERIFY, tokenOf(name, alg, header), keyOf(name)), true);
      }
    });
  }

  test("is verified by a private key where it is decoded as well, and not where it is not", async () => {
    for (const [name, alg] of EACH) {
      assert.equal(await verdict(builtinOf(alg), tokenOf(name, alg), JSON.stringify(privateJwk(name))), false);
      assert.equal(await verdict(DECODE_VERIFY, tokenOf(name, alg), JSON.stringify(privateJwk(name))), true);
    }
  });

  test("is verified by the algorithm of the builtin, whatever its header says", async () => {
    for (const [name, alg] of SOME) {
      for (const said of ["RS512", "HS256", "none", "", alg.toLowerCase(), undefined]) {
        const made = tokenOf(name, alg, { alg: said });
        assert.equal(await verdict(builtinOf(alg), made, pemOf(name)), true);
        for (const builtin of [builtinOf(alg), "io.jwt.verify_ps256", DECODE_VERIFY]) await verdict(builtin, made, set(jwk(name, { alg }), jwk(name, { alg: "RS512" })));
      }
    }
  });

  test("is verified by no key of another", async () => {
    const keys = [...Object.keys(PAIRS).map((name) => pemOf(name)), pem("PUBLIC KEY", spki(rsaOf(2048))), JSON.stringify(OCT)];
    for (const [name, alg] of SOME) {
      for (const key of keys) {
        const found = await verdict(builtinOf(alg), tokenOf(name, alg), key);
        assert.equal(found, key === pemOf(name));
        assert.equal(await verdict(DECODE_VERIFY, tokenOf(name, alg), key), found);
      }
    }
  });

  test("is verified as others made it", async () => {
    for (const [name, key] of [["RS256", "rsa"], ["PS512", "rsa"], ["ES256", "p256"], ["ES384", "p384"], ["ES512", "p521"], ["EdDSA", "ed25519"], ["ES256_on_P384", "p384"]]) {
      assert.equal(await verdict(builtinOf(name.split("_")[0]), MADE[name], file(`${key}.public.pem`)), true);
    }
    for (const certificate of ["rsa.certificate.pem", "ed25519.certificate.pem", "leaf.pem", "chain.rsa.pem", "chain.ed25519.pem", "chain.p521.pem", "chain.pem"]) {
      for (const name of ["RS256", "PS256", "ES256", "EdDSA"]) await verdicts(MADE[name], file(certificate));
    }
    assert.equal(await verdict("io.jwt.verify_rs256", MADE.RS256, file("rsa.certificate.pem")), true);
    assert.equal(await verdict("io.jwt.verify_eddsa", MADE.EdDSA, file("ed25519.certificate.pem")), true);
  });
});

describe("a code of a secret", () => {
  test("counts where a set has it, and the header asks for it", async () => {
    for (const alg of ["HS256", "HS384", "HS512"]) {
      const made = token(alg, SECRET);
      assert.equal(await verdict(DECODE_VERIFY, made, JSON.stringify(OCT)), true);
      assert.equal(await verdict(DECODE_VERIFY, made, set(jwk("rsa"), OCT)), true);
      assert.equal(await verdict(DECODE_VERIFY, made, set(jwk("rsa"), { ...OCT, alg: "HS999" })), false);
      assert.equal(await verdict(DECODE_VERIFY, token(alg, "another"), JSON.stringify(OCT)), false);
      assert.equal(await verdict(DECODE_VERIFY, token(alg, SECRET, { alg: "HS224" }), JSON.stringify(OCT)), false);
      assert.equal(await verdict(DECODE_VERIFY, token(alg, "", { alg }), JSON.stringify({ kty: "oct", k: "" })), false);
      assert.ok((await verdicts(made, set(OCT))).slice(0, -1).every((found) => found === false));
    }
  });

  test("is never one of a key that everybody knows", async () => {
    for (const name of ["rsa", "p256", "ed25519"]) {
      const confused = token("HS256", pemOf(name));
      assert.equal(await verdict(DECODE_VERIFY, confused, pemOf(name)), false);
      for (const before of ["", " \n", "\u0085\u2028", "\ufeff"]) {
        const secret = before + pemOf(name);
        await verdict(DECODE_VERIFY, token("HS256", secret), JSON.stringify({ kty: "oct", k: base64Url(secret) }));
      }
      assert.equal(await verdict(DECODE_VERIFY, confused, JSON.stringify({ kty: "oct", k: base64Url(pemOf(name)) })), "failed");
    }
  });
});

describe("a token that was tampered with", () => {
  const flipped = (bytes, at) => Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)));

  test("is verified by nothing", async () => {
    for (const [name, alg] of SOME) {
      const [header, payload, signature] = tokenOf(name, alg).split(".");
      const bytes = Buffer.from(signature, "base64url");
      const half = bytes.length / 2;
      const zero = Buffer.alloc(1);
      const signatures = [
        // The halves with zeros in front, which are the same numbers.
        Buffer.concat([zero, bytes.subarray(0, half), zero, bytes.subarray(half)]),
        Buffer.concat([bytes.subarray(0, half), zero, bytes.subarray(half)]),
        flipped(bytes, 0),
        flipped(bytes, half),
        flipped(bytes, bytes.length - 1),
        bytes.subarray(1),
        bytes.subarray(0, -1),
        Buffer.alloc(0),
        Buffer.alloc(bytes.length),
        Buffer.alloc(bytes.length, 0xff),
        Buffer.concat([bytes, zero]),
        Buffer.concat([zero, bytes]),
      ];
      for (const [at, changed] of signatures.entries()) {
        const made = `${header}.${payload}.${base64Url(changed)}`;
        const found = await verdict(builtinOf(alg), made, pemOf(name));
        // Other numbers of ECDSA may begin with a zero by chance, without which they are the same as well.
        if (at < 2 || !alg.startsWith("ES")) assert.equal(found, alg.startsWith("ES"), `${alg} ${base64Url(changed)}`);
        assert.equal(await verdict(DECODE_VERIFY, made, pemOf(name)), false);
      }
      for (const made of [`${header}.${base64Url('{"a":1}')}.${signature}`, `${base64Url(`{"alg": "${alg}"}`)}.${payload}.${signature}`]) {
        assert.equal(await verdict(builtinOf(alg), made, pemOf(name)), false);
        assert.equal(await verdict(DECODE_VERIFY, made, pemOf(name)), false);
      }
    }
  });

  test("is malformed where the engine says so", async () => {
    const whole = tokenOf("p256", "ES256");
    const [header, payload, signature] = whole.split(".");
    const texts = ["", "a", "a.b", ".", "..", "...", `${whole}.`, `.${whole}`, `${header}.${payload}`, `${whole}.${signature}`, ` ${whole}`, `${whole} `, `${whole}\n`];
    texts.push(`${header}=.${payload}.${signature}`, `${whole}=`, `${whole}==`, `${whole}===`, `${whole}\r\n==`, `${header}.${payload}.${signature.slice(0, -1)}`);
    texts.push(`${header}.${payload}.${signature.replace(/.$/, "*")}`, `${header}.${payload}.${signature}é`, `${header}.${payload}.\n${signature.slice(0, 4)}\n${signature.slice(4)}`);
    texts.push(`${header}.${payload}.${signature.replaceAll("-", "+").replaceAll("_", "/")}`, `${header}.*.${signature}`, `${payload}.${payload}.${signature}`);
    const bare = whole.slice(0, -1);
    for (const last of "ABQgw") texts.push(bare + last);
    for (const text of texts) await verdicts(text, pemOf("p256"));
    assert.equal(await verdict("io.jwt.verify_es256", `${whole}==`, pemOf("p256")), true);
  });
});

describe("the header of a token", () => {
  const headers = ["", "{}", "[]", "null", "1", '"a"', "{", '{"alg":1}', '{"alg":null}', '{"alg":"ES256","alg":"none"}', '{"alg":"none","alg":"ES256"}', '{"\\u0061lg":"ES256"}'];
  headers.push('\ufeff{"alg":"ES256"}', ' {"alg":"ES256"}\r\n', '{"alg":"ES256",}', "{'alg':'ES256'}", '{"alg":"ES256"}x', '{"alg":"ES256","a":"\t"}', '{"alg":"ES256","a":01}');
  for (const name of ["kid", "typ", "cty"]) headers.push(...['"x"', '""', "1", "null", "[]"].map((value) => `{"alg":"ES256","${name}":${value}}`));
  headers.push(...['""', "1", "null", "{}"].map((value) => `{"alg":"ES256","enc":${value}}`));
  const critical = ['"x"', "null", "[]", "[1]", '["x"]', '["alg","kid","typ","cty","crit"]', '["__proto__"]', '["\\ufffd"]', '["\\ud800"]', JSON.stringify(Array(65).fill("y"))];
  headers.push(...critical.map((value) => `{"alg":"ES256","x":1,"__proto__":2,"\\udfff":3,"crit":${value}}`), '{"alg":"ES256","crit":["x"]}');
  headers.push('{"alg":"ES256","__proto__":{"kid":1}}', '{"__proto__":{"alg":"ES256"}}', '{"alg":"ES256","kid":"\\ud800"}', '{"alg":"ES256","kid":"\\ud83d\\ude00"}', '{"alg":"ES256","kid":"toString"}');

  test("is read as the engine reads it", async () => {
    const keys = [pemOf("p256"), set(jwk("p384", { kid: "\ufffd" }), jwk("p256", { alg: "ES256", kid: "x" })), set(jwk("p256", { kid: "😀" }), jwk("p384"))];
    for (const header of headers) {
      for (const key of keys) {
        await verdict("io.jwt.verify_es256", tokenOf("p256", "ES256", header), key);
        await verdict(DECODE_VERIFY, tokenOf("p256", "ES256", header), key);
      }
    }
  });

  test("may hold bytes that are no characters, each of which is one sign", async () => {
    for (const bytes of [[0xff], [0xe2, 0x82], [0xe2, 0x82, 0xac], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98], [0xc0, 0x80], [0xef, 0xbb, 0xbf], [0xf4, 0x90, 0x80, 0x80]]) {
      const header = Buffer.concat([Buffer.from('{"alg":"ES256","kid":"'), Buffer.from(bytes), Buffer.from('"}')]);
      for (const kid of ["\ufffd", "\ufffd\ufffd", "\ufffd\ufffd\ufffd", "\ufffd\ufffd\ufffd\ufffd", "€", "\ufeff"]) {
        await verdict(DECODE_VERIFY, tokenOf("p256", "ES256", header), set(jwk("p256", { kid, alg: "ES512" }), jwk("p384")));
      }
    }
  });

  test("that breaks a bound of the engine is judged by neither", async () => {
    const deep = (levels) => `{"alg":"ES256","a":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    const numbers = ["1".repeat(10_000), `0.${"1".repeat(9_998)}`, "1e1000", "1e-0001000", "-1E+1000"];
    for (const header of [deep(511), ...numbers.map((number) => `{"alg":"ES256","a":${number},"b":"[[ 1e9999 \\" ${"[".repeat(600)}"}`)]) {
      assert.equal(await verdict("io.jwt.verify_es256", tokenOf("p256", "ES256", header), pemOf("p256")), true);
    }
    for (const header of [deep(512), `{"a":${"1".repeat(10_001)}}`, `{"a":0.${"1".repeat(9_999)}}`, '{"a":1e1001}', '{"a":-1E-01001}']) {
      const made = tokenOf("p256", "ES256", header);
      assert.match(ofEngine("io.jwt.verify_es256", made, pemOf("p256")), /^stopped: (data_nesting|number_)/);
      assert.equal(await ofDriver("io.jwt.verify_es256", made, pemOf("p256")), "unjudged");
    }
  });
});

describe("the text of keys", () => {
  const made = () => tokenOf("p256", "ES256", { alg: "ES256", kid: "a" });
  const all = async (texts) => {
    for (const text of texts) {
      await verdict("io.jwt.verify_es256", made(), text);
      await verdict(DECODE_VERIFY, made(), text);
    }
  };

  test("is PEM, read as Go reads it", async () => {
    const [key, other] = [pemOf("p256"), pemOf("p384")];
    const lines = key.trim().split("\n");
    const body = lines.slice(1, -1).join("");
    const block = (first, text, last) => `-----BEGIN ${first}-----\n${text}\n-----END ${last}-----\n`;
    await all([key + other, key + key, `${key}x`, `${key}\n`, `${key} `, key.trim(), key.replaceAll("\n", "\r\n"), ` ${key}`, `x\n${key}`, `x${key}`, `\ufeff${key}`]);
    await all([block("PUBLIC KEY", body, "PUBLIC KEY"), block("PUBLIC KEY", ` ${body}\t `, "PUBLIC KEY"), block("PUBLIC KEY", body.split("").join("\n"), "PUBLIC KEY")]);
    await all([block("PUBLIC KEY", body, "CERTIFICATE"), block("PUBLIC KEY", body, "PUBLIC KEY-"), block("EC PUBLIC KEY", body, "EC PUBLIC KEY"), block("", body, ""), block("PUBLIC KEY", "", "PUBLIC KEY")]);
    await all([block("PUBLIC KEY", `a: b\nc: d\n\n${body}`, "PUBLIC KEY"), block("PUBLIC KEY", `a: b\n${body}`, "PUBLIC KEY"), block("PUBLIC KEY", "a: b", "PUBLIC KEY"), "-----BEGIN PUBLIC KEY-----\na: b\n"]);
    await all([block("PUBLIC KEY", `*${body}`, "PUBLIC KEY"), block("PUBLIC KEY", body.slice(1), "PUBLIC KEY"), block("PUBLIC KEY", `${body}=`, "PUBLIC KEY"), block("PUBLIC KEY", body.replaceAll("+", "-"), "PUBLIC KEY")]);
    await all([block("PUBLIC KEY", "AA", "PUBLIC KEY") + key, block("X", body, "Y") + key, `-----BEGIN X-----\n${key}`, "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", "-----BEGIN X-----\n-----END X-----\n" + key]);
    await all([key.replace("-----END", " -----END"), key.replace("KEY-----\n", "KEY----- \t\r\n"), key.replace("KEY-----\n", "KEY-----x\n"), key.replace(/-----\n$/, "-----x\n"), key.replace(/-----\n$/, "----\n")]);
    await all(["private", "PRIVATE KEY", "RSA PUBLIC KEY", "CERTIFICATE REQUEST"].map((label) => block(label, body, label)));
    await all([PAIRS.p256.privateKey.export({ type: "pkcs8", format: "pem" }), PAIRS.p256.privateKey.export({ type: "sec1", format: "pem" }), file("request.pem"), file("p256.traditional.pem")]);
    await all([body, `{"x":"${body}"}`, "-----BEGIN", "-----BEGIN ", "-----BEGIN -----", "-----END ", "\n-----BEGIN PUBLIC KEY-----\n\n-----END PUBLIC KEY-----"]);
    assert.equal(await verdict("io.jwt.verify_es256", made(), `x\n${key}`), true);
    assert.equal(await verdict("io.jwt.verify_es256", made(), key + other), "failed");
  });

  test("is a JSON web key, or a set", async () => {
    const key = jwk("p256");
    const fields = [null, "", 1, [], {}, "AA", "*", "A", "AA==", "AA=", "+/", "-_", "+_", "P-384", "P-224", "RSA", "EC", "OKP", "oct", "RS256", "ES512", "HS256", "none", "a", "\n", "AAAA".repeat(683), "AAAA".repeat(682)];
    for (const name of ["kty", "crv", "x", "y", "alg", "kid", "d", "use", "n"]) {
      await all(fields.flatMap((value) => [JSON.stringify({ ...key, [name]: value }), set({ ...key, [name]: value }, jwk("p256", { kid: "b" }))]));
      await all([JSON.stringify(without(key, name))]);
    }
    await all(["", "{}", "[]", "null", "1", "x", `${JSON.stringify(key)}x`, JSON.stringify([key]), set(), set(null), set(1), set([]), set("x"), set(set(key)), '{"keys":null}', '{"keys":{}}', '{"keys":1}', '{"keys":[],"keys":1}']);
    await all([set(jwk("p384", { kid: "a" }), key), set(jwk("p256", { kid: "a", alg: "RS256" })), set(jwk("p384", { kid: "a", alg: "ES256K" }), key), set(jwk("p256", { alg: "ES384" })), set(jwk("p256", { alg: "ES256" })), set(jwk("p384", { kid: "a" }), jwk("p256", { kid: "a" }))]);
    await all([`{"__proto__":${JSON.stringify(key)}}`, `{"keys":[${JSON.stringify(key)}],"keys":[]}`, JSON.stringify({ ...key, keys: undefined }), set(...Array(1000).fill(jwk("ed25519")), key), set(...Array(999).fill(jwk("ed25519")), key)]);
    // Coordinates of another length, which are the same numbers.
    const longer = (text, zeros) => Buffer.concat([Buffer.alloc(zeros), Buffer.from(text, "base64url")]).toString("base64url");
    await all([1, 40, 2016, 2017].map((zeros) => JSON.stringify({ ...key, x: longer(key.x, zeros) })));
    await all([JSON.stringify({ ...key, x: Buffer.from(key.x, "base64url").toString("base64") }), JSON.stringify({ ...key, x: key.y, y: key.x })]);
  });

  test("is read with what is private in it, which must be sound", async () => {
    const prime = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    const order = Buffer.from(prime, "hex");
    for (const d of ["", "AA", "AQ", order.toString("base64url"), Buffer.from(prime.replace(/1$/, "0"), "hex").toString("base64url"), "A".repeat(400)]) {
      await all([JSON.stringify(privateJwk("p256", { d })), set(jwk("p256"), privateJwk("p256", { d, kid: "b" }))]);
    }
    const [ed, rsa] = [privateJwk("ed25519"), privateJwk("rsa")];
    const other = crypto.generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
    for (const key of [ed, { ...ed, d: other.d }, { ...ed, x: other.x }, { ...ed, d: "AA" }, { ...ed, d: 1 }, { ...ed, d: null }, { ...ed, crv: "X25519" }, { ...ed, crv: "X25519", d: 1 }, { ...ed, crv: "Ed448" }, { ...ed, x: "AA" }]) {
      for (const text of [JSON.stringify(key), set(key, jwk("ed25519", { kid: "b" }))]) {
        await verdict("io.jwt.verify_eddsa", tokenOf("ed25519", "EdDSA"), text);
        await verdict(DECODE_VERIFY, tokenOf("ed25519", "EdDSA"), text);
      }
    }
    for (const key of [rsa, { ...rsa, d: "AA" }, { ...rsa, d: "*" }, { ...rsa, d: {} }, { ...rsa, p: null }, { ...rsa, p: "*" }, { ...rsa, q: 1 }, without(rsa, "p"), without(rsa, "n"), { ...rsa, dp: 1 }]) {
      await verdict("io.jwt.verify_rs256", tokenOf("rsa", "RS256"), JSON.stringify(key));
      await verdict(DECODE_VERIFY, tokenOf("rsa", "RS256"), JSON.stringify(key));
    }
  });

  test("is a public key in DER, of which each byte counts", async () => {
    for (const [name, alg] of [["rsa", "RS256"], ["p256", "ES256"], ["p521", "ES512"], ["ed25519", "EdDSA"]]) {
      const bytes = spki(PAIRS[name]);
      const texts = [];
      for (let at = 0; at < Math.min(bytes.length, 40); at++) {
        for (const byte of [bytes[at] ^ 1, bytes[at] ^ 0x80, 0, 0xff]) texts.push(Buffer.from(bytes.map((old, index) => (index === at ? byte : old))));
        texts.push(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]));
      }
      texts.push(Buffer.concat([bytes, Buffer.alloc(1)]), bytes.subarray(0, -1), Buffer.alloc(0));
      for (const text of texts) await verdict(builtinOf(alg), tokenOf(name, alg), pem("PUBLIC KEY", text));
    }
    const others = [crypto.generateKeyPairSync("x25519"), crypto.generateKeyPairSync("ed448"), onCurve("secp256k1"), crypto.generateKeyPairSync("rsa-pss", { modulusLength: 1024 })];
    for (const other of others) await verdicts(tokenOf("ed25519", "EdDSA"), pem("PUBLIC KEY", spki(other)));
    // A point at infinity, and one that is compressed.
    const inList = (point) => der(0x30, der(0x30, der(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]), der(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7])), der(0x03, [0], point));
    const [, point] = [null, spki(PAIRS.p256).subarray(-65)];
    await all([inList(point), inList([0]), inList([]), inList([2 + (point[64] & 1), ...point.subarray(1, 33)])].map((bytes) => pem("PUBLIC KEY", bytes)));
  });

  test("is a certificate, written as one", async () => {
    const time = (tag, text) => der(0x30, der(tag, Buffer.from(text)), der(0x17, Buffer.from("200101000000Z")));
    const name = (tag, value, id = [0x55, 4, 3]) => der(0x30, der(0x31, der(0x30, der(0x06, id), der(tag, value))));
    const id = [0x2a, 3, 4];
    const variants = [
      {},
      { extensions: [] },
      ...[der(0xa0, der(0x02, [0])), der(0xa0, der(0x02, [1])), der(0xa0, der(0x02, [3])), der(0xa0, der(0x02, [4])), der(0xa0, der(0x02, [0, 2])), der(0xa0, der(0x02, [2]), [5, 0]), der(0xa0), []].map((version) => ({ version })),
      ...[[0], [0x80], [0, 0x80], [0, 1], [], [0xff, 0x80]].map((serial) => ({ serial: der(0x02, serial) })),
      { outer: der(0x30, der(0x06, id)) },
      { algorithm: der(0x30, der(0x06, id), [5, 0]) },
      { algorithm: der(0x30, der(0x06, [0x80, 1])) },
      { algorithm: der(0x30, der(0x06, [0x8f, 0xff, 0xff, 0xff, 0x7f])) },
      { algorithm: der(0x30, der(0x06, [0x81])) },
      { algorithm: der(0x30) },
      ...[["200101000000Z"], ["2001010000Z"], ["20010100000Z"], ["200101000000"], ["200101000000+0000"], ["200230000000Z"], ["200229000000Z"], ["210229000000Z"], ["201301000000Z"], ["200100000000Z"], ["200101240000Z"], ["200101006000Z"], ["200101000060Z"], ["éé0101000000Z"]].map(([text]) => ({ validity: time(0x17, text) })),
      ...["20200101000000Z", "202001010000Z", "00000229000000Z", "19000229000000Z", "20000229000000Z", "20200101000000.0Z"].map((text) => ({ validity: time(0x18, text) })),
      { validity: der(0x30, der(0x17, Buffer.from("200101000000Z"))) },
      { validity: der(0x30, der(0x19, Buffer.from("200101000000Z")), der(0x17, Buffer.from("200101000000Z"))) },
      ...[[0x0c, [0xff]], [0x0c, []], [0x12, Buffer.from("1 2")], [0x12, Buffer.from("a")], [0x13, Buffer.from("a@")], [0x13, Buffer.from("a'b")], [0x14, [0xff]], [0x16, [0x80]], [0x16, [0x0a]], [0x1e, [0, 65]], [0x1e, [65]], [0x1e, [0xd8, 0]], [0x1e, [0xfd, 0xd0]], [0x1e, [0, 65, 0, 0]], [0x02, [1]]].map(([tag, value]) => ({ name: name(tag, value) })),
      { name: name(0x0c, [65], [0x80]) },
      { name: der(0x30) },
      { name: der(0x31) },
      { name: der(0x30, der(0x31)) },
      { name: der(0x30, der(0x30)) },
      { extensions: [extension(id, [1, 2]), extension(id, [])] },
      { extensions: [extension(id, [1, 2], [der(0x01, [1])])] },
      { extensions: [extension(id, [1, 2], [der(0x01, [0])])] },
      { extensions: [extension(id, [1, 2], [der(0x01, [0, 0])])] },
      { extensions: [der(0x30, der(0x06, id))] },
      { extensions: [der(0x30, der(0x04, id))] },
      ...[256, 257].map((count) => ({ extensions: Array.from({ length: count }, (_, at) => extension([0x2a, 0x81 + (at >> 7), at & 0x7f], [])) })),
    ];
    await all(variants.map((parts) => certificateOf("p256", parts)));
    const bytes = certificateDer(spki(PAIRS.p256));
    await all([Buffer.concat([bytes, Buffer.alloc(1)]), bytes.subarray(0, -1), bytes.subarray(4), der(0x30, bytes)].map((text) => pem("CERTIFICATE", text)));
    assert.equal(await verdict("io.jwt.verify_es256", made(), certificateOf("p256")), true);
    assert.equal(await verdict("io.jwt.verify_es256", made(), pem("PUBLIC KEY", bytes)), "failed");
  });

  test("is a certificate, of which each extension that is known is sound", async () => {
    const list = (...parts) => der(0x30, ...parts);
    const id = der(0x06, [0x2a, 3]);
    const names = (tag, ...texts) => list(...texts.map((text) => der(tag, Buffer.from(text))));
    const inTree = (tag, bytes, side = 0xa0) => list(der(side, list(der(tag, Buffer.from(bytes)))));
    const network = (...bytes) => inTree(0x87, bytes);
    const known = {
      "551d0e": [der(0x04, [1]), der(0x05), []],
      "551d0f": [der(0x03, [7, 0x80]), der(0x03, [7, 0x81]), der(0x03, [8, 0]), der(0x03, [0]), der(0x03, [1]), der(0x03)],
      "551d11": [
        names(0x82, "a.example", "*", ""), names(0x82, "é"), names(0x81, "a@b"), names(0x81, "\u00ff"), names(0x88, "é"), list(), [], der(0x31),
        names(0x86, "https://a.example:8443/p%20q?x=%zz#f%41", "urn:uuid:1-2", "a://", "a:///b", "mailto:a@b.c", "http://a:/"),
        ...[":a", "a b:c", "http://a.example\n", "http://a..b/", "http://.a/", "http://a./", "http://a/%zz", "http://a/#%4", "http://a:b/", "http://a b/", "1a:b", "http://a\\b/"].map((text) => names(0x86, text)),
        ...[4, 16, 0, 5].map((length) => list(der(0x87, Buffer.alloc(length, 7)))), list(der(0x87, Buffer.from("00000000000000000000ffff01020304", "hex"))),
      ],
      "551d13": [list(), list(der(0x01, [0xff]), der(0x02, [3])), list(der(0x02, [0x80])), list(der(0x02, [0, 0x80])), list(der(0x02, [1, 0, 0, 0, 0, 0, 0, 0, 0])), list(der(0x01, [1])), [], der(0x31)],
      "551d1e": [
        ...["a.example", ".a.example", "", "..a", "a..b", "a b", ".", "é", "a."].flatMap((text) => [0x81, 0x82, 0x86].map((tag) => inTree(tag, text))),
        inTree(0x81, "a@b.example"), inTree(0x86, "10.0.0.1"), inTree(0x86, "fe80::1"), inTree(0x88, "é"), inTree(0x82, "a", 0xa1), inTree(0x82, "a", 0xa2), list(), list(der(0xa0)), [],
        Buffer.concat([inTree(0x82, "a"), Buffer.from([5, 0])]), list(der(0xa0, list())), list(der(0xa0, der(0x82))), list(der(0xa1, list(der(0x82))), der(0xa0, list(der(0x82)))),
        network(10, 0, 0, 0, 255, 0, 0, 0), network(10, 0, 0, 0, 255, 0, 255, 0), network(10, 0, 0, 0, 0, 0, 0, 0), network(10, 0, 0, 0), network(...Array(32).fill(255)), network(...Array(10).fill(0), 255, 255, ...Array(20).fill(0)),
      ],
      "551d1f": [list(list(der(0xa0, der(0xa0, der(0x86, [65]), der(0x86, [0xff]))))), list(list(der(0xa0, der(0xa1)))), list(list(der(0x81, [1]))), list(list(der(0xa0, der(0xa0, der(0x82, [65]))))), list(der(0x05)), [], list(list(der(0xa0)))],
      "551d20": [list(list(id)), list(list(id), list(id)), list(list()), list(der(0x31, id)), list(), []],
      "551d21": [list(list(id, id)), list(list(id)), list(id), list(), [], list(list(der(0x05), id))],
      "551d23": [list(der(0x80, [1])), list(), list(der(0x81, [1])), [], list([0x80])],
      "551d24": [list(), list(der(0x80, [3])), list(der(0x81, [1])), list(der(0x80, [0x80])), list(der(0x80, [1, 2, 3, 4, 5])), list(der(0x80)), list(der(0x80, [0, 0, 0, 1])), []],
      "551d25": [list(id), list(), list(der(0x05)), [], list(der(0x06, [0x80]))],
      "551d36": [der(0x02, [1]), der(0x02, [0xff]), der(0x02, []), der(0x02, [1, 0, 0, 0, 0, 0, 0, 0, 0]), []],
      "2b06010505070101": [list(list(id, der(0x86, [0xff]))), list(list(id, der(0x82, [65]))), list(list(id)), list(list(der(0x05))), list(id), list(), []],
      "2a0304": [der(0x05), [], [1]],
    };
    for (const [hex, values] of Object.entries(known)) {
      for (const value of values) {
        for (const critical of [[], [der(0x01, [0xff])], [der(0x01, [0])]]) {
          const text = certificateOf("p256", { extensions: [extension(Buffer.from(hex, "hex"), value, critical)] });
          await verdict("io.jwt.verify_es256", made(), text);
        }
      }
    }
  });

  test("is a certificate, of which each byte counts", async () => {
    let seed = 7;
    const chance = (most) => ((seed = (Math.imul(seed, 1103515245) + 12345) >>> 0), Math.floor((seed / 2 ** 32) * most));
    const certificates = ["leaf.pem", "chain.excluded.pem", "chain.permitted.pem", "rsa.certificate.pem"].flatMap((name) => file(name).match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g));
    const made = MADE.RS256.replace(/[^.]*$/, "AA");
    const counts = { same: 0, stricter: 0 };
    for (let round = 0; round < 4000; round++) {
      const text = certificates[chance(certificates.length)];
      const bytes = Buffer.from(text.replace(/-----[^-]+-----/g, ""), "base64");
      for (let times = 1 + chance(2); times > 0; times--) bytes[chance(bytes.length)] ^= chance(2) === 0 ? 1 << chance(8) : chance(256);
      const [engine, driver] = [ofEngine("io.jwt.verify_rs256", made, pem("CERTIFICATE", bytes)), await ofDriver("io.jwt.verify_rs256", made, pem("CERTIFICATE", bytes))];
      counts[engine === driver ? "same" : "stricter"]++;
      assert.ok(engine === driver || driver === "failed", pem("CERTIFICATE", bytes));
    }
    assert.ok(counts.stricter < 40, JSON.stringify(counts));
  });

  test("may be of RSA of many sizes, of which some verify nothing", async () => {
    for (const [bits, exponent] of [[512], [1023], [1024], [1025], [2047, 3], [3072, 17], [1024, 65535], [1024, 2147483647]]) {
      const pair = rsaOf(bits, exponent);
      for (const alg of ["RS256", "RS512", "PS256", "PS384"]) {
        // OpenSSL signs nothing that is longer than the key.
        if (bits < 1023 && alg !== "RS256") continue;
        const text = token(alg, pair.privateKey);
        assert.equal(await verdict(builtinOf(alg), text, pem("PUBLIC KEY", spki(pair))), bits >= 1024, `${alg} ${bits} ${exponent}`);
        assert.equal(await verdict(DECODE_VERIFY, text, JSON.stringify(pair.publicKey.export({ format: "jwk" }))), bits >= 1024);
      }
    }
    const key = jwk("rsa");
    for (const more of [{ e: "AQ" }, { e: "Ag" }, { e: "" }, { n: "" }, { n: "AQ" }, { e: "AAEAAQ" }, { e: "_____w" }, { n: `AAAA${key.n}` }, { n: Buffer.alloc(2049, 255).toString("base64url") }, { n: Buffer.alloc(300, 255).toString("base64url") }]) {
      await verdict("io.jwt.verify_rs256", tokenOf("rsa", "RS256"), JSON.stringify({ ...key, ...more }));
    }
  });

  test("may be of Ed25519 where it is no point, and verifies nothing then", async () => {
    for (const x of [Buffer.alloc(32), Buffer.alloc(32, 2), Buffer.alloc(32, 255), Buffer.from([1, ...Array(31).fill(0)])]) {
      await verdict("io.jwt.verify_eddsa", tokenOf("ed25519", "EdDSA"), JSON.stringify({ kty: "OKP", crv: "Ed25519", x: x.toString("base64url") }));
    }
  });
});

test("tokens and keys that were changed by chance are judged alike", async () => {
  let seed = 20261130;
  const chance = (most) => ((seed = (Math.imul(seed, 1103515245) + 12345) >>> 0), Math.floor((seed / 2 ** 32) * most));
  const one = (list) => list[chance(list.length)];
  const signs = ["", "=", "\n", "\r", " ", "\t", ".", "-", "_", "+", "/", "A", "é", '"', "\\", "{", "[", ":", ",", "\u0000", "\ufeff", "-----", "\n-----END "];
  const changed = (text) => {
    const at = chance(text.length + 1);
    return text.slice(0, at) + one(signs) + text.slice(at + chance(3));
  };
  const counts = new Map();
  for (let round = 0; round < 600; round++) {
    const [name, alg] = one(EACH.filter(([name]) => !["rsa", "p384", "p521"].includes(name) || round % 8 === 0));
    const builtin = one([builtinOf(alg), DECODE_VERIFY]);
    const header = JSON.stringify({ alg: one([alg, alg, "HS256"]), kid: one(["p256", name, ""]), typ: "JWT" });
    const text = token(alg, PAIRS[name].privateKey, chance(3) === 0 ? changed(header) : header);
    const keys = [pemOf(name), certificateOf(name), set(jwk(name, { kid: one(["p256", "", "a"]), alg: one(["", alg, "RS256"]) }), jwk(one(Object.keys(PAIRS)), { kid: name }))];
    const key = one(keys);
    const found = await verdict(builtin, chance(3) === 0 ? changed(text) : text, chance(3) === 0 ? changed(key) : key);
    counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  for (const found of [true, false, "failed"]) assert.ok(counts.get(found) > 50, `${found}: ${counts.get(found)}`);
});

describe("what is stricter than the full engine", () => {
  test("a salt of PSS is as long as the hash", async () => {
    for (const [salt, hasAny] of [[32, true], [0, false], [40, false]]) {
      const made = token("PS256", PAIRS.rsa.privateKey, { alg: "PS256" }, salt);
      assert.equal(ofEngine("io.jwt.verify_ps256", made, pemOf("rsa")), true);
      assert.equal(await ofDriver("io.jwt.verify_ps256", made, pemOf("rsa")), hasAny);
      assert.equal(await verdict(DECODE_VERIFY, made, pemOf("rsa")), hasAny);
    }
  });

  test("a certificate has plain names", async () => {
    const made = tokenOf("p256", "ES256");
    for (const uri of ["http://user@a.example/", "http://[::1]/", "//a.example", "a:", "a", ""]) {
      const key = certificateOf("p256", { extensions: [extension([0x55, 0x1d, 0x11], der(0x30, der(0x86, Buffer.from(uri))))] });
      assert.equal(ofEngine("io.jwt.verify_es256", made, key), true, uri);
      assert.equal(await ofDriver("io.jwt.verify_es256", made, key), "failed", uri);
    }
  });

  test("P-224 cannot be judged, but where its kind alone says no", async () => {
    const pair = onCurve("secp224r1");
    const [made, key] = [token("ES256", pair.privateKey), pem("PUBLIC KEY", spki(pair))];
    assert.equal(ofEngine("io.jwt.verify_es256", made, key), true);
    assert.equal(await ofDriver("io.jwt.verify_es256", made, key), "unjudged");
    assert.equal(await ofDriver(DECODE_VERIFY, made, key), "unjudged");
    assert.equal(await verdict("io.jwt.verify_rs256", made, key), false);
    await assert.rejects(verifiesToken("io.jwt.verify_es256", made, key), /WebCrypto has no curve P-224/);
  });
});
