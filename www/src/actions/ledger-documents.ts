// What is particular to ledgers among the documents of a page: their examples, how large they may be, and what is a policy instead.
import type { DocumentKind } from "../document-source";
import { exampleLedgers } from "./example-files";

export const ledgerDocuments: DocumentKind = {
  called: "a ledger",
  examples: exampleLedgers,
  help: {
    exampleMissing: "the example ledgers are files beside this page and must be served with it",
    tooLarge: "give the entries of a shorter time, or of fewer runs",
  },
  isPolicyName: (name) => /\.ya?ml$/.test(name),
  isPolicyContent,
};

// More than a policy may have is no policy, and need not be looked at.
const LARGEST_POLICY = 1024 * 1024;

/** Whether a JSON file is one object with a name and without entries: a policy, and no ledger. */
function isPolicyContent(name: string, bytes: Uint8Array): boolean {
  if (!name.endsWith(".json") || bytes.length > LARGEST_POLICY) return false;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return value !== null && typeof value === "object" && "name" in value && !("entries" in value);
  } catch {
    return false;
  }
}
