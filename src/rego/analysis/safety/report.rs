//! What is unsafe in a branch, each variable once.

use super::super::finding::{Finding, Told, code};
use super::super::likely;
use super::super::lowered::{Bundle, VarId, Variable};
use crate::limits;
use crate::rego::stage::Stage;
use crate::rego::syntax::tree::Span;
use crate::sorted;

/// An expression that lacks a variable.
#[derive(Debug, Clone, Copy)]
pub struct Lack {
    /// The variable.
    pub variable: VarId,
    /// Where it stands.
    pub span: Span,
    /// The expression.
    pub expr: Span,
    /// Where OPA reports the expression.
    pub opa: u32,
    /// Whether OPA gets as far as this.
    pub is_heard: bool,
    /// Whether it does not follow from the lack of another variable.
    pub is_root: bool,
}

/// All that is lacking in a branch.
#[derive(Debug, Default)]
pub struct Lacks {
    list: Vec<Lack>,
}

impl Lacks {
    /// Adds what a body lacks.
    pub fn extend(&mut self, lacks: Vec<Lack>) {
        self.list.extend(lacks);
    }

    /// Says it: each variable once, at its first expression. Where nothing but what was made while lowering is
    /// lacking, the expressions.
    pub fn into_findings(
        self,
        bundle: &Bundle<'_>,
        module: usize,
        variables: &[Variable<'_>],
        findings: &mut Vec<Finding>,
    ) {
        let mut by_variable: sorted::Map<VarId, Lack> = sorted::Map::new();
        for lack in self.list {
            by_variable.entry(lack.variable).and_modify(|first| *first = merged(*first, lack)).or_insert(lack);
        }
        let name = |id: VarId| variables.get(id.0 as usize).filter(|variable| !variable.is_generated()).map(|v| v.name);
        let before = findings.len();
        // What follows from something without a name is said in its place.
        let has_root = by_variable.values().any(|lack| lack.is_root && name(lack.variable).is_some());
        if !has_root
            && let Some(first) = by_variable
                .values_mut()
                .filter(|lack| name(lack.variable).is_some())
                .min_by_key(|lack| (!lack.is_heard, lack.opa))
        {
            first.is_root = true;
        }
        for lack in by_variable.values().filter(|lack| lack.is_heard || lack.is_root) {
            if let Some(name) = name(lack.variable) {
                // Behind as many findings as are told, nobody reads the help.
                let likely = (findings.len() < limits::DIAGNOSTICS)
                    .then(|| likely::of_variable(bundle, module, name, lack.span))
                    .flatten();
                findings.push(unsafe_variable(module, name, lack, likely));
            }
        }
        let has_named = findings.len() > before;
        let opa_names_any = by_variable.values().any(|lack| lack.is_heard && name(lack.variable).is_some());
        if !opa_names_any {
            let mut by_expr: sorted::Map<(u32, Span), Lack> = sorted::Map::new();
            let nameless = by_variable.values().filter(|lack| name(lack.variable).is_none());
            for &lack in nameless.filter(|lack| lack.is_heard || !has_named) {
                by_expr.entry((lack.opa, lack.expr)).or_insert(lack);
            }
            for lack in by_expr.into_values() {
                let told = if lack.is_heard { Told::Always } else { Told::ByUs };
                findings.push(
                    Finding::error(
                        Stage::CheckSafetyRuleBodies,
                        code::UNSAFE_VAR,
                        module,
                        lack.expr,
                        "expression is unsafe",
                    )
                    .at(lack.opa)
                    .help("what it needs has no value at any place in the body")
                    .told(told),
                );
            }
        }
    }
}

/// OPA says a variable once, at the first expression; ours stands where it does not follow from something else.
fn merged(a: Lack, b: Lack) -> Lack {
    let (first, second) = if (!a.is_heard, a.opa) <= (!b.is_heard, b.opa) { (a, b) } else { (b, a) };
    Lack { is_root: first.is_root || second.is_root, ..first }
}

fn unsafe_variable(module: usize, name: &str, lack: &Lack, likely: Option<String>) -> Finding {
    let message = match name {
        "contains" | "every" | "if" | "in" => {
            format!("var {name} is unsafe (hint: `import future.keywords.{name}` to import a future keyword)")
        }
        _ => format!("var {name} is unsafe"),
    };
    let help = match name {
        "_" => "nothing gives this place a value".to_owned(),
        _ => likely
            .unwrap_or_else(|| format!("give `{name}` a value in the body, or declare it with `some {name} in …`")),
    };
    let told = match (lack.is_heard, lack.is_root) {
        (true, true) => Told::Always,
        (true, false) => Told::ByOpa,
        (false, _) => Told::ByUs,
    };
    Finding::error(Stage::CheckSafetyRuleBodies, code::UNSAFE_VAR, module, lack.span, message)
        .at(lack.opa)
        .help(help)
        .told(told)
}
