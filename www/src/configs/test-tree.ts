// The tests of a file as the tree that their names tell: a test, and its cases inside.
import type { ConfigTestResult } from "regate";

export interface TestNode {
  /** The last part of its name. */
  title: string;
  name: string;
  /** Null where the test itself was not run, because it expects no decision or was not chosen. */
  result: ConfigTestResult | null;
  cases: TestNode[];
}

export function testTree(results: readonly ConfigTestResult[]): TestNode[] {
  const roots: TestNode[] = [];
  const known = new Map<string, TestNode>();
  const nodeOf = (name: string): TestNode => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const cut = name.lastIndexOf("/");
    const made: TestNode = { title: name.slice(cut + 1), name, result: null, cases: [] };
    known.set(name, made);
    (cut < 0 ? roots : nodeOf(name.slice(0, cut)).cases).push(made);
    return made;
  };
  for (const result of results) nodeOf(result.name).result = result;
  return roots;
}
