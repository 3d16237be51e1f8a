// The organisation of the console: who there is, in which teams, and what each may do. It is fixed: identity is the host's affair. Ids are
// readable, because refusals name them.
import type { OrgRole, Resource, Team, Verb } from "regate";

export const ORG_ID = "example-shop";
export const ORG_NAME = "Example shop";
export const WEBSHOP = "webshop-production";
export const PAYMENTS = "payments-production";
export const PROJECT = "shop";

export const PLATFORM = "team-platform";
export const ORDERS = "team-orders";
export const SECURITY = "team-security";
export const FINOPS = "team-finops";
export const ON_CALL = "team-on-call";

export const projects = [{ id: PROJECT, name: "shop" }];
export const workspaces = [
  { id: WEBSHOP, name: "webshop-production", project_id: PROJECT },
  { id: PAYMENTS, name: "payments-production", project_id: PROJECT },
];

// Nobody is in `network`: who asks for it gets an administrator.
export const teams: Team[] = [
  { id: PLATFORM, name: "platform" },
  { id: ORDERS, name: "orders" },
  { id: SECURITY, name: "security" },
  { id: FINOPS, name: "finops" },
  { id: ON_CALL, name: "on-call" },
  { id: "team-network", name: "network", is_empty: true },
];

export interface Person {
  id: string;
  name: string;
  email: string;
  org_role: OrgRole | null;
  /** A person; false for a service, which never votes. */
  is_session: boolean;
  teams: string[];
  may: Verb[];
}

const EVERYTHING: Verb[] = ["read", "write", "delete", "trigger", "apply", "approve", "reject", "abort"];
const MEMBER: Verb[] = ["read", "write", "trigger", "apply", "approve", "reject", "abort"];

export const people: Person[] = [
  person("Olga", "owner", [], EVERYTHING),
  person("Ines", "admin", [ON_CALL], EVERYTHING),
  person("Dana", "member", [ORDERS], MEMBER),
  person("Kim", "member", [ORDERS, FINOPS], MEMBER),
  person("Piotr", "member", [PLATFORM], MEMBER),
  person("Mei", "member", [PLATFORM, ON_CALL], MEMBER),
  person("Sara", "member", [SECURITY], ["read", "approve", "reject"]),
  person("Lena", "reader", [], ["read"]),
  { ...person("CI", null, [], ["read", "trigger"]), email: "ci@example.com", is_session: false },
];

function person(name: string, org_role: OrgRole | null, inTeams: string[], may: Verb[]): Person {
  const id = name.toLowerCase();
  return { id, name, email: `${id}@example.com`, org_role, is_session: true, teams: inTeams, may };
}

/** What a person may do with something. In the organisation itself a member only reads; the engine looks at roles there. */
export function rightsOf({ org_role, may }: Person, resource: Resource): Verb[] {
  const isAdministrator = org_role === "owner" || org_role === "admin";
  return isAdministrator || resource.type !== "org" ? may : may.filter((verb) => verb === "read");
}

export function personOf(id: string | null | undefined): Person | undefined {
  return people.find((candidate) => candidate.id === id);
}

export function teamOf(idOrName: string | null | undefined): Team | undefined {
  return teams.find(({ id }) => id === idOrName) ?? teams.find(({ name }) => name === idOrName);
}

export function membersOf(teamId: string): Person[] {
  return people.filter((candidate) => candidate.teams.includes(teamId));
}

/** `member, team orders`, in the words of a list of people. */
export function roleInWords({ org_role, is_session, teams: inTeams }: Person): string {
  const names = inTeams.map((id) => teamOf(id)?.name ?? id);
  const role = is_session ? (org_role ?? "no role") : "service";
  return names.length === 0 ? role : `${role}, ${names.join(" and ")}`;
}
