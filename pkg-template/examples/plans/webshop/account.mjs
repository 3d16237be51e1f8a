// What all parts of the webshop's plan share: the account, names, tags, the release.

export const account = "111122223333";
export const region = "eu-central-1";
export const arn = (service, rest) => `arn:aws:${service}:${region}:${account}:${rest}`;
export const tags = { environment: "production", service: "webshop" };
export const policy = (...statements) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

export const vpc = "vpc-0d3a8b1c2e4f56071";
export const release = { old: "2024.10.3", new: "2024.11.0" };
