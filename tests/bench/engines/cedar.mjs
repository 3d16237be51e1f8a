// Cedar, with its policy set parsed beforehand.

import { createRequire } from "node:module";

export const name = "cedar-wasm";

let loaded;

/** The package, which loads its module by itself. */
export function cedar() {
  loaded ??= createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs");
  return loaded;
}

export function contestants({ id, cedar: said, entrypoint }) {
  const { preparsePolicySet, statefulIsAuthorized } = cedar();
  parsed(preparsePolicySet(id, typeof said.policies === "string" ? { staticPolicies: said.policies } : said.policies));
  const listsRules = entrypoint.endsWith("/deny");
  const object = (input) => {
    const answer = statefulIsAuthorized({ ...said.call(input), preparsedPolicySetId: id });
    if (answer.type !== "success") throw new Error(`Cedar: ${answer.errors[0]?.message}`);
    const { decision, diagnostics } = answer.response;
    if (diagnostics.errors.length > 0) throw new Error(`Cedar: ${diagnostics.errors[0].error.message}`);
    if (listsRules) return decision === "deny" ? diagnostics.reason : [];
    return decision === "allow";
  };
  return { text: (text) => object(JSON.parse(text)), object };
}

function parsed(answer) {
  if (answer.type !== "success") throw new Error(`Cedar: ${answer.errors[0]?.message}`);
}
