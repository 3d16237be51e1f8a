// Which kind of Rego a text is: a governance policy by its package, or any other module.

export const GOVERNANCE_PACKAGE = "forgecroft.policy";

// In Rego only comments and blank lines can stand before `package`, so this match cannot hit a string or a comment.
const PACKAGE = /^\uFEFF?(?:\s|#[^\n]*(?:\n|$))*package[ \t]+([A-Za-z_][\w]*(?:\.[A-Za-z_]\w*|\["[^"\\\n]*"\])*)/;

/** The package that a text declares, or null when it declares none (yet). */
export function packageOf(source: string): string | null {
  const path = PACKAGE.exec(source)?.[1];
  return path ? path.replace(/\["([A-Za-z_]\w*)"\]/g, ".$1") : null;
}

export function isGovernance(packagePath: string | null): boolean {
  return packagePath === GOVERNANCE_PACKAGE;
}
