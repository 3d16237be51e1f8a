// The example Worker from end to end: requests in, decisions and refusals out, with the example policies bundled.

import { exports } from "cloudflare:workers";
import { prepareGovernance } from "regate";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import pullRequest from "../../../pkg-template/examples/plans/pull-request.json?raw";
import quiet from "../../../pkg-template/examples/plans/quiet.json?raw";
import webshop from "../../../pkg-template/examples/plans/webshop.json?raw";
import { bundle } from "../../../pkg-template/examples/worker/src/bundle.ts";
import { gate } from "../../../pkg-template/examples/worker/src/gate.ts";
import exampleRun from "../../../pkg-template/examples/run.json";

const LIMIT = 8 * 1024 * 1024;
const PRODUCTION = "?workspace=webshop-production&trigger=push&run=run-1&user=dana@example.com";
const SANDBOX = "?workspace=sandbox&trigger=push";
const bytesOf = (text) => new TextEncoder().encode(text);

/** What the deployed Worker answers. */
async function ask(query, body, { method = "POST", path = "/", headers = {} } = {}) {
  return read(await exports.default.fetch(`https://gate.example${path}${query}`, { method, body, headers }));
}

async function read(response) {
  const text = await response.text();
  return { status: response.status, decided: response.headers.get("regate-decision"), headers: response.headers, body: JSON.parse(text), text };
}

/** An error of the caller: it names what is wrong, nothing was decided on, and whoever reads a decision reads a deny. */
async function expectRefusal(answer, status, error) {
  const { status: actual, decided, body } = await answer;
  const reason = { code: body.error?.code, message: body.error?.message };
  expect(body).toEqual({ decision: { kind: "deny", reasons: [reason] }, error: expect.objectContaining(error) });
  expect(actual).toBe(status);
  expect(decided).toBeNull();
  expect(body.error.message).toMatch(/\S/);
  return body.error;
}

describe("decisions", () => {
  it("denies the webshop's release with what the policies said", async () => {
    const { status, decided, headers, body, text } = await ask(PRODUCTION, webshop);
    expect(status).toBe(200);
    expect(decided).toBe("deny");
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(body.decision.kind).toBe("deny");
    expect(body.run_status).toBe("rejected");
    expect(body.decision.reasons).toHaveLength(5);
    expect(new Set(body.decision.reasons.map(({ policy }) => policy))).toEqual(new Set(["stateful_destroys", "wildcard_permissions"]));
    expect(Object.keys(body).sort()).toEqual(["decision", "digest", "enforced_status", "requirements", "response", "revision", "run_status"]);
    expect(text).not.toContain("hidden-");
  });

  it("says the same as the package does with the example run", async () => {
    const governance = prepareGovernance(bundle.governance);
    const { org, workspace } = exampleRun;
    const run = { id: "run-1", run_type: "plan", trigger: "push", triggered_by: "dana@example.com" };
    const { decision, enforced_status, response, requirements, digest, revision } = governance.preview(webshop, { org, workspace, run, user: { id: null, email: "dana@example.com" } });
    governance.free();
    const { body } = await ask(PRODUCTION, webshop);
    expect(body).toEqual(JSON.parse(JSON.stringify({ decision, run_status: "rejected", enforced_status, response, requirements, digest, revision })));
  });

  it("allows a quiet plan", async () => {
    const { status, decided, body } = await ask(SANDBOX, quiet);
    expect({ status, decided, decision: body.decision, run_status: body.run_status }).toEqual({
      status: 200,
      decided: "allow",
      decision: { kind: "allow" },
      run_status: "completed",
    });
    expect(body.response.mandatory_violations).toBe(0);
  });

  it("holds the same plan where an external check is in scope, and says what would lift the hold", async () => {
    const { status, decided, body } = await ask(PRODUCTION, quiet);
    expect({ status, decided, run_status: body.run_status }).toEqual({ status: 200, decided: "hold", run_status: "pending_approval" });
    expect(body.decision.kind).toBe("hold");
    expect(body.decision.requirements).toMatchObject([{ source: "external_check", name: "Infrastructure scan", stage: 1 }]);
  });

  it("allows the plan of a pull request, with the findings", async () => {
    const { status, decided, body } = await ask("?workspace=webshop-production&trigger=pr", pullRequest);
    expect({ status, decided, run_status: body.run_status }).toEqual({ status: 200, decided: "allow", run_status: "completed" });
    expect(body.response.mandatory_violations).toBe(3);
    expect(body.enforced_status).toBe("rejected");
    const push = await ask("?workspace=webshop-production&trigger=push", pullRequest);
    expect([push.decided, push.body.enforced_status]).toEqual(["deny", "rejected"]);
    expect((await ask(SANDBOX, quiet)).body.enforced_status).toBe("completed");
  });

  it("takes what policies trust from its bundle: in another workspace other things are said", async () => {
    const { body: production } = await ask(PRODUCTION, webshop);
    const { body: sandbox } = await ask(SANDBOX, webshop);
    const names = ({ response }) => response.policy_results.filter(({ passed }) => !passed).map(({ policy_name }) => policy_name);
    expect(names(production)).toContain("stateful_destroys");
    expect(names(sandbox)).not.toContain("stateful_destroys");
  });

  it("gives runs ids of their own when the caller gives none", async () => {
    const first = await ask(SANDBOX, quiet);
    const second = await ask(SANDBOX, quiet);
    expect(first.body.revision).toBe(second.body.revision);
    expect(first.decided).toBe("allow");
    expect(second.decided).toBe("allow");
  });

  it("decides on many plans at once as on each alone", async () => {
    const asked = [
      [PRODUCTION, webshop],
      [SANDBOX, quiet],
      [PRODUCTION, quiet],
      [SANDBOX, quiet],
      [PRODUCTION, "no plan"],
      [PRODUCTION, webshop],
    ];
    const answers = await Promise.all(asked.map(([query, plan]) => ask(query, plan)));
    expect(answers.map(({ status, decided }) => decided ?? status)).toEqual(["deny", "allow", "hold", "allow", 400, "deny"]);
  });
});

describe("encodings", () => {
  function utf16(text, littleEndian) {
    const bytes = new DataView(new ArrayBuffer(2 + 2 * text.length));
    bytes.setUint16(0, 0xfeff, littleEndian);
    for (let i = 0; i < text.length; i++) bytes.setUint16(2 + 2 * i, text.charCodeAt(i), littleEndian);
    return new Uint8Array(bytes.buffer);
  }

  it.each([
    ["UTF-16 as PowerShell writes it", utf16(webshop, true)],
    ["UTF-16 with the other order of bytes", utf16(webshop, false)],
    ["UTF-8 with a byte order mark", bytesOf(`\ufeff${webshop}`)],
  ])("decides on a plan in %s as on the same plan in UTF-8", async (_, plan) => {
    const { body: expected } = await ask(PRODUCTION, webshop);
    const { status, body } = await ask(PRODUCTION, plan);
    expect(status).toBe(200);
    expect(body.decision).toEqual(expected.decision);
    expect(body.response).toEqual(expected.response);
  });
});

describe("plans that are none", () => {
  const STATE = { version: 4, terraform_version: "1.9.5", serial: 3, lineage: "0e1a", outputs: {}, resources: [] };
  const STREAM = [
    { "@level": "info", "@message": "Terraform 1.9.5", "@module": "terraform.ui", type: "version", terraform: "1.9.5" },
    { "@level": "info", "@message": "Plan: 1 to add", "@module": "terraform.ui", type: "change_summary" },
  ];

  it.each([
    ["an empty body", "", "input_not_json"],
    ["nothing but white space", " \n", "input_not_json"],
    ["text that is not JSON", "Plan: 1 to add, 0 to change, 0 to destroy.", "input_not_json"],
    ["JSON that ends too soon", webshop.slice(0, -2), "input_not_json"],
    ["text after the plan", `${quiet}{}`, "input_not_json"],
    ["a truncated UTF-8 sequence", bytesOf('{"format_version":"1.2€').subarray(0, -1), "input_not_json"],
    ["half of a UTF-16 character", new Uint8Array([0xff, 0xfe, 0x7b]), "input_not_json"],
    ["an array", "[]", "not_a_plan"],
    ["an object of something else", '{"hello": "world"}', "not_a_plan"],
    ["a state file", JSON.stringify(STATE), "not_a_plan"],
    ["the stream of terraform plan -json", STREAM.map((line) => JSON.stringify(line)).join("\n"), "plan_is_a_stream"],
    ["the plan of a run that failed", JSON.stringify({ ...JSON.parse(quiet), errored: true }), "plan_errored"],
    ["a binary plan", new Uint8Array([0x50, 0x4b, 0x03, 0x04, 0x14, 0, 8, 0, 0, 0]), "plan_is_binary"],
  ])("refuses %s", async (_, body, code) => {
    const error = await expectRefusal(ask(PRODUCTION, body), 400, { code });
    expect(error.help).toMatch(/\S/);
  });

  it("refuses a request without a body", () => expectRefusal(ask(PRODUCTION, null), 400, { code: "input_not_json" }));

  it.each([
    ["arrays", "[".repeat(10_000) + "]".repeat(10_000)],
    ["objects", '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000)],
  ])("refuses 10,000 nested %s and names the limit", (_, body) =>
    expectRefusal(ask(PRODUCTION, body), 400, { code: "limit_exceeded", limit: { name: "data_nesting", value: 512 } }),
  );
});

describe("numbers that are too long to be read", () => {
  const withNumber = (text) => `${quiet.trimEnd().slice(0, -1)},"number":${text}}`;

  it("decides on a plan with a number of its own", async () => {
    expect((await ask(SANDBOX, withNumber("1e300"))).decided).toBe("allow");
  });

  it.each([
    ["1e99999", "1e99999", "number_exponent"],
    ["20,000 digits", "9".repeat(20_000), "number_digits"],
  ])("refuses %s and names the limit", (_, text, name) =>
    expectRefusal(ask(SANDBOX, withNumber(text)), 400, { code: "limit_exceeded", limit: { name, value: expect.any(Number) } }),
  );
});

describe("size", () => {
  const tooLarge = { code: "limit_exceeded", limit: { name: "input_bytes", value: LIMIT } };

  function padded(size) {
    const plan = new Uint8Array(size).fill(0x20);
    plan.set(bytesOf(quiet));
    return plan;
  }

  /** A body without content-length that is made as it is read; `sent()` says how much was. */
  function stream(chunk, chunks) {
    let count = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (count === chunks) return controller.close();
        count++;
        controller.enqueue(chunk.slice());
      },
    });
    return { body, sent: () => count * chunk.byteLength };
  }

  it("decides on a plan that is as large as may be", async () => {
    expect((await ask(SANDBOX, padded(LIMIT))).decided).toBe("allow");
  });

  it("refuses one byte more", () => expectRefusal(ask(SANDBOX, padded(LIMIT + 1)), 413, tooLarge));

  it("believes content-length when it is too large, and reads nothing", async () => {
    const { body, sent } = stream(new Uint8Array(1024), 4);
    const request = new Request(`https://gate.example/${SANDBOX}`, { method: "POST", body, headers: { "content-length": String(LIMIT + 1) } });
    const before = sent();
    await expectRefusal(read(await gate(request, bundle, never)), 413, tooLarge);
    expect(sent() - before).toBeLessThanOrEqual(1024);
    expect(request.bodyUsed).toBe(false);
  });

  it.each([["missing", {}], ["too small", { "content-length": "10" }], ["no number", { "content-length": "many" }]])(
    "counts what arrives when content-length is %s, and stops reading",
    async (_, headers) => {
      const { body, sent } = stream(new Uint8Array(64 * 1024).fill(0x20), 4096);
      const request = new Request(`https://gate.example/${SANDBOX}`, { method: "POST", body, headers });
      await expectRefusal(read(await gate(request, bundle, never)), 413, tooLarge);
      expect(sent()).toBeLessThan(2 * LIMIT);
    },
  );

  it("stops an endless body that is sent to the deployed Worker", async () => {
    const { body, sent } = stream(new Uint8Array(64 * 1024).fill(0x20), 4096);
    await expectRefusal(ask(SANDBOX, body), 413, tooLarge);
    expect(sent()).toBeLessThan(4 * LIMIT);
  });

  it("puts a plan together that arrives in small pieces", async () => {
    const bytes = bytesOf(webshop);
    let at = 0;
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(bytes.slice(at, at + 999));
        at += 999;
        if (at >= bytes.byteLength) controller.close();
      },
    });
    const { body: whole } = await ask(PRODUCTION, webshop);
    expect((await ask(PRODUCTION, body)).body).toEqual(whole);
  });
});

describe("requests", () => {
  it.each(["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])("refuses %s and says what is allowed", async (method) => {
    const answer = await ask(PRODUCTION, undefined, { method });
    await expectRefusal(answer, 405, { code: "method_not_allowed" });
    expect(answer.headers.get("allow")).toBe("POST");
  });

  it.each(["/plan", "/index.html", "//"])("knows nothing at %s", (path) => expectRefusal(ask(PRODUCTION, quiet, { path }), 404, { code: "unknown_path" }));

  it("refuses a body that is encoded", () =>
    expectRefusal(ask(PRODUCTION, quiet, { headers: { "content-encoding": "gzip" } }), 415, { code: "content_encoding_not_supported" }));

  it.each(["application/json", "application/x-www-form-urlencoded", "text/plain; charset=utf-16", "application/octet-stream"])(
    "does not mind the content type %s",
    async (type) => expect((await ask(SANDBOX, quiet, { headers: { "content-type": type } })).decided).toBe("allow"),
  );

  it.each([
    ["", "missing_parameter", "workspace"],
    ["?workspace=sandbox", "missing_parameter", "trigger"],
    ["?workspace=&trigger=push", "missing_parameter", "workspace"],
    ["?workspace=nowhere&trigger=push", "unknown_workspace", "nowhere"],
    ["?workspace=__proto__&trigger=push", "unknown_workspace", "__proto__"],
    ["?workspace=sandbox&trigger=whim", "unknown_trigger", "whim"],
    ["?workspace=sandbox&trigger=push&trigger=pr", "repeated_parameter", "trigger"],
    ["?workspace=sandbox&trigger=push&attributes=x", "unknown_parameter", "attributes"],
    ["?workspace=sandbox&trigger=push&run=%20", "malformed_request", "run"],
    ["?workspace=sandbox&trigger=push&run=%09%0a", "malformed_request", "run"],
  ])("refuses the query %j with %s", async (query, code, named) => {
    const error = await expectRefusal(ask(query, quiet), 400, { code });
    expect(error.message).toContain(named);
    expect(error.help).toMatch(/\S/);
  });
});

it("takes the id of a run without the spaces around it", async () => {
  const { body } = await ask(`${SANDBOX}&run=%20run-1%20`, quiet);
  expect(body).toEqual((await ask(`${SANDBOX}&run=run-1`, quiet)).body);
  expect(body.digest).not.toBe((await ask(`${SANDBOX}&run=run-2`, quiet)).body.digest);
});

describe("failures inside", () => {
  let logged;
  beforeEach(() => {
    logged = vi.spyOn(console, "error").mockImplementation(() => {});
  });
  afterEach(async () => {
    logged.mockRestore();
    expect((await ask(SANDBOX, quiet)).decided).toBe("allow");
  });

  const request = (body = quiet) => new Request(`https://gate.example/${SANDBOX}`, { method: "POST", body });

  function expectDeny({ status, decided, body }, code) {
    expect({ status, decided }).toEqual({ status: 500, decided: "deny" });
    expect(body.decision.kind).toBe("deny");
    expect(body.decision.reasons).toMatchObject([{ code }]);
    expect(body.run_status).toBeNull();
    expect(logged).toHaveBeenCalledOnce();
  }

  it("denies when the governance was released", async () => {
    const governance = prepareGovernance(bundle.governance);
    governance.free();
    expectDeny(await read(await gate(request(), bundle, () => governance)), "released");
  });

  it("denies when the governance cannot be prepared", async () => {
    const broken = { approval_rules: [{ name: "", approver_type: "nobody" }] };
    const answer = await read(await gate(request(), bundle, () => prepareGovernance(broken)));
    expectDeny(answer, answer.body.decision.reasons[0].code);
    expect(answer.body.decision.reasons[0].message).toContain("nobody");
  });

  it("denies on any exception, and shows nothing of it but in the log", async () => {
    const failure = new TypeError("secret-4711");
    const answer = await read(
      await gate(request(), bundle, () => {
        throw failure;
      }),
    );
    expectDeny(answer, "internal_error");
    expect(answer.text).not.toContain("4711");
    expect(logged).toHaveBeenCalledWith(failure);
  });

  it("denies when the body breaks off", async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error("connection lost"));
      },
    });
    expectDeny(await read(await gate(request(body), bundle, never)), "internal_error");
  });

  it("denies when a workspace of the bundle is malformed", async () => {
    const workspaces = [{ ...bundle.workspaces[1], attributes: "none" }];
    const governance = prepareGovernance(bundle.governance);
    expectDeny(await read(await gate(request(), { ...bundle, workspaces }, () => governance)), "malformed_request");
    governance.free();
  });

  it("denies by decision when a mandatory policy is broken", async () => {
    const policies = [{ name: "broken", rego_source: "package forgecroft.policy\n\ndeny contains if {" }];
    const governance = prepareGovernance({ policy_sets: [{ name: "broken", enforcement: "mandatory", policies }] });
    const { status, decided, body } = await read(await gate(request(), bundle, () => governance));
    expect({ status, decided, kind: body.decision.kind }).toEqual({ status: 200, decided: "deny", kind: "deny" });
    governance.free();
  });
});

/** For requests that must be answered before governance is asked. */
function never() {
  throw new Error("governance was asked");
}
