//! From the engine's syntax tree, as JSON, to an `Outline`.

use crate::rego::check::outline::{
    Call, Import, Literal, Mention, Outline, Reference, Rule, RuleKind, ScalarKind, Shape,
};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ops::Range;

/// Reads the tree of one module. Terms of a shape that is not known only make checks say less; a rule or a package of one is
/// refused, because a rule that is not seen is a rule that is not asked.
///
/// # Errors
/// A sentence that says so.
pub fn read(tree: &Value, source: &str) -> Result<Outline, &'static str> {
    let mut reader = Reader { source, outline: Outline::default() };
    if let Some(package) = tree.pointer("/package/refr") {
        reader.outline.package = path(package);
        reader.outline.package_range = range(package);
    }
    for import in array(tree.get("imports")) {
        let Some(reference) = import.get("refr") else { continue };
        let whole = path(reference);
        let name = import
            .get("as")
            .filter(|name| !name.is_null())
            .map(|name| reader.text(&span_range(name)))
            .or_else(|| whole.last().cloned());
        if let Some(name) = name {
            reader.outline.imports.push(Import { path: whole, name });
        }
    }
    for rule in array(tree.get("rules")) {
        reader.rule(rule);
    }
    let outline = reader.outline;
    let seen = outline.rules.iter().filter(|rule| !rule.path.is_empty()).count();
    if outline.package.is_empty() || seen != array(tree.get("rules")).count() {
        return Err("the module has a rule or a package that this engine cannot name");
    }
    Ok(outline)
}

struct Reader<'a> {
    source: &'a str,
    outline: Outline,
}

impl Reader<'_> {
    fn text(&self, range: &Range<usize>) -> String {
        self.source.get(range.clone()).unwrap_or("").to_owned()
    }

    fn rule(&mut self, rule: &Value) {
        if let Some(default) = rule.get("Default") {
            let arguments = array(default.get("args")).count();
            let kind = if arguments > 0 { RuleKind::Function { arguments } } else { RuleKind::Complete };
            let mut declared = self.declare(default, default.get("refr"), kind);
            declared.is_default = true;
            declared.values.extend(default.get("value").map(|value| self.literal(value)));
            self.finish(declared, default.get("value"), default.get("refr"));
            return;
        }
        let Some(spec) = rule.get("Spec") else { return };
        let head = spec.get("head");
        let mut values = Vec::new();
        let (head, kind) = if let Some(set) = head.and_then(|head| head.get("Set")) {
            values.extend(set.get("key").filter(|key| !key.is_null()).map(|key| self.literal(key)));
            (set, RuleKind::PartialSet)
        } else if let Some(function) = head.and_then(|head| head.get("Func")) {
            let arguments = array(function.get("args")).count();
            (function, RuleKind::Function { arguments })
        } else if let Some(complete) = head.and_then(|head| head.get("Compr")) {
            let kind =
                if complete.get("refr").is_some_and(is_ground) { RuleKind::Complete } else { RuleKind::PartialObject };
            (complete, kind)
        } else {
            return;
        };
        if kind != RuleKind::PartialSet {
            values.extend(head.pointer("/assign/value").map(|value| self.literal(value)));
            for body in array(spec.get("bodies")) {
                values.extend(body.pointer("/assign/value").map(|value| self.literal(value)));
            }
        }
        let index = self.outline.rules.len();
        let assigned = head.pointer("/assign/value").and_then(|value| mention(value, index));
        self.outline.copied.extend(assigned.filter(|assigned| assigned.path.len() == 1));
        let reference = head.get("refr");
        let mut declared = self.declare(spec, reference, kind);
        // A head that names no value means true.
        if kind == RuleKind::Complete && head.pointer("/assign/value").is_none() {
            values.push(Literal { shape: Shape::Scalar(ScalarKind::Boolean), range: declared.name_range.clone() });
        }
        declared.values = values;
        declared.has_body = array(spec.get("bodies")).next().is_some();
        let is_name = matches!(reference.and_then(node), Some(("Var", _)));
        declared.is_bare =
            kind == RuleKind::Complete && is_name && !declared.has_body && head.pointer("/assign/value").is_none();
        for argument in array(head.get("args")) {
            variables(Some(argument), &mut declared.locals);
        }
        self.finish(declared, Some(spec), reference);
    }

    fn declare(&self, rule: &Value, reference: Option<&Value>, kind: RuleKind) -> Rule {
        Rule {
            path: reference.map(path).unwrap_or_default(),
            kind,
            is_default: false,
            has_body: false,
            is_bare: false,
            locals: BTreeSet::new(),
            name_range: reference.map(name_range).unwrap_or_default(),
            range: rule.get("span").map(span_range).unwrap_or_default(),
            values: Vec::new(),
        }
    }

    /// Adds a rule with every call and reference below a node of it, without recursion of our own: the tree's depth is
    /// the parser's, not ours.
    fn finish(&mut self, mut rule: Rule, node: Option<&Value>, head: Option<&Value>) {
        let index = self.outline.rules.len();
        let mut calls = Vec::new();
        let mut open: Vec<&Value> = node.into_iter().collect();
        while let Some(node) = open.pop() {
            let fields = match node {
                Value::Array(items) => {
                    open.extend(items);
                    continue;
                }
                Value::Object(fields) => fields,
                _ => continue,
            };
            for (variant, inner) in fields {
                match variant.as_str() {
                    "Call" => {
                        calls.extend(call(inner, index));
                        open.extend(inner.get("params"));
                    }
                    // The statement of a body, and not a call inside of another expression.
                    "Expr" | "NotExpr" if inner.pointer("/expr/Call").is_some() => {
                        let statement = inner.pointer("/expr/Call").unwrap_or(inner);
                        calls.extend(call(statement, index).map(|call| Call { is_statement: true, ..call }));
                        open.extend(statement.get("params"));
                    }
                    "Var" | "RefDot" | "RefBrack" => {
                        let is_head = head.is_some_and(|head| std::ptr::eq(head, node));
                        let parts = parts(node);
                        if !is_head && !parts.is_empty() {
                            self.outline.references.push(Reference { parts, rule: index });
                        }
                        open.extend(indices(node));
                    }
                    "AssignExpr" => {
                        if inner.get("op").and_then(Value::as_str) == Some("ColEq") {
                            variables(inner.get("lhs"), &mut rule.locals);
                            let copied = inner.get("rhs").and_then(|value| mention(value, index));
                            self.outline.copied.extend(copied.filter(|copied| copied.path.len() == 1));
                        }
                        open.push(inner);
                    }
                    "SomeVars" => rule.locals.extend(array(inner.get("vars")).map(|name| self.text(&span_range(name)))),
                    "SomeIn" => {
                        for part in ["key", "value"] {
                            variables(inner.get(part), &mut rule.locals);
                        }
                        open.push(inner);
                    }
                    "Every" => {
                        let names = ["key", "value"]
                            .into_iter()
                            .filter_map(|part| inner.get(part))
                            .filter(|name| !name.is_null());
                        rule.locals.extend(names.map(|name| self.text(&span_range(name))));
                        open.extend(["domain", "query"].into_iter().filter_map(|part| inner.get(part)));
                    }
                    "with_mods" => {
                        for modifier in array(Some(inner)) {
                            let named = |part: &str| modifier.get(part).and_then(|name| mention(name, index));
                            self.outline.replaced.extend(named("refr"));
                            self.outline.replacements.extend(named("as"));
                            // What `with` replaces is not asked.
                            open.extend(modifier.get("as"));
                        }
                    }
                    _ => open.push(inner),
                }
            }
        }
        calls.sort_by_key(|call| call.range.start);
        self.outline.calls.extend(calls);
        self.outline.rules.push(rule);
    }

    fn literal(&self, term: &Value) -> Literal {
        self.literal_to_depth(term, 4)
    }

    fn literal_to_depth(&self, term: &Value, depth: u8) -> Literal {
        let range = self.whole(term);
        let shape = match node(term) {
            _ if depth == 0 => Shape::Unknown,
            Some(("Null", _)) => Shape::Scalar(ScalarKind::Null),
            Some(("Bool", _)) => Shape::Scalar(ScalarKind::Boolean),
            Some(("Number", number)) => Shape::Scalar(ScalarKind::Number { natural: natural(number.get("value")) }),
            Some(("UnaryExpr", minus)) if matches!(minus.get("expr").and_then(node), Some(("Number", _))) => {
                Shape::Scalar(ScalarKind::Number { natural: None })
            }
            Some(("String" | "RawString", text)) => Shape::Scalar(ScalarKind::String {
                is_blank: text.get("value").and_then(Value::as_str).is_some_and(|text| text.trim().is_empty()),
            }),
            Some(("Array" | "Set", items)) => Shape::Collection(
                array(items.get("items")).map(|item| self.literal_to_depth(item, depth - 1)).collect(),
            ),
            Some(("Object", object)) => Shape::Object(
                array(object.get("fields"))
                    .filter_map(|field| Some((field.get(1)?, field.get(2)?)))
                    .map(|(key, value)| {
                        let key = match node(key) {
                            Some(("String" | "RawString", key)) => {
                                key.get("value").and_then(Value::as_str).map(str::to_owned)
                            }
                            _ => None,
                        };
                        (key, self.literal_to_depth(value, depth - 1))
                    })
                    .collect(),
            ),
            Some(("ArrayCompr" | "SetCompr", comprehension)) => Shape::Comprehension(Box::new(
                comprehension.get("term").map_or(Literal { shape: Shape::Unknown, range: range.clone() }, |term| {
                    self.literal_to_depth(term, depth - 1)
                }),
            )),
            Some(("ObjectCompr", _)) => Shape::ObjectComprehension,
            _ => Shape::Unknown,
        };
        Literal { shape, range }
    }

    /// Where a term stands. The engine's span of an object is one of its keys: it is widened to the braces around.
    fn whole(&self, term: &Value) -> Range<usize> {
        let range = range(term);
        let Some(("Object", object)) = node(term) else { return range };
        let fields = || array(object.get("fields")).filter_map(|field| Some((field.get(1)?, field.get(2)?)));
        let first = fields().map(|(key, _)| self.whole(key).start).min();
        let last = fields().map(|(_, value)| self.whole(value).end).max();
        let (Some(first), Some(last)) = (first, last) else { return range };
        let before = self.source.get(..first).unwrap_or("");
        let is_comment = |at: &usize| {
            before.get(..*at).is_some_and(|text| text.rsplit('\n').next().is_some_and(|line| line.contains('#')))
        };
        let start = before.rmatch_indices('{').map(|(at, _)| at).find(|at| !is_comment(at));
        let end = self.source.get(last..).and_then(|behind| behind.find('}'));
        match (start, end) {
            (Some(start), Some(end)) => start..last + end + 1,
            _ => range,
        }
    }
}

/// A number's value where it is a whole one from 0, however it is written.
fn natural(number: Option<&Value>) -> Option<u64> {
    let number = number?;
    let whole = |value: f64| value >= 0.0 && value.fract() == 0.0 && value < 9_007_199_254_740_992.0;
    number.as_u64().or_else(|| number.as_f64().filter(|value| whole(*value)).map(|value| value as u64))
}

/// The variant of an expression and its fields.
fn node(expression: &Value) -> Option<(&str, &Value)> {
    expression.as_object()?.iter().next().map(|(variant, fields)| (variant.as_str(), fields))
}

fn array(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn range(expression: &Value) -> Range<usize> {
    let Some((variant, fields)) = node(expression) else { return 0..0 };
    let range = fields.get("span").map(span_range).unwrap_or_default();
    match variant {
        // The engine's span of a string leaves its quotes out.
        "String" | "RawString" => range.start.saturating_sub(1)..range.end + 1,
        _ => range,
    }
}

fn span_range(span: &Value) -> Range<usize> {
    let at = |name| span.get(name).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
    at("start")..at("end")
}

/// The ground parts of a reference: names and string indices up to the first part that evaluation decides.
fn path(reference: &Value) -> Vec<String> {
    parts(reference).into_iter().map_while(|part| part.filter(|part| !part.starts_with(NO_NAME))).collect()
}

/// Begins a part of a reference that is a scalar and no string: a number leads to no rule.
const NO_NAME: char = '\0';

/// The parts of a reference, the first its name; a part that evaluation decides is none. Empty where it leads into what
/// has no name, such as the result of a call.
fn parts(reference: &Value) -> Vec<Option<String>> {
    let mut parts = Vec::new();
    let mut at = reference;
    loop {
        match node(at) {
            Some(("Var", variable)) => {
                let Some(name) = variable.get("value").and_then(Value::as_str) else { return Vec::new() };
                parts.push(Some(name.to_owned()));
                break;
            }
            Some(("RefDot", dot)) => {
                parts.push(dot.pointer("/field/1").and_then(Value::as_str).map(str::to_owned));
                match dot.get("refr") {
                    Some(inner) => at = inner,
                    None => return Vec::new(),
                }
            }
            Some(("RefBrack", bracket)) => {
                let index = bracket.get("index").and_then(node);
                parts.push(match index {
                    Some(("String" | "RawString", index)) => {
                        index.get("value").and_then(Value::as_str).map(str::to_owned)
                    }
                    Some(("Number" | "Bool" | "Null", _)) => Some(NO_NAME.to_string()),
                    _ => None,
                });
                match bracket.get("refr") {
                    Some(inner) => at = inner,
                    None => return Vec::new(),
                }
            }
            _ => return Vec::new(),
        }
    }
    parts.reverse();
    parts
}

fn call(call: &Value, rule: usize) -> Option<Call> {
    let function = call.get("fcn")?;
    let path = path(function);
    let text = |argument: &Value| match node(argument) {
        Some(("String" | "RawString", text)) => Some((text.get("value")?.as_str()?.to_owned(), range(argument))),
        _ => None,
    };
    let takes_patterns = path.first().is_some_and(|name| name == "regex");
    (!path.is_empty()).then(|| Call {
        path,
        texts: if takes_patterns { array(call.get("params")).map(text).collect() } else { Vec::new() },
        arguments: array(call.get("params")).count(),
        is_statement: false,
        range: range(function),
        rule,
    })
}

/// A name that stands for itself, and not for what it gives.
fn mention(reference: &Value, rule: usize) -> Option<Mention> {
    let path = path(reference);
    (!path.is_empty()).then(|| Mention { path, range: range(reference), rule })
}

/// The indices of a reference, and what it refers into where that is no name.
fn indices(reference: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut at = reference;
    loop {
        match node(at) {
            Some(("Var", _)) => return found,
            Some(("RefDot" | "RefBrack", fields)) => {
                found.extend(fields.get("index"));
                match fields.get("refr") {
                    Some(inner) => at = inner,
                    None => return found,
                }
            }
            _ => {
                found.push(at);
                return found;
            }
        }
    }
}

/// Every variable of a pattern, those of references in it included: a name too many only makes checks say less.
fn variables(pattern: Option<&Value>, names: &mut BTreeSet<String>) {
    let mut open: Vec<&Value> = pattern.into_iter().collect();
    while let Some(node) = open.pop() {
        match node {
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => {
                if let Some(name) = fields.get("Var").and_then(|variable| variable.get("value")).and_then(Value::as_str)
                {
                    names.insert(name.to_owned());
                }
                open.extend(fields.values());
            }
            _ => {}
        }
    }
}

/// Whether every part of a reference is written out.
fn is_ground(reference: &Value) -> bool {
    let mut at = reference;
    loop {
        match node(at) {
            Some(("RefDot", fields)) => match fields.get("refr") {
                Some(inner) => at = inner,
                None => return true,
            },
            Some(("RefBrack", fields)) => {
                let is_string = matches!(fields.get("index").and_then(node), Some(("String" | "RawString", _)));
                match fields.get("refr") {
                    Some(inner) if is_string => at = inner,
                    _ => return false,
                }
            }
            _ => return true,
        }
    }
}

/// Where the first name of a reference stands.
fn name_range(reference: &Value) -> Range<usize> {
    let mut at = reference;
    while let Some(("RefDot" | "RefBrack", fields)) = node(at) {
        match fields.get("refr") {
            Some(inner) => at = inner,
            None => break,
        }
    }
    range(at)
}
