// `regate policy logs`: the decisions that are stored, by filters or by id; and the bundle that made one.

import { writeFileSync } from "node:fs";
import type { ConfigLogQuery, ConfigService } from "../config-service.js";
import { messageOf } from "../errors.js";
import { CliFailure, EXIT_OK } from "./failure.js";
import { readTime } from "./policy-times.js";
import { escapedJson } from "./json-output.js";
import { readPolicyArguments } from "./policy-arguments.js";
import { STORE_OPTIONS, STORE_USAGE, requireCount, storedPolicies, withStore } from "./policy-store.js";
import type { Command } from "./usage.js";

const FILTERS = { status: "text", after: "text", before: "text", branch: "text", "project-id": "text", "build-number": "text" } as const;
const STATUSES = ["PASS", "SOFT_FAIL", "HARD_FAIL", "ERROR"] as const;

export const policyLogsCommand: Command = {
  name: "logs",
  summary: "Show the stored decisions, or one of them",
  usage: `Show the stored decisions, the newest first, or one of them.

Usage: regate policy logs [ID] --owner-id ID [options]

  ID                   A decision
  --status STATUS      ${STATUSES.join(", ")}
  --after TIME         Not earlier than this: 2022-03-14, 2022/03/14, 2022-03-14T12:00:00, with a zone, and others
  --before TIME        Earlier than this
  --branch NAME        vcs.branch of the metadata
  --project-id ID      project_id of the metadata
  --build-number N     build_number of the metadata
  --policy-bundle      The bundle that made the decision ID
  --out FILE           Write into a file
${STORE_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readPolicyArguments("logs", args, { ...STORE_OPTIONS, ...FILTERS, out: "text", "policy-bundle": "switch" });
    requireCount(positionals, 0, 1);
    const [id] = positionals;
    const isFiltered = Object.keys(FILTERS).some((name) => options[name as keyof typeof FILTERS] !== undefined);
    if (id !== undefined && isFiltered) throw new CliFailure("filters are not accepted when decision_id is provided");
    if (id === undefined && options["policy-bundle"]) throw new CliFailure("decision_id is required when --policy-bundle flag is used");
    const query = queryOf(options);
    const service = storedPolicies(options);
    return withStore("failed to get policy decision logs", { json, terminal }, async () => {
      const found = await (id === undefined ? everyLog(service, query) : options["policy-bundle"] ? service.logBundle(id) : service.log(id));
      const text = escapedJson(found);
      if (options.out === undefined) terminal.out(text);
      else writeOutput(options.out, `${text}\n`);
      return EXIT_OK;
    });
  },
};

async function everyLog(service: ConfigService, query: ConfigLogQuery): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const record of service.eachLog(query)) found.push(record);
  return found;
}

function queryOf(given: { [name in keyof typeof FILTERS]: string | undefined }): ConfigLogQuery {
  const { status, branch } = given;
  const known = STATUSES.find((one) => one === status);
  if (status !== undefined && known === undefined) throw new CliFailure(`--status is ${STATUSES.join(", ")}, not \`${status}\``);
  const number = given["build-number"];
  if (number !== undefined && !/^\d{1,15}$/.test(number)) throw new CliFailure(`--build-number is a whole number, not \`${number}\``);
  const query = {
    status: known,
    after: readTime("after", given.after),
    before: readTime("before", given.before),
    branch,
    project_id: given["project-id"],
    build_number: number === undefined ? undefined : Number(number),
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}

function writeOutput(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (thrown) {
    throw new CliFailure(`failed to create output file: ${messageOf(thrown)}`);
  }
}
