// The examples of action policies that the package ships: policies, a call, a state, and ledgers, which are fetched when chosen.
import call from "../../../pkg-template/examples/actions/call.json?raw";
import state from "../../../pkg-template/examples/actions/state.json?raw";
import { exampleDocument, type ExampleDocument } from "../example-document";

const policyFiles = import.meta.glob<string>("../../../pkg-template/examples/actions/*-policy.{yaml,yml,json}", {
  query: "?raw",
  import: "default",
  eager: true,
});

const ledgerAddresses = import.meta.glob<string>("../../../pkg-template/examples/actions/*ledger*.{json,jsonl}", {
  query: "?url",
  import: "default",
  eager: true,
});

export interface ExamplePolicyFile {
  /** The name without its ending. */
  name: string;
  file: string;
  text: string;
  /** The first sentence of the comment that the file begins with. */
  purpose: string;
}

export const exampleCall = call;
export const exampleState = state;

export const examplePolicyFiles: ExamplePolicyFile[] = Object.entries(policyFiles)
  .map(([path, text]) => {
    const file = path.split("/").at(-1) ?? path;
    return { name: file.replace(/\.\w+$/, ""), file, text, purpose: purposeOf(text) };
  })
  // The one that holds for everybody first.
  .sort((a, b) => Number(/^scope: agent/m.test(a.text)) - Number(/^scope: agent/m.test(b.text)) || a.file.localeCompare(b.file));

function purposeOf(text: string): string {
  const comment = /^(?:#.*\n)+/.exec(text)?.[0] ?? "";
  return comment.replaceAll(/^#\s?/gm, "").replaceAll("\n", " ").trim();
}

const LEDGER_TITLES: Record<string, string> = { ledger: "A morning of the support bot" };

export const exampleLedgers: ExampleDocument[] = Object.entries(ledgerAddresses).map(([path, address]) => {
  const name = (path.split("/").at(-1) ?? path).replace(/\.\w+$/, "");
  return exampleDocument("ledger", name, LEDGER_TITLES[name] ?? name, address);
});
