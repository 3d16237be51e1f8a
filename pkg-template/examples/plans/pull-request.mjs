// The plan of a pull request that several policies object to, in six changes. Run it to rewrite pull-request.json.
//
// Its author wants carts keyed by customer, which replaces the table, and a partner to read them with a user of its own.

import { create, planDocument, replace, secret, unknown, update, writeWhenRun } from "./plan-document.mjs";

const account = "111122223333";
const tags = { environment: "production", service: "webshop" };

const carts = {
  arn: `arn:aws:dynamodb:eu-central-1:${account}:table/webshop-carts`,
  attribute: [{ name: "cart_id", type: "S" }],
  billing_mode: "PAY_PER_REQUEST",
  deletion_protection_enabled: false,
  hash_key: "cart_id",
  id: "webshop-carts",
  name: "webshop-carts",
  tags,
};

const environment = (table) => [{ variables: { CARTS_TABLE: table, LOG_LEVEL: "info" } }];

const reader = {
  arn: `arn:aws:lambda:eu-central-1:${account}:function:webshop-carts`,
  environment: environment("webshop-carts"),
  function_name: "webshop-carts",
  handler: "index.handler",
  id: "webshop-carts",
  last_modified: "2024-09-30T12:40:00.000+0000",
  memory_size: 256,
  runtime: "nodejs20.x",
  tags,
};

export const pullRequestPlan = () =>
  planDocument({
    terraformVersion: "1.9.8",
    timestamp: "2024-11-14T16:45:33Z",
    variables: { partner_range: "198.51.100.0/24" },
    changes: [
      replace(
        "aws_dynamodb_table.carts",
        "destroy-first",
        carts,
        {
          arn: unknown,
          attribute: [
            { name: "cart_id", type: "S" },
            { name: "customer_id", type: "S" },
          ],
          hash_key: "customer_id",
          id: unknown,
        },
        [["hash_key"]],
      ),
      update("aws_lambda_function.carts", reader, { environment: environment(unknown), last_modified: unknown }),
      create("aws_vpc_security_group_ingress_rule.partner", {
        cidr_ipv4: "198.51.100.0/24",
        description: "Partner reads carts",
        from_port: 443,
        id: unknown,
        ip_protocol: "tcp",
        security_group_id: "sg-0bb2cc3dd4ee5ff60",
        to_port: 443,
      }),
      create("module.partner.aws_iam_user.reader", {
        arn: unknown,
        force_destroy: false,
        id: unknown,
        name: "webshop-partner-reader",
        path: "/partners/",
        tags,
      }),
      create("module.partner.aws_iam_access_key.reader", {
        id: unknown,
        secret: secret(unknown),
        ses_smtp_password_v4: secret(unknown),
        status: "Active",
        user: "webshop-partner-reader",
      }),
      create("module.partner.aws_iam_user_policy.reader", {
        id: unknown,
        name: "read-carts",
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: ["dynamodb:*"], Resource: "*" }],
        }),
        user: "webshop-partner-reader",
      }),
    ],
    outputs: { partner_key: { after: unknown, sensitive: true } },
  });

writeWhenRun(import.meta.url, "pull-request.json", pullRequestPlan);
