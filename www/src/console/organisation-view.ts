// The organisation: its workspaces with their attributes, what holds for all of it, and its people, whose rights are the host's.
import type { Settings, StoredWorkspace } from "regate";
import { element } from "../element";
import { section } from "../preview-view";
import { jsonText } from "../json-text";
import { table, tag } from "../tables";
import { actionRow } from "./actions";
import { ActionFailed } from "./console-client";
import type { ConsoleContext, View } from "./context";
import { openFormDialog } from "./form-dialog";
import { ORG_NAME, membersOf, people, projects, roleInWords, teams, workspaces } from "./organisation";

export function organisationView(): View {
  return {
    title: "Organisation",
    async draw(context) {
      const [settings, kept] = await Promise.all([
        settingsOf(context),
        Promise.all(workspaces.map(({ id }) => context.service.workspaces.get(id))),
      ]);
      return [
        element("div", { class: "view-head" }, element("h2", { tabindex: -1 }, "Organisation", element("span", { class: "quiet" }, ` ${ORG_NAME}`))),
        element("p", { class: "about-view" }, "Identity stays with the host: these people, teams and rights are fixed here, as they would come from your own directory."),
        section("Workspaces", String(kept.length), element("ul", { class: "cards" }, ...kept.map((workspace) => workspaceCard(context, workspace)))),
        section("For all of it", "", settingsPart(context, settings)),
        section(
          "People",
          String(people.length),
          table("People and their rights", ["Person", "Role and teams", "May, in workspaces"], people.map((person) => [
            element("span", { class: "named" }, person.name, element("span", { class: "quiet" }, person.email)),
            roleInWords(person),
            element("span", { class: "quiet" }, person.may.join(", ")),
          ])),
        ),
        section(
          "Teams",
          String(teams.length),
          table("Teams", ["Team", "Members"], teams.map(({ id, name }) => [name, membersOf(id).map((member) => member.name).join(", ") || "nobody: an administrator votes in its place"])),
        ),
      ];
    },
  };
}

// Whoever has no role in the organisation may not see its settings; that is no reason to show nothing else.
async function settingsOf({ service }: ConsoleContext): Promise<Settings | ActionFailed> {
  try {
    return await service.settings.get();
  } catch (thrown) {
    if (thrown instanceof ActionFailed) return thrown;
    throw thrown;
  }
}

function settingsPart(context: ConsoleContext, settings: Settings | ActionFailed): HTMLElement {
  if (settings instanceof ActionFailed) return element("p", { class: "refusal" }, settings.message);
  const forbids = settings.forbid_self_approval === true;
  return element(
    "div",
    {},
    element("p", {}, forbids ? "Nobody may vote on a run that they started." : "People may vote on runs that they started, unless a rule forbids it."),
    actionRow(context, "settings", {
      id: "switch-self-approval",
      label: forbids ? "Allow voting on one's own run" : "Forbid voting on one's own run",
      perform: () => context.service.settings.put({ ...settings, forbid_self_approval: !forbids }).then(() => "It holds from now on, for new evaluations."),
    }),
  );
}

function workspaceCard(context: ConsoleContext, workspace: StoredWorkspace): HTMLElement {
  const { id, name, attributes, auto_apply, project_id } = workspace;
  return element(
    "li",
    { class: "card", "data-workspace": name },
    element("div", { class: "card-head" }, element("h3", {}, name), tag(`project ${projects.find((project) => project.id === project_id)?.name ?? project_id}`), auto_apply ? tag("applies by itself", "advisory") : null),
    element(
      "dl",
      { class: "facts attributes-shown" },
      ...Object.entries(attributes).map(([key, value]) => element("div", {}, element("dt", {}, key), element("dd", {}, element("code", {}, typeof value === "string" ? value : jsonText(value))))),
    ),
    actionRow(context, `workspace-${id}`, { id: `edit-${id}`, label: "Change", about: name, perform: async () => (openWorkspaceDialog(context, workspace), null) }),
  );
}

function openWorkspaceDialog(context: ConsoleContext, { id, name, project_id, attributes, auto_apply }: StoredWorkspace): void {
  openFormDialog({
    title: `Change ${name}`,
    fields: [
      { name: "attributes", label: "Attributes, as a JSON object", kind: "area", value: jsonText(attributes), hint: "Policies read them. With break_glass set to a ticket such as OPS-123, production-safety asks instead of refusing." },
      { name: "auto_apply", label: "Apply by itself what governance lets pass", kind: "check", value: String(auto_apply) },
    ],
    submitLabel: "Save",
    async submit(values) {
      await context.service.workspaces.put(id, { name, project_id, attributes: attributesOf(values["attributes"] ?? ""), auto_apply: values["auto_apply"] === "true" });
      await context.changed(`${name} is changed.`);
    },
  });
}

function attributesOf(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (thrown) {
    throw new ActionFailed({ code: "input_not_json", message: `the attributes are not JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`, path: "/attributes" });
  }
  throw new ActionFailed({ code: "invalid_request", message: "the attributes are an object, such as {\"environment\": \"production\"}", path: "/attributes" });
}
