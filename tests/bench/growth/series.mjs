// What grows, and what is asked of it: each series has lanes that do the same at each of its sizes.

import { compile, prepareGovernance } from "regate";
import { equalityRules } from "../generated-policies.mjs";
import { plans, ruleInputs } from "../inputs.mjs";

const KIB = 1_024;
const MIB = KIB * KIB;

/**
 * The series: `{ id, title, unit, sizes, lanes }`. A lane is `{ name, at(size) }`, which gives `{ call, answers }`: what is timed, and what it
 * says to the first question, by which lanes are compared. One that `divides` does as many things in a call as the size says.
 */
export function series() {
  return [rules(), input(), elements(), data(), batch(), sets()];
}

function rules() {
  const texts = ruleInputs(64).map((one) => JSON.stringify(one));
  return {
    id: "rules",
    title: "rules that begin with an equality test on one path, of which one applies",
    unit: "rules",
    sizes: [10, 100, 1_000, 10_000],
    lanes: [
      { name: "regate, text", at: (count) => asked(policyOf(equalityRules(count)), "gates/deny", texts) },
    ],
  };
}

const GATE = `package gate

import rego.v1

deny contains sprintf("%s may not %s", [input.request.user, input.request.verb]) if {
	input.request.verb in {"delete", "update"}
	not "admins" in input.request.groups
}
`;

// What the policy looks at is in the middle of what it does not.
function inputOf(bytes) {
  const request = { user: "ada", verb: "delete", groups: ["staff", "users"] };
  const record = (at) => ({ id: at, name: `record ${at}`, tags: ["a", "b\n"], size: at * 1.5, on: at % 2 === 0, of: { kind: "thing", parent: null } });
  const rest = JSON.stringify({ before: [], request, behind: [] }).length;
  const half = Array.from({ length: Math.round((bytes - rest) / 2 / (JSON.stringify(record(10_000)).length + 1)) }, (_, at) => record(10_000 + at));
  return { before: half, request, behind: half };
}

function input() {
  const policy = () => policyOf(GATE);
  const byHand = ({ request: { user, verb, groups } }) =>
    (verb === "delete" || verb === "update") && !groups.includes("admins") ? [`${user} may not ${verb}`] : [];
  return {
    id: "input",
    title: "input of which the same 60 bytes are looked at",
    unit: "bytes",
    sizes: [KIB, 10 * KIB, 100 * KIB, MIB, 10 * MIB],
    lanes: [
      { name: "hand-written JS, text", at: (bytes) => called((text) => byHand(JSON.parse(text)), [JSON.stringify(inputOf(bytes))]) },
      { name: "regate, text", at: (bytes) => asked(policy(), "gate/deny", [JSON.stringify(inputOf(bytes))]) },
      { name: "regate, bytes", at: (bytes) => asked(policy(), "gate/deny", [Buffer.from(JSON.stringify(inputOf(bytes)))]) },
      { name: "regate, object", at: (bytes) => asked(policy(), "gate/deny", [inputOf(bytes)]) },
    ],
  };
}

const BUCKETS = `package buckets

import rego.v1

deny contains sprintf("%s: bucket is public (%s)", [bucket.name, bucket.acl]) if {
	some bucket in input.buckets
	bucket.acl in {"public-read", "public-read-write"}
}
`;

function elements() {
  const inputOf = (matching) => ({ buckets: Array.from({ length: 1_000 }, (_, at) => ({ name: `bucket-${at}`, acl: at < matching ? "public-read" : "private" })) });
  const byHand = ({ buckets }) => [
    ...new Set(buckets.filter(({ acl }) => acl === "public-read" || acl === "public-read-write").map(({ name, acl }) => `${name}: bucket is public (${acl})`)),
  ].sort();
  return {
    id: "elements",
    title: "of 1,000 elements of an array, those that match and are told of",
    unit: "matching",
    sizes: [1, 10, 100, 1_000],
    lanes: [
      { name: "hand-written JS, text", at: (matching) => called((text) => byHand(JSON.parse(text)), [JSON.stringify(inputOf(matching))]) },
      { name: "regate, text", at: (matching) => asked(policyOf(BUCKETS), "buckets/deny", [JSON.stringify(inputOf(matching))]) },
    ],
  };
}

const GRANTS = `package access

import rego.v1

default allow := false

allow if data.grants[input.region][input.user][input.verb]
`;

// Data comes in parts where it is larger than one document may be.
const PART_BYTES = 20 * MIB;

function data() {
  const grant = (at) => [`user-${String(at).padStart(8, "0")}`, { read: true, write: at % 2 === 0, note: `granted to user ${at} until further notice` }];
  const bytesOfGrant = JSON.stringify(Object.fromEntries([grant(0)])).length;
  const policyWith = (bytes) => {
    const policy = policyOf(GRANTS, { grants: {} });
    const [count, most] = [bytes, PART_BYTES].map((all) => Math.max(1, Math.round(all / bytesOfGrant)));
    const texts = [];
    for (let from = 0; from < count; from += most) {
      const users = Object.fromEntries(Array.from({ length: Math.min(most, count - from) }, (_, at) => grant(from + at)));
      policy.updateData(["grants", `region-${from}`], users);
      texts.push(...Object.keys(users).slice(0, 64).map((user) => JSON.stringify({ region: `region-${from}`, user, verb: "read" })));
    }
    return { policy, texts };
  };
  return {
    id: "data",
    title: "data in which one key is looked up",
    unit: "bytes",
    sizes: [KIB, 10 * KIB, 100 * KIB, MIB, 10 * MIB, 100 * MIB],
    lanes: [
      {
        name: "regate, text",
        at: (bytes) => {
          const { policy, texts } = policyWith(bytes);
          return asked(policy, "access/allow", texts);
        },
      },
    ],
  };
}

function batch() {
  const texts = ruleInputs(1_000).map((one) => JSON.stringify(one));
  const source = equalityRules(100);
  return {
    id: "batch",
    title: "inputs in one call of evaluateMany, and each by itself",
    unit: "inputs",
    sizes: [1, 10, 100, 1_000],
    lanes: [
      {
        name: "evaluateMany, an input",
        divides: true,
        at: (count) => {
          const policy = policyOf(source);
          const inputs = texts.slice(0, count);
          return called(() => policy.evaluateMany("gates/deny", inputs).map(({ value }) => value), [undefined]);
        },
      },
      {
        name: "evaluate, an input",
        divides: true,
        at: (count) => {
          const policy = policyOf(source);
          const inputs = texts.slice(0, count);
          return called(() => inputs.map((text) => policy.evaluate("gates/deny", text).value), [undefined]);
        },
      },
    ],
  };
}

function sets() {
  const [plan] = plans(1);
  const text = JSON.stringify({ format_version: "1.2", terraform_version: "1.9.8", ...plan });
  const policy = (at) => `package forgecroft.policy

import rego.v1

deny contains sprintf("%s would be destroyed", [change.address]) if {
	some change in input.plan_changes.destroyed
	change.type == "aws_thing_${at}"
}
`;
  const prepared = (count) =>
    prepareGovernance({
      policy_sets: Array.from({ length: count }, (_, at) => ({ id: `s-${at}`, name: `set ${at}`, policies: [{ id: `p-${at}`, name: "policy", rego_source: policy(at) }] })),
    });
  return {
    id: "sets",
    title: "policy sets that a preview of one plan of 1,000 changes asks",
    unit: "sets",
    sizes: [1, 10, 100],
    lanes: [
      {
        name: "preview",
        at: (count) => {
          const governance = prepared(count);
          return called((plan) => governance.preview(plan).decision.kind, [text]);
        },
      },
    ],
  };
}

function policyOf(source, data) {
  const { policy, diagnostics } = compile(source, data === undefined ? {} : { data });
  if (policy === null) throw new Error(`a policy of the growth does not compile: ${diagnostics[0]?.message}`);
  return policy;
}

function asked(policy, entrypoint, inputs) {
  return called((input) => policy.evaluate(entrypoint, input).value, inputs);
}

function called(act, inputs) {
  return { call: (i) => act(inputs[i % inputs.length]), answers: JSON.stringify(act(inputs[0])) };
}
