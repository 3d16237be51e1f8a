// The plan of one release of a webshop on AWS, the day before its busiest season. Run it to rewrite webshop.json.
//
// What the release does: a third availability zone, new versions of three services, a larger database, session
// storage encrypted at rest, a new certificate; the exports of last year's reporting go, and their user with them.

import { planDocument, unknown, writeWhenRun } from "./plan-document.mjs";
import { account, region, release } from "./webshop/account.mjs";
import { buckets } from "./webshop/buckets.mjs";
import { databases } from "./webshop/databases.mjs";
import { edge } from "./webshop/edge.mjs";
import { identities } from "./webshop/identities.mjs";
import { network } from "./webshop/network.mjs";
import { operations } from "./webshop/operations.mjs";
import { services } from "./webshop/services.mjs";

export const webshopPlan = () =>
  planDocument({
    terraformVersion: "1.9.8",
    timestamp: "2024-11-20T09:30:12Z",
    variables: { environment: "production", release: release.new, zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"] },
    changes: [...network, ...services, ...databases, ...buckets, ...edge, ...identities, ...operations],
    data: [
      { address: "data.aws_caller_identity.current", values: { account_id: account, arn: `arn:aws:iam::${account}:role/plan`, id: account, user_id: "AROAEXAMPLE" } },
      { address: "data.aws_region.current", values: { description: "Europe (Frankfurt)", id: region, name: region } },
    ],
    outputs: {
      exports_bucket: { before: "webshop-exports" },
      nat_addresses: { before: ["203.0.113.10", "203.0.113.11"], after: unknown },
      orders_connection: {
        before: "postgres://hidden-owner:hidden-password-of-orders-before@webshop-orders/orders",
        after: "postgres://hidden-owner:hidden-password-of-orders-after@webshop-orders/orders",
        sensitive: true,
      },
      release: { before: release.old, after: release.new },
      sessions_endpoint: { after: unknown, sensitive: true },
      storefront_url: { before: "https://shop.example.com", after: "https://shop.example.com" },
    },
    relevant: [
      ["module.cdn.aws_acm_certificate.shop", "arn"],
      ["module.database.aws_elasticache_replication_group.sessions", "primary_endpoint_address"],
      ["module.network.aws_eip.nat", "public_ip"],
      ['module.service["storefront"].aws_ecs_task_definition.this', "arn"],
    ],
  });

writeWhenRun(import.meta.url, "webshop.json", webshopPlan);
