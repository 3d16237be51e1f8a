//! The types of what rules make, by their paths below `data`.

use super::super::lowered::Bundle;
use super::super::rule_tree::{Constant, NodeId};
use super::super::types::{Key, Object, Type};
use crate::limits;
use std::sync::Arc;

/// What is known of the documents below `data` so far.
pub(super) struct Documents<'a, 's> {
    bundle: &'a Bundle<'s>,
    /// By node.
    places: Vec<Place>,
}

#[derive(Default)]
struct Place {
    /// What the rules at this path give.
    value: Option<Type>,
    /// Whether a rule at this path or below has been looked at.
    is_present: bool,
    /// The type of the whole document, until something at or below it changes.
    extent: Option<Type>,
}

impl<'a, 's> Documents<'a, 's> {
    /// Nothing is known yet.
    pub fn new(bundle: &'a Bundle<'s>) -> Self {
        let places = bundle.tree.ids().map(|_| Place::default()).collect();
        Self { bundle, places }
    }

    fn place(&self, node: NodeId) -> Option<&Place> {
        self.places.get(node.0 as usize)
    }

    fn place_mut(&mut self, node: NodeId) -> Option<&mut Place> {
        self.places.get_mut(node.0 as usize)
    }

    /// What the rules at a path give, where they have been looked at.
    pub fn value(&self, node: NodeId) -> Option<&Type> {
        self.place(node)?.value.as_ref()
    }

    /// Whether a rule at a path or below has been looked at.
    pub fn is_present(&self, node: NodeId) -> bool {
        self.place(node).is_some_and(|place| place.is_present)
    }

    /// What stands one constant step below a path.
    pub fn child(&self, node: NodeId, key: &Constant<'s>) -> Option<NodeId> {
        self.bundle.tree.child(node, key).filter(|&child| self.is_present(child))
    }

    /// What stands below a path, in the order of the steps.
    pub fn children(&self, node: NodeId) -> impl Iterator<Item = (&'a Constant<'s>, NodeId)> {
        let children = self.bundle.tree.node(node).map(|node| &node.children);
        children.into_iter().flatten().map(|(key, &child)| (key, child)).filter(|&(_, child)| self.is_present(child))
    }

    /// The type of the whole document at a path. There may be more in it than rules give.
    pub fn extent(&mut self, node: NodeId) -> Type {
        self.extent_at(node, 0)
    }

    fn extent_at(&mut self, node: NodeId, level: u16) -> Type {
        if level > limits::TYPE_NESTING {
            return Type::Any;
        }
        let Some(place) = self.place(node) else { return Type::Any };
        if let Some(known) = place.value.as_ref().or(place.extent.as_ref()) {
            return known.clone();
        }
        let children: Vec<_> = self.children(node).filter_map(|(key, child)| Some((key_of(key)?, child))).collect();
        let fields = children.into_iter().map(|(key, child)| (key, self.extent_at(child, level + 1))).collect();
        let extent = Type::object(fields, Some((Type::String, Type::Any)));
        if let Some(place) = self.place_mut(node) {
            place.extent = Some(extent.clone());
        }
        extent
    }

    /// Says that a rule at a path has been looked at, of which no type is kept there.
    pub fn mark(&mut self, node: NodeId) {
        for node in self.upwards(node) {
            if let Some(place) = self.place_mut(node) {
                place.is_present = true;
                place.extent = None;
            }
        }
    }

    /// Makes `any` of a path, whatever else is said of it: a rule there has an error.
    pub fn spoil(&mut self, node: NodeId) {
        self.mark(node);
        if let Some(place) = self.place_mut(node) {
            place.value = Some(Type::Any);
        }
    }

    /// Joins a type to what is known of a path. Objects on the way to it, which other rules give, get it as a field,
    /// and an object that is joined gets what is known below its path.
    pub fn insert(&mut self, node: NodeId, of: Type) {
        self.mark(node);
        let upwards = self.upwards(node);
        let mut steps = Vec::new();
        for pair in upwards.windows(2) {
            let [below, above] = *pair else { continue };
            steps.extend(self.key_of_node(below).as_ref().map(Type::of_key));
            if let Some(place) = self.place_mut(above)
                && let Some(Type::Object(_)) = place.value
                && let Some(Type::Object(object)) = place.value.take()
            {
                place.value = Some(with_path(object, steps.iter(), of.clone()));
            }
        }
        // What is known below an object is in it already: it is put there when it becomes known.
        let is_first_object = matches!(of, Type::Object(_)) && !matches!(self.value(node), Some(Type::Object(_)));
        // Taken out of its place, so that it can be widened as it is: it may be large, and many rules may add to it.
        let mut merged = match self.place_mut(node).and_then(|place| place.value.take()) {
            Some(known) => merge(known, of).known_or(Type::Any),
            None => of,
        };
        if is_first_object {
            let mut leaves = Vec::new();
            self.push_leaves(node, &mut Vec::new(), &mut leaves);
            for (path, of) in leaves {
                merged = match merged {
                    Type::Object(object) => with_path(object, path.iter().rev(), of),
                    other => other,
                };
            }
        }
        if let Some(place) = self.place_mut(node) {
            place.value = Some(merged);
        }
    }

    /// A node and all above it.
    fn upwards(&self, node: NodeId) -> Vec<NodeId> {
        let mut nodes = vec![node];
        let mut at = node;
        while let Some(node) = self.bundle.tree.node(at)
            && node.key.is_some()
        {
            at = node.parent;
            nodes.push(at);
        }
        nodes
    }

    fn key_of_node(&self, node: NodeId) -> Option<Key> {
        self.bundle.tree.node(node)?.key.as_ref().and_then(key_of)
    }

    /// The types of the steps to each value below a node, with that value.
    fn push_leaves(&self, node: NodeId, path: &mut Vec<Type>, leaves: &mut Vec<(Vec<Type>, Type)>) {
        if path.len() > usize::from(limits::TYPE_NESTING) {
            return;
        }
        for (key, child) in self.children(node) {
            let Some(key) = key_of(key) else { continue };
            path.push(Type::of_key(&key));
            match self.value(child) {
                Some(value) => leaves.push((path.clone(), value.clone())),
                None => self.push_leaves(child, path, leaves),
            }
            path.pop();
        }
    }
}

/// The key that a step of a path is in an object; none for `null`, as OPA has it.
pub(super) fn key_of(constant: &Constant<'_>) -> Option<Key> {
    match constant {
        Constant::Null => None,
        Constant::Boolean(value) => Some(Key::Boolean(*value)),
        Constant::Number(digits) => Some(Key::number(digits)),
        Constant::String(text) => Some(Key::string(text)),
    }
}

/// An object that also has a value under a path, given by the types of its keys, the innermost first.
fn with_path<'k>(object: Arc<Object>, steps: impl Iterator<Item = &'k Type>, value: Type) -> Type {
    let mut steps = steps.peekable();
    let mut inner = value;
    while let Some(step) = steps.next() {
        if steps.peek().is_none() {
            let Object { fields, rest, .. } = Arc::unwrap_or_clone(object);
            let rest = match rest {
                Some((keys, values)) => (keys.or(step.clone()), values.or(inner)),
                None => (step.clone(), inner),
            };
            return Type::object(fields, Some(rest));
        }
        inner = Type::object_of(step.clone(), inner);
    }
    Type::Object(object)
}

/// The type of a document that two rules give together: elements of sets and values of objects without known fields are
/// joined inside of one set or object.
fn merge(known: Type, more: Type) -> Type {
    match (known, more) {
        (Type::Any, _) | (_, Type::Any) => Type::Any,
        (Type::Set(a), Type::Set(b)) => Type::set(Arc::unwrap_or_clone(a).of.or(b.of.clone())),
        (Type::Object(a), Type::Object(b)) if a.open().is_some() && b.open().is_some() => {
            let rests = Arc::unwrap_or_clone(a).rest.zip(Arc::unwrap_or_clone(b).rest);
            let joined = rests
                .map(|((keys, values), (more_keys, more_values))| (keys.or(more_keys), merge(values, more_values)));
            Type::object(Vec::new(), joined)
        }
        (Type::Object(object), Type::Union(union)) | (Type::Union(union), Type::Object(object)) => {
            Type::with_object(union, object)
        }
        (known, more) => known.or(more),
    }
}
