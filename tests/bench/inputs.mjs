// The inputs and data of the workloads: the same on every machine, made from a seed.

/** Numbers that look random and are not: the same seed gives the same ones. */
export function sequence(seed) {
  let state = seed >>> 0;
  return {
    below(bound) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    },
    oneOf(list) {
      return list[this.below(list.length)];
    },
  };
}

/** Admission requests of about 840 bytes as JSON, each with findings of three rules at least. */
export function admissionRequests(count) {
  return Array.from({ length: count }, (_, i) => admissionRequest(sequence(1_000 + i)));
}

function admissionRequest(random) {
  const app = random.oneOf(["cart", "shop", "mail", "blog", "chat"]);
  const number = () => String(random.below(900) + 100);
  return {
    request: {
      uid: `8a5f2c10-77d4-4b${number().slice(0, 2)}-9e01-5d2c70b41${number()}`,
      kind: { group: "", version: "v1", kind: "Pod" },
      operation: "CREATE",
      userInfo: { username: `dev${number()}@corp.example`, groups: ["system:authenticated"] },
      object: {
        metadata: { name: `${app}-6c8d5f${number()}`, namespace: app, labels: { app, zone: "edge" } },
        spec: {
          serviceAccountName: app,
          containers: [
            {
              name: app,
              image: `registry.corp.example/${app}/main:2.${number()}`,
              ports: [{ containerPort: 9000 }],
              resources: { limits: { cpu: "750m", memory: "384Mi" }, requests: { cpu: "150m", memory: "192Mi" } },
              securityContext: { privileged: false, runAsNonRoot: true },
            },
            {
              name: "proxy",
              image: `docker.io/library/nginx:1.${number()}`,
              resources: { limits: { cpu: "200m" } },
              securityContext: { privileged: random.below(4) > 0 },
            },
          ],
          volumes: [{ name: "scratch", emptyDir: {} }, { name: "conf", configMap: { name: `${app}-cfg` } }],
        },
      },
    },
  };
}

/** Terraform plans of 1,000 resource changes, about 834 KB as JSON, in which about one change in six has a finding. */
export function plans(count) {
  return Array.from({ length: count }, (_, i) => plan(sequence(2_000 + i)));
}

function plan(random) {
  const resource_changes = [];
  for (let i = 0; i < 1_000; i++) resource_changes.push(resourceChange(i, random));
  return { format_version: "1.2", terraform_version: "1.9.8", resource_changes };
}

function resourceChange(i, random) {
  const type = ["aws_iam_role", "aws_instance", "aws_s3_bucket", "aws_security_group"][i % 4];
  const tags = { owner: `squad${random.below(9)}`, env: random.oneOf(["prod", "test"]) };
  if (random.below(10) > 0) tags["cost-center"] = `cc${random.below(40)}`;
  const after = {
    name: `item-${i}`,
    region: "eu-central-1",
    tags,
    description: `${"what this is for, in words. ".repeat(6)}${i}`,
    arn: `arn:aws:svc:eu-central-1:210987654321:item/${i}`,
    ...attributes(type, random),
  };
  const module_address = `module.part${random.below(20)}`;
  return {
    address: `${module_address}.${type}.item${i}`,
    module_address,
    mode: "managed",
    type,
    name: `item${i}`,
    provider_name: "registry.terraform.io/hashicorp/aws",
    change: {
      actions: random.below(9) === 0 ? ["no-op"] : ["create"],
      before: null,
      after,
      after_unknown: { id: true, arn: true, tags: {} },
      before_sensitive: false,
      after_sensitive: { tags: {} },
    },
  };
}

function attributes(type, random) {
  const rare = random.below(12) === 0;
  switch (type) {
    case "aws_s3_bucket":
      return { acl: rare ? "public-read" : "private", versioning: [{ enabled: true, mfa_delete: false }] };
    case "aws_security_group":
      return { ingress: [ingress(rare ? "0.0.0.0/0" : "10.20.0.0/16", 22), ingress("0.0.0.0/0", 443)] };
    case "aws_instance":
      return {
        instance_type: rare ? "m6i.16xlarge" : "t3.small",
        ami: "ami-0f9e8d7c6b5a43210",
        ebs_block_device: [{ size: 80, encrypted: true }],
      };
    default: {
      const statement = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
      return { assume_role_policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) };
    }
  }
}

function ingress(block, port) {
  return { cidr_blocks: [block], from_port: port, to_port: port, protocol: "tcp" };
}

const ACTIONS = ["read", "write", "delete"];

/** 10,000 roles of three permissions and 1,000 users of five roles: about 2 MB as JSON. */
export function roleData() {
  const roles = {};
  for (let i = 0; i < 10_000; i++) {
    const permissions = ACTIONS.map((action, k) => ({ action, resource: `doc${(i * 11 + k) % 5_000}` }));
    roles[`role${i}`] = { description: `what role ${i} is for`, permissions };
  }
  const users = {};
  for (let i = 0; i < 1_000; i++) {
    users[`user${i}`] = { roles: Array.from({ length: 5 }, (_, k) => `role${(i * 17 + k * 991) % 10_000}`) };
  }
  return { roles, users };
}

/** Questions about roleData(), of about 55 bytes as JSON. Three of four are allowed, by the last role of the user. */
export function roleQuestions(count, data) {
  return Array.from({ length: count }, (_, i) => {
    const user = `user${(i * 37) % 1_000}`;
    const { action, resource } = data.roles[data.users[user].roles[4]].permissions[i % 3];
    return { user, action: i % 4 === 3 ? ACTIONS[(i + 1) % 3] : action, resource };
  });
}

/** Inputs of the equality rules: the kind is one that both rule sets know. */
export function ruleInputs(count) {
  return Array.from({ length: count }, (_, i) => ({ kind: `kind${i % 10}`, size: 101 + i, name: `thing ${i}` }));
}
