// The policy sets of the organisation, and the form for a new one.
import type { Enforcement, NewPolicySet, PlanDetail, PolicySetSeen } from "regate";
import { amount } from "../amount";
import { element } from "../element";
import { table, tag, type Cell } from "../tables";
import { everyPage, type ConsoleContext, type View } from "./context";
import { openFormDialog, textOrNull } from "./form-dialog";
import { scopeFields, scopeInWords, scopeOptions } from "./words";

export type Profile = PolicySetSeen["profile"];

export const enforcementOptions: [Enforcement, string][] = [
  ["mandatory", "mandatory: a violation rejects the run"],
  ["advisory", "advisory: a violation is a warning"],
];
export const profileOptions: [Profile, string][] = [
  ["terraform", "terraform"],
  ["kubernetes", "kubernetes"],
  ["security", "security"],
  ["custom", "custom"],
];
export const detailOptions: [PlanDetail, string][] = [
  ["summary", "summary: addresses and types"],
  ["full", "full: the values, too"],
];

export function setsView(): View {
  return {
    title: "Policy sets",
    async draw(context) {
      const sets = await everyPage(async (cursor) => {
        const page = await context.service.policySets.list({ limit: 100, cursor });
        return { items: page.policy_sets, cursor: page.cursor };
      });
      sets.sort((a, b) => a.name.localeCompare(b.name));
      return [
        element(
          "div",
          { class: "view-head" },
          element("h2", { tabindex: -1 }, "Policy sets"),
          element("button", { type: "button", class: "primary", id: "new-set", onclick: () => newSet(context) }, "New policy set"),
        ),
        element("p", { class: "about-view" }, "Rego policies that are evaluated together, in the whole organisation, a project or a workspace. Every set in scope counts."),
        sets.length === 0
          ? element("p", { class: "empty" }, "There is no policy set that this person may see.")
          : table("Policy sets", ["Set", "Scope", "Enforcement", "Policies", "Your role"], sets.map(rowOf)),
      ];
    },
  };
}

function rowOf(set: PolicySetSeen): Cell[] {
  return [
    element(
      "span",
      { class: "named" },
      element("a", { href: `#/policy-sets/${encodeURIComponent(set.id)}`, class: "row-link" }, set.name),
      element("span", { class: "quiet" }, set.description),
    ),
    scopeInWords(set),
    element("span", {}, tag(set.enforcement, set.enforcement), set.enabled ? null : tag("disabled")),
    amount(set.policies.length, "policy", "policies"),
    set.effective_role,
  ];
}

function newSet(context: ConsoleContext): void {
  openFormDialog({
    title: "New policy set",
    about: "Name, source and scope never change afterwards.",
    fields: [
      { name: "name", label: "Name" },
      { name: "description", label: "Description" },
      { name: "scope", label: "Scope", options: scopeOptions },
      { name: "enforcement", label: "Enforcement", options: enforcementOptions },
      { name: "source_type", label: "Source", options: [["db", "written here"], ["git", "a folder of a repository"]] },
      { name: "git_path", label: "Folder", value: "policies/iam-review", hint: "This console has the folders of the examples, such as policies/iam-review.", when: (values) => values["source_type"] === "git" },
      { name: "profile", label: "Profile", options: profileOptions, hint: "A label: it changes nothing." },
      { name: "plan_detail", label: "What its policies see of a plan", options: detailOptions },
    ],
    submitLabel: "Create",
    async submit(values) {
      const set: NewPolicySet = {
        name: values["name"] ?? "",
        description: textOrNull(values["description"]),
        enforcement: values["enforcement"] as Enforcement,
        source_type: values["source_type"] as PolicySetSeen["source_type"],
        profile: values["profile"] as Profile,
        plan_detail: values["plan_detail"] as PlanDetail,
        ...scopeFields(values["scope"]),
        ...(values["git_path"] === undefined ? {} : { git_path: values["git_path"] }),
      };
      const { id, name } = await context.service.policySets.create(set);
      await context.changed(`The policy set ${name} is created.`);
      context.go(`#/policy-sets/${encodeURIComponent(id)}`);
    },
  });
}
