// What a first visit finds: two policies, a configuration that both object to, and tests of which one does not pass.
import type { ConfigDraft } from "./config-drafts";
import { exampleGiven, examplePolicyFiles } from "./example-files";

const FIRST_FILES = ["contexts.rego", "images.rego"];

// The last case expects what is not so: it shows what a failed test says.
const TESTS = `# A case has what the test around it has, but for what it says itself.
test_deploy:
  meta: {project_id: some-other-project}
  input:
    _compiled_:
      jobs:
        deploy:
          docker: [{image: "webshop/deploy:1.8"}]
      workflows:
        release:
          jobs:
            - deploy: {context: [production]}
  decision:
    status: HARD_FAIL
    enabled_rules: [pinned_image, production_context]
    hard_failures:
      - rule: production_context
        reason: "release.deploy: uses context value(s) reserved to other projects: production"
  cases:
    from_a_project_that_deploys:
      meta: {project_id: 7d9be0e4-52a3-4f1b-8b5f-4f5a0f7c2d11}
      decision: {status: PASS, hard_failures: null}
      cases:
        in_an_image_without_a_version:
          input:
            _compiled_:
              jobs:
                deploy:
                  docker: [{image: "webshop/deploy:latest"}]
          # The decision is SOFT_FAIL, and so this case fails.
          decision: {status: PASS}
`;

export function startingDraft(): ConfigDraft {
  const files = FIRST_FILES.flatMap((name) => examplePolicyFiles.filter(({ file }) => file === name)).map(({ file, text }) => ({ id: file, path: file, text }));
  return {
    files,
    ...exampleGiven,
    tests: TESTS,
    query: "data",
    settings: { file: files[0]?.id ?? "", part: "config", run: "" },
  };
}
