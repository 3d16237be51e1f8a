//! The name of a policy: the key of its first rule, which is `policy_name` (section 1.2).

mod json_text;
mod printed;

use crate::rego::syntax::tree::{Rule, Span, Term, TermKind, Tree};

/// The rule that declares it.
pub const RULE: &str = "policy_name";

/// Bytes of a name.
const MOST_BYTES: usize = 80;

/// Why a module has no name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoName {
    /// What is wrong, in the words that are known (section 1.3).
    pub reason: String,
    /// How to mend it.
    pub help: &'static str,
    /// The faulty text.
    pub span: Span,
}

/// The name that a module declares.
///
/// # Errors
/// The first of the checks of section 1.2 that its first rule does not pass.
pub fn read(tree: &Tree<'_>, source: &str) -> Result<String, NoName> {
    const HELP: &str = "begin the file with `policy_name[\"name\"]` behind its package and imports";
    let no = |reason: String, help: &'static str, span: Span| NoName { reason, help, span };
    let Some(rule) = tree.rules().next() else {
        let span = tree.package().map_or(Span::default(), |package| package.span);
        return Err(no(format!("must declare rule \"{RULE}\" but module contains no rules"), HELP, span));
    };
    let (name, key) = name_and_key(rule);
    if name != RULE {
        let reason = format!("first rule declaration must be \"{RULE}\" but found \"{name}\"");
        return Err(no(reason, HELP, rule.head.span));
    }
    let Some(key) = key else {
        let reason = format!("invalid {RULE} declaration: must declare as key");
        return Err(no(reason, "write `policy_name[\"name\"]`", rule.head.span));
    };
    let name = match &key.kind {
        TermKind::Null => String::new(),
        kind => match (json_text::why_no_string(&printed::printed(key, source)), kind) {
            (None, TermKind::String(text)) => text.clone().into_owned(),
            (why, kind) => {
                let is_string = matches!(kind, TermKind::String(_));
                let help = if is_string { CHARACTERS } else { "write the name as a string" };
                return Err(no(format!("invalid {RULE}: {}", why.unwrap_or_default()), help, key.span));
            }
        },
    };
    if name.is_empty() {
        return Err(no(format!("{RULE} must not be empty"), CHARACTERS, key.span));
    }
    if name.len() > MOST_BYTES {
        let reason = format!("{RULE} must be maximum {MOST_BYTES} characters but got {}", name.len());
        return Err(no(reason, "write a shorter name: letters beyond ASCII count by their bytes", key.span));
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        let reason = format!("\"{RULE}\" must use alphanumeric and underscore characters only");
        return Err(no(reason, CHARACTERS, key.span));
    }
    Ok(name)
}

const CHARACTERS: &str = "a name has letters of ASCII, digits and underscores";

/// What the parser of the original calls the name and the key of a head. A reference of two parts has them where no `if` follows; one
/// that is longer has neither.
fn name_and_key<'t, 's>(rule: &'t Rule<'s>) -> (&'t str, Option<&'t Term<'s>>) {
    let head = &rule.head;
    let has_if = rule.body.as_ref().is_some_and(|body| body.has_if);
    match head.reference.as_slice() {
        [_] => (head.name(), head.key.as_ref()),
        [_, part] if head.key.is_none() && head.args.is_none() => {
            let is_open = !part.term.is_ground();
            let name = if has_if && head.value.is_none() { "" } else { head.name() };
            (name, (!has_if || is_open).then_some(&part.term))
        }
        _ => ("", None),
    }
}
