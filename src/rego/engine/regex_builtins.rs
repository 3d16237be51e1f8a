//! The builtins of regular expressions, in the place of the engine's own: their crate reads another syntax than RE2.

use super::{EngineError, Interpreter, Value, bounds};
use crate::rego::meter::{self, Stopped};
use crate::rego::pattern::{self, Pattern, Refused};

/// Adds all of them.
pub fn add_all(engine: &mut Interpreter) {
    type Builtin = fn(&Operands) -> Result<Value, Failed>;
    let all: [(&'static str, u8, Builtin); 7] = [
        ("regex.is_valid", 1, is_valid),
        ("regex.match", 2, |operands| Ok(Value::from(operands.pattern(0)?.is_match(operands.text(1)?)))),
        ("regex.find_n", 3, |operands| {
            let (pattern, text, most) = (operands.pattern(0)?, operands.searched(1)?, operands.count(2)?);
            array(pattern.find(text).take(most).map(Value::from))
        }),
        ("regex.find_all_string_submatch_n", 3, |operands| {
            let (pattern, text, most) = (operands.pattern(0)?, operands.searched(1)?, operands.count(2)?);
            array(
                pattern
                    .find_groups(text)
                    .take(most)
                    .map(|groups| Value::from(groups.into_iter().map(Value::from).collect::<Vec<_>>())),
            )
        }),
        ("regex.split", 2, |operands| {
            let (pattern, text) = (operands.pattern(0)?, operands.searched(1)?);
            array(pattern.split(text).into_iter().map(Value::from))
        }),
        ("regex.replace", 3, replaced),
        ("regex.template_match", 4, |operands| {
            let (template, text) = (operands.text(0)?, operands.text(1)?);
            let pattern = pattern::of_template(template, operands.text(2)?, operands.text(3)?)
                .map_err(|why| Failed::Words(why.to_owned()))?;
            Ok(Value::from(compiled(&pattern)?.is_match(text)))
        }),
    ];
    for (name, arguments, builtin) in all {
        let _ = engine.add_extension(
            name.to_owned(),
            arguments,
            Box::new(move |operands: Vec<Value>| match builtin(&Operands { name, operands }) {
                Ok(value) => Ok(value),
                Err(Failed::Words(words)) if meter::allowance().strict_builtin_errors => {
                    Err(EngineError::msg(format!("{name}: {words}")))
                }
                Err(Failed::Words(_) | Failed::Stopped) => Ok(Value::Undefined),
            }),
        );
    }
}

/// Why there is no value.
enum Failed {
    /// The builtin fails.
    Words(String),
    /// The evaluation stops; the meter knows why.
    Stopped,
}

struct Operands {
    name: &'static str,
    operands: Vec<Value>,
}

impl Operands {
    fn text(&self, at: usize) -> Result<&str, Failed> {
        match self.operands.get(at) {
            Some(Value::String(text)) => Ok(text),
            other => Err(self.is_no("string", other)),
        }
    }

    /// A text that may be searched for every match: a pattern may read the rest of the text for each.
    fn searched(&self, at: usize) -> Result<&str, Failed> {
        let text = self.text(at)?;
        if bounds::may_work_of(text.len(), text.len(), 256) { Ok(text) } else { Err(Failed::Stopped) }
    }

    fn pattern(&self, at: usize) -> Result<std::rc::Rc<Pattern>, Failed> {
        compiled(self.text(at)?)
    }

    /// How many matches are wanted: all, where the number is below 0.
    fn count(&self, at: usize) -> Result<usize, Failed> {
        match self.operands.get(at) {
            Some(Value::Number(number)) if number.is_integer() => {
                Ok(number.as_i64().and_then(|count| usize::try_from(count).ok()).unwrap_or(usize::MAX))
            }
            Some(Value::Number(_)) => Err(Failed::Words("n must be integer".to_owned())),
            other => Err(self.is_no("numeric", other)),
        }
    }

    fn is_no(&self, wanted: &str, given: Option<&Value>) -> Failed {
        let given = given.map_or_else(String::new, ToString::to_string);
        Failed::Words(format!("`{}` expects {wanted} argument. Got `{given}` instead", self.name))
    }
}

/// What is no pattern fails the builtin. What is one, but not for this engine, stops the evaluation: undefined would be an
/// answer, and not OPA's.
fn compiled(pattern: &str) -> Result<std::rc::Rc<Pattern>, Failed> {
    Pattern::of(pattern).map_err(|refused| {
        match refused {
            Refused::NotAPattern(why) => return Failed::Words(why),
            Refused::TooLarge => meter::stop(Stopped::RegexBytes),
            Refused::TooDeep => meter::stop(Stopped::RegexNesting),
        }
        Failed::Stopped
    })
}

fn is_valid(operands: &Operands) -> Result<Value, Failed> {
    let Ok(pattern) = operands.text(0) else { return Ok(Value::from(false)) };
    match compiled(pattern) {
        Err(Failed::Stopped) => Err(Failed::Stopped),
        compiled => Ok(Value::from(compiled.is_ok())),
    }
}

fn replaced(operands: &Operands) -> Result<Value, Failed> {
    let (text, pattern, new) = (operands.text(0)?, operands.pattern(1)?, operands.text(2)?);
    // Counting the matches costs as much as the work: only where it may be too large.
    let is_too_large = bounds::is_too_large_replaced(text, new, text.chars().count() + 1)
        && bounds::is_too_large_replaced(text, new, pattern.find(text).count());
    if is_too_large {
        meter::stop(Stopped::Memory);
        return Err(Failed::Stopped);
    }
    Ok(Value::from(pattern.replace(text, new)))
}

/// An array that grows as long as the heap has room for it.
fn array(items: impl Iterator<Item = Value>) -> Result<Value, Failed> {
    let mut array = Vec::new();
    for item in items {
        array.push(item);
        meter::look_at_the_heap();
        if meter::stopped().is_some() {
            return Err(Failed::Stopped);
        }
    }
    Ok(Value::from(array))
}
