// Queues, functions, machines and alarms of the webshop.

import { create, secret, unknown, update } from "../plan-document.mjs";
import { account, arn, region, tags } from "./account.mjs";

const queue = {
  arn: arn("sqs", "webshop-orders"),
  delay_seconds: 0,
  fifo_queue: false,
  id: `https://sqs.${region}.amazonaws.com/${account}/webshop-orders`,
  message_retention_seconds: 345600,
  name: "webshop-orders",
  redrive_policy: "",
  tags,
  visibility_timeout_seconds: 30,
};

const resizer = {
  architectures: ["arm64"],
  arn: arn("lambda", "function:webshop-image-resizer"),
  environment: [{ variables: secret({ BUCKET: "webshop-product-images", SIGNING_KEY: "hidden-signing-key" }) }],
  function_name: "webshop-image-resizer",
  handler: "index.handler",
  id: "webshop-image-resizer",
  last_modified: "2024-10-02T08:11:45.000+0000",
  memory_size: 512,
  runtime: "nodejs18.x",
  source_code_hash: "b2xkLWhhc2gtb2YtdGhlLXJlc2l6ZXI=",
  tags,
  timeout: 15,
};

const alarm = (service, threshold, id) => ({
  alarm_actions: [arn("sns", "webshop-on-call")],
  alarm_name: `webshop-${service}-latency`,
  arn: id === unknown ? unknown : arn("cloudwatch", `alarm:webshop-${service}-latency`),
  comparison_operator: "GreaterThanThreshold",
  evaluation_periods: 5,
  id,
  metric_name: "TargetResponseTime",
  namespace: "AWS/ApplicationELB",
  period: 60,
  statistic: "Average",
  tags,
  threshold,
});

export const operations = [
  update("aws_sqs_queue.orders", queue, { redrive_policy: unknown, visibility_timeout_seconds: 120 }),
  create("aws_sqs_queue.orders_dead_letter", {
    arn: unknown,
    delay_seconds: 0,
    fifo_queue: false,
    id: unknown,
    message_retention_seconds: 1209600,
    name: "webshop-orders-dead-letter",
    tags,
    visibility_timeout_seconds: 30,
  }),
  update("aws_lambda_function.image_resizer", resizer, {
    last_modified: unknown,
    memory_size: 1024,
    runtime: "nodejs20.x",
    source_code_hash: "bmV3LWhhc2gtb2YtdGhlLXJlc2l6ZXI=",
  }),
  create('aws_lambda_permission.image_resizer["product-images"]', {
    action: "lambda:InvokeFunction",
    function_name: "webshop-image-resizer",
    id: unknown,
    principal: "s3.amazonaws.com",
    source_arn: "arn:aws:s3:::webshop-product-images",
    statement_id: "product-images",
  }),
  create("aws_instance.recommendations[0]", {
    ami: "ami-0123456789abcdef0",
    arn: unknown,
    availability_zone: "eu-central-1a",
    ebs_optimized: true,
    id: unknown,
    instance_type: "g5.2xlarge",
    private_ip: unknown,
    root_block_device: [{ encrypted: true, volume_size: 200, volume_type: "gp3" }],
    subnet_id: "subnet-01a",
    tags: { ...tags, name: "recommendations-0" },
  }),
  create("aws_ec2_capacity_reservation.peak", {
    arn: unknown,
    availability_zone: "eu-central-1a",
    end_date: "2025-01-07T00:00:00Z",
    end_date_type: "limited",
    id: unknown,
    instance_count: 4,
    instance_platform: "Linux/UNIX",
    instance_type: "g5.2xlarge",
    tags,
    tenancy: "default",
  }),
  create('aws_cloudwatch_metric_alarm.latency["storefront"]', alarm("storefront", 0.8, unknown)),
  update('aws_cloudwatch_metric_alarm.latency["api"]', alarm("api", 0.5, "webshop-api-latency"), { threshold: 0.4 }),
];
