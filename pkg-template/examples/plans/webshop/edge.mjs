// What faces the world: a new certificate, the distribution that shows it, the firewall before it.

import { create, destroy, keep, replace, unknown, update } from "../plan-document.mjs";
import { account, arn, tags } from "./account.mjs";

const certificate = (id, names) => ({
  arn: `arn:aws:acm:us-east-1:${account}:certificate/${id}`,
  domain_name: "shop.example.com",
  id: `arn:aws:acm:us-east-1:${account}:certificate/${id}`,
  key_algorithm: "RSA_2048",
  status: "ISSUED",
  subject_alternative_names: names,
  tags,
  validation_method: "DNS",
});

const current = certificate("1f0a3b57-6c2d-4e8f-9a01-b23c45d67e89", ["shop.example.com"]);

const distribution = {
  aliases: ["shop.example.com"],
  arn: `arn:aws:cloudfront::${account}:distribution/E1EXAMPLE`,
  domain_name: "d111111abcdef8.cloudfront.net",
  enabled: true,
  http_version: "http2",
  id: "E1EXAMPLE",
  is_ipv6_enabled: true,
  price_class: "PriceClass_100",
  tags,
  viewer_certificate: [
    { acm_certificate_arn: current.arn, minimum_protocol_version: "TLSv1.2_2019", ssl_support_method: "sni-only" },
  ],
  web_acl_id: `arn:aws:wafv2:us-east-1:${account}:global/webacl/webshop/0e1d2c3b`,
};

const firewall = {
  arn: `arn:aws:wafv2:us-east-1:${account}:global/webacl/webshop/0e1d2c3b`,
  capacity: 25,
  default_action: [{ allow: [{}], block: [] }],
  id: "0e1d2c3b",
  name: "webshop",
  rule: [{ name: "rate-limit", priority: 1, action: [{ block: [{}] }], limit: 4000 }],
  scope: "CLOUDFRONT",
  tags,
};

const record = (name, type, records, id) => ({
  allow_overwrite: true,
  fqdn: id === unknown ? unknown : name,
  id,
  name,
  records,
  ttl: 300,
  type,
  zone_id: "Z0123456789EXAMPLE",
});

export const edge = [
  replace(
    "module.cdn.aws_acm_certificate.shop",
    "create-first",
    current,
    {
      arn: unknown,
      id: unknown,
      key_algorithm: "EC_prime256v1",
      status: unknown,
      subject_alternative_names: ["shop.example.com", "www.shop.example.com"],
    },
    [["key_algorithm"], ["subject_alternative_names"]],
  ),
  {
    // What an apply that stopped half-way left behind: the new certificate stood, the old one was not yet gone.
    ...destroy("module.cdn.aws_acm_certificate.shop", certificate("0b9c8d7e-6f5a-4b3c-8d2e-1f0a9b8c7d6e", ["shop.example.com"])),
    reason: undefined,
    deposed: "3f1c9a77",
  },
  replace(
    "module.cdn.aws_acm_certificate_validation.shop",
    "destroy-first",
    { certificate_arn: current.arn, id: "2024-01-15 09:20:11 +0000 UTC", validation_record_fqdns: ["_1a.shop.example.com"] },
    { certificate_arn: unknown, id: unknown, validation_record_fqdns: unknown },
    [["certificate_arn"]],
  ),
  update("module.cdn.aws_cloudfront_distribution.shop", distribution, {
    http_version: "http2and3",
    viewer_certificate: [
      { acm_certificate_arn: unknown, minimum_protocol_version: "TLSv1.2_2021", ssl_support_method: "sni-only" },
    ],
  }),
  update("module.cdn.aws_wafv2_web_acl.shop", firewall, {
    rule: [{ name: "rate-limit", priority: 1, action: [{ block: [{}] }], limit: 12000 }],
  }),
  create(
    'module.cdn.aws_route53_record.certificate["www.shop.example.com"]',
    record("_2b.www.shop.example.com", "CNAME", unknown, unknown),
  ),
  keep(
    'module.cdn.aws_route53_record.shop["shop.example.com"]',
    record("shop.example.com", "CNAME", ["d111111abcdef8.cloudfront.net"], "Z0123456789EXAMPLE_shop.example.com_CNAME"),
  ),
];
