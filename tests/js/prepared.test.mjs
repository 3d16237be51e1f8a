// What an organisation has set up is read once for each state that it is in, whole, and prepared once.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { team, world } from "./governance-world.mjs";

const ASKS_TWO = "package forgecroft.policy\n\nimport rego.v1\n\nrequire_approval contains {\"team\": \"two\"} if true\n";

/** A world whose host writes down what each round loads: the kind of record or of need. `meanwhile(round)` runs after a round. */
async function watched(options) {
  const { host, ...rest } = await world(options);
  const watch = { rounds: [], meanwhile: async () => {} };
  const load = host.load;
  host.load = async (needs) => {
    const facts = await load(needs);
    const round = needs.map((need) => need.record ?? need.kind);
    watch.rounds.push(round);
    await watch.meanwhile(round);
    return facts;
  };
  return { ...rest, watch };
}

const SET_UP = ["policy_set", "approval_rule", "external_check_provider", "settings"];
const roundsWith = ({ rounds }, kind) => rounds.filter((round) => round.includes(kind)).length;

describe("what is set up", () => {
  test("is listed for the first run, and for none after it until it changes", async () => {
    const { run, as, watch } = await watched({ rules: [team("one")], policies: { asks: { rego_source: ASKS_TWO } } });
    await run();
    assert.deepEqual(watch.rounds.slice(1), [["governed_run"], ["workspace", "configuration"], SET_UP, ["policy_source", "configuration"], ["team"]]);

    watch.rounds = [];
    await run();
    assert.deepEqual(watch.rounds, [["workspace"], ["governed_run"], ["workspace", "configuration"], ["team"]]);

    const { approval_rules } = await as("adam").approvalRules.list({});
    await as("adam").approvalRules.change(approval_rules[0].id, { approver_id: "t-two" });
    watch.rounds = [];
    await run();
    assert.deepEqual([roundsWith(watch, "policy_set"), roundsWith(watch, "configuration")], [1, 2]);
  });

  test("is read again where it changed between its lists and its texts", async () => {
    // Another state than that of the test above, which is prepared already.
    const { run, as, watch } = await watched({ rules: [team("one", { name: "first" })], policies: { asks: { rego_source: ASKS_TWO } } });
    watch.meanwhile = async (round) => {
      if (!round.includes("policy_set")) return;
      watch.meanwhile = async () => {};
      await as("adam").approvalRules.create({ name: "late", approver_type: "org_role", approver_role: "owner" });
    };
    watch.rounds = [];
    const { requirements } = await run();
    assert.equal(roundsWith(watch, "policy_set"), 2);
    assert.deepEqual(requirements.map(({ name }) => name).sort(), ["asks", "first", "late"]);
  });
});
