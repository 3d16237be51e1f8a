// What the fuzzer begins with where a target reads other texts than Rego: the keys, certificates and tokens of the tests, and what stands
// in quotation marks in the tests of YAML, GraphQL and JSON schemas.

import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { root } from "../../pkg-template/build/shell.mjs";

// As the targets have it: between the parts of one text.
const BETWEEN = "\u001e";
const ENGINE = join(root, "tests", "engine");
const PEM = join(ENGINE, "pem");
// A longer text would be cut.
const MOST_BYTES = 4096;
// The first byte of bytes that are no text, by what they are.
const KEY_KINDS = { "RSA PRIVATE KEY": "r", "PRIVATE KEY": "k", "EC PRIVATE KEY": "e", "PUBLIC KEY": "p", CERTIFICATE: "c" };
const CERTIFICATE_KINDS = { CERTIFICATE: "c", "CERTIFICATE REQUEST": "q" };
const OPTIONS = [
  { DNSName: "example.com", KeyUsages: ["KeyUsageAny"] },
  { CurrentTime: 1_790_000_000_000_000_000, MaxConstraintComparisons: 10 },
  { DNSName: "[::1]", KeyUsages: ["KeyUsageClientAuth"] },
];
const ALGORITHMS = ["HS256", "HS384", "HS512", "ES256", "ES384", "EdDSA", "RS256", "PS256"];
const CONSTRAINTS = [{}, { aud: "tests" }, { iss: "regate", aud: "tests", time: 1e18 }, { alg: "HS256", aud: "tests" }];

/** The seeds of the targets that read what nobody vouches for, by target. */
export const untrustedSeeds = { keys, certificates, tokens, yaml, graphql, schemas };

function keys() {
  const ofTests = Object.values(JSON.parse(readFileSync(join(PEM, "keys.json"), "utf8")));
  const isPublic = ([name]) => !["d", "p", "q", "dp", "dq", "qi"].includes(name);
  const publicKeys = ofTests.map((key) => Object.fromEntries(Object.entries(key).filter(isPublic)));
  const secret = { kty: "oct", k: "c2VjcmV0", alg: "HS256", kid: "a" };
  const webKeys = [...ofTests, ...publicKeys, secret, { keys: publicKeys }, { keys: [secret] }].map((key) => JSON.stringify(key));
  return [...pemTexts(), ...blocks(KEY_KINDS), ...webKeys];
}

function certificates() {
  const chains = pemTexts().map((text) => derOf(text, ["CERTIFICATE"])).filter((der) => der.length > 0);
  const asked = OPTIONS.flatMap((options) => chains.map((chain) => Buffer.concat([Buffer.from(`o${JSON.stringify(options)}${BETWEEN}`), chain])));
  return [...pemTexts(), ...blocks(CERTIFICATE_KINDS), ...chains.map((chain) => Buffer.concat([Buffer.from("c"), chain])), ...asked];
}

function tokens() {
  const compact = stringsOf(JSON.parse(readFileSync(join(PEM, "tokens.json"), "utf8"))).filter((text) => text.split(".").length === 3);
  const decoded = compact.map((token) => token.split(".").map((part) => Buffer.from(part, "base64url").toString()));
  const unsigned = decoded.map((parts) => `u${parts.join(BETWEEN)}`);
  const signed = ALGORITHMS.flatMap((alg) =>
    CONSTRAINTS.map((constraints) =>
      ["s" + JSON.stringify({ alg, typ: "JWT" }), JSON.stringify({ iss: "regate", aud: ["tests"], exp: 2e9, nbf: 1 }), JSON.stringify(constraints)].join(BETWEEN),
    ),
  );
  const others = decoded.map(([header, payload]) => `s${[header, payload, '{"aud":"tests"}'].join(BETWEEN)}`);
  const headers = ['{"alg":"HS256","cty":"JWT"}', '{"alg":"ES256","crit":["a"],"a":1}', '{"alg":"HS256","kid":"a","typ":"x"}', '{"alg":"HS256","enc":"A128GCM"}'];
  return [...compact, ...unsigned, ...signed, ...others, ...headers.map((header) => `s${header}${BETWEEN}{}${BETWEEN}{}`)];
}

function yaml() {
  const files = ["pkg-template/examples", "tests/cases"].flatMap((folder) => filesBelow(join(root, folder), ".yaml"));
  return [...files.map((path) => readFileSync(path, "utf8")), ...quoted("yaml.rs")];
}

function graphql() {
  const texts = quoted("graphql.rs").filter((text) => /[{}!:]/.test(text));
  const schema = texts.find((text) => text.includes("type Query"));
  return texts.flatMap((text) => [text, text + BETWEEN + schema, schema + BETWEEN + text]);
}

function schemas() {
  const values = jsonOfRust(readFileSync(join(ENGINE, "json_schema.rs"), "utf8"));
  // A case is a schema and then a document.
  return values.map((value, at) => value + BETWEEN + (values[at + 1] ?? "{}"));
}

function pemTexts() {
  return filesBelow(PEM, ".pem").map((path) => readFileSync(path, "utf8"));
}

// The bytes of each block of PEM, behind the byte that stands for its label.
function blocks(kinds) {
  return Object.entries(kinds).flatMap(([label, kind]) =>
    pemTexts().map((text) => derOf(text, [label])).filter((der) => der.length > 0).map((der) => Buffer.concat([Buffer.from(kind), der])),
  );
}

function derOf(text, labels) {
  const found = [...text.matchAll(/-----BEGIN ([A-Z ]+)-----\n([^-]*)\n-----END/g)].filter(([, label]) => labels.includes(label));
  return Buffer.concat(found.map(([, , body]) => Buffer.from(body, "base64")));
}

function filesBelow(folder, extension) {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile() && extname(entry.name) === extension).map((entry) => join(entry.parentPath, entry.name)).sort();
}

function stringsOf(value) {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(stringsOf) : [];
}

// The texts in a file of Rust.
function quoted(file) {
  const source = readFileSync(join(ENGINE, file), "utf8");
  const found = [...source.matchAll(/\/\/.*|'(?:\\.|[^'\\])'|r(#*)"([\s\S]*?)"\1|"((?:[^"\\]|\\[\s\S])*)"/g)];
  const texts = found.flatMap(([, , raw, escaped]) => raw ?? (escaped === undefined ? [] : unescaped(escaped)));
  return texts.filter((text) => text.length > 0 && Buffer.byteLength(text) <= MOST_BYTES);
}

function unescaped(text) {
  const named = { n: "\n", r: "\r", t: "\t", 0: "\0" };
  return text.replace(/\\(?:u\{([0-9a-f]+)\}|x([0-9a-f]{2})|\n\s*|([\s\S]))/gi, (_, unicode, byte, other) => {
    if (unicode ?? byte) return String.fromCodePoint(parseInt(unicode ?? byte, 16));
    return other === undefined ? "" : (named[other] ?? other);
  });
}

// What stands in `json!(…)` and is JSON as it stands.
function jsonOfRust(source) {
  return source.split("json!(").slice(1).flatMap((rest) => {
    let depth = 1;
    let at = 0;
    while (at < rest.length && depth > 0) depth += { "(": 1, ")": -1 }[rest[at++]] ?? 0;
    const text = rest.slice(0, at - 1).replace(/,(\s*[\]}])/g, "$1");
    try {
      return [JSON.stringify(JSON.parse(text))];
    } catch {
      return [];
    }
  });
}
