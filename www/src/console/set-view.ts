// One policy set: its settings, its policies with their text, and the versions that it was in.
import type { Enforcement, PlanDetail, PolicySeen, PolicySetDiff, PolicySetSeen, PolicySetVersion } from "regate";
import { amount } from "../amount";
import { element } from "../element";
import { section } from "../preview-view";
import { tag } from "../tables";
import { actionRow, confirmed } from "./actions";
import { everyPage, type ConsoleContext, type View } from "./context";
import { diffBox } from "./diff-view";
import { openFormDialog } from "./form-dialog";
import type { PolicyDraft } from "./policy-dialog";
import { detailOptions, enforcementOptions, profileOptions, type Profile } from "./sets-view";
import { personName, scopeInWords, timeInWords } from "./words";

// The editor is most of the page's script: it comes when a policy is first opened.
async function editPolicy(context: ConsoleContext, set: PolicySetSeen, policy: PolicySeen | null, draft?: PolicyDraft): Promise<null> {
  const { openPolicyDialog } = await import("./policy-dialog");
  openPolicyDialog(context, set, policy, draft);
  return null;
}

export interface SetView extends View {
  /** Opens the dialog for a new policy with this text, such as a file that was dropped. */
  addPolicy(name: string, text: string): void;
}

export function setView(id: string): SetView {
  let diff: PolicySetDiff | null = null;
  let drawn: { context: ConsoleContext; set: PolicySetSeen } | null = null;
  return {
    title: "Policy set",
    addPolicy(name, rego_source) {
      if (drawn !== null) void editPolicy(drawn.context, drawn.set, null, { name, rego_source });
    },
    async draw(context) {
      const { policySets } = context.service;
      const set = await policySets.get(id);
      const [policies, versions] = await Promise.all([
        policySets.policies.list(id),
        everyPage(async (cursor) => {
          const page = await policySets.versions.list(id, { limit: 100, cursor });
          return { items: page.versions, cursor: page.cursor };
        }),
      ]);
      drawn = { context, set };
      return [
        element(
          "div",
          { class: "view-head" },
          element("h2", { tabindex: -1 }, set.name),
          element("a", { href: "#/policy-sets", class: "back" }, "All policy sets"),
        ),
        element("p", { class: "about-view" }, set.description === "" ? "No description." : set.description),
        element(
          "p",
          { class: "tags" },
          tag(set.enforcement, set.enforcement),
          tag(set.enabled ? "enabled" : "disabled"),
          tag(scopeInWords(set)),
          tag(set.git_path === null ? "written here" : `folder ${set.git_path}`),
          tag(set.profile),
          tag(`sees ${set.plan_detail === "full" ? "the values of a plan" : "addresses and types"}`),
          tag(`your role: ${set.effective_role}`),
        ),
        setActions(context, set),
        section(
          "Policies",
          String(policies.length),
          actionRow(
            context,
            "new-policy",
            { id: "new-policy", label: "New policy", perform: () => editPolicy(context, set, null) },
            set.source_type === "git" ? { id: "load-set", label: "Load from its folder", perform: () => load(context, set) } : null,
          ),
          policies.length === 0 ? element("p", { class: "quiet" }, "The set has no policy: it objects to nothing.") : null,
          element("ul", { class: "policies" }, ...policies.map((policy) => policyRow(context, set, policy))),
        ),
        section(
          "Versions",
          `now ${set.version}`,
          diff === null ? null : diffBox(diff),
          element("ol", { class: "versions" }, ...versions.toSorted((a, b) => b.version - a.version).map((version) => versionRow(context, set, version, (made) => (diff = made)))),
        ),
      ];
    },
  };
}

function setActions(context: ConsoleContext, set: PolicySetSeen): HTMLElement {
  const { policySets } = context.service;
  return actionRow(
    context,
    "set",
    { id: "change-set", label: "Change", perform: async () => (changeSet(context, set), null) },
    {
      id: "switch-set",
      label: set.enabled ? "Disable" : "Enable",
      perform: () => policySets.change(set.id, { enabled: !set.enabled }).then(({ enabled }) => `${set.name} is ${enabled ? "enabled" : "disabled"}.`),
    },
    {
      id: "delete-set",
      label: "Delete",
      kind: "danger",
      perform: async () => {
        if (!(await confirmed(`Delete the policy set ${set.name} with its policies?`, "Delete it"))) return null;
        await policySets.delete(set.id);
        context.go("#/policy-sets");
        return `${set.name} is deleted.`;
      },
    },
  );
}

function changeSet(context: ConsoleContext, set: PolicySetSeen): void {
  openFormDialog({
    title: `Change ${set.name}`,
    about: "Runs that wait already keep what was asked of them.",
    fields: [
      { name: "description", label: "Description", value: set.description },
      { name: "enforcement", label: "Enforcement", options: enforcementOptions, value: set.enforcement },
      { name: "profile", label: "Profile", options: profileOptions, value: set.profile },
      { name: "plan_detail", label: "What its policies see of a plan", options: detailOptions, value: set.plan_detail },
    ],
    submitLabel: "Save",
    async submit(values) {
      await context.service.policySets.change(set.id, {
        description: values["description"] ?? "",
        enforcement: values["enforcement"] as Enforcement,
        profile: values["profile"] as Profile,
        plan_detail: values["plan_detail"] as PlanDetail,
      });
      await context.changed(`${set.name} is changed.`);
    },
  });
}

async function load({ service }: ConsoleContext, { id, name }: PolicySetSeen): Promise<string> {
  const { policy_set, diagnostics } = await service.policySets.load(id);
  const findings = diagnostics.length === 0 ? "" : `, with ${amount(diagnostics.length, "finding")}`;
  return `${name} has ${amount(policy_set.policies.length, "policy", "policies")} of its folder${findings}.`;
}

function policyRow(context: ConsoleContext, set: PolicySetSeen, policy: PolicySeen): HTMLElement {
  return element(
    "li",
    { class: "policy", "data-policy": policy.name },
    element(
      "details",
      { id: `policy-${policy.id}` },
      element("summary", {}, element("span", { class: "policy-title" }, policy.name), element("span", { class: "quiet" }, policy.description)),
      element("pre", { class: "source", tabindex: 0, role: "region", "aria-label": `Text of ${policy.name}` }, policy.rego_source),
    ),
    actionRow(
      context,
      `policy-${policy.id}`,
      { id: `edit-${policy.id}`, label: "Edit", about: policy.name, perform: () => editPolicy(context, set, policy) },
      {
        id: `remove-${policy.id}`,
        label: "Remove",
        about: policy.name,
        perform: async () => {
          if (!(await confirmed(`Remove the policy ${policy.name}?`, "Remove it"))) return null;
          await context.service.policySets.policies.remove(set.id, policy.id);
          return `${policy.name} is removed.`;
        },
      },
    ),
  );
}

function versionRow(context: ConsoleContext, set: PolicySetSeen, version: PolicySetVersion, show: (diff: PolicySetDiff) => void): HTMLElement {
  const { versions } = context.service.policySets;
  const number = version.version;
  const isNow = number === set.version;
  return element(
    "li",
    { class: "version" },
    element(
      "p",
      {},
      element("strong", {}, `${number}`),
      ` ${version.change.replaceAll("_", " ")}${version.about === null ? "" : `: ${version.about}`} `,
      element("span", { class: "quiet" }, `by ${personName(version.author_id, version.author_email)}, ${timeInWords(version.created_at)}`),
    ),
    isNow
      ? element("p", { class: "quiet" }, "the present state")
      : actionRow(
          context,
          `version-${number}`,
          {
            id: `compare-${number}`,
            label: "Compare with now",
            about: `version ${number}`,
            perform: async () => {
              show(await versions.diff(set.id, number, set.version));
              return `Version ${number} is compared with ${set.version}.`;
            },
          },
          {
            id: `restore-${number}`,
            label: "Restore",
            about: `version ${number}`,
            perform: () => versions.restore(set.id, number).then((now) => `Version ${number} is back, as version ${now.version}.`),
          },
        ),
  );
}
