//! What schemas say of documents: of `input` everywhere, and of documents for single rules.

use super::super::lowered::{Root, RuleId};
use super::super::types::{Key, Object, Type};
use crate::sorted;

/// What schemas say of documents.
#[derive(Debug, Default)]
pub struct Schemas {
    /// The type of `input`, where one schema holds for all rules.
    pub input: Option<Type>,
    /// What annotations say for single rules, outer ones first.
    pub of_rules: sorted::Map<RuleId, Vec<Described>>,
}

/// A document that a schema describes.
#[derive(Debug, Clone)]
pub struct Described {
    /// With what its path begins.
    pub root: Root,
    /// The names that follow.
    pub names: Vec<String>,
    /// Its type.
    pub of: Type,
}

impl Schemas {
    /// What is described for a rule: documents, none inside of another.
    pub(super) fn of(&self, rule: RuleId) -> Vec<Described> {
        let input = self.input.iter().map(|of| Described { root: Root::Input, names: Vec::new(), of: of.clone() });
        let own = self.of_rules.get(&rule).into_iter().flatten().cloned();
        let mut all: Vec<Described> = Vec::new();
        for described in input.chain(own) {
            let outer = all.iter_mut().find(|outer| {
                outer.root == described.root
                    && outer.names.len() < described.names.len()
                    && described.names.starts_with(&outer.names)
            });
            match outer {
                Some(outer) => {
                    let inner = described.names.get(outer.names.len()..).unwrap_or_default();
                    outer.of = put(&outer.of, inner, described.of);
                }
                None => {
                    all.retain(|other| other.root != described.root || !other.names.starts_with(&described.names));
                    all.push(described);
                }
            }
        }
        all
    }
}

/// The type of a document in which something else stands under a path.
fn put(whole: &Type, path: &[String], of: Type) -> Type {
    let Some((first, rest)) = path.split_first() else { return of };
    let key = Key::string(first);
    let object: Option<&Object> = match whole {
        Type::Object(object) => Some(object),
        _ => None,
    };
    let mut fields = object.map_or_else(Vec::new, |object| object.fields.clone());
    let inner = match fields.iter().find(|(field, _)| *field == key) {
        Some((_, inner)) => put(inner, rest, of),
        None => rest.iter().rev().fold(of, |of, name| {
            Type::object(
                vec![(Key::string(name), of)],
                object.map_or(Some((Type::Any, Type::Any)), |it| it.rest.clone()),
            )
        }),
    };
    fields.push((key, inner));
    Type::object(fields, object.map_or(Some((Type::Any, Type::Any)), |object| object.rest.clone()))
}
