// A plan that no policy has anything to say about: one tag of one log group. Run it to rewrite quiet.json.

import { keep, planDocument, update, writeWhenRun } from "./plan-document.mjs";

const group = (name, tags) => ({
  arn: `arn:aws:logs:eu-central-1:111122223333:log-group:/webshop/${name}`,
  id: `/webshop/${name}`,
  kms_key_id: "",
  name: `/webshop/${name}`,
  retention_in_days: 90,
  tags,
});

const tags = { environment: "production", service: "webshop" };

export const quietPlan = () =>
  planDocument({
    terraformVersion: "1.9.8",
    timestamp: "2024-11-12T14:02:47Z",
    changes: [
      update('module.service["api"].aws_cloudwatch_log_group.this', group("api", tags), {
        tags: { ...tags, owner: "orders" },
      }),
      keep('module.service["worker"].aws_cloudwatch_log_group.this', group("worker", tags)),
    ],
    outputs: { storefront_url: { before: "https://shop.example.com", after: "https://shop.example.com" } },
  });

writeWhenRun(import.meta.url, "quiet.json", quietPlan);
