//! What an author probably meant by a name that means nothing: what the help of a finding says.

use super::lowered::{Bundle, PathId, Reached};
use super::rule_tree::Constant;
use crate::limits;
use crate::rego::builtins;
use crate::rego::syntax::tree::Span;
use crate::rego::words::is_near;

/// Names of other languages and of other builtins, with the builtin that does the same.
const HABITS: [(&str, &str); 28] = [
    ("append", "array.concat"),
    ("getkeys", "object.keys"),
    ("join", "concat"),
    ("jsondumps", "json.marshal"),
    ("jsonencode", "json.marshal"),
    ("jsondecode", "json.unmarshal"),
    ("jsonload", "json.unmarshal"),
    ("jsonloads", "json.unmarshal"),
    ("jsonparse", "json.unmarshal"),
    ("jsonstringify", "json.marshal"),
    ("keys", "object.keys"),
    ("len", "count"),
    ("length", "count"),
    ("lowercase", "lower"),
    ("match", "regex.match"),
    ("matches", "regex.match"),
    ("now", "time.now_ns"),
    ("parseint", "to_number"),
    ("printf", "print"),
    ("range", "numbers.range"),
    ("size", "count"),
    ("substr", "substring"),
    ("timenow", "time.now_ns"),
    ("toint", "to_number"),
    ("tolower", "lower"),
    ("tostring", "sprintf"),
    ("toupper", "upper"),
    ("uppercase", "upper"),
];

/// Words that are the names of values in other languages, and what they are here.
const VALUES: [(&str, &str); 2] = [("None", "null"), ("nil", "null")];

/// The builtin that a name was probably meant to be.
fn builtin(name: &str) -> Option<&'static str> {
    const SHORTEST: usize = 4;
    let plain = |name: &str| name.replace(['_', '.'], "").to_ascii_lowercase();
    let written = plain(name);
    let names = || {
        let usual = builtins::all().filter(|builtin| builtin.is_evaluated() && builtin.infix.is_none());
        usual.map(|builtin| builtin.name).filter(|name| !name.starts_with("internal."))
    };
    let of_habit = || {
        // `strings.upper` and `string.contains` are functions of no library here.
        let of_library = written.strip_prefix("strings").or_else(|| written.strip_prefix("string"));
        let habit = |word: &str| HABITS.iter().find(|(habit, _)| *habit == word).map(|&(_, builtin)| builtin);
        let meant = habit(&written).and_then(|meant| names().find(|name| *name == meant));
        meant.or_else(|| of_library.and_then(|rest| names().find(|name| plain(name) == rest)))
    };
    let same = names().find(|name| plain(name) == written);
    same.or_else(of_habit).or_else(|| names().find(|other| name.len() >= SHORTEST && is_near(name, other)))
}

/// How to mend the call of a function that does not exist: `name` is all of its name.
pub fn of_function(name: &str, rest: &[&str]) -> String {
    if let Some(meant) = builtin(name) {
        return format!("write `{meant}`, or import the package that defines `{name}`");
    }
    match rest.split_last().and_then(|(last, _)| builtin(last)) {
        Some(meant) if name.starts_with("input.") => {
            format!("a value has no functions: write `{meant}(…)` with the value as an argument")
        }
        Some(meant) if !name.starts_with("data.") => {
            format!("write `{meant}`, or import the package that defines `{name}`")
        }
        _ => "check the name, or import the package that defines it".to_owned(),
    }
}

/// How to mend a variable of a module that has no value, where something else was probably meant. `span` is one of its places.
pub fn of_variable(bundle: &Bundle<'_>, module: usize, name: &str, span: Span) -> Option<String> {
    let module = bundle.modules.get(module)?;
    if let Some((_, value)) = VALUES.iter().find(|(word, _)| *word == name) {
        return Some(format!("write `{value}`"));
    }
    let before = module.source.get(..span.range().start).unwrap_or("");
    let behind = module.source.get(span.range().end..).unwrap_or("");
    if let Some(meant) = ["input", "data", "true", "false", "null"].into_iter().find(|word| is_meant(name, word)) {
        return Some(format!("write `{meant}` if that is meant, or give `{name}` a value in the body"));
    }
    if let Some(rule) = rule(bundle, module.package, name) {
        return Some(format!("write `{rule}` if that is meant, or give `{name}` a value in the body"));
    }
    if let Some(first) = before.strip_suffix('-') {
        let key = first.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("");
        if !key.is_empty() && first.strip_suffix(key).is_some_and(|path| path.ends_with('.')) {
            return Some(format!("a name has no `-`; as a key it stands in brackets: `[\"{key}-{name}\"]`"));
        }
    }
    let next = behind.trim_start();
    let is_key = before.trim_end().ends_with(['{', ',']) && next.starts_with(':') && !next.starts_with(":=");
    if is_key {
        return Some(format!("a key that is a text stands in quotation marks: `\"{name}\"`"));
    }
    (next.starts_with("=="))
        .then(|| format!("`==` compares: give `{name}` a value with `:=`, or with `some {name} in …`"))
}

fn is_meant(name: &str, word: &str) -> bool {
    const SHORTEST: usize = 3;
    name.len() >= SHORTEST && (name.eq_ignore_ascii_case(word) || is_near(name, word))
}

/// A rule of a package that has nearly the same name. Of a package with very many none is looked for.
fn rule(bundle: &Bundle<'_>, package: PathId, name: &str) -> Option<String> {
    const SHORTEST: usize = 4;
    let Reached::Whole(node) = bundle.paths.reached(package) else { return None };
    let children = &bundle.tree.node(node)?.children;
    if name.len() < SHORTEST || children.len() > limits::DIAGNOSTICS {
        return None;
    }
    children.keys().find_map(|key| match key {
        Constant::String(rule) if is_near(name, rule) => Some(rule.clone().into_owned()),
        _ => None,
    })
}
