// The organisation of the console: who there is, in which teams, and what each may do. It is fixed, as identity is the host's affair.
import type { OrgRole, Resource, Team, Verb } from "regate";

export const ORG_ID = "17c5e8b3-6a2f-4d90-b1e4-9d3c0f7a8b65";
export const ORG_NAME = "Example shop";
export const WEBSHOP = "6f1c2b9e-4d83-4a57-9b0e-3c5d7f8a1e24";
export const PAYMENTS = "b1d0e9f8-a7c6-4b54-9328-17f6e5d4c3b2";
export const PROJECT = "b84a0d17-92ce-4f36-8d5b-70e1a6c3f958";

export const PLATFORM = "3d9e6a1b-05f7-4c82-a4d8-7b2c1f0e9a56";
export const ORDERS = "f27b9d04-8c5e-4a13-b6f1-d0e3a9c7582b";
export const SECURITY = "a1c47e90-5d2b-4f68-9c13-0b7e8d6f2a45";
export const FINOPS = "5e90b2d7-1f4c-4a83-8b6e-c2d7f0a91e34";
export const ON_CALL = "0d6f8c2a-7b19-4e53-a0c8-94f1e7b3d25c";

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
  { id: "c83b5d1e-2f60-4d97-b4a8-6e0f9c7d1b52", name: "network", is_empty: true },
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
  person("2b7e1f90-6c3d-4a58-b1d4-8f0e9a7c5d21", "Olga", "owner", [], EVERYTHING),
  person("4f81c6d2-9e0b-4735-a6c1-d3b7f2e85a09", "Ines", "admin", [ON_CALL], EVERYTHING),
  person("a90f3d6c-2e7b-4185-9c4d-5b8e1f0a7d32", "Dana", "member", [ORDERS], MEMBER),
  person("c3d81e5f-7b40-4a29-96f8-0e2a5d7c1b84", "Kim", "member", [ORDERS, FINOPS], MEMBER),
  person("7d05a3e8-4b92-4f16-8c7d-e1f6b0c93a58", "Piotr", "member", [PLATFORM], MEMBER),
  person("e64c9b17-0d83-4a2f-b5e9-27c8f1a6d034", "Mei", "member", [PLATFORM, ON_CALL], MEMBER),
  person("91f2d7b4-c5e6-4083-9a1d-b8e3f70c4a62", "Sara", "member", [SECURITY], ["read", "approve", "reject"]),
  person("38b0e5c9-a1d7-4f64-8e2b-5c9f6d0a7b13", "Lena", "reader", [], ["read"]),
  { ...person("f5a7d2c0-8e1b-4936-b4f0-d6c3e9a18b57", "CI", null, [], ["read", "trigger"]), email: "ci@example.com", is_session: false },
];

function person(id: string, name: string, org_role: OrgRole | null, inTeams: string[], may: Verb[]): Person {
  return { id, name, email: `${name.toLowerCase()}@example.com`, org_role, is_session: true, teams: inTeams, may };
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
