// Who may do what: deployments get a role, the exporter and its key go.

import { create, destroy, secret, unknown } from "../plan-document.mjs";
import { account, arn, policy, tags } from "./account.mjs";

const exporter = `arn:aws:iam::${account}:user/webshop-exporter`;

export const identities = [
  create("module.deploy.aws_iam_role.github", {
    arn: unknown,
    assume_role_policy: policy({
      Effect: "Allow",
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com` },
      Condition: {
        StringEquals: {
          "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
          "token.actions.githubusercontent.com:sub": "repo:example/webshop:ref:refs/heads/main",
        },
      },
    }),
    id: unknown,
    max_session_duration: 3600,
    name: "webshop-deploy",
    path: "/",
    tags,
  }),
  create('module.deploy.aws_iam_role_policy_attachment.github["ecs"]', {
    id: unknown,
    policy_arn: `arn:aws:iam::${account}:policy/webshop-deploy-ecs`,
    role: "webshop-deploy",
  }),
  destroy("module.deploy.aws_iam_user.exporter", {
    arn: exporter,
    force_destroy: false,
    id: "webshop-exporter",
    name: "webshop-exporter",
    path: "/",
    tags,
  }),
  destroy("module.deploy.aws_iam_access_key.exporter", {
    id: "EXAMPLEKEYID",
    secret: secret("hidden-secret-of-exporter"),
    ses_smtp_password_v4: secret("hidden-smtp-secret-of-exporter"),
    status: "Active",
    user: "webshop-exporter",
  }),
];
