// The races between engines: which policy, which inputs, which question, and what a hand-written program answers.

import { readFileSync } from "node:fs";
import { equalityRules, equalityRulesInCedar } from "./generated-policies.mjs";
import * as handWritten from "./hand-written.mjs";
import { admissionRequests, plans, roleData, roleQuestions, ruleInputs } from "./inputs.mjs";

const policy = (name) => readFileSync(new URL(`policies/${name}`, import.meta.url), "utf8");

/**
 * The workloads. Inputs are several of one shape, taken in turn, so that no branch is learned by heart.
 *
 * `forms` are races of their own; `opa` names the compiled module that answers the same question, where there is one.
 */
export function workloads() {
  const data = roleData();
  const dataText = JSON.stringify(data);
  const questions = roleQuestions(64, data);
  return [
    {
      id: "small",
      title: "4 rules over an admission request",
      source: policy("admission.rego"),
      entrypoint: "k8s/admission/deny",
      inputs: admissionRequests(64),
      decide: handWritten.admission,
      forms: ["text", "object"],
      opa: "small.wasm",
      withoutCedar: "Cedar has no loop over a list of records",
    },
    {
      id: "large",
      title: "4 rules over a plan of 1,000 resource changes",
      source: policy("plan.rego"),
      entrypoint: "terraform/plan/deny",
      inputs: plans(4),
      decide: handWritten.plan,
      forms: ["text", "object"],
      opa: "large.wasm",
      withoutCedar: "Cedar has no loop over a list of records",
    },
    {
      id: "lookup",
      title: "the roles of one user among 10,000",
      source: policy("roles.rego"),
      entrypoint: "rbac/allow",
      data,
      dataText,
      inputs: questions,
      decide: handWritten.mayDo(data),
      forms: ["text", "object"],
      opa: "lookup.wasm",
      cedar: { policies: policy("roles.cedar"), call: roleCalls(data) },
    },
    {
      id: "scan",
      title: "all 10,000 roles",
      source: policy("roles.rego"),
      entrypoint: "rbac/roles_granting",
      data,
      dataText,
      inputs: questions,
      decide: handWritten.rolesGranting(data),
      forms: ["text"],
      opa: "lookup.wasm",
      withoutCedar: "Cedar decides on a request, and does not list",
    },
    equality(10),
    equality(10_000),
  ];
}

function equality(count) {
  return {
    id: `rules-${count}`,
    title: `${count.toLocaleString("en")} rules that begin with an equality test, one applies`,
    source: equalityRules(count),
    entrypoint: "gates/deny",
    inputs: ruleInputs(64),
    decide: handWritten.gates(count),
    forms: ["text"],
    cedar: { policies: { staticPolicies: equalityRulesInCedar(count) }, call: gateCall },
  };
}

// What a host passes to Cedar with a request: the entities that the request is about, found in maps made beforehand.
function roleCalls(data) {
  const users = new Map(
    Object.entries(data.users).map(([id, { roles }]) => [id, { uid: uid("User", id), attrs: {}, parents: roles.map((role) => uid("Role", role)) }]),
  );
  const resources = new Map();
  for (const [role, { permissions }] of Object.entries(data.roles)) {
    for (const { action, resource } of permissions) {
      if (!resources.has(resource)) resources.set(resource, { uid: uid("Resource", resource), attrs: { read: [], write: [], delete: [] }, parents: [] });
      resources.get(resource).attrs[action].push({ __entity: uid("Role", role) });
    }
  }
  return ({ user, action, resource }) => ({
    principal: uid("User", user),
    action: uid("Action", action),
    resource: uid("Resource", resource),
    context: {},
    entities: [users.get(user), resources.get(resource)],
  });
}

function gateCall({ kind, size }) {
  const nobody = uid("User", "nobody");
  return { principal: nobody, action: uid("Action", "pass"), resource: uid("Gate", "gate"), context: { kind, size }, entities: [] };
}

function uid(type, id) {
  return { type, id };
}
