// The network of the webshop: a third zone, HTTP/3 in, plain HTTP out.

import { create, destroy, keep, unknown, update } from "../plan-document.mjs";
import { arn, tags, vpc } from "./account.mjs";

const subnet = (zone, cidr, id) => ({
  arn: id === unknown ? unknown : arn("ec2", `subnet/${id}`),
  assign_ipv6_address_on_creation: false,
  availability_zone: zone,
  cidr_block: cidr,
  id,
  map_public_ip_on_launch: false,
  tags: { ...tags, tier: "private" },
  vpc_id: vpc,
});

const ingress = (description, protocol, port, id) => ({
  cidr_ipv4: "0.0.0.0/0",
  description,
  from_port: port,
  id,
  ip_protocol: protocol,
  security_group_id: "sg-0aa1bb2cc3dd4ee5f",
  security_group_rule_id: id,
  tags: null,
  to_port: port,
});

const storefrontGroup = {
  arn: arn("ec2", "security-group/sg-0aa1bb2cc3dd4ee5f"),
  description: "Load balancer of the storefront",
  id: "sg-0aa1bb2cc3dd4ee5f",
  name: "webshop-storefront",
  revoke_rules_on_delete: false,
  tags,
  vpc_id: vpc,
};

export const network = [
  keep("module.network.aws_vpc.this", {
    arn: arn("ec2", `vpc/${vpc}`),
    cidr_block: "10.20.0.0/16",
    enable_dns_hostnames: true,
    enable_dns_support: true,
    id: vpc,
    tags,
  }),
  keep('module.network.aws_subnet.private["eu-central-1a"]', subnet("eu-central-1a", "10.20.0.0/20", "subnet-01a")),
  keep('module.network.aws_subnet.private["eu-central-1b"]', subnet("eu-central-1b", "10.20.16.0/20", "subnet-02b")),
  create('module.network.aws_subnet.private["eu-central-1c"]', subnet("eu-central-1c", "10.20.32.0/20", unknown)),
  create('module.network.aws_eip.nat["eu-central-1c"]', {
    allocation_id: unknown,
    domain: "vpc",
    id: unknown,
    public_ip: unknown,
    tags,
  }),
  create('module.network.aws_nat_gateway.this["eu-central-1c"]', {
    allocation_id: unknown,
    connectivity_type: "public",
    id: unknown,
    public_ip: unknown,
    subnet_id: unknown,
    tags,
  }),
  create('module.network.aws_route_table_association.private["eu-central-1c"]', {
    gateway_id: null,
    id: unknown,
    route_table_id: "rtb-0f1e2d3c4b5a69788",
    subnet_id: unknown,
  }),
  update("module.network.aws_security_group.storefront", storefrontGroup, {
    tags: { ...tags, reviewed: "2024-11" },
  }),
  create(
    'module.network.aws_vpc_security_group_ingress_rule.storefront["http3"]',
    ingress("HTTP/3 from everywhere", "udp", 443, unknown),
  ),
  destroy(
    'module.network.aws_vpc_security_group_ingress_rule.storefront["http"]',
    ingress("HTTP from everywhere", "tcp", 80, "sgr-0c9d8e7f6a5b4c3d2"),
    "delete_because_each_key",
  ),
];
