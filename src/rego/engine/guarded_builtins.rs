//! The engine's own builtins behind a bound or a charge: it does their whole work before it looks at the meter again.

use super::bounds::{self, Measured};
use super::{EngineError, Interpreter, Value, aside, compact};
use crate::rego::meter::{self, Stopped};
use crate::rego::syntax::numbers::{self, Strings};
use std::collections::BTreeSet;

/// Puts a bound before every builtin that needs one, but for [`check_formats`].
pub fn check_all(engine: &mut Interpreter) {
    check_shifts(engine);
    for (name, rule) in [
        ("to_number", "number"),
        ("json.unmarshal", "from_json"),
        ("yaml.unmarshal", "from_yaml"),
        ("units.parse", "units"),
        ("units.parse_bytes", "bytes"),
    ] {
        check_numbers(engine, name, rule);
    }
    check_replacements(engine);
    check_work(engine);
}

/// Puts a check of its format before every `sprintf`.
pub fn check_formats(engine: &mut Interpreter) {
    let _ = engine.add_extension(
        "sprintf".to_owned(),
        2,
        Box::new(|operands: Vec<Value>| {
            let format = operands.first().and_then(|format| format.as_string().ok());
            if format.is_some_and(|format| bounds::is_too_wide(format)) {
                meter::stop(Stopped::FormatWidth);
                return Ok(Value::Undefined);
            }
            // The engine ends for a digit of another script, which is no width.
            if format.is_some_and(|format| bounds::has_foreign_digit(format)) {
                meter::stop(Stopped::FormatWidth);
                return Ok(Value::Undefined);
            }
            let verbs = format.map_or(0, |format| bounds::verbs(format).count());
            if !is_written_out_in_time(&operands) || !may_format(verbs, operands.get(1)) {
                return Ok(Value::Undefined);
            }
            aside::ask("formatted", operands)
        }),
    );
}

/// Whether a format with so many verbs makes a text that the heap can hold: each may name the largest operand.
fn may_format(verbs: usize, operands: Option<&Value>) -> bool {
    let Some(Value::Array(operands)) = operands else { return true };
    let largest = operands.iter().map(|operand| compact(operand).map_or(0, |text| text.len())).max().unwrap_or(0);
    let fits = (largest as u64).saturating_mul(verbs as u64) <= meter::allowance().limits.memory_bytes;
    if !fits {
        meter::stop(Stopped::Memory);
    }
    fits
}

/// Puts a check of its length before every `bits.lsh`.
fn check_shifts(engine: &mut Interpreter) {
    let _ = engine.add_extension(
        "bits.lsh".to_owned(),
        2,
        Box::new(|operands: Vec<Value>| {
            if operands.get(1).map(compact).transpose()?.is_some_and(|shift| bounds::is_too_long(&shift)) {
                meter::stop(Stopped::ShiftBits);
                return Ok(Value::Undefined);
            }
            aside::ask("shifted", operands)
        }),
    );
}

/// Puts a check of its numbers before a builtin of one operand that reads text.
fn check_numbers(engine: &mut Interpreter, name: &str, rule: &'static str) {
    let strings = if name == "json.unmarshal" { Strings::AreQuoted } else { Strings::MayBeBare };
    let is_unit = name.starts_with("units.");
    let _ = engine.add_extension(
        name.to_owned(),
        1,
        Box::new(move |operands: Vec<Value>| {
            let text = operands.first().and_then(|text| text.as_string().ok());
            // A unit may stand in quotation marks, which are taken off before its number is read.
            let text = text.map(|text| if is_unit { text.trim_matches('"') } else { &**text });
            match text.and_then(|text| numbers::endless(text, strings)) {
                Some(bound) => {
                    meter::stop(bound.into());
                    Ok(Value::Undefined)
                }
                None => aside::ask(rule, operands),
            }
        }),
    );
}

/// Puts our own work, measured before it is done, in place of builtins that make long texts out of short ones. What is
/// no operand for them goes to the engine's own, for its words.
fn check_replacements(engine: &mut Interpreter) {
    type Own = fn(&[Value]) -> Option<Measured<Value>>;
    let all: [(&str, u8, &'static str, Own); 5] = [
        ("replace", 3, "replaced", |operands| {
            let [text, old, new] = strings(operands)?;
            Some(bounds::replaced(text, old, new).map(Value::from))
        }),
        ("strings.replace_n", 2, "replaced_by_table", |operands| {
            let (table, text) = (operands.first()?.as_object().ok()?, operands.get(1)?.as_string().ok()?);
            let mut text = text.to_string();
            for (old, new) in table.iter_sorted() {
                match bounds::replaced(&text, old.as_string().ok()?, new.as_string().ok()?) {
                    Measured::Made(next) => text = next,
                    Measured::TooLarge => return Some(Measured::TooLarge),
                }
            }
            Some(Measured::Made(Value::from(text)))
        }),
        ("concat", 2, "joined", |operands| {
            let delimiter = operands.first()?.as_string().ok()?;
            let parts: Vec<&str> = match operands.get(1)? {
                Value::Array(parts) => {
                    parts.iter().map(|part| Some(&**part.as_string().ok()?)).collect::<Option<_>>()?
                }
                Value::Set(parts) => {
                    parts.iter_sorted().map(|part| Some(&**part.as_string().ok()?)).collect::<Option<_>>()?
                }
                _ => return None,
            };
            Some(bounds::joined(&parts, delimiter).map(Value::from))
        }),
        ("indexof_n", 2, "indexes", |operands| {
            let [text, part] = strings(operands)?;
            let indexes = bounds::indexes(text, part).into_iter().map(Value::from);
            Some(Measured::Made(Value::from(indexes.collect::<Vec<_>>())))
        }),
        ("indexof", 2, "index", |operands| {
            let [text, part] = strings(operands)?;
            // An empty part stands nowhere: the engine's words are wanted.
            let first = (!part.is_empty()).then(|| bounds::indexes(text, part))?.first().copied();
            Some(Measured::Made(first.map_or_else(|| Value::from(-1_i64), Value::from)))
        }),
    ];
    for (name, arguments, rule, own) in all {
        let _ = engine.add_extension(
            name.to_owned(),
            arguments,
            Box::new(move |operands: Vec<Value>| match own(&operands) {
                Some(Measured::Made(value)) => Ok(value),
                Some(Measured::TooLarge) => {
                    meter::stop(Stopped::Memory);
                    Ok(Value::Undefined)
                }
                None => aside::ask(rule, operands),
            }),
        );
    }
}

/// `yaml.marshal`: the engine's writer does not know the numbers of the JSON reader, and writes an object in place of each. So
/// words stand in for them while it writes, and are taken out again.
fn marshalled_as_yaml(operands: Vec<Value>) -> Result<Value, EngineError> {
    if !is_written_out_in_time(&operands) {
        return Ok(Value::Undefined);
    }
    let mut word = "number".to_owned();
    let text = operands.iter().map(compact).collect::<Result<String, _>>()?;
    while text.contains(&word) {
        word.push('x');
    }
    let mut numbers = Vec::new();
    let operands =
        operands.into_iter().map(|operand| with_words(operand, &word, &mut numbers)).collect::<Result<_, _>>()?;
    let Value::String(yaml) = aside::ask("to_yaml", operands)? else { return Ok(Value::Undefined) };
    let mut parts = yaml.split(word.as_str());
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // Behind the word stands which number it was, and an end that no number has.
        let (at, rest) = part.split_once('z').unwrap_or((part, ""));
        written.push_str(at.parse().ok().and_then(|at: usize| numbers.get(at)).map_or("", String::as_str));
        written.push_str(rest);
    }
    Ok(Value::from(written))
}

/// The value with words in place of its numbers, which are kept in their order.
fn with_words(value: Value, word: &str, numbers: &mut Vec<String>) -> Result<Value, EngineError> {
    Ok(match value {
        Value::Number(_) => {
            numbers.push(compact(&value)?);
            Value::from(format!("{word}{}z", numbers.len() - 1))
        }
        Value::Array(items) => {
            let items = items.iter().map(|item| with_words(item.clone(), word, numbers));
            Value::from(items.collect::<Result<Vec<_>, _>>()?)
        }
        Value::Set(items) => {
            let items = items.iter_sorted().map(|item| with_words(item.clone(), word, numbers));
            Value::from(items.collect::<Result<Vec<_>, _>>()?)
        }
        Value::Object(fields) => {
            let mut object = Value::new_object();
            for (key, field) in fields.iter_sorted() {
                let field = with_words(field.clone(), word, numbers)?;
                object.as_object_mut()?.insert(key.clone(), field);
            }
            object
        }
        other => other,
    })
}

/// Puts a charge or a bound before builtins whose work is more than the size of their operands says: it is looked at
/// before any of it is done, because the meter is not asked while a builtin works.
fn check_work(engine: &mut Interpreter) {
    /// Whether the engine may do the work. Where it may not, the meter has been told why.
    type Bound = fn(&[Value]) -> bool;
    let all: [(&str, u8, &'static str, Bound); 13] = [
        ("glob.match", 3, "globbed", |operands| charge(operands, 0, 2)),
        ("trim", 2, "trimmed", |operands| charge(operands, 0, 1)),
        ("trim_left", 2, "trimmed_left", |operands| charge(operands, 0, 1)),
        ("trim_right", 2, "trimmed_right", |operands| charge(operands, 0, 1)),
        ("strings.any_prefix_match", 2, "any_prefix", |operands| charge(operands, 0, 1)),
        ("strings.any_suffix_match", 2, "any_suffix", |operands| charge(operands, 0, 1)),
        ("json.filter", 2, "filtered", |operands| operands.get(1).is_none_or(has_short_paths)),
        ("json.remove", 2, "removed", |operands| operands.get(1).is_none_or(has_short_paths)),
        ("json.marshal", 1, "to_json", is_written_out_in_time),
        ("json.marshal_with_options", 2, "to_json_as", is_written_out_in_time),
        ("object.union", 2, "united", is_written_out_in_time),
        ("object.union_n", 1, "all_united", may_unite),
        ("product", 1, "multiplied", may_multiply),
    ];
    for (name, arguments, rule, is_bounded) in all {
        let _ = engine.add_extension(
            name.to_owned(),
            arguments,
            Box::new(
                move |operands: Vec<Value>| {
                    if is_bounded(&operands) { aside::ask(rule, operands) } else { Ok(Value::Undefined) }
                },
            ),
        );
    }
    let _ = engine.add_extension("json.patch".to_owned(), 2, Box::new(patched));
    let _ = engine.add_extension("object.subset".to_owned(), 2, Box::new(is_subset));
    let _ = engine.add_extension("yaml.marshal".to_owned(), 1, Box::new(marshalled_as_yaml));
    let _ = engine.add_extension(
        "graph.reachable_paths".to_owned(),
        2,
        Box::new(|operands: Vec<Value>| match reachable_paths(&operands) {
            Some(answer) => answer,
            None => aside::ask("paths", operands),
        }),
    );
}

/// Charges for work that is the product of two operands' sizes: bytes of texts, elements of collections.
fn charge(operands: &[Value], one: usize, other: usize) -> bool {
    let size = |at: usize| match operands.get(at) {
        Some(Value::String(text)) => text.len(),
        Some(Value::Array(items)) => items.len(),
        Some(Value::Set(items)) => items.len(),
        _ => 0,
    };
    bounds::may_work(size(one), size(other))
}

/// Whether numbers may be multiplied: each product is as long as all the numbers in it.
fn may_multiply(operands: &[Value]) -> bool {
    let digits = |number: &Value| compact(number).map_or(0, |text| text.len());
    let all: usize = match operands.first() {
        Some(Value::Array(numbers)) => numbers.iter().map(digits).sum(),
        Some(Value::Set(numbers)) => numbers.iter().map(digits).sum(),
        _ => 0,
    };
    bounds::may_work_of(all, all, 1024)
}

/// Whether objects may be united one after the other: what there is so far is copied for each.
fn may_unite(operands: &[Value]) -> bool {
    let Some(Value::Array(objects)) = operands.first() else { return true };
    parts(operands).is_some_and(|parts| bounds::may_work(objects.len(), usize::try_from(parts).unwrap_or(usize::MAX)))
}

/// `object.subset`, with what is in what as OPA has it: the engine's own ends for an empty array.
fn is_subset(operands: Vec<Value>) -> Result<Value, EngineError> {
    let answer = match operands.as_slice() {
        [all, some] => contains_all(all, some),
        _ => None,
    };
    match answer {
        Some(answer) => Ok(Value::from(answer)),
        None if meter::allowance().strict_builtin_errors => {
            Err(EngineError::msg("object.subset: both operands must be of one type, or an array and a set".to_owned()))
        }
        None => Ok(Value::Undefined),
    }
}

/// None for values that are not compared in this way.
fn contains_all(all: &Value, some: &Value) -> Option<bool> {
    let looked_at = match some {
        Value::Object(some) => some.len(),
        Value::Set(some) => some.len() + if let Value::Array(all) = all { all.len() } else { 0 },
        _ => 0,
    };
    if meter::charge(looked_at as u64 / PARTS_A_STEP) {
        return Some(false);
    }
    Some(match (all, some) {
        (Value::Object(all), Value::Object(some)) => {
            for (key, value) in some.iter() {
                let Some(other) = all.get(key) else { return Some(false) };
                // Below the top any two values may be compared.
                if !contains_all(other, value).unwrap_or_else(|| other == value) {
                    return Some(false);
                }
            }
            true
        }
        (Value::Set(all), Value::Set(some)) => some.iter().all(|item| all.contains(item)),
        (Value::Array(all), Value::Array(some)) => {
            let Some(places) = all.len().checked_sub(some.len()) else { return Some(false) };
            if !bounds::may_work(places, some.len()) {
                return Some(false);
            }
            let (all, some): (Vec<&Value>, Vec<&Value>) = (all.iter().collect(), some.iter().collect());
            some.is_empty() || all.windows(some.len()).any(|part| part == some)
        }
        (Value::Array(all), Value::Set(some)) => {
            let all: BTreeSet<&Value> = all.iter().collect();
            some.iter().all(|item| all.contains(item))
        }
        _ => return None,
    })
}

/// Whether no path is longer than what it could lead into: the engine follows each part by recursion.
fn has_short_paths(paths: &Value) -> bool {
    let is_short = |path: &Value| match path {
        Value::String(path) => bounds::is_short_path(path),
        Value::Array(parts) => bounds::is_short_path_of(
            parts.len(),
            parts.iter().filter_map(|part| part.as_string().ok()).map(|part| &**part),
        ),
        _ => true,
    };
    match paths {
        Value::Array(paths) => paths.iter().all(is_short),
        Value::Set(paths) => paths.iter().all(is_short),
        _ => true,
    }
}

/// Whether the operands have no more parts than an evaluation's heap could hold. Parts that are shared count each time
/// that they are met: a value of thirty arrays may have a billion of them.
fn is_written_out_in_time(operands: &[Value]) -> bool {
    parts(operands).is_some_and(|parts| !meter::charge(parts / PARTS_A_STEP))
}

/// Parts of a value that are looked at in the time of one step.
const PARTS_A_STEP: u64 = 4;

/// How many parts the operands have, as [`is_written_out_in_time`] counts them.
fn parts(operands: &[Value]) -> Option<u64> {
    /// The least that one part takes.
    const PART_BYTES: u64 = 16;
    /// Bytes of a text that are as much work as a part.
    const BYTES_A_PART: u64 = 256;
    let most = meter::allowance().limits.memory_bytes / PART_BYTES;
    let mut left = most;
    let mut open: Vec<Box<dyn Iterator<Item = &Value> + '_>> = vec![Box::new(operands.iter())];
    while let Some(parts) = open.last_mut() {
        let Some(part) = parts.next() else {
            open.pop();
            continue;
        };
        if left == 0 {
            meter::stop(Stopped::Memory);
            return None;
        }
        left -= 1;
        match part {
            Value::String(text) => left = left.saturating_sub(text.len() as u64 / BYTES_A_PART),
            Value::Array(items) => open.push(Box::new(items.iter())),
            Value::Set(items) => open.push(Box::new(items.iter())),
            Value::Object(fields) => open.push(Box::new(fields.iter().flat_map(|(key, value)| [key, value]))),
            _ => {}
        }
    }
    Some(most - left)
}

/// A document patched. A copy may double it, so where there are many, each operation is done by itself and what it made is
/// charged for.
fn patched(operands: Vec<Value>) -> Result<Value, EngineError> {
    /// So many copies make a document at most 256 times as large.
    const COPIES: usize = 8;
    let [document, Value::Array(operations)] = operands.as_slice() else { return aside::ask("patched", operands) };
    let is_copy = |operation: &&Value| {
        let name = operation.as_object().ok().and_then(|fields| fields.get(&Value::from("op")));
        name.and_then(|name| name.as_string().ok()).is_some_and(|name| &**name == "copy")
    };
    if operations.iter().filter(is_copy).count() <= COPIES {
        return aside::ask("patched", operands);
    }
    let mut document = document.clone();
    for operation in operations.iter() {
        let operation = Value::from(vec![operation.clone()]);
        document = aside::ask("patched", vec![document, operation])?;
        let stops = parts(std::slice::from_ref(&document)).is_none_or(meter::charge);
        if stops || document == Value::Undefined {
            return Ok(Value::Undefined);
        }
    }
    Ok(document)
}

/// Every path of a graph from the given nodes, as the engine's own builtin finds them, with a look at the meter at each
/// node: there may be more paths than anything could hold. None for operands that are the engine's to refuse.
fn reachable_paths(operands: &[Value]) -> Option<Result<Value, EngineError>> {
    let [Value::Object(graph), from] = operands else { return None };
    let nodes = |value: &Value| -> Option<Vec<Value>> {
        match value {
            Value::Array(nodes) => Some(nodes.iter().cloned().collect()),
            Value::Set(nodes) => Some(nodes.iter().cloned().collect()),
            _ => None,
        }
    };
    let mut paths = BTreeSet::new();
    let mut path: Vec<Value> = Vec::new();
    let mut on_path = BTreeSet::new();
    // The nodes that are still to be visited from each node of the path, and in front those to begin with.
    let mut open = vec![nodes(from)?];
    while let Some(next) = open.last_mut() {
        let Some(node) = next.pop() else {
            open.pop();
            if let Some(node) = path.pop() {
                on_path.remove(&node);
            }
            continue;
        };
        if meter::tick() {
            return Some(Ok(Value::Undefined));
        }
        let is_end = node.as_string().is_ok_and(|name| name.is_empty());
        let neighbours = if is_end || on_path.contains(&node) { None } else { graph.get(&node) };
        let Some(neighbours) = neighbours else {
            if !path.is_empty() {
                paths.insert(Value::from(path.clone()));
            }
            continue;
        };
        let neighbours = match neighbours {
            Value::Null => Vec::new(),
            neighbours => match nodes(neighbours) {
                Some(neighbours) => neighbours,
                None if meter::allowance().strict_builtin_errors => {
                    return Some(Err(EngineError::msg(format!(
                        "graph.reachable_paths: neighbors for node `{node}` must be array/set"
                    ))));
                }
                None => return Some(Ok(Value::Undefined)),
            },
        };
        on_path.insert(node.clone());
        path.push(node);
        if neighbours.is_empty() {
            paths.insert(Value::from(path.clone()));
        }
        open.push(neighbours);
    }
    Some(Ok(Value::from(paths)))
}

/// The operands as texts, if all of them are.
fn strings<const COUNT: usize>(operands: &[Value]) -> Option<[&str; COUNT]> {
    let texts: Vec<&str> =
        operands.iter().map(|operand| operand.as_string().ok().map(|text| &**text)).collect::<Option<_>>()?;
    texts.try_into().ok()
}
