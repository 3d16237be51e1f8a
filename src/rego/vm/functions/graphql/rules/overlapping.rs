//! Fields of one name in an answer: that they can be one. Selections are compared with one another, through fragments and through what
//! they select themselves. All of it is charged for, because it may take any power of the size of a query.

use super::super::super::Failure;
use super::super::tree::{Argument, Field, NodeId, Place, Selection, Spread, Type};
use super::super::walk::Walk;
use crate::sorted;

/// What has been compared.
#[derive(Debug, Default)]
pub struct Compared<'a> {
    /// Pairs of fragments, and whether they were taken to exclude one another.
    pairs: sorted::Map<(&'a str, &'a str), bool>,
    /// Fragments that were compared with the fields at hand.
    with_fields: sorted::Set<&'a str>,
}

/// Why two fields cannot be one.
struct Conflict<'a> {
    name: &'a str,
    at: Option<Place>,
    why: Why<'a>,
}

enum Why<'a> {
    Words(String),
    Inside(Vec<Conflict<'a>>),
}

impl Conflict<'_> {
    fn words(&self) -> String {
        match &self.why {
            Why::Words(words) => words.clone(),
            Why::Inside(conflicts) => {
                let part = |conflict: &Conflict<'_>| {
                    format!("subfields \"{}\" conflict because {}", conflict.name, conflict.words())
                };
                conflicts.iter().map(part).collect::<Vec<_>>().join(" and ")
            }
        }
    }
}

/// The fields of a selection set and of the inline fragments in it, by their names in the answer, and the fragments that it spreads.
#[derive(Default)]
struct Selected<'a> {
    names: Vec<&'a str>,
    fields: sorted::Map<&'a str, Vec<&'a Field<'a>>>,
    spreads: Vec<&'a Spread<'a>>,
}

impl<'a> Selected<'a> {
    fn in_order(&self) -> impl Iterator<Item = (&'a str, &[&'a Field<'a>])> {
        self.names.iter().map(|name| (*name, self.fields.get(name).map_or(&[][..], Vec::as_slice)))
    }

    /// Whether both have the same fields of the document.
    fn is_same(&self, other: &Self) -> bool {
        let ids =
            |of: &Self| -> Vec<NodeId> { of.in_order().flat_map(|(_, fields)| fields).map(|field| field.id).collect() };
        ids(self) == ids(other)
    }

    fn len(&self) -> u64 {
        self.fields.values().map(|fields| fields.len() as u64).sum()
    }
}

impl<'a> Walk<'a, '_> {
    pub(super) fn overlapping(&mut self, selections: &'a [Selection<'a>]) -> Result<(), Failure> {
        if selections.is_empty() {
            return Ok(());
        }
        let selected = self.selected(selections)?;
        let mut conflicts = Vec::new();
        for (_, fields) in selected.in_order() {
            for (at, first) in fields.iter().enumerate() {
                for second in fields.iter().skip(at + 1) {
                    conflicts.extend(self.conflict(false, first, second)?);
                }
            }
        }
        self.memory.compared.with_fields.clear();
        for (at, spread) in selected.spreads.iter().enumerate() {
            self.compare_with_fragment(&mut conflicts, false, &selected, spread)?;
            for other in selected.spreads.iter().skip(at + 1) {
                self.compare_fragments(&mut conflicts, false, spread, other)?;
            }
        }
        for conflict in conflicts {
            let what = format!("Fields \"{}\" conflict because {}.", conflict.name, conflict.words());
            self.tell(
                conflict.at,
                format!("{what} Use different aliases on the fields to fetch both if this was intentional."),
            )?;
        }
        Ok(())
    }

    fn selected(&mut self, selections: &'a [Selection<'a>]) -> Result<Selected<'a>, Failure> {
        let mut selected = Selected::default();
        let mut sets = vec![selections.iter()];
        while let Some(set) = sets.last_mut() {
            let Some(selection) = set.next() else {
                sets.pop();
                continue;
            };
            self.charge(2)?;
            match selection {
                Selection::Field(field) => {
                    let name = field.response_name();
                    let same = selected.fields.entry(name).or_default();
                    if same.is_empty() {
                        selected.names.push(name);
                    }
                    same.push(field);
                }
                Selection::Inline(inline) => sets.push(inline.selections.iter()),
                Selection::Spread(spread) => selected.spreads.push(spread),
            }
        }
        Ok(selected)
    }

    fn compare_with_fragment(
        &mut self,
        conflicts: &mut Vec<Conflict<'a>>,
        are_exclusive: bool,
        selected: &Selected<'a>,
        spread: &'a Spread<'a>,
    ) -> Result<(), Failure> {
        self.charge(1)?;
        if !self.memory.compared.with_fields.insert(&spread.name) {
            return Ok(());
        }
        let Some(fragment) = self.fragment_of(spread) else { return Ok(()) };
        let other = self.selected(&fragment.selections)?;
        self.charge((selected.len() + other.len()) / 8)?;
        if selected.is_same(&other) {
            return Ok(());
        }
        self.compare(conflicts, are_exclusive, selected, &other)?;
        self.enter()?;
        for inner in &other.spreads {
            if inner.name != spread.name {
                self.compare_with_fragment(conflicts, are_exclusive, selected, inner)?;
            }
        }
        self.leave();
        Ok(())
    }

    fn compare_fragments(
        &mut self,
        conflicts: &mut Vec<Conflict<'a>>,
        are_exclusive: bool,
        first: &'a Spread<'a>,
        second: &'a Spread<'a>,
    ) -> Result<(), Failure> {
        self.charge(1)?;
        if first.name == second.name {
            return Ok(());
        }
        let names = (first.name.as_ref(), second.name.as_ref());
        // What was compared as if it could meet need not be compared again.
        let pairs = &mut self.memory.compared.pairs;
        if pairs.get(&names).is_some_and(|were_exclusive| are_exclusive || !were_exclusive) {
            return Ok(());
        }
        pairs.insert(names, are_exclusive);
        pairs.insert((names.1, names.0), are_exclusive);
        let (Some(a), Some(b)) = (self.fragment_of(first), self.fragment_of(second)) else { return Ok(()) };
        let (a, b) = (self.selected(&a.selections)?, self.selected(&b.selections)?);
        self.compare(conflicts, are_exclusive, &a, &b)?;
        self.enter()?;
        for inner in &b.spreads {
            self.compare_fragments(conflicts, are_exclusive, first, inner)?;
        }
        for inner in &a.spreads {
            self.compare_fragments(conflicts, are_exclusive, inner, second)?;
        }
        self.leave();
        Ok(())
    }

    fn compare(
        &mut self,
        conflicts: &mut Vec<Conflict<'a>>,
        are_exclusive: bool,
        a: &Selected<'a>,
        b: &Selected<'a>,
    ) -> Result<(), Failure> {
        self.charge(a.names.len() as u64)?;
        for (name, fields) in a.in_order() {
            let Some(others) = b.fields.get(name) else { continue };
            for first in fields {
                for second in others {
                    conflicts.extend(self.conflict(are_exclusive, first, second)?);
                }
            }
        }
        Ok(())
    }

    fn conflict(
        &mut self,
        parents_are_exclusive: bool,
        a: &'a Field<'a>,
        b: &'a Field<'a>,
    ) -> Result<Option<Conflict<'a>>, Failure> {
        self.charge(4)?;
        let (note_a, note_b) = (self.field_note(a), self.field_note(b));
        let (Some(object_a), Some(object_b)) = (note_a.object, note_b.object) else { return Ok(None) };
        let types = note_a.definition.zip(note_b.definition);
        let are_exclusive = parents_are_exclusive
            || object_a.name != object_b.name
                && object_a.kind == "OBJECT"
                && object_b.kind == "OBJECT"
                && types.is_some();
        let conflict = |why| Ok(Some(Conflict { name: a.response_name(), at: b.at, why }));
        if !are_exclusive {
            if a.name != b.name {
                return conflict(Why::Words(format!("\"{}\" and \"{}\" are different fields", a.name, b.name)));
            }
            self.charge((a.arguments.len() as u64).saturating_mul(b.arguments.len() as u64))?;
            if !have_same_arguments(&a.arguments, &b.arguments) {
                return conflict(Why::Words("they have differing arguments".to_owned()));
            }
        }
        if let Some((a, b)) = types
            && let (Some(a), Some(b)) = (&a.of_type, &b.of_type)
            && self.do_types_conflict(a, b)
        {
            return conflict(Why::Words(format!("they return conflicting types \"{a}\" and \"{b}\"")));
        }
        let inside = self.conflicts_inside(are_exclusive, a, b)?;
        if inside.is_empty() { Ok(None) } else { conflict(Why::Inside(inside)) }
    }

    /// What conflicts between the selections of two fields.
    fn conflicts_inside(
        &mut self,
        are_exclusive: bool,
        a: &'a Field<'a>,
        b: &'a Field<'a>,
    ) -> Result<Vec<Conflict<'a>>, Failure> {
        let mut conflicts = Vec::new();
        let (a, b) = (self.selected(&a.selections)?, self.selected(&b.selections)?);
        self.enter()?;
        self.compare(&mut conflicts, are_exclusive, &a, &b)?;
        for (fields, spreads) in [(&a, &b.spreads), (&b, &a.spreads)] {
            for spread in spreads {
                self.memory.compared.with_fields.clear();
                self.compare_with_fragment(&mut conflicts, are_exclusive, fields, spread)?;
            }
        }
        for first in &a.spreads {
            for second in &b.spreads {
                self.compare_fragments(&mut conflicts, are_exclusive, first, second)?;
            }
        }
        self.leave();
        Ok(conflicts)
    }

    /// Whether a value cannot be of both types.
    fn do_types_conflict(&self, a: &Type<'a>, b: &Type<'a>) -> bool {
        let (mut a, mut b) = (a, b);
        loop {
            match (&a.item, &b.item) {
                // Of the lists themselves OPA does not ask whether they are required.
                (Some(inner_a), Some(inner_b)) => (a, b) = (inner_a, inner_b),
                (None, None) => break,
                _ => return true,
            }
        }
        if a.is_required != b.is_required {
            return true;
        }
        let types = self.schema.type_of(&a.name).zip(self.schema.type_of(&b.name));
        types.is_some_and(|(a, b)| a.is_leaf() && b.is_leaf() && a.name != b.name)
    }
}

fn have_same_arguments(a: &[Argument<'_>], b: &[Argument<'_>]) -> bool {
    let is_same = |a: &Argument<'_>, b: &Argument<'_>| {
        let values = a.value.as_ref().zip(b.value.as_ref());
        a.name == b.name && values.is_some_and(|(a, b)| a.kind == b.kind && a.raw == b.raw)
    };
    a.len() == b.len() && a.iter().all(|a| b.iter().any(|b| is_same(a, b)))
}
