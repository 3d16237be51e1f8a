//! Regular expressions.

use super::operands::string;
use super::pattern_work::Work;
use super::texts::{Draft, integer, part, read};
use super::{Answer, Context, Failure, Function, take_steps};
use crate::rego::pattern::{self, Pattern, Refused};
use crate::rego::value::{Slice, Space, UNITS_OF_WORD, Value};
use crate::rego::vm::machine::Stop;
use std::rc::Rc;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "regex.match" | "re_match" => Function::Two(matches),
        "regex.is_valid" => Function::One(is_valid),
        "regex.split" => Function::Two(split),
        "regex.find_n" => Function::Three(find_n),
        "regex.find_all_string_submatch_n" => Function::Three(find_groups),
        "regex.replace" => Function::Three(replace),
        "regex.template_match" => Function::Four(matches_template),
        _ => return None,
    })
}

/// A pattern that is compiled, and what it costs.
pub struct Compiled {
    pattern: Rc<Pattern>,
    work: Work,
}

impl Compiled {
    /// Compiles a pattern, after that has been charged for.
    pub fn of(context: &mut Context<'_>, text: &str) -> Result<Self, Failure> {
        let work = Work::of(text);
        // Compiling is charged for each time, so that an evaluation takes as many steps whatever was compiled before it.
        context.charge(work.steps_of_compiling())?;
        let pattern = Pattern::of(text).map_err(|refused| match &refused {
            Refused::NotAPattern(why) => Failure::of_builtin(format!("error parsing regexp: {why}")),
            // It is one, but not for this engine: undefined would be an answer, and not OPA's.
            Refused::TooLarge => Failure::Stop(Stop::Limit("regex_bytes")),
            Refused::TooDeep => Failure::Stop(Stop::Limit("regex_nesting")),
            Refused::UnknownHere(_) => {
                Failure::Stop(Stop::Error { code: "builtin_not_available", message: refused.in_words() })
            }
        })?;
        Ok(Self { pattern, work })
    }

    /// Whether it matches anywhere in a text.
    pub fn is_match(&self, context: &mut Context<'_>, text: Slice) -> Result<bool, Failure> {
        context.charge(self.work.steps_of_searching(u64::from(text.len)))?;
        Ok(self.pattern.is_match(context.stores.text(text)))
    }

    /// Charges for one match that is looked for in what is left of a text: as much of that as may be read behind the match.
    fn look(&self, steps: &mut u64, left: usize) -> Result<(), Failure> {
        take_steps(steps, 1 + self.work.steps_of_searching(self.work.bytes_ahead(left as u64)))
    }

    /// How many matches there are in a text, each of which is charged for.
    fn count(&self, context: &mut Context<'_>, of: Slice) -> Result<usize, Failure> {
        context.charge(self.work.steps_of_searching(u64::from(of.len)))?;
        let text = context.stores.text(of);
        let mut count = 0;
        for matched in self.pattern.find(text) {
            self.look(context.steps, left(text, matched))?;
            count += 1;
        }
        Ok(count)
    }
}

fn matches(context: &mut Context<'_>, pattern: Value, text: Value) -> Answer {
    let (pattern, text) = pattern_and_text(context, pattern, text)?;
    Ok(Value::boolean(pattern.is_match(context, text)?))
}

fn is_valid(context: &mut Context<'_>, pattern: Value) -> Answer {
    if context.stores.as_str(pattern).is_none() {
        return Ok(Value::FALSE);
    }
    let text = string(context, pattern, 1)?;
    match Compiled::of(context, &text) {
        Ok(_) => Ok(Value::TRUE),
        Err(Failure::Wrong { .. }) => Ok(Value::FALSE),
        Err(stop) => Err(stop),
    }
}

/// A pattern and the text through which it is searched for.
fn pattern_and_text(context: &mut Context<'_>, pattern: Value, text: Value) -> Result<(Compiled, Slice), Failure> {
    let [pattern, text] = read(context, [pattern, text])?;
    let pattern = context.stores.text(pattern).to_owned();
    Ok((Compiled::of(context, &pattern)?, text))
}

/// How many matches are wanted: all, where the number is below 0.
fn count(context: &Context<'_>, value: Value) -> Result<usize, Failure> {
    Ok(usize::try_from(integer(context.stores, value, 3)?).unwrap_or(usize::MAX))
}

fn find_n(context: &mut Context<'_>, pattern: Value, text: Value, most: Value) -> Answer {
    let most = count(context, most)?;
    let (compiled, of) = pattern_and_text(context, pattern, text)?;
    context.charge(compiled.work.steps_of_searching(u64::from(of.len)))?;
    let text = context.stores.text(of);
    let mut found = Vec::new();
    for matched in compiled.pattern.find(text).take(most) {
        compiled.look(context.steps, left(text, matched))?;
        context.room((found.len() as u64 + 1) * UNITS_OF_WORD)?;
        found.push(part(of, text, matched));
    }
    Ok(context.stores.make_array(Space::Heap, &found)?)
}

/// How much of a text is left where a part of it begins.
fn left(text: &str, part: &str) -> usize {
    text.len().saturating_sub((part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize))
}

fn find_groups(context: &mut Context<'_>, pattern: Value, text: Value, most: Value) -> Answer {
    let most = count(context, most)?;
    let (compiled, of) = pattern_and_text(context, pattern, text)?;
    context.charge(compiled.work.steps_of_searching_groups(u64::from(of.len)))?;
    let text = context.stores.text(of);
    let mut found: Vec<Vec<Value>> = Vec::new();
    let mut words = 0;
    for groups in compiled.pattern.find_groups(text).take(most) {
        compiled.look(context.steps, groups.first().map_or(0, |whole| left(text, whole)))?;
        take_steps(context.steps, groups.len() as u64)?;
        words += 3 + groups.len() as u64;
        context.room(words * UNITS_OF_WORD)?;
        found.push(groups.into_iter().map(|group| part(of, text, group)).collect());
    }
    let mut arrays = Vec::with_capacity(found.len());
    for groups in found {
        arrays.push(context.stores.make_array(Space::Heap, &groups)?);
    }
    Ok(context.stores.make_array(Space::Heap, &arrays)?)
}

fn split(context: &mut Context<'_>, pattern: Value, text: Value) -> Answer {
    let (compiled, of) = pattern_and_text(context, pattern, text)?;
    let count = compiled.count(context, of)?;
    context.room(UNITS_OF_WORD * (count as u64 + 1))?;
    let text = context.stores.text(of);
    let parts: Vec<Value> = compiled.pattern.split(text).into_iter().map(|piece| part(of, text, piece)).collect();
    Ok(context.stores.make_array(Space::Heap, &parts)?)
}

fn replace(context: &mut Context<'_>, value: Value, pattern: Value, new: Value) -> Answer {
    let [of, pattern, by] = read(context, [value, pattern, new])?;
    let pattern = context.stores.text(pattern).to_owned();
    let compiled = Compiled::of(context, &pattern)?;
    let count = compiled.count(context, of)?;
    if count == 0 {
        return Ok(value);
    }
    // What groups match is looked for once more, and put together for each match.
    context.charge(compiled.work.steps_of_searching_groups(u64::from(of.len)))?;
    let (text, new) = (context.stores.text(of), context.stores.text(by));
    let groups = new.bytes().filter(|&byte| byte == b'$').count();
    take_steps(context.steps, (count as u64).saturating_mul(1 + groups as u64))?;
    // A group in what replaces a match stands for no more than the match, and all matches are no more than the text.
    let most = text.len().saturating_mul(groups + 1).saturating_add(new.len().saturating_mul(count));
    Draft::make(context, |context, draft| {
        draft.room(most)?;
        draft.push(&compiled.pattern.replace(context.stores.text(of), context.stores.text(by)))
    })
}

fn matches_template(context: &mut Context<'_>, template: Value, text: Value, open: Value, close: Value) -> Answer {
    let [template, text, open, close] = read(context, [template, text, open, close])?;
    for (which, delimiter) in [("start", open), ("end", close)] {
        if delimiter.len != 1 {
            return Err(Failure::of_builtin(format!(
                "{which} delimiter has to be exactly one character long but is {} long",
                delimiter.len
            )));
        }
    }
    let template = context.stores.text(template);
    let pattern = pattern::of_template(template, context.stores.text(open), context.stores.text(close));
    let pattern = pattern.map_err(Failure::of_builtin)?;
    let compiled = Compiled::of(context, &pattern)?;
    Ok(Value::boolean(compiled.is_match(context, text)?))
}
