// The plan of a platform team's landing zone: twenty product teams on four providers, about a thousand changes.
//
//     node platform.mjs [OUT]        writes OUT, or platform.json beside this file
//
// Four teams join, two leave, fourteen stay and get new quotas, images and certificates. Every value follows from
// the names below, so that the document is the same on every machine.

import { create, destroy, keep, planDocument, replace, secret, unknown, update, writeWhenRun } from "./plan-document.mjs";

const joining = ["loyalty", "marketplace", "returns", "wallet"];
const leaving = ["brochures", "fax"];
const staying = [
  "accounts",
  "billing",
  "catalogue",
  "checkout",
  "delivery",
  "fraud",
  "inventory",
  "mobile",
  "partners",
  "pricing",
  "recommendations",
  "search",
  "stores",
  "support",
];
const parts = ["api", "jobs", "web"];

const account = "444455556666";
const project = "example-platform";
const labels = (team) => ({ "managed-by": "terraform", team });
const metadata = (name, namespace, team) => [
  { annotations: {}, generate_name: null, labels: labels(team), name, ...(namespace && { namespace }), resource_version: unknown, uid: unknown },
];

/**
 * What a team owns: for each resource its address, its values, and how a team that stays changes it: nothing (no
 * difference), `changed` (an update), or `changed` with `paths` and `order` (a replacement).
 */
function partResources(team, part) {
  const name = `${team}-${part}`;
  const at = (rest) => `module.team["${team}"].module.part["${part}"].${rest}`;
  const replicas = part === "web" ? 6 : 3;
  return [
    {
      address: at("kubernetes_namespace_v1.this"),
      values: { id: name, metadata: metadata(name, undefined, team), wait_for_default_service_account: false },
      changed: { metadata: [{ ...metadata(name, undefined, team)[0], labels: { ...labels(team), "pod-security": "restricted" } }] },
    },
    {
      address: at("kubernetes_resource_quota_v1.this"),
      values: {
        id: `${name}/quota`,
        metadata: metadata("quota", name, team),
        spec: [{ hard: { "limits.cpu": `${replicas * 2}`, "limits.memory": `${replicas * 4}Gi`, pods: `${replicas * 5}` } }],
      },
      changed: {
        spec: [{ hard: { "limits.cpu": `${replicas * 3}`, "limits.memory": `${replicas * 6}Gi`, pods: `${replicas * 8}` } }],
      },
    },
    {
      address: at("kubernetes_network_policy_v1.this"),
      values: {
        id: `${name}/default-deny`,
        metadata: metadata("default-deny", name, team),
        spec: [{ egress: [], ingress: [], pod_selector: [{ match_labels: {} }], policy_types: ["Ingress"] }],
      },
      changed: {
        spec: [{ egress: [], ingress: [], pod_selector: [{ match_labels: {} }], policy_types: ["Ingress", "Egress"] }],
      },
    },
    {
      address: at("kubernetes_service_account_v1.this"),
      values: {
        automount_service_account_token: false,
        id: `${name}/${part}`,
        metadata: metadata(part, name, team),
      },
    },
    {
      address: at("kubernetes_role_binding_v1.deploy"),
      values: {
        id: `${name}/deploy`,
        metadata: metadata("deploy", name, team),
        role_ref: [{ api_group: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "edit" }],
        subject: [{ api_group: "", kind: "ServiceAccount", name: "deploy", namespace: "delivery" }],
      },
    },
    {
      address: at("kubernetes_secret_v1.registry"),
      values: {
        data: secret({ ".dockerconfigjson": `{"auths":{"images.example.com":{"auth":"hidden-auth-of-${name}-before"}}}` }),
        id: `${name}/registry`,
        immutable: true,
        metadata: metadata("registry", name, team),
        type: "kubernetes.io/dockerconfigjson",
      },
      changed: {
        data: secret({ ".dockerconfigjson": `{"auths":{"images.example.com":{"auth":"hidden-auth-of-${name}-after"}}}` }),
        id: unknown,
      },
      paths: [["data"]],
      order: "destroy-first",
    },
    {
      address: at("kubernetes_config_map_v1.settings"),
      values: {
        data: { LOG_LEVEL: "info", REGION: "eu-central-1", REPLICAS: `${replicas}` },
        id: `${name}/settings`,
        metadata: metadata("settings", name, team),
      },
      changed: { data: { LOG_LEVEL: "info", REGION: "eu-central-1", REPLICAS: `${replicas + 2}` } },
    },
    {
      address: at("aws_ecr_repository.this"),
      values: {
        arn: `arn:aws:ecr:eu-central-1:${account}:repository/${team}/${part}`,
        id: `${team}/${part}`,
        image_scanning_configuration: [{ scan_on_push: false }],
        image_tag_mutability: "MUTABLE",
        name: `${team}/${part}`,
        tags: labels(team),
      },
      changed: { image_scanning_configuration: [{ scan_on_push: true }], image_tag_mutability: "IMMUTABLE" },
    },
    {
      address: at("aws_iam_role.this"),
      values: {
        arn: `arn:aws:iam::${account}:role/${name}`,
        assume_role_policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "pods.eks.amazonaws.com" } }],
        }),
        id: name,
        max_session_duration: 3600,
        name,
        tags: labels(team),
      },
    },
    {
      address: at("aws_iam_role_policy.queue"),
      values: { id: `${name}:queue`, name: "queue", policy: queuePolicy(name, ["sqs:*"]), role: name },
      changed: { policy: queuePolicy(name, ["sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:SendMessage"]) },
    },
    {
      address: at("aws_sqs_queue.this"),
      values: {
        arn: `arn:aws:sqs:eu-central-1:${account}:${name}`,
        id: `https://sqs.eu-central-1.amazonaws.com/${account}/${name}`,
        message_retention_seconds: 345600,
        name,
        sqs_managed_sse_enabled: true,
        tags: labels(team),
      },
      changed: { message_retention_seconds: 1209600 },
    },
    {
      address: at("aws_cloudwatch_log_group.this"),
      values: {
        arn: `arn:aws:logs:eu-central-1:${account}:log-group:/platform/${name}`,
        id: `/platform/${name}`,
        name: `/platform/${name}`,
        retention_in_days: 30,
        tags: labels(team),
      },
      changed: { retention_in_days: 90 },
    },
    {
      address: at("google_service_account.this"),
      values: {
        account_id: name,
        disabled: false,
        display_name: `${team}, ${part}`,
        email: `${name}@${project}.iam.gserviceaccount.com`,
        id: `projects/${project}/serviceAccounts/${name}@${project}.iam.gserviceaccount.com`,
        project,
      },
    },
    {
      address: at("google_pubsub_topic.events"),
      values: {
        id: `projects/${project}/topics/${name}`,
        labels: labels(team),
        message_retention_duration: "86400s",
        name,
        project,
      },
      changed: { message_retention_duration: "604800s" },
    },
    {
      address: at(`cloudflare_record.this["${name}.example.com"]`),
      values: {
        content: "ingress-old.example.com",
        hostname: `${name}.example.com`,
        id: `example-record-${name}`,
        name,
        proxied: true,
        ttl: 1,
        type: "CNAME",
        zone_id: "0123456789abcdef0123456789abcdef",
      },
      changed: { content: "ingress.example.com" },
    },
  ];
}

const queuePolicy = (name, actions) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: actions, Resource: `arn:aws:sqs:eu-central-1:${account}:${name}` }],
  });

function teamResources(team) {
  const at = (rest) => `module.team["${team}"].${rest}`;
  return [
    {
      address: at("aws_s3_bucket.this"),
      values: { arn: `arn:aws:s3:::example-${team}`, bucket: `example-${team}`, force_destroy: false, id: `example-${team}`, tags: labels(team) },
      changed: { tags: { ...labels(team), "data-class": "internal" } },
    },
    {
      address: at("aws_kms_key.this"),
      values: {
        arn: `arn:aws:kms:eu-central-1:${account}:key/example-${team}`,
        description: `Data of ${team}`,
        enable_key_rotation: false,
        id: `example-${team}`,
        key_id: `example-${team}`,
        tags: labels(team),
      },
      changed: { enable_key_rotation: true },
    },
    {
      address: at("google_storage_bucket.exports"),
      values: {
        force_destroy: false,
        id: `example-${team}-exports`,
        labels: labels(team),
        location: "EUROPE-WEST3",
        name: `example-${team}-exports`,
        project,
        storage_class: "STANDARD",
        uniform_bucket_level_access: true,
      },
    },
    {
      address: at('google_project_iam_member.members["roles/pubsub.editor"]'),
      values: {
        condition: [],
        id: `${project}/roles/pubsub.editor/group:${team}@example.com`,
        member: `group:${team}@example.com`,
        project,
        role: "roles/pubsub.editor",
      },
    },
    {
      address: at("cloudflare_certificate_pack.this"),
      values: {
        certificate_authority: "digicert",
        hosts: [`${team}.example.com`, `*.${team}.example.com`],
        id: `example-certificate-${team}`,
        type: "advanced",
        validation_method: "txt",
        zone_id: "0123456789abcdef0123456789abcdef",
      },
      changed: { certificate_authority: "lets_encrypt", id: unknown },
      paths: [["certificate_authority"]],
      order: "create-first",
    },
  ];
}

const owned = (team) => [...teamResources(team), ...parts.flatMap((part) => partResources(team, part))];

/** Before it exists, a resource has no identity. */
const assigned = ["arn", "email", "hostname", "id", "key_id"];
const unborn = (values) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, assigned.includes(key) ? unknown : value]));

/** Once it exists, all of it is known. */
const known = (values) =>
  values.metadata
    ? { ...values, metadata: values.metadata.map((m) => ({ ...m, resource_version: "48113", uid: `example-uid-${values.id}` })) }
    : values;

function stay({ address, values, changed, paths, order }) {
  const before = known(values);
  if (!changed) return keep(address, before);
  if (!paths) return update(address, before, known({ ...values, ...changed }));
  return replace(address, order, before, { ...changed, ...(values.metadata && { metadata: values.metadata }) }, paths);
}

export const platformPlan = () =>
  planDocument({
    terraformVersion: "1.9.8",
    timestamp: "2024-11-18T06:00:03Z",
    variables: { teams: [...joining, ...staying].sort() },
    changes: [
      ...joining.flatMap(owned).map(({ address, values }) => create(address, unborn(values))),
      ...staying.flatMap(owned).map(stay),
      ...leaving.flatMap(owned).map(({ address, values }) => destroy(address, known(values), "delete_because_each_key")),
    ],
    outputs: {
      namespaces: {
        before: [...leaving, ...staying].sort().flatMap((team) => parts.map((part) => `${team}-${part}`)),
        after: [...joining, ...staying].sort().flatMap((team) => parts.map((part) => `${team}-${part}`)),
      },
      registry: { before: "images.example.com", after: "images.example.com" },
    },
  });

writeWhenRun(import.meta.url, "platform.json", platformPlan);
