// The services of the webshop: one module, three instances, a new release of each.

import { create, keep, replace, unknown, update } from "../plan-document.mjs";
import { account, arn, policy, region, release, tags, vpc } from "./account.mjs";

const sizes = {
  storefront: { cpu: "1024", memory: "2048", port: 3000, count: 6, revision: 118 },
  api: { cpu: "1024", memory: "4096", port: 8080, count: 4, revision: 204 },
  worker: { cpu: "512", memory: "1024", port: 9090, count: 2, revision: 87 },
};

const containers = (name, version, { port }) =>
  JSON.stringify([
    {
      name,
      image: `${account}.dkr.ecr.${region}.amazonaws.com/webshop/${name}:${version}`,
      essential: true,
      portMappings: [{ containerPort: port, protocol: "tcp" }],
    },
  ]);

const task = (name) => arn("ecs", `task-definition/webshop-${name}:${sizes[name].revision}`);

const taskDefinition = ([name, service]) =>
  replace(
    `module.service["${name}"].aws_ecs_task_definition.this`,
    "create-first",
    {
      arn: task(name),
      container_definitions: containers(name, release.old, service),
      cpu: service.cpu,
      execution_role_arn: `arn:aws:iam::${account}:role/webshop-${name}-execution`,
      family: `webshop-${name}`,
      id: `webshop-${name}`,
      memory: service.memory,
      network_mode: "awsvpc",
      requires_compatibilities: ["FARGATE"],
      revision: service.revision,
      tags,
    },
    {
      arn: unknown,
      container_definitions: containers(name, release.new, service),
      id: unknown,
      revision: unknown,
    },
    [["container_definitions"]],
  );

const serviceUpdate = ([name, service]) =>
  update(
    `module.service["${name}"].aws_ecs_service.this`,
    {
      cluster: arn("ecs", "cluster/webshop"),
      deployment_maximum_percent: 200,
      deployment_minimum_healthy_percent: 100,
      desired_count: service.count,
      id: arn("ecs", `service/webshop/${name}`),
      launch_type: "FARGATE",
      name,
      network_configuration: [
        { assign_public_ip: false, security_groups: ["sg-0bb2cc3dd4ee5ff60"], subnets: ["subnet-01a", "subnet-02b"] },
      ],
      tags,
      task_definition: task(name),
    },
    {
      network_configuration: [
        {
          assign_public_ip: false,
          security_groups: ["sg-0bb2cc3dd4ee5ff60"],
          subnets: ["subnet-01a", "subnet-02b", unknown],
        },
      ],
      task_definition: unknown,
    },
  );

const scaling = (name, before, after) =>
  update(
    `module.service["${name}"].aws_appautoscaling_target.this`,
    {
      arn: arn("application-autoscaling", `scalable-target/${name}`),
      id: `service/webshop/${name}`,
      max_capacity: before,
      min_capacity: sizes[name].count,
      resource_id: `service/webshop/${name}`,
      scalable_dimension: "ecs:service:DesiredCount",
      service_namespace: "ecs",
    },
    { max_capacity: after },
  );

const health = (path) => [{ enabled: true, interval: 15, matcher: "200", path, port: "traffic-port", timeout: 5 }];

export const services = [
  ...Object.entries(sizes).map(taskDefinition),
  ...Object.entries(sizes).map(serviceUpdate),
  scaling("storefront", 24, 60),
  scaling("api", 16, 40),
  replace(
    'module.service["storefront"].aws_lb_target_group.this',
    "create-first",
    {
      arn: arn("elasticloadbalancing", "targetgroup/storefront-v1/0123456789abcdef"),
      deregistration_delay: "300",
      health_check: health("/healthz"),
      id: arn("elasticloadbalancing", "targetgroup/storefront-v1/0123456789abcdef"),
      name: "storefront-v1",
      port: 3000,
      protocol: "HTTP",
      protocol_version: "HTTP1",
      tags,
      target_type: "ip",
      vpc_id: vpc,
    },
    { arn: unknown, id: unknown, name: "storefront-v2", protocol_version: "HTTP2" },
    [["name"], ["protocol_version"]],
  ),
  {
    ...keep('module.service["api"].aws_cloudwatch_log_group.this', {
      arn: arn("logs", "log-group:/webshop/api"),
      id: "/webshop/api",
      kms_key_id: "",
      name: "/webshop/api",
      retention_in_days: 90,
      tags,
    }),
    previousAddress: "aws_cloudwatch_log_group.api",
  },
  update(
    'module.service["api"].aws_iam_role_policy.task',
    {
      id: "webshop-api-task:orders",
      name: "orders",
      policy: policy({ Effect: "Allow", Action: ["sqs:SendMessage"], Resource: arn("sqs", "webshop-orders") }),
      role: "webshop-api-task",
    },
    {
      policy: policy({
        Effect: "Allow",
        Action: ["sqs:SendMessage", "sqs:GetQueueAttributes"],
        Resource: arn("sqs", "webshop-orders"),
      }),
    },
  ),
  create('module.service["worker"].aws_iam_role_policy.task', {
    id: unknown,
    name: "order-archive",
    policy: policy(
      { Effect: "Allow", Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource: arn("sqs", "webshop-orders") },
      { Effect: "Allow", Action: "dynamodb:*", Resource: "*" },
    ),
    role: "webshop-worker-task",
  }),
];
