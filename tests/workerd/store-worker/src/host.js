// What the store of the tests cannot know: people, teams, a clock that tests move, and where notices are told: a table of D1.

const VERBS = ["read", "write", "trigger", "approve", "reject", "apply"];
const PEOPLE = {
  ada: { org_role: "admin", teams: [] },
  ann: { org_role: "member", teams: ["t-1"] },
  bob: { org_role: "member", teams: ["t-2"] },
  ci: { org_role: null, teams: [], is_session: false },
};

/** The clock of the Worker and of its objects: the platform's, and how far the tests moved it on. */
export const clock = {
  moved_ms: 0,
  now: () => Date.now() + clock.moved_ms,
};

/** The callbacks of a host beside its store, for the Worker and for each object. */
export function callbacksOf(env) {
  return {
    who: ({ asker }) => {
      const name = asker?.headers.get("x-user") ?? "";
      if (!Object.hasOwn(PEOPLE, name)) return null;
      const { org_role, is_session = true } = PEOPLE[name];
      return { id: name, email: null, org_role, is_session, may: VERBS };
    },
    isMember: (user, team) => PEOPLE[user]?.teams.includes(team) ?? false,
    // Told twice is told once: a notice has a stable id.
    notify: async (notices) => {
      const told = env.DB.prepare("insert or ignore into told (id, notice) values (?, ?)");
      await env.DB.batch(notices.map((notice) => told.bind(notice.id, JSON.stringify(notice))));
    },
    now: clock.now,
  };
}
