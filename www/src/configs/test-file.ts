// The name of the file of tests: the page has one.

export const TEST_FILE = "policy_test.yaml";
