// `regate policy decide`: does a configuration comply with policies in files?

import type { ConfigService } from "../config-service.js";
import type { ConfigDecision } from "../wire.js";
import { CliFailure, EXIT_OK } from "./failure.js";
import { escapedJson } from "./json-output.js";
import { FORMAT_USAGE, readPolicyArguments } from "./policy-arguments.js";
import { requirePolicies, showDiagnostics } from "./policy-bundle.js";
import { DECISION_FAILED, EXIT_INVALID, EXIT_NOT_FOUND, POLICY_USAGE, PolicyFailure, failureOfDecision } from "./policy-failure.js";
import { QUESTION_OPTIONS, QUESTION_USAGE, readQuestion, type AskedConfig } from "./policy-question.js";
import { storedPolicies, withStore, type StoreArguments } from "./policy-store.js";
import type { Terminal } from "./terminal.js";
import type { Command } from "./usage.js";

export const policyDecideCommand: Command = {
  name: "decide",
  summary: "Decide whether a configuration complies",
  usage: `Decide whether a configuration complies with policies: PASS, SOFT_FAIL, HARD_FAIL or ERROR.

Usage: regate policy decide [PATH] --input FILE [options]

  PATH                  A policy, or a folder: every *.rego below it. Without it the stored bundle of --owner-id decides,
                        and the decision is kept in its log

Options:
${QUESTION_USAGE}
  --strict              Fail with exit code 7 where the decision is HARD_FAIL or ERROR
  --owner-id ID         The organisation whose stored bundle decides. Beside a PATH it is accepted, and changes nothing
  --store FOLDER        Where it is kept (default: .regate); not beside a PATH
${FORMAT_USAGE}

The decision is JSON. What the policies say and no decision looks at stands on standard error, as a warning.

Each decision that is kept writes the file of its owner and context anew, with all decisions before it: a store that
is asked much belongs in a database.

${POLICY_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readPolicyArguments("decide", args, {
      ...QUESTION_OPTIONS,
      strict: "switch",
      "owner-id": "text",
      store: "text",
    });
    const [path] = positionals;
    if (positionals.length > 1) throw new CliFailure(`accepts at most 1 arg(s), received ${positionals.length}`);
    if (path === undefined && options["owner-id"] === undefined) throw new CliFailure("either [policy_file_or_dir_path] or --owner-id is required");
    if (path !== undefined && options.store !== undefined) throw new CliFailure("--store is for stored bundles: leave out the policies in files, or the store");
    const asked = await readQuestion(options);
    if (path !== undefined) return told(localDecision(path, asked, terminal), options.strict, terminal);
    return withStore("failed to make decision", { json, terminal }, async () => told(await storedDecision(options, asked, terminal), options.strict, terminal));
  },
};

/** Prints a decision, which stands alone on standard output; the exit code. */
function told(decision: ConfigDecision, strict: boolean, terminal: Terminal): number {
  terminal.verbatim(`${escapedJson(decision)}\n`);
  const isRefused = decision.status === "HARD_FAIL" || decision.status === "ERROR";
  if (!strict || !isRefused) return EXIT_OK;
  terminal.err(`${terminal.errorPaint.red("error:")} policy decision status: ${decision.status}`);
  return EXIT_INVALID;
}

/** Decides under the policies of a file or a folder. */
function localDecision(path: string, { input, question }: AskedConfig, terminal: Terminal): ConfigDecision {
  const { policies, files } = requirePolicies(path, terminal);
  try {
    const { decision, warnings } = policies.decide(input, question);
    showDiagnostics(warnings, files, terminal);
    return decision;
  } catch (thrown) {
    throw failureOfDecision(thrown, `${DECISION_FAILED}${DECISION_FAILED}`);
  } finally {
    policies.free();
  }
}

/** Decides under the stored bundle, which keeps the decision. Its texts are not read, so that warnings are shown without them. */
async function storedDecision(options: StoreArguments, { input, question }: AskedConfig, terminal: Terminal): Promise<ConfigDecision> {
  const { meta, compiled } = question;
  const metadata = meta === null || meta === undefined ? {} : { metadata: meta as Record<string, unknown> };
  const service = storedPolicies(options);
  try {
    await requireBundle(service, options);
    const { enabled, decision, warnings } = await service.decide({ inputYaml: input, ...metadata, ...(compiled === undefined ? {} : { compiled }) });
    if (!enabled) terminal.err(terminal.errorPaint.dim("note: the settings say that nothing is evaluated"));
    showDiagnostics(warnings, [], terminal);
    return decision ?? { status: "PASS" };
  } catch (thrown) {
    throw failureOfDecision(thrown);
  }
}

// INVARIANT (no bundle, no PASS): an owner or a context that is written wrongly must not let everything pass, nor into a log.
async function requireBundle(service: ConfigService, { "owner-id": owner = "", context = "config" }: StoreArguments): Promise<void> {
  const { versions } = await service.versions({ limit: 1 });
  if (versions.length > 0) return;
  throw new PolicyFailure("policy.not_found", EXIT_NOT_FOUND, `${DECISION_FAILED}no policies were pushed for the owner \`${owner}\` and the context \`${context}\``);
}
