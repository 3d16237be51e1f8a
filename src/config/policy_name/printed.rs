//! The key of a rule as OPA prints it, which is what the original looks for a name in.

use crate::rego::syntax::tree::{Term, TermKind};
use crate::rego::value::quotes;
use crate::sorted::InOrder;

/// A term as OPA prints it: without comments, strings as Go quotes them, the members of sets and the keys of objects in their order.
/// What only evaluation knows is left as it is written.
pub fn printed(term: &Term<'_>, source: &str) -> String {
    let printed = |term| printed(term, source);
    match &term.kind {
        TermKind::String(text) => quotes::quoted(text, false),
        TermKind::Array(items) => format!("[{}]", items.iter().map(printed).collect::<Vec<_>>().join(", ")),
        TermKind::Object(pairs) => {
            let pairs = pairs.iter().map(|(key, value)| (rank(key), format!("{}: {}", printed(key), printed(value))));
            format!("{{{}}}", ordered(pairs.collect()))
        }
        TermKind::Set(items) if items.is_empty() => "set()".to_owned(),
        TermKind::Set(items) => {
            format!("{{{}}}", ordered(items.iter().map(|item| (rank(item), printed(item))).collect()))
        }
        _ => term.span.text(source).to_owned(),
    }
}

/// Texts in the order of their ranks, each once. Those of one rank stand by their texts, which tells the first of them from a string.
fn ordered(mut texts: Vec<(u8, String)>) -> String {
    texts.order();
    texts.dedup();
    texts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(", ")
}

/// Where the kind of a term stands among the others.
const fn rank(term: &Term<'_>) -> u8 {
    match &term.kind {
        TermKind::Null => 0,
        TermKind::Boolean(_) => 1,
        TermKind::Number(_) => 2,
        TermKind::String(_) => 3,
        TermKind::Var(_) => 4,
        TermKind::Ref(_) => 5,
        TermKind::Array(_) => 6,
        TermKind::Object(_) => 7,
        TermKind::Set(_) => 8,
        _ => 9,
    }
}
