//! Paths, references and terms as OPA writes them in messages.

use super::lowered::{Bundle, PathId, Ref, RefHead, Root, Term, TermKind, Variable};
use super::rule_tree::{Constant, NodeId};
use crate::rego::source::Dialect;
use crate::rego::syntax::is_keyword;
use crate::rego::syntax::tree::Import;
use std::fmt::Write as _;

/// `import data.a as b`
pub fn import(import: &Import<'_>) -> String {
    let mut text = String::from("import ");
    for (at, name) in import.path.iter().enumerate() {
        if at == 0 {
            text.push_str(&name.text);
        } else {
            push_name(&mut text, &name.text);
        }
    }
    if let Some(alias) = &import.alias {
        text.push_str(" as ");
        text.push_str(&alias.text);
    }
    text
}

/// `.name`, or `["a name"]` where it is no identifier.
pub fn push_name(text: &mut String, name: &str) {
    if is_identifier(name) {
        text.push('.');
        text.push_str(name);
    } else {
        text.push('[');
        push_quoted(text, name);
        text.push(']');
    }
}

/// Whether OPA writes a name behind a dot: keywords it does not.
fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !is_keyword(name, Dialect::V1)
}

fn push_quoted(text: &mut String, name: &str) {
    // Writing to a string cannot fail.
    let _ = write!(text, "{name:?}");
}

fn push_constant(text: &mut String, constant: &Constant<'_>) {
    match constant {
        Constant::Null => text.push_str("[null]"),
        Constant::Boolean(value) => {
            let _ = write!(text, "[{value}]");
        }
        Constant::Number(digits) => {
            let _ = write!(text, "[{digits}]");
        }
        Constant::String(name) => push_name(text, name),
    }
}

/// The path of a node: `data.a.b`.
pub fn node(bundle: &Bundle<'_>, id: NodeId) -> String {
    let mut text = String::from("data");
    for constant in bundle.tree.path(id) {
        push_constant(&mut text, constant);
    }
    text
}

/// The path of a rule with the variables of its head: `data.a.b[x]`.
pub fn rule_path(bundle: &Bundle<'_>, id: usize) -> String {
    let Some(rule) = bundle.rules.get(id) else { return String::new() };
    let mut text = String::from("data");
    if let Some(module) = bundle.modules.get(rule.module) {
        for name in bundle.paths.names(module.package) {
            push_name(&mut text, name);
        }
    }
    for part in rule.branches.first().map(|branch| branch.reference.as_slice()).unwrap_or_default() {
        push_part(&mut text, part, bundle, &rule.variables);
    }
    text
}

/// A function that nothing defines.
pub fn unknown(bundle: &Bundle<'_>, path: Option<PathId>, name: &str, rest: &[&str]) -> String {
    let mut text = path.map_or_else(|| name.to_owned(), |path| full_path(bundle, path));
    rest.iter().for_each(|part| push_name(&mut text, part));
    text
}

fn full_path(bundle: &Bundle<'_>, path: PathId) -> String {
    let mut text = String::from(match bundle.paths.root(path) {
        Root::Data => "data",
        Root::Input => "input",
    });
    bundle.paths.names(path).iter().for_each(|name| push_name(&mut text, name));
    text
}

/// A step of a reference.
fn push_part(text: &mut String, part: &Term<'_>, bundle: &Bundle<'_>, variables: &[Variable<'_>]) {
    if let Some(constant) = Constant::of(part) {
        push_constant(text, &constant);
    } else {
        text.push('[');
        push_term(text, part, bundle, variables);
        text.push(']');
    }
}

/// A term. What is longer than a line is cut: this is for messages.
pub fn push_term(text: &mut String, term: &Term<'_>, bundle: &Bundle<'_>, variables: &[Variable<'_>]) {
    const LINE: usize = 200;
    if text.len() > LINE {
        return;
    }
    match &term.kind {
        TermKind::Null => text.push_str("null"),
        TermKind::Boolean(value) => {
            let _ = write!(text, "{value}");
        }
        TermKind::Number(digits) => text.push_str(digits),
        TermKind::String(value) => push_quoted(text, value),
        TermKind::Var(id) => text.push_str(variable_name(variables, id.0)),
        TermKind::Ref(reference) => push_ref(text, reference, bundle, variables),
        TermKind::Array(items) => push_list(text, ("[", "]"), items, bundle, variables),
        TermKind::Set(items) if items.is_empty() => text.push_str("set()"),
        TermKind::Set(items) => push_list(text, ("{", "}"), items, bundle, variables),
        TermKind::Object(pairs) => {
            text.push('{');
            for (at, (key, value)) in pairs.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { ", " });
                push_term(text, key, bundle, variables);
                text.push_str(": ");
                push_term(text, value, bundle, variables);
            }
            text.push('}');
        }
        TermKind::ArrayComprehension(_) => text.push_str("[…]"),
        TermKind::SetComprehension(_) | TermKind::ObjectComprehension(_) => text.push_str("{…}"),
        TermKind::Broken => text.push('…'),
    }
}

fn push_list(
    text: &mut String,
    (open, close): (&str, &str),
    items: &[Term<'_>],
    bundle: &Bundle<'_>,
    variables: &[Variable<'_>],
) {
    text.push_str(open);
    for (at, item) in items.iter().enumerate() {
        text.push_str(if at == 0 { "" } else { ", " });
        push_term(text, item, bundle, variables);
    }
    text.push_str(close);
}

fn push_ref(text: &mut String, reference: &Ref<'_>, bundle: &Bundle<'_>, variables: &[Variable<'_>]) {
    match reference.head {
        RefHead::Var(id) => text.push_str(variable_name(variables, id.0)),
        RefHead::Path(path) => text.push_str(&full_path(bundle, path)),
    }
    for part in &reference.parts {
        push_part(text, part, bundle, variables);
    }
}

fn variable_name<'s>(variables: &[Variable<'s>], id: u32) -> &'s str {
    variables.get(id as usize).map_or("_", |variable| if variable.name.is_empty() { "_" } else { variable.name })
}

/// The path of a rule below its package: `p.q[x]`.
pub fn head_path(bundle: &Bundle<'_>, id: usize) -> String {
    let Some(rule) = bundle.rules.get(id) else { return String::new() };
    let mut text = String::new();
    for (at, part) in
        rule.branches.first().map(|branch| branch.reference.as_slice()).unwrap_or_default().iter().enumerate()
    {
        match &part.kind {
            TermKind::String(name) if at == 0 => text.push_str(name),
            _ => push_part(&mut text, part, bundle, &rule.variables),
        }
    }
    text
}
