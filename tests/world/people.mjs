// The people, services and teams of the world, and who may vote on what: an own reading of the rules, beside the engine's.

import { History } from "./history.mjs";

export const ORGS = ["o-1", "o-2"];
export const TEAMS = [{ id: "t-one", name: "one" }, { id: "t-two", name: "two" }];
/** Who makes what needs an administrator. */
export const ADMINISTRATOR = { "o-1": "ada", "o-2": "olga" };
/** A service that reports runs. */
export const SERVICE = "ci";
/** Those who try to vote, entitled or not. */
export const VOTERS = ["ada", "olga", "ann", "bob", "bea", "cy", "ann", "bob", "bea", "tim", "key", "ci", "nick"];

const ALL = ["read", "write", "delete", "trigger", "apply", "approve", "reject", "abort"];
const RANKS = { reader: 0, member: 1, admin: 2, owner: 3 };
/** By organisation: role, rights, and whether it is a person. Who is not named is nobody there. */
const IDENTITIES = {
  "o-1": {
    ada: { org_role: "admin", may: ALL },
    ann: { org_role: "member", may: ALL },
    bob: { org_role: "member", may: ALL },
    bea: { org_role: "member", may: ["read", "trigger", "approve"] },
    cy: { org_role: "member", may: ALL },
    tim: { org_role: "member", may: ["read"] },
    key: { org_role: "admin", may: ALL, is_session: false },
    ci: { org_role: null, may: ["read", "trigger", "apply"], is_session: false },
    nick: { org_role: null, may: [] },
  },
  "o-2": {
    olga: { org_role: "owner", may: ALL },
    ada: { org_role: "member", may: ALL },
    ann: { org_role: "member", may: ALL },
    bob: { org_role: "reader", may: ["read"] },
    ci: { org_role: null, may: ["read", "trigger", "apply"], is_session: false },
    key: { org_role: "admin", may: ALL, is_session: false },
  },
};

/** The people of one organisation over time: facts that change while an operation is under way. */
export class People {
  constructor(moments, org, { often }) {
    this.org = org;
    const members = Object.fromEntries(TEAMS.map(({ id }) => [id, this.everybody().filter(() => often(0.75))]));
    this.history = new History(moments, { members, missing: [], promoted: [] });
  }

  everybody() {
    return Object.keys(IDENTITIES[this.org]);
  }

  identity(name, { promoted } = this.history.last) {
    const known = IDENTITIES[this.org][name] ?? { org_role: null, may: [] };
    const { org_role, may, is_session = true } = known;
    return { id: name, email: emailOf(name), org_role: promoted.includes(name) ? "admin" : org_role, is_session, may };
  }

  team(idOrName, { members, missing } = this.history.last) {
    const team = TEAMS.find(({ id }) => id === idOrName) ?? TEAMS.find(({ name }) => name === idOrName);
    return team === undefined || missing.includes(team.id) ? null : { ...team, is_empty: members[team.id].length === 0 };
  }

  isMember(name, team, { members } = this.history.last) {
    return members[team]?.includes(name) === true;
  }

  /** Something about somebody becomes otherwise. */
  change({ pick, often }) {
    const { last } = this.history;
    const toggled = (list, item) => (list.includes(item) ? list.filter((other) => other !== item) : [...list, item]);
    if (often(0.12)) return this.history.become({ ...last, missing: toggled(last.missing, "t-two") });
    if (often(0.15)) return this.history.become({ ...last, promoted: toggled(last.promoted, "ann") });
    const { id } = pick(TEAMS);
    const emptied = often(0.1) ? [] : toggled(last.members[id], pick(this.everybody()));
    return this.history.become({ ...last, members: { ...last.members, [id]: emptied } });
  }

  /** Whether somebody could vote on a requirement at some moment since `from`. */
  couldVote(name, run, requirement, decision, from) {
    if (decision === "approved" && requirement.forbids_self_approval && isStarter(name, run)) return false;
    return this.history.since(from).some((state) => this.#mayVote(name, requirement, decision, state));
  }

  #mayVote(name, { approver_type, approver_id, approver_role }, decision, state) {
    const { org_role, is_session, may } = this.identity(name, state);
    if (!is_session || !may.includes(decision === "approved" ? "approve" : "reject")) return false;
    const rank = RANKS[org_role] ?? -1;
    if (approver_type === "user") return approver_id === name;
    if (approver_type === "org_role") return rank >= RANKS[approver_role];
    if (approver_type !== "team") return false;
    const team = this.team(approver_id, state);
    if (team === null || (team.is_empty && rank >= RANKS.admin)) return rank >= RANKS.admin;
    return this.isMember(name, approver_id, state);
  }
}

export function emailOf(name) {
  return `${name}@example.com`;
}

/** Whether somebody started a run, under any name that it knows. */
export function isStarter(name, { user, asked_by, triggered_by }) {
  const names = [user?.id, user?.email, asked_by?.id, asked_by?.email, triggered_by].filter((known) => known != null).map((known) => known.toLowerCase());
  return names.includes(name) || names.includes(emailOf(name));
}
