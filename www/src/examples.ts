// The examples that the package ships, read at build time; plans are fetched from beside the page when they are chosen.
import type { ApprovalRule, ExternalCheckProvider, PolicySet, RunContext } from "regate";
import rules from "../../pkg-template/examples/approval-rules.json";
import providers from "../../pkg-template/examples/providers.json";
import run from "../../pkg-template/examples/run.json";
import { exampleDocument, type ExampleDocument } from "./example-document";

const policyFiles = import.meta.glob<string>("../../pkg-template/examples/policies/*/*", {
  query: "?raw",
  import: "default",
  eager: true,
});

const planAddresses = import.meta.glob<string>("../../pkg-template/examples/plans/*.json", {
  query: "?url",
  import: "default",
  eager: true,
});

export interface ExamplePolicy {
  set: string;
  file: string;
  source: string;
  /** The first words of the comment that the file begins with. */
  purpose: string;
}

const PLAN_TITLES: Record<string, string> = {
  webshop: "Web shop release",
  quiet: "Quiet change",
  "pull-request": "Pull request",
  platform: "Platform migration (large)",
};

function purposeOf(source: string): string {
  const comment = source.split("\n").filter((line) => line.startsWith("#"));
  const firstSentence = comment.map((line) => line.replace(/^#\s?/, "")).join(" ");
  return /^.*?[.:](?=\s|$)/.exec(firstSentence)?.[0].replace(/:$/, ".") ?? firstSentence;
}

export const examplePolicies: ExamplePolicy[] = Object.entries(policyFiles)
  .filter(([path]) => path.endsWith(".rego") && !path.endsWith("_test.rego"))
  .map(([path, source]) => {
    const [set = "", file = ""] = path.split("/").slice(-2);
    return { set, file, source, purpose: purposeOf(source) };
  });

/** The policy sets of the examples, each folder one set, as the command line reads them. */
export const exampleSets: PolicySet[] = [...new Set(examplePolicies.map(({ set }) => set))].map((folder) => {
  const described = policyFiles[`../../pkg-template/examples/policies/${folder}/policy-set.json`];
  const settings = described === undefined ? {} : (JSON.parse(described) as Partial<PolicySet>);
  return {
    name: folder,
    ...settings,
    policies: examplePolicies
      .filter(({ set }) => set === folder)
      .map(({ file, source }) => ({ name: file.replace(/\.rego$/, ""), rego_source: source })),
  };
});

export const exampleRules = rules as ApprovalRule[];
export const exampleProviders = providers as ExternalCheckProvider[];
export const exampleRun = run as RunContext;

export const examplePlans: ExampleDocument[] = Object.entries(planAddresses)
  .map(([path, address]) => {
    const name = path.split("/").at(-1)?.replace(/\.json$/, "") ?? path;
    return exampleDocument("plan", name, PLAN_TITLES[name] ?? name, address);
  })
  .sort((a, b) => orderOf(a.name) - orderOf(b.name) || a.name.localeCompare(b.name));

function orderOf(name: string): number {
  const place = Object.keys(PLAN_TITLES).indexOf(name);
  return place < 0 ? Number.MAX_SAFE_INTEGER : place;
}
