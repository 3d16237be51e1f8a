// What a first visit finds: both example policies, a call that is allowed, and the example ledger.
import type { ActionDraft } from "./action-drafts";
import { exampleLedgers, examplePolicyFiles } from "./example-files";
import { nameIn } from "./policy-format";
import { situations } from "./situations";

export function startingDraft(): ActionDraft {
  const policies = examplePolicyFiles.slice(0, 2).map(({ name, text }) => ({ id: name, title: nameIn(text) ?? name, text, proposed: null }));
  return {
    policies,
    call: situations[0]?.call ?? "",
    state: situations[0]?.state ?? "",
    setUp: "",
    settings: {
      policy: policies[0]?.id ?? "",
      version: "current",
      part: "call",
      time: "",
      ledger: exampleLedgers[0]?.name ?? "",
      approve: "recorded",
      beginsWithState: false,
      changedOnly: false,
    },
  };
}
