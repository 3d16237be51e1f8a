// `regate reads` as a shell sees it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { shell } from "./cli-shell.mjs";

const { regate, write } = shell({
  "policies/gate.rego": 'package gate\n\nallow if input.user.role == "admin"\n\nnames contains user.name if some user in input.users\n\nall := input\n\none := 1\n',
});

test("what each rule can look at", () => {
  const { status, stdout, stderr } = regate(["reads", "--policies", "policies"]);
  assert.equal(status, 0, stderr);
  assert.equal(
    stdout,
    "gate/all\n  input *\n\ngate/allow\n  input.user.role\n\ngate/names\n  input.users[_].name *\n\ngate/one\n  nothing of its input\n",
  );
});

test("what an entrypoint can look at, as JSON", () => {
  for (const name of ["gate/allow", "data.gate.allow"]) {
    const { stdout } = regate(["reads", name, "--policies", "policies", "--format", "json"]);
    assert.deepEqual(JSON.parse(stdout), { "gate/allow": [{ path: ["user", "role"], text: "input.user.role", whole: false }] });
  }
});

test("a program says the same", () => {
  assert.equal(regate(["build", "policies", "-o", "gate.regate"]).status, 0);
  assert.match(regate(["reads", "gate/names", "--program", "gate.regate"]).stdout, /^gate\/names\n {2}input\.users\[_\]\.name \*\n$/);
  assert.equal(regate(["reads", "--program", "gate.regate", "--policies", "policies"]).status, 2);
});

test("what is not there, and what does not compile", () => {
  const missing = regate(["reads", "gate/alow", "--policies", "policies"]);
  assert.equal(missing.status, 2);
  assert.match(missing.stderr, /did you mean `gate\/allow`\?/);
  write({ "bad.rego": "package bad\n\nx := }\n" });
  assert.equal(regate(["reads", "--policies", "bad.rego"]).status, 1);
});
