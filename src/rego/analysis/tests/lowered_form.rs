//! The ordered form: what a body becomes.

use super::super::lowered::{
    Body, Bundle, ExprKind, Function, Origin, Replacement, Rule, Target, Term, TermKind, With,
};
use super::super::written;
use super::{ModuleInput, Options, check};
use crate::rego::source::Dialect;
use crate::rego::syntax;

/// A body as text, with `$n` for variables that were made and `name#n` for those with a name.
struct Printing<'b, 's> {
    bundle: &'b Bundle<'s>,
    rule: &'b Rule<'s>,
}

impl Printing<'_, '_> {
    fn body(&self, body: &Body<'_>) -> String {
        let exprs: Vec<String> = body
            .iter()
            .map(|expr| {
                let said = match &expr.kind {
                    ExprKind::Term(term) => self.term(term),
                    ExprKind::Unify(left, right) => format!("{} = {}", self.term(left), self.term(right)),
                    ExprKind::Call(call) => {
                        let args: Vec<String> = call.args.iter().map(|arg| self.term(arg)).collect();
                        format!("{}({})", self.function(&call.function), args.join(", "))
                    }
                    ExprKind::Every(every) => format!(
                        "every {}, {} in {} {{ {} }}",
                        self.term(&every.key),
                        self.term(&every.value),
                        self.term(&every.domain),
                        self.body(&every.body)
                    ),
                    ExprKind::Broken => "broken".to_owned(),
                };
                let not = if expr.is_negated { "not " } else { "" };
                let with: String = expr.replacements().iter().map(|with| self.with(with)).collect();
                format!("{not}{said}{with}")
            })
            .collect();
        exprs.join("; ")
    }

    fn with(&self, with: &With<'_>) -> String {
        let target = match &with.target {
            Target::Document(reference) => {
                let term = Term { span: with.span, opa: 0, kind: TermKind::Ref(Box::new(reference.clone())) };
                self.term(&term)
            }
            Target::Function(function) => self.function(function),
            Target::Refused(_) => "nothing".to_owned(),
        };
        let value = match &with.value {
            Replacement::Value(term) => self.term(term),
            Replacement::Function(function) => self.function(function),
        };
        format!(" with {target} as {value}")
    }

    fn function(&self, function: &Function<'_>) -> String {
        match function {
            Function::Builtin(name) => (*name).to_owned(),
            Function::Host(at) => format!("host {at}"),
            Function::Rules(node) => written::node(self.bundle, *node),
            Function::Unknown { name, .. } => format!("unknown {name}"),
        }
    }

    fn term(&self, term: &Term<'_>) -> String {
        let list = |items: &[Term<'_>]| items.iter().map(|item| self.term(item)).collect::<Vec<_>>().join(", ");
        match &term.kind {
            TermKind::Var(id) => {
                let variable = &self.rule.variables[id.0 as usize];
                match variable.origin {
                    Origin::Made => format!("${}", id.0),
                    Origin::Wildcard => "_".to_owned(),
                    Origin::Used => variable.name.to_owned(),
                    _ => format!("{}#{}", variable.name, id.0),
                }
            }
            TermKind::Ref(reference) => {
                let mut text = match reference.head {
                    super::super::lowered::RefHead::Var(id) => {
                        self.term(&Term { kind: TermKind::Var(id), ..term.clone() })
                    }
                    super::super::lowered::RefHead::Path(path) => {
                        let mut text = format!("{:?}", self.bundle.paths.root(path)).to_lowercase();
                        self.bundle.paths.names(path).iter().for_each(|name| written::push_name(&mut text, name));
                        text
                    }
                };
                for part in &reference.parts {
                    match &part.kind {
                        TermKind::String(name) => written::push_name(&mut text, name),
                        _ => text.push_str(&format!("[{}]", self.term(part))),
                    }
                }
                text
            }
            TermKind::Array(items) => format!("[{}]", list(items)),
            TermKind::Set(items) => format!("{{{}}}", list(items)),
            TermKind::Object(pairs) => {
                let pairs: Vec<String> =
                    pairs.iter().map(|(key, value)| format!("{}: {}", self.term(key), self.term(value))).collect();
                format!("{{{}}}", pairs.join(", "))
            }
            TermKind::ArrayComprehension(inner) => {
                format!("[{} | {}]", self.term(&inner.value), self.body(&inner.body))
            }
            TermKind::SetComprehension(inner) => {
                format!("{{{} | {}}}", self.term(&inner.value), self.body(&inner.body))
            }
            TermKind::ObjectComprehension(inner) => format!(
                "{{{}: {} | {}}}",
                inner.key.as_ref().map(|key| self.term(key)).unwrap_or_default(),
                self.term(&inner.value),
                self.body(&inner.body)
            ),
            TermKind::String(text) => format!("{text:?}"),
            TermKind::Number(digits) => digits.to_string(),
            TermKind::Boolean(value) => value.to_string(),
            TermKind::Null => "null".to_owned(),
            TermKind::Broken => "broken".to_owned(),
        }
    }
}

/// The first rule of a module: its value or key, and its body.
fn becomes(rules: &str, value: &str, body: &str) {
    let source = format!("package p\n{rules}\nr := 1\nf(x) := x\n");
    let parsed = syntax::parse(&source, Dialect::V1);
    assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
    let checked = check(&[ModuleInput { path: "p.rego", source: &source, parsed: &parsed }], &Options::default());
    assert_eq!(checked.findings, [], "{rules}");
    let rule = &checked.bundle.rules[0];
    let printing = Printing { bundle: &checked.bundle, rule };
    let branch = &rule.branches[0];
    let have: Vec<String> = branch.key.iter().chain(&branch.value).map(|term| printing.term(term)).collect();
    assert_eq!((have.join(" "), printing.body(&branch.body)), (value.to_owned(), body.to_owned()), "{rules}");
}

#[test]
fn calls_come_before_what_uses_them() {
    becomes("q if count(f(1)) > 2", "true", "data.p.f(1, $0); count($0, $1); gt($1, 2)");
    becomes("q := 1 + 2 * 3", "$1", "mul(2, 3, $0); plus(1, $0, $1)");
    becomes("q if { x := f(1); x }", "true", "data.p.f(1, $0); x#1 = $0; x#1");
    becomes("q if f(1, 2)", "true", "data.p.f(1, 2)");
    becomes("q if not f(f(1))", "true", "data.p.f(1, $0); not data.p.f($0)");
    becomes("q if 1 in [1, f(2)]", "true", "data.p.f(2, $0); internal.member_2(1, [1, $0])");
}

#[test]
fn references_and_comprehensions_are_taken_out_of_arguments() {
    becomes("q if count(input.x) == 1", "true", "$1 = input.x; count($1, $0); $0 = 1");
    becomes("q if r == input[r]", "true", "$0 = data.p.r; data.p.r = input[$0]");
    becomes("q if { x = [input.a]; x }", "true", "$1 = input.a; x = [$1]; x");
    becomes("q if count([x | x := input.a[_]]) > 0", "true", "$3 = [x#1 | x#1 = input.a[_]]; count($3, $2); gt($2, 0)");
    becomes("q := {\"a\": r}", "$0", "$1 = data.p.r; $0 = {\"a\": $1}");
    becomes("q := [input.x | true]", "$1", "$1 = [$0 | true; $0 = input.x]");
}

#[test]
fn some_every_and_with() {
    becomes("q if { some x in input; x }", "true", "x#0 = input[$1]; x#0");
    becomes("q if { some k, v in f(1); k == v }", "true", "data.p.f(1, $2); v#1 = $2[k#0]; k#0 = v#1");
    becomes("q if { every v in r { v > 1 } }", "true", "$0 = data.p.r; every $1, v#2 in $0 { gt(v#2, 1) }");
    becomes("q if r with input as r", "true", "$0 = data.p.r; data.p.r with input as $0");
    becomes(
        "q if f(input.x) with input.x as 1",
        "true",
        "$0 = input.x with input.x as 1; data.p.f($0) with input.x as 1",
    );
    becomes("q if f(1) with f as count", "true", "data.p.f(1) with data.p.f as count");
    becomes("q if f(1) with f as r", "true", "data.p.f(1) with data.p.f as data.p.r");
}

#[test]
fn what_is_printed_and_templates_are_sets() {
    becomes("q if print(input.x)", "true", "$1 = {$0 | $0 = input.x}; internal.print([$1])");
    becomes("q := $\"a{input.x}{1}\"", "$1", "$2 = {$0 | $0 = input.x}; internal.template_string([\"a\", $2, 1], $1)");
}

#[test]
fn expressions_are_in_an_order_in_which_they_can_be_asked() {
    becomes("q if { x > 1; x = y; y = 2 }", "true", "y = 2; x = y; gt(x, 1)");
    becomes("q if { not input[x]; x = 1 }", "true", "x = 1; not input[x]");
    becomes("q if { y := [x | x := z + 1]; z = 1; y }", "true", "z = 1; y#3 = [x#2 | plus(z, 1, $1); x#2 = $1]; y#3");
}

#[test]
fn heads_hold_nothing_that_has_to_be_evaluated() {
    becomes("q contains input.x", "$0", "$0 = input.x");
    becomes("q[input.x] := f(1)", "$1", "$0 = input.x; data.p.f(1, $1)");
    becomes("q contains [x, 1] if x := 1", "[x#0, 1]", "x#0 = 1");
}
