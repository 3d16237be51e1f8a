//! What a policy may not say although it is Rego (sections 1.1, 1.3 and 1.4): another package, and where the branch stood once.

use crate::rego::check::outline::path_text;
use crate::rego::syntax::tree::{LiteralKind, Rule, Span, Term, TermKind, Tree};
use crate::rego::syntax::visit;
use crate::rego::value::quotes::quoted;
use crate::sorted;

/// The only package of a policy.
pub const PACKAGE: &str = "org";

/// The words for a package that is another one; nothing where it is right.
pub fn wrong_package(tree: &Tree<'_>) -> Option<(String, Span)> {
    let package = tree.package()?;
    let path: Vec<String> = package.path.iter().map(|name| name.text.clone().into_owned()).collect();
    let text = path_text(&path);
    let message = format!(
        "invalid package name: expected one of packages [{PACKAGE}] but got {}",
        quoted(&format!("package {text}"), false)
    );
    (text != PACKAGE).then_some((message, package.span))
}

/// Where a module asks for the branch by its old name.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct BranchUses {
    /// Those that the original refuses, in the order of the text: operands of what stands in the body of a rule.
    pub refused: Vec<Span>,
    /// All others. There the value is undefined, and nobody says so.
    pub passed_over: Vec<Span>,
}

/// Finds where a module asks for the branch by its old name.
pub fn branch_uses(tree: &Tree<'_>) -> BranchUses {
    let mut uses = BranchUses::default();
    for rule in tree.rules() {
        operands(rule, &mut |term| {
            if is_old_branch(term, true) {
                uses.refused.push(term.span);
            }
        });
    }
    let refused = sorted::Set::from_iter(uses.refused.iter().copied());
    visit::terms(tree, &mut |term| {
        if is_old_branch(term, false) && !refused.contains(&term.span) {
            uses.passed_over.push(term.span);
        }
    });
    uses
}

/// What stands beside an operator, or is given to a function, in a statement of a body. What is further in is not looked at.
fn operands<'t, 's>(rule: &'t Rule<'s>, visit: &mut dyn FnMut(&'t Term<'s>)) {
    for literal in rule.bodies().flat_map(|body| &body.literals) {
        match &literal.kind {
            LiteralKind::Assign(binary) | LiteralKind::Unify(binary) => {
                visit(&binary.left);
                visit(&binary.right);
            }
            LiteralKind::Term(term) => match &term.kind {
                TermKind::Call(call) => call.args.iter().for_each(&mut *visit),
                TermKind::Infix(infix) => {
                    visit(&infix.left);
                    visit(&infix.right);
                }
                TermKind::In(domain) => {
                    domain.key.iter().chain([&domain.value, &domain.collection]).for_each(&mut *visit);
                }
                _ => {}
            },
            _ => {}
        }
    }
}

/// Whether a term is `data.meta.branch`, or leads further from there where that counts.
fn is_old_branch(term: &Term<'_>, whole: bool) -> bool {
    let TermKind::Ref(reference) = &term.kind else { return false };
    let mut parts = reference.parts.iter().map(|part| part.term.as_string());
    let leads_there = reference.head.as_var() == Some("data")
        && parts.next() == Some(Some("meta"))
        && parts.next() == Some(Some("branch"));
    leads_there && (!whole || parts.next().is_none())
}
