// Twenty policies of an organisation, and a configuration of 2,000 lines that they are asked about: the same bytes everywhere.

const JOBS = 90;
const WORKFLOWS = 9;

/** The policies by path. Three use the library, others go through jobs, steps, images and orbs by themselves. */
export function policies() {
  const files = {
    "contexts.rego": `package org

import data.circleci.config
import future.keywords

policy_name["contexts"]

enable_hard["blocked_contexts"]

blocked_contexts = config.contexts_blocked_by_project_ids(["project-1", "project-2"], {"production", "payments"})

enable_rule["reserved_contexts"]

reserved_contexts = config.contexts_reserved_by_branches(["main", "release"], {"deploy"})
`,
    "orbs.rego": `package org

import data.circleci.config
import future.keywords

policy_name["orbs"]

enable_hard["banned_orbs"]

banned_orbs = config.ban_orbs({"evil/tools", "old/deploy"})

enable_rule["known_orbs"]

known_orbs = config.orbs_allowlist({"circleci/node", "circleci/docker", "circleci/slack"})
`,
    "runner.rego": `package org

import data.circleci.config

policy_name["runner"]

enable_hard["classes"]

classes = config.resource_class_by_project({"acme/gpu": {"project-9"}, "2xlarge": {"project-1"}})
`,
    "images.rego": `package org

import future.keywords

policy_name["images"]

enable_rule["pinned_images"]

pinned_images[reason] {
	some name, job in input.jobs
	some entry in job.docker
	not contains(entry.image, ":")
	reason := sprintf("job %s: the image %s has no tag", [name, entry.image])
}
`,
    "steps.rego": `package org

import future.keywords

policy_name["steps"]

enable_rule["no_curl_pipes"]

no_curl_pipes[name] = reason {
	some name, job in input.jobs
	some step in job.steps
	regex.match(\`curl .*\\|\\s*(ba)?sh\`, step.run.command)
	reason := sprintf("job %s pipes curl into a shell", [name])
}
`,
    "sizes.rego": `package org

import future.keywords

policy_name["sizes"]

enable_rule["sizes"]

sizes[reason] {
	some name, job in input._compiled_.jobs
	job.resource_class in {"xlarge", "2xlarge", "acme/gpu"}
	reason := sprintf("job %s asks for %s", [name, job.resource_class])
}
`,
  };
  // What organisations have many of: small rules on keys, names and metadata.
  for (let i = 0; i < 14; i++) {
    files[`rule-${i}.rego`] = `package org

import future.keywords

policy_name["rule_${i}"]

enable_rule["rule_${i}"] { data.meta.vcs.branch != "sandbox-${i}" }

hard_fail["rule_${i}"] { data.meta.project_id == "project-${i}" }

rule_${i}[reason] {
	some name, workflow in input.workflows
	some entry in workflow.jobs
	some job, said in entry
	count(said.requires) > ${3 + i}
	reason := sprintf("%s.%s waits for %d jobs", [name, job, count(said.requires)])
}
`;
  }
  return files;
}

const classOf = (job) => ["small", "medium", "large", "xlarge"][job % 4];

function jobLines(job) {
  return [
    `  build-${job}:`,
    "    docker:",
    `      - image: ${job % 7 === 0 ? "cimg/base" : `cimg/node:18.${job % 20}`}`,
    "        environment:",
    `          LEVEL: "${job}"`,
    `    resource_class: ${classOf(job)}`,
    "    steps:",
    "      - checkout",
    "      - run:",
    "          name: install",
    `          command: ${job % 30 === 11 ? "curl https://example.invalid/setup | sh" : "npm ci"}`,
    "      - run:",
    "          name: test",
    `          command: npm test -- --shard ${job}`,
    "      - store_artifacts:",
    "          path: reports",
  ];
}

function workflowLines(workflow, withFilters) {
  const jobs = Array.from({ length: JOBS / WORKFLOWS }, (_, i) => workflow * (JOBS / WORKFLOWS) + i);
  return [
    `  flow-${workflow}:`,
    "    jobs:",
    ...jobs.flatMap((job, i) => [
      `      - build-${job}:`,
      `          context: [${job % 5 === 0 ? "deploy, " : ""}tests]`,
      `          requires: [${jobs.slice(Math.max(0, i - 4), i).map((before) => `build-${before}`).join(", ")}]`,
      ...(withFilters ? ["          filters:", "            branches:", "              only: [main, release]"] : []),
    ]),
  ];
}

/** The configuration as it is written, in YAML. */
export function configuration() {
  const jobs = Array.from({ length: JOBS }, (_, job) => job);
  const flows = Array.from({ length: WORKFLOWS }, (_, workflow) => workflow);
  const head = ["version: 2.1", "setup: false", "orbs:", "  node: circleci/node@5.1.0", "  docker: circleci/docker@2.2.0", "  odd: acme/odd@1.0.0"];
  return [...head, "jobs:", ...jobs.flatMap(jobLines), "workflows:", ...flows.flatMap((flow) => workflowLines(flow, true)), ""].join("\n");
}

/** What it is compiled to. */
export function compiledConfiguration() {
  const jobs = Array.from({ length: JOBS }, (_, job) => job);
  const flows = Array.from({ length: WORKFLOWS }, (_, workflow) => workflow);
  return ["version: 2", "jobs:", ...jobs.flatMap(jobLines), "workflows:", "  version: 2", ...flows.flatMap((flow) => workflowLines(flow, false)), ""].join("\n");
}

/** What is known of the pipeline. */
export const META = { project_id: "project-1", build_number: 12, ssh_rerun: false, vcs: { branch: "main" } };
