//! From the engine's syntax tree, as JSON, to an `Outline`.

use crate::rego::check::outline::{Call, Import, Literal, Outline, Rule, RuleKind, ScalarKind, Shape};
use serde_json::Value;
use std::ops::Range;

/// Reads the tree of one module. Parts of a shape that is not known are left out: they only make checks say less.
pub fn read(tree: &Value, source: &str) -> Outline {
    let mut reader = Reader {
        source,
        outline: Outline::default(),
        rule: 0,
    };
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
    for (index, rule) in array(tree.get("rules")).enumerate() {
        reader.rule = index;
        reader.rule(rule);
    }
    reader.outline
}

struct Reader<'a> {
    source: &'a str,
    outline: Outline,
    rule: usize,
}

impl Reader<'_> {
    fn text(&self, range: &Range<usize>) -> String {
        self.source.get(range.clone()).unwrap_or("").to_owned()
    }

    fn rule(&mut self, rule: &Value) {
        if let Some(default) = rule.get("Default") {
            let arguments = array(default.get("args")).count();
            let kind = if arguments > 0 {
                RuleKind::Function { arguments }
            } else {
                RuleKind::Complete
            };
            let values = default.get("value").map(|value| self.literal(value)).into_iter().collect();
            self.push(default, default.get("refr"), kind, true, values);
            self.calls(default.get("value"));
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
            let last_is_variable = complete
                .get("refr")
                .and_then(|reference| reference.get("RefBrack"))
                .and_then(|bracket| bracket.get("index"))
                .is_some();
            let kind = if last_is_variable { RuleKind::PartialObject } else { RuleKind::Complete };
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
        self.push(spec, head.get("refr"), kind, false, values);
        self.calls(Some(spec));
    }

    fn push(&mut self, rule: &Value, reference: Option<&Value>, kind: RuleKind, is_default: bool, values: Vec<Literal>) {
        let Some(reference) = reference else { return };
        self.outline.rules.push(Rule {
            path: path(reference),
            kind,
            is_default,
            name_range: name_range(reference),
            range: rule.get("span").map(span_range).unwrap_or_default(),
            values,
        });
    }

    /// Every call below a node, without recursion of our own: the tree's depth is the parser's, not ours.
    fn calls(&mut self, node: Option<&Value>) {
        let mut found = Vec::new();
        let mut open: Vec<&Value> = node.into_iter().collect();
        while let Some(node) = open.pop() {
            match node {
                Value::Array(items) => open.extend(items),
                Value::Object(fields) => {
                    if let Some(call) = fields.get("Call")
                        && let Some(function) = call.get("fcn")
                    {
                        let path = path(function);
                        if !path.is_empty() {
                            found.push(Call {
                                path,
                                arguments: array(call.get("params")).count(),
                                range: range(function),
                                rule: self.rule,
                            });
                        }
                    }
                    open.extend(fields.values());
                }
                _ => {}
            }
        }
        found.sort_by_key(|call| call.range.start);
        self.outline.calls.extend(found);
    }

    fn literal(&self, term: &Value) -> Literal {
        self.literal_to_depth(term, 4)
    }

    fn literal_to_depth(&self, term: &Value, depth: u8) -> Literal {
        let range = range(term);
        let shape = match node(term) {
            _ if depth == 0 => Shape::Unknown,
            Some(("Null", _)) => Shape::Scalar(ScalarKind::Null),
            Some(("Bool", _)) => Shape::Scalar(ScalarKind::Boolean),
            Some(("Number", number)) => Shape::Scalar(ScalarKind::Number {
                is_positive_integer: number.get("value").and_then(Value::as_u64).is_some_and(|value| value > 0),
            }),
            Some(("String" | "RawString", _)) => Shape::Scalar(ScalarKind::String),
            Some(("Array" | "Set", items)) => Shape::Collection(
                array(items.get("items"))
                    .map(|item| self.literal_to_depth(item, depth - 1))
                    .collect(),
            ),
            Some(("Object", object)) => Shape::Object(
                array(object.get("fields"))
                    .filter_map(|field| Some((field.get(1)?, field.get(2)?)))
                    .map(|(key, value)| {
                        let key = match node(key) {
                            Some(("String" | "RawString", key)) => key.get("value").and_then(Value::as_str).map(str::to_owned),
                            _ => None,
                        };
                        (key, self.literal_to_depth(value, depth - 1))
                    })
                    .collect(),
            ),
            Some(("ArrayCompr" | "SetCompr", comprehension)) => Shape::Comprehension(Box::new(
                comprehension.get("term").map_or(
                    Literal {
                        shape: Shape::Unknown,
                        range: range.clone(),
                    },
                    |term| self.literal_to_depth(term, depth - 1),
                ),
            )),
            Some(("ObjectCompr", _)) => Shape::ObjectComprehension,
            _ => Shape::Unknown,
        };
        Literal { shape, range }
    }
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
    let at = |name| {
        span.get(name)
            .and_then(Value::as_u64)
            .and_then(|at| usize::try_from(at).ok())
            .unwrap_or(0)
    };
    at("start")..at("end")
}

/// The ground parts of a reference: names and string indices up to the first part that evaluation decides.
fn path(reference: &Value) -> Vec<String> {
    let mut parts = Vec::new();
    let mut at = reference;
    loop {
        match node(at) {
            Some(("Var", variable)) => {
                if let Some(name) = variable.get("value").and_then(Value::as_str) {
                    parts.push(Some(name.to_owned()));
                }
                break;
            }
            Some(("RefDot", dot)) => {
                parts.push(dot.pointer("/field/1").and_then(Value::as_str).map(str::to_owned));
                match dot.get("refr") {
                    Some(inner) => at = inner,
                    None => break,
                }
            }
            Some(("RefBrack", bracket)) => {
                let index = bracket.get("index").and_then(node);
                parts.push(match index {
                    Some(("String" | "RawString", index)) => index.get("value").and_then(Value::as_str).map(str::to_owned),
                    _ => None,
                });
                match bracket.get("refr") {
                    Some(inner) => at = inner,
                    None => break,
                }
            }
            _ => break,
        }
    }
    parts.into_iter().rev().map_while(|part| part).collect()
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
