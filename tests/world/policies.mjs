// The policies of the world: each a text for the engine, and beside it what the text says, for the model.

const HEAD = "package forgecroft.policy\n\nimport rego.v1\n\n";
const nothing = { deny: [], asks: [], fails: false };
/** The addresses of a plan's destroyed resources, as the plans of the tests write them. */
const destroyed = (actions) => actions.flatMap((action, at) => (action === "destroy" ? [`aws_instance.web[${at}]`] : []));

const asking = (team, min, stage, timeout_hours) => ({
  source: `${HEAD}require_approval contains {"team": "${team}", "min": ${min}, "stage": ${stage}, "reason": "added", "timeout_hours": ${timeout_hours}} if count(input.plan_changes.added) > 0\n`,
  says: ({ actions }) => (actions.includes("add") ? { ...nothing, asks: [{ team, min, stage, timeout_hours }] } : nothing),
});

const POLICIES = [
  { source: `${HEAD}deny contains "never" if false\n`, says: () => nothing },
  {
    source: `${HEAD}deny contains sprintf("%s would be destroyed", [change.address]) if some change in input.plan_changes.destroyed\n`,
    says: ({ actions }) => ({ ...nothing, deny: destroyed(actions).map((address) => `${address} would be destroyed`) }),
  },
  {
    source: `${HEAD}deny contains "pushes wait for production" if {\n  input.run.trigger == "push"\n  input.workspace.attributes.environment == "production"\n}\n`,
    says: ({ trigger, environment }) => ({ ...nothing, deny: trigger === "push" && environment === "production" ? ["pushes wait for production"] : [] }),
  },
  asking("one", 1, 1, 0),
  asking("t-two", 2, 2, 3),
  asking("ghost", 1, 2, 0),
  {
    // Two values at once: an error, and none on the stub that policies are validated on.
    source: `${HEAD}clash := 1 if input.workspace.name != "stub"\n\nclash := 2 if count(input.plan_changes.destroyed) > 0\n\ndeny contains "clash" if clash == 3\n`,
    says: ({ actions }) => ({ ...nothing, fails: actions.includes("destroy") }),
  },
  {
    source: `${HEAD}clash := 1 if input.workspace.name != "stub"\n\nclash := 2 if count(input.plan_changes.destroyed) > 0\n\nrequire_approval contains {"team": "one"} if clash == 3\n`,
    says: ({ actions }) => ({ ...nothing, fails: actions.includes("destroy") }),
  },
  {
    // Not even a number of approvals, and on the stub nothing.
    source: `${HEAD}require_approval contains {"team": "one", "min": least} if {\n  least := count(input.plan_changes.changed) * 0\n  input.workspace.name != "stub"\n  count(input.plan_changes.changed) > 0\n}\n`,
    says: ({ actions }) => ({ ...nothing, fails: actions.includes("change") }),
  },
];

export const SOURCES = POLICIES.map(({ source }) => source);

/** What a policy's text says of a run: its messages, whom it asks, whether it fails, and whether it could have asked. */
export function saidBy(source, about) {
  const { says } = POLICIES.find((policy) => policy.source === source);
  return { ...says(about), couldAsk: source.includes("require_approval") };
}
