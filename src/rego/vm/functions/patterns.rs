//! Regular expressions.

use super::texts::{Draft, integer, part, read};
use super::{Answer, Context, Failure, Function};
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

/// A pattern that is compiled, after what compiling and one search through a text take has been charged for.
pub fn compiled(context: &mut Context<'_>, text: &str, searched: u64) -> Result<Rc<Pattern>, Failure> {
    /// Bytes of a text through which a pattern of a few characters is searched for in the time of one step.
    const SEARCHED_A_STEP: u64 = 32;
    let size = size(text);
    // Compiling is charged for each time, so that an evaluation takes as many steps whatever was compiled before it.
    context.charge(1 + size / 8)?;
    context.charge(searched.saturating_mul(8 + size) / (8 * SEARCHED_A_STEP))?;
    Pattern::of(text).map_err(|refused| match refused {
        Refused::NotAPattern(why) => Failure::of_builtin(format!("error parsing regexp: {why}")),
        // It is one, but not for this engine: undefined would be an answer, and not OPA's.
        Refused::TooLarge => Failure::Stop(Stop::Limit("regex_bytes")),
        Refused::TooDeep => Failure::Stop(Stop::Limit("regex_nesting")),
    })
}

/// About how large a pattern is when it is compiled, in characters: its repetitions are written out.
fn size(pattern: &str) -> u64 {
    /// As many fit into a pattern that compiles.
    const LARGEST: u64 = 4096;
    let counts = pattern.split('{').skip(1).filter_map(|behind| {
        let end = behind.find(|c: char| !c.is_ascii_digit() && c != ',')?;
        behind.get(..end)?.rsplit(',').find_map(|count| count.parse::<u64>().ok())
    });
    let classes = pattern.matches(r"\p").count() + pattern.matches(r"\P").count();
    let repeated = 1 + counts.fold(0_u64, u64::saturating_add);
    (pattern.len() as u64).saturating_mul(repeated).saturating_add(64 * classes as u64).min(LARGEST)
}

/// Charges for one match that is looked for in what is left of a text: all of that may be read for it.
fn look(steps: &mut u64, left: usize) -> Result<(), Failure> {
    const LEFT_A_STEP: u64 = 256;
    *steps = steps.checked_sub(1 + left as u64 / LEFT_A_STEP).ok_or(Failure::Stop(Stop::Limit("steps")))?;
    Ok(())
}

fn matches(context: &mut Context<'_>, pattern: Value, text: Value) -> Answer {
    let [pattern, text] = read(context, [pattern, text])?;
    let pattern = context.stores.text(pattern).to_owned();
    let pattern = compiled(context, &pattern, u64::from(text.len))?;
    Ok(Value::boolean(pattern.is_match(context.stores.text(text))))
}

fn is_valid(context: &mut Context<'_>, pattern: Value) -> Answer {
    let Some(text) = context.stores.as_str(pattern).map(str::to_owned) else { return Ok(Value::FALSE) };
    match compiled(context, &text, 0) {
        Ok(_) => Ok(Value::TRUE),
        Err(Failure::Wrong { .. }) => Ok(Value::FALSE),
        Err(stop) => Err(stop),
    }
}

/// A pattern and the text through which it is searched for.
fn pattern_and_text(context: &mut Context<'_>, pattern: Value, text: Value) -> Result<(Rc<Pattern>, Slice), Failure> {
    let [pattern, text] = read(context, [pattern, text])?;
    let pattern = context.stores.text(pattern).to_owned();
    Ok((compiled(context, &pattern, u64::from(text.len))?, text))
}

/// How many matches are wanted: all, where the number is below 0.
fn count(context: &Context<'_>, value: Value) -> Result<usize, Failure> {
    Ok(usize::try_from(integer(context.stores, value, 3)?).unwrap_or(usize::MAX))
}

fn find_n(context: &mut Context<'_>, pattern: Value, text: Value, most: Value) -> Answer {
    let most = count(context, most)?;
    let (pattern, of) = pattern_and_text(context, pattern, text)?;
    let text = context.stores.text(of);
    let mut found = Vec::new();
    for matched in pattern.find(text).take(most) {
        look(context.steps, left(text, matched))?;
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
    let (pattern, of) = pattern_and_text(context, pattern, text)?;
    let text = context.stores.text(of);
    let mut found: Vec<Vec<Value>> = Vec::new();
    let mut words = 0;
    for groups in pattern.find_groups(text).take(most) {
        look(context.steps, groups.first().map_or(0, |whole| left(text, whole)))?;
        words += groups.len() as u64 + 1;
        context.room(words * UNITS_OF_WORD)?;
        found.push(groups.into_iter().map(|group| part(of, text, group)).collect());
    }
    context.charge(words)?;
    let mut arrays = Vec::with_capacity(found.len());
    for groups in found {
        arrays.push(context.stores.make_array(Space::Heap, &groups)?);
    }
    Ok(context.stores.make_array(Space::Heap, &arrays)?)
}

/// How many matches there are in a text, each of which is charged for.
fn matches_of(context: &mut Context<'_>, pattern: &Pattern, of: Slice) -> Result<usize, Failure> {
    let text = context.stores.text(of);
    let mut count = 0;
    for matched in pattern.find(text) {
        look(context.steps, left(text, matched))?;
        count += 1;
    }
    Ok(count)
}

fn split(context: &mut Context<'_>, pattern: Value, text: Value) -> Answer {
    let (pattern, of) = pattern_and_text(context, pattern, text)?;
    let count = matches_of(context, &pattern, of)?;
    context.room(UNITS_OF_WORD * (count as u64 + 1))?;
    let text = context.stores.text(of);
    let parts: Vec<Value> = pattern.split(text).into_iter().map(|piece| part(of, text, piece)).collect();
    Ok(context.stores.make_array(Space::Heap, &parts)?)
}

fn replace(context: &mut Context<'_>, value: Value, pattern: Value, new: Value) -> Answer {
    let [of, pattern, new] = read(context, [value, pattern, new])?;
    let pattern = context.stores.text(pattern).to_owned();
    let pattern = compiled(context, &pattern, u64::from(of.len))?;
    let count = matches_of(context, &pattern, of)?;
    if count == 0 {
        return Ok(value);
    }
    let (text, new) = (context.stores.text(of), context.stores.text(new));
    // A group in what replaces a match stands for no more than the match, and all matches are no more than the text.
    let groups = new.bytes().filter(|&byte| byte == b'$').count();
    let most = text.len().saturating_mul(groups + 1).saturating_add(new.len().saturating_mul(count));
    let mut draft = Draft::new(context);
    draft.room(most)?;
    draft.push(&pattern.replace(text, new))?;
    draft.finish(context)
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
    let pattern = compiled(context, &pattern, u64::from(text.len))?;
    Ok(Value::boolean(pattern.is_match(context.stores.text(text))))
}
