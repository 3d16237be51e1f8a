//! References: the type of what one leads to, and whether it leads anywhere.

use super::super::lowered::{Ref, RefHead, Root, Term, TermKind, VarId};
use super::super::rule_tree::{Constant, NodeId};
use super::super::types::{Key, Type};
use super::constant_of;
use super::documents::key_of;
use super::messages::Wrong;
use super::scene::Scene;
use crate::sorted::InOrder;
use std::borrow::Cow;

/// What is looked up in one step.
#[derive(Clone, Copy)]
pub(super) enum Step<'r, 's> {
    /// A name of the full path that the reference begins with.
    Name(&'r Cow<'s, str>),
    /// A term behind it.
    Term(&'r Term<'s>),
}

impl<'s> Step<'_, 's> {
    /// The step in the tree of rules, where it is a constant without parts.
    fn constant(&self) -> Option<Constant<'s>> {
        match self {
            Self::Name(name) => Some(Constant::String(Cow::clone(name))),
            Self::Term(term) => Constant::of(term),
        }
    }

    /// The key in a type, where it is a constant without parts.
    fn scalar(&self) -> Option<Key> {
        match self {
            Self::Name(name) => Some(Key::string(name)),
            Self::Term(term) if term.is_scalar() => constant_of(term),
            Self::Term(_) => None,
        }
    }

    fn variable(&self) -> Option<VarId> {
        match self {
            Self::Name(_) => None,
            Self::Term(term) => term.as_var(),
        }
    }
}

impl<'a, 's> Scene<'a, '_, 's> {
    fn steps<'r>(&self, reference: &'r Ref<'s>) -> Vec<Step<'r, 's>>
    where
        'a: 'r,
    {
        let names: &'a [Cow<'s, str>] = match reference.head {
            RefHead::Var(_) => &[],
            RefHead::Path(path) => self.world.bundle.paths.names(path),
        };
        names.iter().map(Step::Name).chain(reference.parts.iter().map(Step::Term)).collect()
    }

    /// The document that a schema describes on the way to what a reference leads to, and how many steps lead to it.
    fn described(&self, root: Root, steps: &[Step<'_, 's>]) -> Option<(Type, usize)> {
        self.schemas.iter().find_map(|described| {
            let names = described.names.len();
            let is_on_the_way = described.root == root
                && names <= steps.len()
                && described.names.iter().zip(steps).all(|(name, step)| match step {
                    Step::Name(step) => *step == name,
                    Step::Term(step) => matches!(&step.kind, TermKind::String(step) if step == name),
                });
            is_on_the_way.then(|| (described.of.clone(), names))
        })
    }

    /// The type of what a reference leads to.
    pub(super) fn type_of_reference(&mut self, reference: &Ref<'s>) -> Type {
        let steps = self.steps(reference);
        let root = match reference.head {
            RefHead::Var(id) => return self.selected(self.variable(id).clone(), &steps),
            RefHead::Path(path) => self.world.bundle.paths.root(path),
        };
        if let Some((of, at)) = self.described(root, &steps) {
            return self.selected(of, steps.get(at..).unwrap_or_default());
        }
        match root {
            Root::Input => Type::Any,
            Root::Data => self.type_of_document(&steps),
        }
    }

    fn type_of_document(&mut self, steps: &[Step<'_, 's>]) -> Type {
        let mut node = NodeId::DATA;
        let mut steps = steps;
        while let [step, rest @ ..] = steps {
            let child = step.constant().and_then(|key| self.documents.child(node, &key));
            match (child, self.documents.value(node)) {
                (Some(child), _) => node = child,
                (None, Some(of)) => return self.selected(of.clone(), steps),
                (None, None) if step.constant().is_some() => return Type::Any,
                (None, None) => {
                    let of = self.documents.extent(node);
                    return self.selected(of, steps);
                }
            }
            steps = rest;
        }
        self.documents.extent(node)
    }

    /// Looks whether a reference leads anywhere, and says of the variables in it what they can be.
    pub(super) fn check_reference(&mut self, term: &Term<'s>) {
        let TermKind::Ref(reference) = &term.kind else { return };
        let steps = self.steps(reference);
        let found = match reference.head {
            RefHead::Var(id) => {
                if matches!(self.variable(id), Type::Unknown) {
                    self.bind(id, Type::Any);
                }
                let of = self.variable(id).clone();
                self.check_steps(of, &steps, 0)
            }
            RefHead::Path(path) => {
                let root = self.world.bundle.paths.root(path);
                match self.described(root, &steps) {
                    Some((of, at)) => self.check_steps(of, &steps, at),
                    None if root == Root::Input => self.check_steps(Type::Any, &steps, 0),
                    None => self.check_document(&steps),
                }
            }
        };
        if let Err((at, wrong)) = found {
            let name = match reference.head {
                RefHead::Var(id) => {
                    self.rule.variables.get(id.0 as usize).map_or("", |variable| variable.name).to_owned()
                }
                RefHead::Path(path) => match self.world.bundle.paths.root(path) {
                    Root::Data => "data".to_owned(),
                    Root::Input => "input".to_owned(),
                },
            };
            let span = match steps.get(at) {
                Some(Step::Term(step)) => step.span,
                _ => reference.head_span,
            };
            self.tell_reference((&name, reference.head_span), &steps, at, span, &wrong);
        }
    }

    /// Looks from a document whose type is known.
    fn check_steps(&mut self, of: Type, steps: &[Step<'_, 's>], from: usize) -> Result<(), (usize, Wrong)> {
        let mut of = of;
        for (at, step) in steps.iter().enumerate().skip(from) {
            let keys = of.keys();
            if matches!(keys, Type::Unknown) {
                return Err((at, Wrong::NothingInside(of)));
            }
            of = match (step.scalar(), step) {
                (Some(key), _) => {
                    let inner = of.select(&key, self.world.work);
                    if matches!(inner, Type::Unknown) {
                        return Err((at, Wrong::NotThere { have: None, want: keys, one_of: keys_of(&of) }));
                    }
                    inner
                }
                (None, Step::Term(step)) => {
                    if !self.can_be_key(step, &keys) {
                        let have = Some(self.type_of(step));
                        let one_of = if step.as_var().is_some() { keys_of(&of) } else { Vec::new() };
                        return Err((at, Wrong::NotThere { have, want: keys, one_of }));
                    }
                    of.values()
                }
                (None, Step::Name(_)) => of.values(),
            };
        }
        Ok(())
    }

    /// Whether a term that is no scalar can be one of the keys. A variable of which nothing is known gets their type.
    fn can_be_key(&mut self, step: &Term<'s>, keys: &Type) -> bool {
        match &step.kind {
            TermKind::Ref(inner) => {
                let of = self.type_of_reference(inner);
                matches!(of, Type::Unknown) || self.unifies(&of, keys)
            }
            TermKind::Var(_) | TermKind::Array(_) | TermKind::Object(_) | TermKind::Set(_) => {
                self.match_type(step, keys, false)
            }
            _ => true,
        }
    }

    /// Looks from `data`, in what rules give. What they do not give may be in a document.
    fn check_document(&mut self, steps: &[Step<'_, 's>]) -> Result<(), (usize, Wrong)> {
        /// Steps from `data` that are names of packages or rules, because there is at least one of each.
        const NAMES: usize = 2;
        let mut node = NodeId::DATA;
        if !self.documents.is_present(node) {
            return self.check_steps(Type::Any, steps, 0);
        }
        for (at, step) in steps.iter().enumerate() {
            let constant = step.constant();
            if at < NAMES && matches!(constant, Some(Constant::Null | Constant::Boolean(_) | Constant::Number(_))) {
                let have = step_type(constant.as_ref());
                return Err((at, Wrong::NotThere { have, want: Type::String, one_of: self.names_below(node) }));
            }
            if let Step::Term(term) = step
                && let Some(variable) = step.variable()
            {
                let keys = self.documents.extent(node).keys();
                let known = self.variable(variable).clone();
                if !self.match_type(term, &keys, false) {
                    let one_of = self.names_below(node);
                    return Err((at, Wrong::NotThere { have: Some(known), want: keys, one_of }));
                }
                return self.check_steps(Type::Any, steps, at + 1);
            }
            match constant.and_then(|key| self.documents.child(node, &key)) {
                Some(child) => node = child,
                None => return self.check_steps(Type::Any, steps, at),
            }
            if let Some(of) = self.documents.value(node) {
                if at + 1 == steps.len() && matches!(of, Type::Function(_)) {
                    return Err((steps.len(), Wrong::NothingInside(of.clone())));
                }
                return self.check_steps(of.clone(), steps, at + 1);
            }
        }
        Ok(())
    }

    /// The type of what stands under some steps.
    fn selected(&self, of: Type, steps: &[Step<'_, 's>]) -> Type {
        steps.iter().fold(of, |of, step| match step.scalar() {
            Some(key) => of.select(&key, self.world.work),
            None => of.values(),
        })
    }

    /// The steps that lead further from a path, as far as rules give some.
    fn names_below(&self, node: NodeId) -> Vec<Key> {
        let mut names: Vec<Key> =
            self.documents.children(node).map(|(key, _)| key_of(key).unwrap_or(Key::Null)).collect();
        names.order();
        names
    }
}

fn step_type(constant: Option<&Constant<'_>>) -> Option<Type> {
    constant.map(|constant| key_of(constant).map_or(Type::Null, |key| Type::of_key(&key)))
}

/// What can be looked up in a type, where that is known one by one.
fn keys_of(of: &Type) -> Vec<Key> {
    let mut keys = Vec::new();
    match of {
        Type::Object(object) => keys.extend(object.fields.iter().map(|(key, _)| key.clone())),
        Type::Union(union) => union.members.iter().for_each(|member| keys.extend(keys_of(member))),
        _ => {}
    }
    keys.order();
    keys.dedup();
    keys
}
