// `regate sets`, `rules` and `providers`: what an organisation has set up on a server.

import type { ApprovalRuleSeen, ExternalCheckProviderSeen, PolicySetSeen } from "../wire.js";
import { CliFailure, EXIT_OK } from "./failure.js";
import { prettyJson } from "./json-output.js";
import { plural, tableLines, type Cell } from "./lines.js";
import { allPages } from "./pages.js";
import { columnsOf } from "./run-report.js";
import { isPolicySetPage, isProviderPage, isRulePage } from "./server-answers.js";
import { SERVER_OPTIONS, SERVER_USAGE, serverOf, type Server } from "./server.js";
import type { Paint } from "./terminal.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

/** The policy sets that the caller may see. */
export async function policySets(server: Server): Promise<PolicySetSeen[]> {
  return (await allPages(server, ["policy-sets"], isPolicySetPage, "a list of policy sets")).flatMap(({ policy_sets }) => policy_sets);
}

interface List {
  name: string;
  summary: string;
  /** The field of the answer. */
  field: string;
  titles: readonly string[];
  /** What is listed, and the row of each. */
  read(server: Server, paint: Paint): Promise<{ items: object[]; rows: (string | Cell)[][] }>;
}

const LISTS: readonly List[] = [
  {
    name: "sets",
    summary: "List the policy sets",
    field: "policy_sets",
    titles: ["name", "enforcement", "scope", "version", "policies", "id"],
    async read(server, paint) {
      const items = await policySets(server);
      return { items, rows: items.map((set) => setRow(set, paint)) };
    },
  },
  {
    name: "rules",
    summary: "List the approval rules",
    field: "approval_rules",
    titles: ["name", "who", "approvals", "when", "scope", "id"],
    async read(server, paint) {
      const items = (await allPages(server, ["approval-rules"], isRulePage, "a list of approval rules")).flatMap((page) => page.approval_rules);
      return { items, rows: items.map((rule) => ruleRow(rule, paint)) };
    },
  },
  {
    name: "providers",
    summary: "List the external check providers",
    field: "external_check_providers",
    titles: ["name", "takes part in", "secret", "url", "id"],
    async read(server, paint) {
      const pages = await allPages(server, ["external-check-providers"], isProviderPage, "a list of external check providers");
      const items = pages.flatMap((page) => page.external_check_providers);
      return { items, rows: items.map((provider) => providerRow(provider, paint)) };
    },
  },
];

function setRow({ name, enforcement, enabled, version, policies, id, ...scope }: PolicySetSeen, paint: Paint): (string | Cell)[] {
  const state = enabled ? enforcement : { text: `${enforcement}, off`, paint: paint.dim };
  return [{ text: name, paint: paint.bold }, state, scopeText(scope), String(version), plural(policies.length, "policy").replace(/ys$/, "ies"), { text: id, paint: paint.dim }];
}

function ruleRow(rule: ApprovalRuleSeen, paint: Paint): (string | Cell)[] {
  const { name, approver_type, approver_id, approver_role, min_approvals, stage, condition, enabled, id } = rule;
  const who = approver_type === "org_role" ? `role ${approver_role ?? ""}` : `${approver_type} ${approver_id ?? ""}`;
  return [
    { text: name, paint: paint.bold },
    who,
    `${min_approvals ?? 1} in stage ${stage ?? 1}`,
    enabled === false ? { text: "off", paint: paint.dim } : conditionText(condition),
    scopeText(rule),
    { text: id ?? "", paint: paint.dim },
  ];
}

function providerRow({ name, scopes, has_secret, callback_url, id }: ExternalCheckProviderSeen, paint: Paint): (string | Cell)[] {
  const where = scopes.map(({ scope_type, scope_id }) => (scope_type === "org" ? "organisation" : `${scope_type} ${scope_id}`)).join(", ");
  const secret = has_secret ? "stored" : { text: "none", paint: paint.yellow };
  return [{ text: name, paint: paint.bold }, where === "" ? { text: "nothing", paint: paint.yellow } : where, secret, callback_url, { text: id, paint: paint.dim }];
}

function conditionText(condition: ApprovalRuleSeen["condition"]): string {
  if (condition === null || condition === undefined || condition.type === "always") return "always";
  const { type, value } = condition;
  return type === "trigger_is" ? `trigger is ${value}` : `${type.replace(/_gt$/, "")} > ${value}`;
}

function scopeText({ project_id, workspace_id }: { project_id?: string | null; workspace_id?: string | null }): string {
  if (workspace_id !== null && workspace_id !== undefined) return `workspace ${workspace_id}`;
  return project_id === null || project_id === undefined ? "organisation" : `project ${project_id}`;
}

function commandOf({ name, summary, field, titles, read }: List): Command {
  return {
    name,
    summary,
    usage: `${summary} that you may see.

Usage: regate ${name} [options]

With --format json it prints { ${field}, cursor }: the whole list, so that cursor is null.

${SERVER_USAGE}

${COMMON_USAGE}`,
    async run(args, terminal) {
      const { options, positionals, json } = readArguments(name, args, SERVER_OPTIONS);
      if (positionals.length > 0) throw new CliFailure(`\`${positionals[0]}\` is too much; see regate ${name} --help`);
      const { out, paint } = terminal;
      const { items, rows } = await read(serverOf(options), paint);
      if (json) {
        out(prettyJson({ [field]: items, cursor: null }));
      } else if (rows.length === 0) {
        out(paint.dim("there is none that you may see"));
      } else {
        for (const line of tableLines(rows, 0, columnsOf(terminal), titles.map((text) => ({ text, paint: paint.dim })))) out(line);
      }
      return EXIT_OK;
    },
  };
}

export const listCommands: readonly Command[] = LISTS.map(commandOf);
