// One run: its verdict, what it waits for, voting, policies, the preview under today's set-up, its changeset, what was sent, and its timeline.
import type { ExternalCheckProviderSeen, PolicyResult, PreviewResponse, RunApproval, StoredRun } from "regate";
import { amount } from "../amount";
import { element, sentenceParts } from "../element";
import { count, policiesSection, section } from "../preview-view";
import { tag } from "../tables";
import { actionRow, asSentence, confirmed } from "./actions";
import type { ConsoleContext, View } from "./context";
import type { SentNotice } from "./desk";
import { personOf } from "./organisation";
import { requirementsSection } from "./requirements-view";
import { timelineSection } from "./timeline-view";
import { noticeInWords, STATES, timeInWords, workspaceName } from "./words";

const ENDED = new Set<StoredRun["status"]>(["completed", "failed", "rejected", "aborted"]);

export function runView(id: string): View {
  let preview: { response: PreviewResponse; atMs: number } | null = null;
  return {
    title: "Run",
    async draw(context) {
      const { runs, providers } = context.service;
      // First alone: who may not see the run is told so once.
      const run = await runs.get(id);
      const [approvals, results, timeline, sent, known] = await Promise.all([
        runs.approvals(id),
        runs.policyResults(id),
        runs.timeline(id),
        context.client.sentAbout(id),
        providers.list({ limit: 100 }),
      ]);
      const providerName = nameOf(known.external_check_providers);
      return [
        element(
          "div",
          { class: "view-head" },
          element("h2", { tabindex: -1 }, run.run_type === "apply" ? "Apply run" : "Run", element("span", { class: "quiet" }, ` in ${workspaceName(run.workspace_id)}`)),
          element("a", { href: "#/runs", class: "back" }, "All runs"),
        ),
        verdictCard(run),
        element(
          "div",
          { class: "run-columns" },
          element(
            "div",
            {},
            requirementsSection(context, run, approvals),
            decideSection(context, run),
            policiesPart(run, results),
            previewSection(context, run, preview, (response) => (preview = { response, atMs: context.nowMs })),
            changesetSection(context, run),
          ),
          element("div", {}, aboutSection(run), votesSection(approvals), timelineSection(timeline, providerName), sentSection(sent)),
        ),
      ];
    },
  };
}

function nameOf(providers: readonly ExternalCheckProviderSeen[]): (id: string) => string {
  return (id) => providers.find((provider) => provider.id === id)?.name ?? "a provider";
}

function verdictCard(run: StoredRun): HTMLElement {
  const { words, verdict, mark } = STATES[run.status];
  return element(
    "section",
    { class: `verdict ${verdict}`, "aria-labelledby": "verdict-title", "data-status": run.status },
    element("span", { class: "verdict-mark", "aria-hidden": "true" }, element("span", {}, mark)),
    element("div", {}, element("h3", { id: "verdict-title" }, words), ...reasonsOf(run)),
    run.added_count === null
      ? null
      : element(
          "dl",
          { class: "counts", "aria-label": "What the plan changes" },
          count("added", "+", run.added_count),
          count("changed", "~", run.changed_count ?? 0),
          count("destroyed", "−", run.destroyed_count ?? 0),
        ),
  );
}

function reasonsOf(run: StoredRun): HTMLElement[] {
  if (run.error_summary !== null) return [element("p", {}, asSentence(run.error_summary))];
  if (run.reasons.length > 0) {
    return [element("ul", { class: "reasons" }, ...run.reasons.map(({ message, policy_set, policy }) =>
      element("li", {}, policy_set === undefined ? null : element("span", { class: "quiet" }, `${policy_set} / ${policy ?? ""}: `), ...sentenceParts(message))))];
  }
  if (run.status === "pending_approval") {
    const open = run.requirements.filter(({ status }) => status === "active");
    const missing = open.reduce((sum, { min_approvals, approvals_count }) => sum + min_approvals - approvals_count, 0);
    const stages = new Set(run.requirements.map(({ stage }) => stage)).size;
    return [element("p", {}, `Stage ${Math.min(...open.map(({ stage }) => stage))} is open${stages === 1 ? "" : `, one of ${stages}`}: ${amount(missing, "answer")} missing.`)];
  }
  if (run.status === "completed") return [element("p", {}, run.requirements.length === 0 ? "Nothing objected and nobody had to approve." : "Everything that was asked for is met.")];
  return [];
}

function decideSection(context: ConsoleContext, run: StoredRun): HTMLElement | null {
  if (ENDED.has(run.status)) return null;
  const { runs } = context.service;
  const comment = element("textarea", { id: "comment", rows: 2, placeholder: "Why. A rejection's comment is its reason." });
  const vote = async (words: string, cast: () => Promise<StoredRun>): Promise<string> => {
    const { status } = await cast();
    comment.value = "";
    return `${context.person.name} ${words}. Status: ${STATES[status].words.toLowerCase()}.`;
  };
  const isWaiting = run.status === "pending_approval";
  return section(
    "Decide",
    `as ${context.person.name}`,
    isWaiting ? element("div", { class: "field" }, element("label", { for: "comment" }, "Comment"), comment) : null,
    actionRow(
      context,
      "decide",
      isWaiting ? { id: "approve", label: "Approve", kind: "primary", perform: () => vote("approved", () => runs.approve(run.id, comment.value)) } : null,
      isWaiting ? { id: "reject", label: "Reject", kind: "danger", perform: () => vote("rejected", () => runs.reject(run.id, comment.value)) } : null,
      isWaiting ? { id: "renotify", label: "Tell approvers again", perform: () => runs.renotify(run.id).then(() => "The approvers are told again.") } : null,
      {
        id: "abort",
        label: "Abort",
        perform: async () => ((await confirmed("Abort this run? It cannot be taken up again.", "Abort it")) ? runs.abort(run.id).then(() => "The run is aborted.") : null),
      },
      run.run_type === "apply" && run.status === "queued"
        ? { id: "complete-apply", label: "Say that it was applied", perform: () => runs.completeApply(run.id).then(() => "The apply is completed.") }
        : null,
    ),
  );
}

function policiesPart(run: StoredRun, policy_results: PolicyResult[]): HTMLElement | null {
  return run.run_type === "apply" && policy_results.length === 0 ? null : policiesSection({ policy_results });
}

function previewSection(
  context: ConsoleContext,
  run: StoredRun,
  preview: { response: PreviewResponse; atMs: number } | null,
  keep: (response: PreviewResponse) => void,
): HTMLElement | null {
  if (run.run_type !== "plan" || run.evaluation === null) return null;
  return section(
    "Preview",
    preview === null ? "what today's set-up would say of this plan" : `of ${timeInWords(preview.atMs)}`,
    actionRow(context, "preview", {
      id: "preview-run",
      label: "Preview under today's set-up",
      perform: async () => {
        keep(await context.service.runs.preview(run.id));
        return "The preview is shown. The run itself is as it was.";
      },
    }),
    preview === null ? null : previewBox(preview.response),
  );
}

function previewBox({ policy_results, mandatory_violations, approval_preview }: PreviewResponse): HTMLElement {
  const { builtin_rules, opa_requirements, external_providers, would_require_approval } = approval_preview;
  const [verdict, words] =
    mandatory_violations > 0
      ? ["rejected", `It would be rejected: ${amount(mandatory_violations, "mandatory violation")}.`]
      : would_require_approval
        ? ["waits", "It would wait for approval."]
        : ["completes", "It would complete."];
  const asked = [
    ...builtin_rules.map(({ name, min_approvals, stage }) => ({ stage, words: `${min_approvals}× ${name}` })),
    ...opa_requirements.map(({ team, min, stage, reason }) => ({ stage, words: `${min}× team ${team}${reason === "" ? "" : `: ${reason}`}` })),
    ...external_providers.map(({ name }) => ({ stage: 1, words: `external check: ${name}` })),
  ].sort((a, b) => a.stage - b.stage);
  return element(
    "div",
    { class: `preview-box ${verdict}`, id: "preview-box", "data-verdict": verdict },
    element("p", { class: "preview-words" }, words),
    policiesSection({ policy_results }),
    asked.length === 0 ? null : element("ul", { class: "asked" }, ...asked.map((each) => element("li", {}, element("span", { class: "quiet" }, `stage ${each.stage} `), each.words))),
  );
}

function changesetSection(context: ConsoleContext, run: StoredRun): HTMLElement | null {
  const { changeset } = run;
  if (changeset === null || run.run_type !== "plan") return null;
  const { applied_at_ms, discarded_at_ms, apply_runs } = changeset;
  const { changesets } = context.service;
  const state = applied_at_ms !== null ? `applied ${timeInWords(applied_at_ms)}` : discarded_at_ms !== null ? `discarded ${timeInWords(discarded_at_ms)}` : "neither applied nor discarded";
  return section(
    "Changeset",
    state,
    changeset.source_ref === null ? null : element("p", { class: "quiet" }, `${changeset.source_type} `, element("code", {}, changeset.source_ref)),
    apply_runs.length === 0
      ? null
      : element("p", {}, "Apply runs: ", ...apply_runs.flatMap((id, at) => [at === 0 ? "" : ", ", element("a", { href: `#/runs/${encodeURIComponent(id)}` }, `apply ${at + 1}`)])),
    actionRow(
      context,
      "changeset",
      { id: "apply", label: "Apply", perform: () => changesets.apply(run.id).then(({ run: apply }) => `The apply is ${STATES[apply.status].words.toLowerCase()}.`) },
      {
        id: "discard",
        label: "Discard",
        perform: async () => ((await confirmed("Discard this changeset? It can never be applied then.", "Discard it")) ? changesets.discard(run.id).then(() => "The changeset is discarded.") : null),
      },
    ),
  );
}

function aboutSection(run: StoredRun): HTMLElement {
  const row = (title: string, ...words: (Node | string)[]): HTMLElement => element("div", {}, element("dt", {}, title), element("dd", {}, ...words));
  return section(
    "About",
    "",
    element(
      "dl",
      { class: "about-run" },
      row("Trigger", tag(run.trigger)),
      row("Started by", run.triggered_by ?? "nobody"),
      row("Created", timeInWords(run.created_at_ms)),
      row("Changed", timeInWords(run.updated_at_ms)),
      ...(run.evaluation === null ? [] : [row("Set-up", element("code", { title: run.evaluation.revision }, run.evaluation.revision.replace(/^sha256:/, "").slice(0, 12)))]),
      row("Run", element("code", {}, run.id)),
    ),
  );
}

function votesSection(approvals: readonly RunApproval[]): HTMLElement {
  return section(
    "Votes",
    approvals.length === 0 ? "none" : String(approvals.length),
    approvals.length === 0
      ? element("p", { class: "quiet" }, "Nobody has voted.")
      : element(
          "ul",
          { class: "votes" },
          ...approvals.map(({ user_id, user_email, decision, comment, created_at }) =>
            element(
              "li",
              { class: decision === "approved" ? "vote good" : "vote bad" },
              element("p", {}, element("strong", {}, personOf(user_id)?.name ?? user_email ?? user_id), ` ${decision} `, element("span", { class: "quiet" }, timeInWords(created_at))),
              comment === "" ? null : element("p", { class: "comment" }, comment),
            ),
          ),
        ),
  );
}

function sentSection(sent: readonly SentNotice[]): HTMLElement {
  return section(
    "Sent",
    sent.length === 0 ? "nothing" : amount(sent.length, "notice"),
    element("p", { class: "quiet" }, "What approvers and providers would have got. Here nothing leaves the machine."),
    element(
      "ul",
      { class: "sent", id: "sent" },
      ...sent.map(({ notice, sent_at_ms }) => {
        const { to, what } = noticeInWords(notice);
        return element("li", { "data-notice": notice.kind }, element("p", {}, what), element("p", { class: "quiet" }, `to ${to} · ${timeInWords(sent_at_ms)}`));
      }),
    ),
  );
}
