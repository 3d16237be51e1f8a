// The buckets of the webshop and the keys that encrypt them: one is imported, the exports go.

import { create, destroy, keep, read, unknown, update } from "../plan-document.mjs";
import { arn, policy, tags } from "./account.mjs";

const bucket = (name, rest = {}) => ({
  arn: `arn:aws:s3:::webshop-${name}`,
  bucket: `webshop-${name}`,
  bucket_domain_name: `webshop-${name}.s3.amazonaws.com`,
  force_destroy: false,
  id: `webshop-${name}`,
  object_lock_enabled: false,
  tags,
  ...rest,
});

const closed = (name, id) => ({
  block_public_acls: true,
  block_public_policy: true,
  bucket: `webshop-${name}`,
  id,
  ignore_public_acls: true,
  restrict_public_buckets: true,
});

const versioning = (name, id) => ({
  bucket: `webshop-${name}`,
  expected_bucket_owner: "",
  id,
  mfa: null,
  versioning_configuration: [{ mfa_delete: "", status: "Enabled" }],
});

const key = (description, id) => ({
  arn: arn("kms", `key/${id}`),
  deletion_window_in_days: 30,
  description,
  enable_key_rotation: true,
  id,
  key_id: id,
  key_usage: "ENCRYPT_DECRYPT",
  multi_region: false,
  tags,
});

export const buckets = [
  keep('module.bucket["product-images"].aws_s3_bucket.this', bucket("product-images")),
  create('module.bucket["product-images"].aws_s3_bucket_lifecycle_configuration.this', {
    bucket: "webshop-product-images",
    id: unknown,
    rule: [
      {
        id: "old-versions",
        noncurrent_version_expiration: [{ newer_noncurrent_versions: null, noncurrent_days: 30 }],
        status: "Enabled",
      },
    ],
  }),
  update(
    'module.bucket["product-images"].aws_s3_bucket_policy.this',
    {
      bucket: "webshop-product-images",
      id: "webshop-product-images",
      policy: policy({
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::webshop-product-images/*",
      }),
    },
    { policy: unknown },
  ),
  {
    ...update('module.bucket["invoices"].aws_s3_bucket.this', bucket("invoices", { tags: {} }), { tags }),
    importing: "webshop-invoices",
  },
  create('module.bucket["invoices"].aws_s3_bucket_public_access_block.this', closed("invoices", unknown)),
  create('module.bucket["invoices"].aws_s3_bucket_versioning.this', versioning("invoices", unknown)),
  destroy('module.bucket["exports"].aws_s3_bucket.this', bucket("exports"), "delete_because_no_module"),
  destroy(
    'module.bucket["exports"].aws_s3_bucket_public_access_block.this',
    closed("exports", "webshop-exports"),
    "delete_because_no_module",
  ),
  destroy(
    'module.bucket["exports"].aws_s3_bucket_versioning.this',
    versioning("exports", "webshop-exports"),
    "delete_because_no_module",
  ),
  keep("aws_kms_key.shop", key("Orders and sessions", "7b1d0c3e-5a92-4f0e-8d61-2c9a4be01f37")),
  destroy("aws_kms_key.exports", key("Exports for reporting", "c4e8f1a2-90d7-4b36-a5c1-6f2e7d8b9a03")),
  read("data.aws_iam_policy_document.images", {
    id: unknown,
    json: unknown,
    statement: [
      {
        actions: ["s3:GetObject"],
        condition: [{ test: "StringEquals", values: [unknown], variable: "AWS:SourceArn" }],
        effect: "Allow",
        principals: [{ identifiers: ["cloudfront.amazonaws.com"], type: "Service" }],
        resources: ["arn:aws:s3:::webshop-product-images/*"],
      },
    ],
    version: "2012-10-17",
  }),
];
