// Approval rules: which runs must be approved, by whom, in which stage, and what happens when nobody answers.
import type { ApprovalRule, ApprovalRuleChange, ApprovalRuleSeen, ApproverType, Condition, EscalationAction, Trigger } from "regate";
import { amount } from "../amount";
import { conditionInWords } from "../condition-words";
import { element } from "../element";
import { tag } from "../tables";
import { actionRow, confirmed } from "./actions";
import { everyPage, type ConsoleContext, type View } from "./context";
import { openFormDialog, textOrNull, wholeNumber, type FormField, type Values } from "./form-dialog";
import { people, teams } from "./organisation";
import { approverInWords, personName, scopeFields, scopeInWords, scopeOptions, timeoutInWords, triggerOptions, votersOf } from "./words";

export function rulesView(): View {
  return {
    title: "Approval rules",
    async draw(context) {
      const rules = await everyPage(async (cursor) => {
        const page = await context.service.approvalRules.list({ limit: 100, cursor });
        return { items: page.approval_rules, cursor: page.cursor };
      });
      rules.sort((a, b) => (a.stage ?? 1) - (b.stage ?? 1) || a.name.localeCompare(b.name));
      return [
        element(
          "div",
          { class: "view-head" },
          element("h2", { tabindex: -1 }, "Approval rules"),
          element("button", { type: "button", class: "primary", id: "new-rule", onclick: () => openRuleDialog(context, null) }, "New rule"),
        ),
        element("p", { class: "about-view" }, "A rule that matches a run asks for approvals. Stage 2 opens when stage 1 is met. A change here touches no run that waits already."),
        rules.length === 0
          ? element("p", { class: "empty" }, "There is no approval rule that this person may see.")
          : element("ul", { class: "cards" }, ...rules.map((rule) => ruleCard(context, rule))),
      ];
    },
  };
}

function ruleCard(context: ConsoleContext, rule: ApprovalRuleSeen): HTMLElement {
  const id = rule.id ?? "";
  const voters = votersOf(rule);
  const row = (title: string, words: string): HTMLElement => element("div", {}, element("dt", {}, title), element("dd", {}, words));
  const { approvalRules } = context.service;
  return element(
    "li",
    { class: "card", "data-rule": rule.name },
    element(
      "div",
      { class: "card-head" },
      element("h3", {}, rule.name),
      tag(`stage ${rule.stage ?? 1}`),
      rule.enabled === false ? tag("disabled") : null,
      tag(`your role: ${rule.effective_role}`),
      rule.created_by == null ? null : tag(`made by ${personName(rule.created_by, null)}`, "advisory"),
    ),
    element(
      "dl",
      { class: "facts" },
      row("When", conditionInWords(rule.condition)),
      row("Where", scopeInWords(rule)),
      row("Who", `${amount(rule.min_approvals ?? 1, "approval")}, ${approverInWords(rule)}${voters.length === 0 ? "" : ` (${voters.join(", ")})`}`),
      row("In time", timeoutInWords(rule)),
      rule.forbid_self_approval === true ? row("Not by", "whoever started the run") : null,
    ),
    actionRow(
      context,
      `rule-${id}`,
      { id: `edit-${id}`, label: "Edit", about: rule.name, perform: async () => (openRuleDialog(context, rule), null) },
      {
        id: `switch-${id}`,
        label: rule.enabled === false ? "Enable" : "Disable",
        about: rule.name,
        perform: () => approvalRules.change(id, { enabled: rule.enabled === false }).then(() => `${rule.name} is ${rule.enabled === false ? "enabled" : "disabled"}.`),
      },
      rule.created_by == null
        ? null
        : { id: `promote-${id}`, label: "Promote", about: rule.name, perform: () => approvalRules.promote(id).then(() => `${rule.name} is reserved to administrators.`) },
      {
        id: `delete-${id}`,
        label: "Delete",
        about: rule.name,
        perform: async () => ((await confirmed(`Delete the rule ${rule.name}?`, "Delete it")) ? approvalRules.delete(id).then(() => `${rule.name} is deleted.`) : null),
      },
    ),
  );
}

const counted = (values: Values): boolean => ["destroyed_gt", "added_gt", "changed_gt"].includes(values["condition"] ?? "");
const expires = (values: Values): boolean => wholeNumber(values["timeout_hours"]) > 0;

function fieldsOf(rule: ApprovalRuleSeen | null): FormField[] {
  const condition = rule?.condition ?? { type: "always" as const };
  const value = "value" in condition ? String(condition.value) : "0";
  return [
    { name: "name", label: "Name", value: rule?.name ?? "" },
    ...(rule === null ? [{ name: "scope", label: "Scope", options: scopeOptions, hint: "It never changes afterwards." }] : []),
    {
      name: "condition",
      label: "When",
      value: condition.type,
      options: [
        ["always", "on every run"],
        ["destroyed_gt", "more is destroyed than"],
        ["added_gt", "more is added than"],
        ["changed_gt", "more is changed than"],
        ["trigger_is", "the trigger is"],
      ],
    },
    { name: "threshold", label: "Number", kind: "number", value: condition.type === "trigger_is" ? "0" : value, when: counted },
    { name: "trigger", label: "Trigger", options: triggerOptions, value: condition.type === "trigger_is" ? condition.value : "push", when: (values) => values["condition"] === "trigger_is" },
    { name: "approver_type", label: "Who approves", value: rule?.approver_type ?? "team", options: [["team", "a team"], ["user", "a person"], ["org_role", "a role or higher"]] },
    { name: "team", label: "Team", options: teams.map(({ id, name }) => [id, name] as const), value: rule?.approver_id ?? "", when: (values) => values["approver_type"] === "team" },
    { name: "user", label: "Person", options: people.filter(({ is_session }) => is_session).map(({ id, name }) => [id, name] as const), value: rule?.approver_id ?? "", when: (values) => values["approver_type"] === "user" },
    { name: "approver_role", label: "Role", options: [["admin", "admin"], ["owner", "owner"], ["member", "member"]], value: rule?.approver_role ?? "admin", when: (values) => values["approver_type"] === "org_role" },
    { name: "min_approvals", label: "Approvals", kind: "number", value: String(rule?.min_approvals ?? 1) },
    { name: "stage", label: "Stage", kind: "number", value: String(rule?.stage ?? 1), hint: "1 opens first." },
    { name: "timeout_hours", label: "Time limit in hours", kind: "number", value: String(rule?.timeout_hours ?? 0), hint: "From the moment it opens. 0: none." },
    { name: "escalation_action", label: "When the time is up", value: rule?.escalation_action ?? "reject", options: [["reject", "the run is rejected"], ["escalate_to", "another team decides"], ["auto_approve", "it is approved"]], when: expires },
    { name: "escalation_team_id", label: "Which team", options: teams.map(({ id, name }) => [id, name] as const), value: rule?.escalation_team_id ?? "", when: (values) => expires(values) && values["escalation_action"] === "escalate_to" },
    { name: "escalation_reason", label: "Why, for the timeline", value: rule?.escalation_reason ?? "", when: expires },
    { name: "forbid_self_approval", label: "Whoever started the run may not approve", kind: "check", value: String(rule?.forbid_self_approval ?? false) },
  ];
}

function conditionOf(values: Values): Condition {
  const type = values["condition"] as Condition["type"];
  if (type === "always") return { type };
  if (type === "trigger_is") return { type, value: values["trigger"] as Trigger };
  return { type, value: wholeNumber(values["threshold"]) };
}

function openRuleDialog(context: ConsoleContext, rule: ApprovalRuleSeen | null): void {
  openFormDialog({
    title: rule === null ? "New approval rule" : `Edit ${rule.name}`,
    fields: fieldsOf(rule),
    submitLabel: rule === null ? "Create" : "Save",
    async submit(values) {
      const hasTimeout = expires(values);
      const written = {
        name: values["name"] ?? "",
        approver_type: values["approver_type"] as ApproverType,
        approver_id: values["team"] ?? values["user"] ?? null,
        approver_role: values["approver_role"] ?? null,
        min_approvals: wholeNumber(values["min_approvals"]),
        stage: wholeNumber(values["stage"]),
        condition: conditionOf(values),
        timeout_hours: wholeNumber(values["timeout_hours"] === "" ? "0" : values["timeout_hours"]),
        escalation_action: hasTimeout ? (values["escalation_action"] as EscalationAction) : null,
        escalation_team_id: values["escalation_team_id"] ?? null,
        escalation_reason: hasTimeout ? textOrNull(values["escalation_reason"]) : null,
        forbid_self_approval: values["forbid_self_approval"] === "true",
      } satisfies ApprovalRuleChange & Omit<ApprovalRule, "id" | "created_by">;
      const { approvalRules } = context.service;
      await (rule === null ? approvalRules.create({ ...written, ...scopeFields(values["scope"]) }) : approvalRules.change(rule.id ?? "", written));
      await context.changed(`${written.name} is ${rule === null ? "created" : "saved"}.`);
    },
  });
}
