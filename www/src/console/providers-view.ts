// External check providers: systems that are asked about a run and answer later, where they take part, and their secrets.
import type { EscalationAction, ExternalCheckProviderSeen, NewExternalCheckProvider, ProviderScope } from "regate";
import { element } from "../element";
import { tag } from "../tables";
import { actionRow, confirmed } from "./actions";
import { everyPage, type ConsoleContext, type View } from "./context";
import { openFormDialog, textOrNull, wholeNumber, type Values } from "./form-dialog";
import { teams } from "./organisation";
import { providerScopeInWords, scopeOptions, timeoutInWords } from "./words";

export function providersView(): View {
  return {
    title: "Providers",
    async draw(context) {
      const providers = await everyPage(async (cursor) => {
        const page = await context.service.providers.list({ limit: 100, cursor });
        return { items: page.external_check_providers, cursor: page.cursor };
      });
      providers.sort((a, b) => a.name.localeCompare(b.name));
      return [
        element(
          "div",
          { class: "view-head" },
          element("h2", { tabindex: -1 }, "Providers"),
          element("button", { type: "button", class: "primary", id: "new-provider", onclick: () => openProviderDialog(context, null) }, "New provider"),
        ),
        element("p", { class: "about-view" }, "A provider is told of every run in a scope that it is attached to, and answers pass or fail with a token that only its secret makes."),
        providers.length === 0
          ? element("p", { class: "empty" }, "There is no provider that this person may see.")
          : element("ul", { class: "cards" }, ...providers.map((provider) => providerCard(context, provider))),
      ];
    },
  };
}

function providerCard(context: ConsoleContext, provider: ExternalCheckProviderSeen): HTMLElement {
  const { id, name, scopes } = provider;
  const { providers } = context.service;
  const row = (title: string, ...words: (Node | string)[]): HTMLElement => element("div", {}, element("dt", {}, title), element("dd", {}, ...words));
  return element(
    "li",
    { class: "card", "data-provider": name },
    element(
      "div",
      { class: "card-head" },
      element("h3", {}, name),
      provider.has_secret ? tag("secret stored", "passed") : tag("no secret", "advisory"),
      scopes.length === 0 ? tag("attached nowhere", "advisory") : null,
      tag(`your role: ${provider.effective_role}`),
    ),
    provider.description === null ? null : element("p", { class: "quiet" }, provider.description),
    element(
      "dl",
      { class: "facts" },
      row("Called at", element("code", {}, provider.callback_url)),
      row("In time", timeoutInWords(provider)),
      row("Takes part in", scopes.length === 0 ? "nothing" : scopes.map(({ scope_type, scope_id }) => providerScopeInWords(scope_type, scope_id)).join(", ")),
    ),
    actionRow(
      context,
      `provider-${id}`,
      { id: `edit-${id}`, label: "Edit", about: name, perform: async () => (openProviderDialog(context, provider), null) },
      { id: `attach-${id}`, label: "Attach to a scope", about: name, perform: async () => (openAttachDialog(context, provider), null) },
      ...scopes.map((scope) => {
        const where = providerScopeInWords(scope.scope_type, scope.scope_id);
        return {
          id: `detach-${id}-${scope.scope_id}`,
          label: `Detach from ${where}`,
          about: name,
          perform: () => providers.detachScope(id, scope).then(() => `${name} takes no part in ${where} any more.`),
        };
      }),
      { id: `secret-${id}`, label: provider.has_secret ? "Replace the secret" : "Store a secret", about: name, perform: async () => (openSecretDialog(context, provider), null) },
      {
        id: `delete-${id}`,
        label: "Delete",
        about: name,
        perform: async () => ((await confirmed(`Delete the provider ${name}?`, "Delete it")) ? providers.delete(id).then(() => `${name} is deleted.`) : null),
      },
    ),
  );
}

function openProviderDialog(context: ConsoleContext, provider: ExternalCheckProviderSeen | null): void {
  const escalates = (values: Values): boolean => values["escalation_action"] === "escalate_to";
  openFormDialog({
    title: provider === null ? "New provider" : `Edit ${provider.name}`,
    about: "This console calls nobody: what would be sent stands on the page of the run.",
    fields: [
      { name: "name", label: "Name", value: provider?.name ?? "" },
      { name: "callback_url", label: "Address that is called", value: provider?.callback_url ?? "https://", hint: "HTTPS only." },
      { name: "description", label: "Description", value: provider?.description ?? "" },
      { name: "timeout_hours", label: "Time limit in hours", kind: "number", value: String(provider?.timeout_hours ?? 24) },
      { name: "escalation_action", label: "When the time is up", value: provider?.escalation_action ?? "reject", options: [["reject", "the run is rejected"], ["escalate_to", "people decide"], ["auto_approve", "it is approved"]] },
      { name: "escalation_team_id", label: "Who decides", options: [["", "administrators"], ...teams.map(({ id, name }) => [id, `team ${name}`] as const)], value: provider?.escalation_team_id ?? "", when: escalates },
    ],
    submitLabel: provider === null ? "Create" : "Save",
    async submit(values) {
      const written: NewExternalCheckProvider = {
        name: values["name"] ?? "",
        callback_url: values["callback_url"] ?? "",
        description: textOrNull(values["description"]),
        timeout_hours: wholeNumber(values["timeout_hours"]),
        escalation_action: values["escalation_action"] as EscalationAction,
        escalation_team_id: textOrNull(values["escalation_team_id"]),
      };
      const { providers } = context.service;
      await (provider === null ? providers.create(written) : providers.change(provider.id, written));
      await context.changed(`${written.name} is ${provider === null ? "created. It takes part in nothing until it is attached." : "saved."}`);
    },
  });
}

function openAttachDialog(context: ConsoleContext, { id, name }: ExternalCheckProviderSeen): void {
  openFormDialog({
    title: `Attach ${name}`,
    about: "It takes part in the runs of this scope from now on.",
    fields: [{ name: "scope", label: "Scope", options: scopeOptions }],
    submitLabel: "Attach",
    async submit(values) {
      const [scope_type = "", scope_id = ""] = (values["scope"] ?? "").split(":");
      const { warning } = await context.service.providers.attachScope(id, { scope_type: scope_type as ProviderScope["scope_type"], scope_id });
      await context.changed(warning ?? `${name} is attached.`);
    },
  });
}

function openSecretDialog(context: ConsoleContext, { id, name }: ExternalCheckProviderSeen): void {
  openFormDialog({
    title: `Secret of ${name}`,
    about: "It stays with this page's host, in this browser, and is never shown again. Take one that opens nothing else.",
    fields: [{ name: "secret", label: "Secret", kind: "password" }],
    submitLabel: "Store",
    async submit(values) {
      await context.service.providers.storeSecret(id, values["secret"] ?? "");
      await context.changed(`The secret of ${name} is stored.`);
    },
  });
}
