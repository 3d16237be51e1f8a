// The databases of the webshop: that of the orders grows, reporting goes, sessions are encrypted at rest.

import { create, destroy, replace, secret, unknown, update } from "../plan-document.mjs";
import { arn, region, tags } from "./account.mjs";

const database = (name, rest) => ({
  address: `${name}.c1example.${region}.rds.amazonaws.com`,
  allocated_storage: 200,
  arn: arn("rds", `db:${name}`),
  backup_retention_period: 14,
  deletion_protection: true,
  engine: "postgres",
  engine_version: "16.3",
  id: `db-${name.toUpperCase()}`,
  identifier: name,
  instance_class: "db.r6g.large",
  kms_key_id: arn("kms", "key/7b1d0c3e-5a92-4f0e-8d61-2c9a4be01f37"),
  multi_az: true,
  password: secret("hidden-password-of-orders-before"),
  port: 5432,
  publicly_accessible: false,
  storage_encrypted: true,
  tags,
  username: secret("hidden-owner"),
  ...rest,
});

const sessions = {
  arn: arn("elasticache", "replicationgroup:webshop-sessions"),
  at_rest_encryption_enabled: false,
  auth_token: null,
  automatic_failover_enabled: true,
  engine: "redis",
  engine_version: "7.1",
  id: "webshop-sessions",
  node_type: "cache.r7g.large",
  num_cache_clusters: 2,
  primary_endpoint_address: `webshop-sessions.example.0001.euc1.cache.amazonaws.com`,
  replication_group_id: "webshop-sessions",
  tags,
  transit_encryption_enabled: true,
};

const parameters = {
  arn: arn("rds", "pg:webshop-postgres16"),
  description: "Orders",
  family: "postgres16",
  id: "webshop-postgres16",
  name: "webshop-postgres16",
  parameter: [{ apply_method: "pending-reboot", name: "max_connections", value: "800" }],
  tags,
};

export const databases = [
  update("module.database.aws_db_instance.orders", database("webshop-orders"), {
    allocated_storage: 400,
    instance_class: "db.r6g.2xlarge",
    password: secret("hidden-password-of-orders-after"),
  }),
  destroy(
    "module.database.aws_db_instance.reports",
    database("webshop-reports", { deletion_protection: false, multi_az: false, password: secret("hidden-password-of-reports") }),
  ),
  replace(
    "module.database.aws_db_parameter_group.orders",
    "create-first",
    parameters,
    { arn: unknown, id: unknown, name: "webshop-postgres16-peak", parameter: [{ ...parameters.parameter[0], value: "1600" }] },
    [["name"]],
  ),
  replace(
    "module.database.aws_elasticache_replication_group.sessions",
    "destroy-first",
    sessions,
    {
      arn: unknown,
      at_rest_encryption_enabled: true,
      auth_token: secret(unknown),
      id: unknown,
      primary_endpoint_address: unknown,
    },
    [["at_rest_encryption_enabled"]],
  ),
  replace(
    "module.database.aws_secretsmanager_secret_version.orders",
    "destroy-first",
    {
      arn: arn("secretsmanager", "secret:webshop/orders"),
      id: `${arn("secretsmanager", "secret:webshop/orders")}|example-version-1`,
      secret_id: arn("secretsmanager", "secret:webshop/orders"),
      secret_string: secret('{"password":"hidden-password-of-orders-before"}'),
      version_id: "example-version-1",
      version_stages: ["AWSCURRENT"],
    },
    {
      arn: unknown,
      id: unknown,
      secret_string: secret('{"password":"hidden-password-of-orders-after"}'),
      version_id: unknown,
      version_stages: unknown,
    },
    [["secret_string"]],
  ),
  create("random_password.sessions", {
    bcrypt_hash: secret(unknown),
    id: unknown,
    keepers: null,
    length: 48,
    lower: true,
    numeric: true,
    result: secret(unknown),
    special: false,
    upper: true,
  }),
];
