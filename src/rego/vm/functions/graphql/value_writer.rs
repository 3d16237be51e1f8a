//! Documents as values: no places, and no fields that are null, empty arrays or empty objects.

use super::super::{Answer, Context, Failure};
use super::shapes::{Port, Shape};
use super::tree::{Comments, Kind, NodeId, Selection, Text};
use crate::rego::value::{Space, Value};

/// A document, or a part of one, as a value.
///
/// # Errors
/// A limit was reached.
pub fn value_of<'s>(context: &mut Context<'_>, part: &mut impl Shape<'s>) -> Answer {
    let mut writer = Writer { context, pairs: Vec::new() };
    writer.object(part)
}

struct Writer<'c, 'w> {
    context: &'w mut Context<'c>,
    /// Of the part that is written.
    pairs: Vec<[Value; 2]>,
}

impl Writer<'_, '_> {
    /// INVARIANT (depth): a document is no deeper than its parser or reader lets it be.
    fn object<'s>(&mut self, part: &mut impl Shape<'s>) -> Answer {
        self.context.charge(4)?;
        let around = std::mem::take(&mut self.pairs);
        let written = part.fields(self);
        let mut pairs = std::mem::replace(&mut self.pairs, around);
        written?;
        Ok(self.context.stores.make_object(Space::Heap, &mut pairs)?)
    }

    fn string(&mut self, text: &str) -> Answer {
        Ok(self.context.stores.make_string(Space::Heap, text)?)
    }

    fn put(&mut self, name: &str, value: Value) -> Result<(), Failure> {
        let name = self.string(name)?;
        self.pairs.push([name, value]);
        Ok(())
    }

    fn put_items(&mut self, name: &str, items: &[Value]) -> Result<(), Failure> {
        if items.is_empty() {
            return Ok(());
        }
        let items = self.context.stores.make_array(Space::Heap, items)?;
        self.put(name, items)
    }
}

impl<'s> Port<'s> for Writer<'_, '_> {
    fn text(&mut self, name: &'static str, text: &mut Text<'s>) -> Result<(), Failure> {
        let text = self.string(text)?;
        self.put(name, text)
    }

    fn flag(&mut self, name: &'static str, flag: &mut bool) -> Result<(), Failure> {
        self.put(name, Value::boolean(*flag))
    }

    fn kind(&mut self, name: &'static str, kind: &mut Kind) -> Result<(), Failure> {
        self.put(name, Value::count(*kind as usize))
    }

    fn texts(&mut self, name: &'static str, texts: &mut Vec<Text<'s>>) -> Result<(), Failure> {
        self.context.charge(texts.len() as u64)?;
        let items = texts.iter().map(|text| self.string(text)).collect::<Result<Vec<_>, _>>()?;
        self.put_items(name, &items)
    }

    fn comments(&mut self, name: &'static str, comments: &mut Comments<'s>) -> Result<(), Failure> {
        let Some(comments) = comments else { return Ok(()) };
        self.context.charge(2 * comments.len() as u64)?;
        let mut items = Vec::with_capacity(comments.len());
        for comment in comments.iter() {
            let mut pairs = vec![[self.string("Value")?, self.string(comment)?]];
            items.push(self.context.stores.make_object(Space::Heap, &mut pairs)?);
        }
        let list = self.context.stores.make_array(Space::Heap, &items)?;
        let mut pairs = vec![[self.string("List")?, list]];
        let group = self.context.stores.make_object(Space::Heap, &mut pairs)?;
        self.put(name, group)
    }

    fn part<T: Shape<'s>>(&mut self, name: &'static str, part: &mut Option<T>) -> Result<(), Failure> {
        let Some(part) = part else { return Ok(()) };
        let part = self.object(part)?;
        self.put(name, part)
    }

    fn list<T: Shape<'s>>(&mut self, name: &'static str, list: &mut Vec<T>) -> Result<(), Failure> {
        let items = list.iter_mut().map(|item| self.object(item)).collect::<Result<Vec<_>, _>>()?;
        self.put_items(name, &items)
    }

    fn selections(&mut self, name: &'static str, selections: &mut Vec<Selection<'s>>) -> Result<(), Failure> {
        let item = |selection: &mut Selection<'s>| match selection {
            Selection::Field(field) => self.object(field),
            Selection::Spread(spread) => self.object(spread),
            Selection::Inline(inline) => self.object(inline),
        };
        let items = selections.iter_mut().map(item).collect::<Result<Vec<_>, _>>()?;
        self.put_items(name, &items)
    }

    fn number(&mut self, _: &mut NodeId) {}
}
