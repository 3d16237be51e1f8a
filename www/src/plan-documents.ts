// What is particular to plans among the documents of a page: their examples, how large they may be, and what is a Rego policy instead.
import type { DocumentKind } from "./document-source";
import { examplePlans } from "./examples";

export const planDocuments: DocumentKind = {
  called: "a plan",
  examples: examplePlans,
  help: {
    exampleMissing: "the example plans are files beside this page and must be served with it",
    tooLarge: "split the configuration into smaller workspaces, each with a plan of its own",
  },
  isPolicyName: (name) => name.endsWith(".rego"),
};
