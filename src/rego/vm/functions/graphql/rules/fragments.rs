//! Fragments: what they are on, where they may be spread, and that they do not spread themselves.

use super::super::super::Failure;
use super::super::tree::{Definition, Fragment, Inline, Selection, Spread};
use super::super::walk::Walk;
use super::suggestions::question;
use crate::sorted;

impl<'a> Walk<'a, '_> {
    pub(super) fn inline_on_composite_type(&mut self, inline: &Inline<'a>) -> Result<(), Failure> {
        if self.schema.type_of(&inline.on).is_some_and(|found| !found.is_composite()) {
            self.tell(inline.at, format!("Fragment cannot condition on non composite type \"{}\".", inline.on))?;
        }
        Ok(())
    }

    pub(super) fn fragment_on_composite_type(
        &mut self,
        fragment: &Fragment<'a>,
        definition: Option<&'a Definition<'a>>,
    ) -> Result<(), Failure> {
        if fragment.on.is_empty() || definition.is_none_or(Definition::is_composite) {
            return Ok(());
        }
        let Fragment { name, on, at, .. } = fragment;
        self.tell(*at, format!("Fragment \"{name}\" cannot condition on non composite type \"{on}\"."))
    }

    pub(super) fn inline_on_known_type(&mut self, inline: &Inline<'a>) -> Result<(), Failure> {
        if !inline.on.is_empty() && self.schema.type_of(&inline.on).is_none() {
            self.tell(inline.at, format!("Unknown type \"{}\".", inline.on))?;
        }
        Ok(())
    }

    pub(super) fn fragment_on_known_type(
        &mut self,
        fragment: &Fragment<'a>,
        definition: Option<&'a Definition<'a>>,
    ) -> Result<(), Failure> {
        if definition.is_some() {
            return Ok(());
        }
        let names = self.schema.types().map(|found| found.name.as_ref());
        let question = question(self.steps, "Did you mean", "\"", &fragment.on, names)?;
        self.tell(fragment.at, format!("Unknown type \"{}\".{question}", fragment.on))
    }

    pub(super) fn no_unused_fragment(&mut self, fragment: &'a Fragment<'a>) -> Result<(), Failure> {
        self.memory.is_in_fragments = true;
        if !self.memory.spread.contains(fragment.name.as_ref()) {
            self.tell(fragment.at, format!("Fragment \"{}\" is never used.", fragment.name))?;
        }
        Ok(())
    }

    pub(super) fn unique_fragment_names(&mut self, fragment: &'a Fragment<'a>) -> Result<(), Failure> {
        if !self.memory.fragment_names.insert(&fragment.name) {
            self.tell(fragment.at, format!("There can be only one fragment named \"{}\".", fragment.name))?;
        }
        Ok(())
    }

    pub(super) fn possible_inline(
        &mut self,
        inline: &Inline<'a>,
        parent: Option<&'a Definition<'a>>,
    ) -> Result<(), Failure> {
        match self.impossible(parent, &inline.on)? {
            None => Ok(()),
            Some(parent) => self.tell(
                inline.at,
                format!(
                    "Fragment cannot be spread here as objects of type \"{parent}\" can never be of type \"{}\".",
                    inline.on
                ),
            ),
        }
    }

    pub(super) fn possible_spread(
        &mut self,
        spread: &Spread<'a>,
        fragment: &Fragment<'a>,
        parent: Option<&'a Definition<'a>>,
    ) -> Result<(), Failure> {
        match self.impossible(parent, &fragment.on)? {
            None => Ok(()),
            Some(parent) => {
                let types = format!("objects of type \"{parent}\" can never be of type \"{}\".", fragment.on);
                self.tell(spread.at, format!("Fragment \"{}\" cannot be spread here as {types}", spread.name))
            }
        }
    }

    /// The name of the parent, where none of its values can be of the type that a fragment is on.
    fn impossible(&mut self, parent: Option<&'a Definition<'a>>, on: &str) -> Result<Option<&'a str>, Failure> {
        let Some(parent) = parent.filter(|parent| parent.is_composite()) else { return Ok(None) };
        let Some(on) = self.schema.type_of(on).filter(|on| on.is_composite()) else { return Ok(None) };
        let of_fragment = self.schema.possible_types(&on.name);
        let of_parent = self.schema.possible_types(&parent.name);
        self.charge(1 + (of_fragment.len() as u64).saturating_mul(of_parent.len() as u64) / 4)?;
        let is_object = parent.kind == "OBJECT";
        let is_possible = of_fragment.flatten().any(|one| {
            if is_object {
                one.name == parent.name
            } else {
                self.schema.possible_types(&parent.name).flatten().any(|other| other.name == one.name)
            }
        });
        Ok((!is_possible).then_some(&parent.name))
    }

    pub(super) fn no_fragment_circles(&mut self, fragment: &'a Fragment<'a>) -> Result<(), Failure> {
        self.find_circles(fragment, &mut Vec::new(), &mut sorted::Map::new())
    }

    /// `path`: the spreads that lead here; `places`: where in it the fragments begin that are looked through.
    fn find_circles(
        &mut self,
        fragment: &'a Fragment<'a>,
        path: &mut Vec<&'a Spread<'a>>,
        places: &mut sorted::Map<&'a str, usize>,
    ) -> Result<(), Failure> {
        if !self.memory.searched.insert(&fragment.name) {
            return Ok(());
        }
        let spreads = self.spreads_in(&fragment.selections)?;
        if spreads.is_empty() {
            return Ok(());
        }
        self.enter()?;
        places.insert(&fragment.name, path.len());
        for spread in spreads {
            let begin = places.get(spread.name.as_ref()).copied();
            path.push(spread);
            match begin {
                None => {
                    if let Some(next) = self.fragments.get(spread.name.as_ref()).copied() {
                        self.find_circles(next, path, places)?;
                    }
                }
                Some(begin) => {
                    let circle = path.get(begin..path.len() - 1).unwrap_or_default();
                    self.charge(circle.len() as u64)?;
                    let names: Vec<String> = circle.iter().map(|spread| format!("\"{}\"", spread.name)).collect();
                    let via = if names.is_empty() { String::new() } else { format!(" via {}", names.join(", ")) };
                    self.tell(spread.at, format!("Cannot spread fragment \"{}\" within itself{via}.", spread.name))?;
                }
            }
            path.pop();
        }
        places.remove(fragment.name.as_ref());
        self.leave();
        Ok(())
    }

    /// The spreads in selections: of each selection set all before those of the sets in it, the last of those first.
    fn spreads_in(&mut self, selections: &'a [Selection<'a>]) -> Result<Vec<&'a Spread<'a>>, Failure> {
        let mut spreads = Vec::new();
        let mut sets = vec![selections];
        while let Some(set) = sets.pop() {
            self.charge(1 + set.len() as u64)?;
            for selection in set {
                match selection {
                    Selection::Spread(spread) => spreads.push(spread.as_ref()),
                    Selection::Field(field) => sets.push(&field.selections),
                    Selection::Inline(inline) => sets.push(&inline.selections),
                }
            }
        }
        Ok(spreads)
    }
}
