// What a programmer would write without a policy engine: plain loops and a Set of messages.

/** small */
export function admission({ request }) {
  const messages = new Set();
  for (const container of request.object.spec.containers) {
    if (request.kind.kind === "Pod" && !container.image.startsWith("registry.corp.example/")) {
      messages.add(`container ${container.name} uses image ${container.image} from an untrusted registry`);
    }
    if (container.securityContext?.privileged === true) messages.add(`container ${container.name} is privileged`);
    if (!container.resources?.limits?.memory) messages.add(`container ${container.name} has no memory limit`);
  }
  const labels = request.object.metadata.labels ?? {};
  const missing = ["app", "team"].filter((label) => !(label in labels));
  if (missing.length > 0) messages.add(missing.join(","));
  return messages;
}

const ALLOWED_INSTANCES = new Set(["t3.micro", "t3.small", "t3.medium"]);
const REQUIRED_TAGS = ["cost-center", "env", "owner"];

/** large */
export function plan({ resource_changes }) {
  const messages = new Set();
  for (const { address, type, change } of resource_changes) {
    if (!change.actions.includes("create") && !change.actions.includes("update")) continue;
    const { after } = change;
    if (type === "aws_s3_bucket" && (after.acl === "public-read" || after.acl === "public-read-write")) {
      messages.add(`${address}: bucket is public (${after.acl})`);
    }
    if (type === "aws_security_group") {
      for (const { cidr_blocks, from_port, to_port } of after.ingress) {
        if (cidr_blocks.includes("0.0.0.0/0") && from_port <= 22 && to_port >= 22) messages.add(`${address}: SSH open to the world`);
      }
    }
    if (type === "aws_instance" && !ALLOWED_INSTANCES.has(after.instance_type)) {
      messages.add(`${address}: instance type ${after.instance_type} not allowed`);
    }
    const missing = REQUIRED_TAGS.filter((tag) => !(tag in after.tags));
    if (missing.length > 0) messages.add(missing.join(","));
  }
  return messages;
}

/** lookup */
export function mayDo(data) {
  return ({ user, action, resource }) => {
    for (const name of data.users[user]?.roles ?? []) {
      for (const permission of data.roles[name]?.permissions ?? []) {
        if (permission.action === action && permission.resource === resource) return true;
      }
    }
    return false;
  };
}

/** scan */
export function rolesGranting(data) {
  return ({ action, resource }) => {
    const names = new Set();
    for (const name of Object.keys(data.roles)) {
      for (const permission of data.roles[name].permissions) {
        if (permission.action === action && permission.resource === resource) names.add(name);
      }
    }
    return names;
  };
}

/** 10 or 10,000 equality rules: nobody writes these as a loop, so they are a Map. */
export function gates(count) {
  const rules = new Map(Array.from({ length: count }, (_, i) => [`kind${i}`, `rule ${i}`]));
  return ({ kind, size }) => {
    const rule = rules.get(kind);
    return new Set(rule !== undefined && size > 100 ? [rule] : []);
  };
}
