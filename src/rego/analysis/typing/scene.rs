//! What is known while a branch of a rule is looked at: the types of its variables so far, and those of terms.

use super::super::finding::Finding;
use super::super::lowered::{Comprehension, Rule, RuleId, Term, TermKind, VarId};
use super::super::types::Type;
use super::documents::Documents;
use super::schemas::Described;
use super::{World, constant_of};
use crate::sorted;

/// One rule while its branches are looked at.
pub(super) struct Scene<'a, 'd, 's> {
    pub world: World<'a, 's>,
    pub documents: &'d mut Documents<'a, 's>,
    pub rule: &'a Rule<'s>,
    /// What schemas say of documents for this rule.
    pub schemas: Vec<Described>,
    /// By variable.
    variables: Vec<Type>,
    /// What was known of variables before, so that a comprehension can be left again.
    changes: Vec<(VarId, Type)>,
    /// The types of comprehensions that have been looked at, so that each is looked at once. By their addresses, which
    /// are only asked for and give no order to anything.
    comprehensions: sorted::Map<*const Comprehension<'s>, Type>,
    pub findings: Vec<Finding>,
}

impl<'a, 'd, 's> Scene<'a, 'd, 's> {
    /// Nothing is known of any variable.
    pub fn new(world: World<'a, 's>, documents: &'d mut Documents<'a, 's>, id: RuleId, rule: &'a Rule<'s>) -> Self {
        Self {
            world,
            documents,
            rule,
            schemas: world.schemas.of(id),
            variables: vec![Type::Unknown; rule.variables.len()],
            changes: Vec::new(),
            comprehensions: sorted::Map::new(),
            findings: Vec::new(),
        }
    }

    /// Forgets what is known of variables: the next branch begins.
    pub fn begin(&mut self) {
        self.go_back(0);
        self.comprehensions.clear();
    }

    /// Forgets what has become known since there were so many changes.
    fn go_back(&mut self, changes: usize) {
        for (id, known) in self.changes.drain(changes..).rev() {
            if let Some(variable) = self.variables.get_mut(id.0 as usize) {
                *variable = known;
            }
        }
    }

    /// What was found.
    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    /// What is known of a variable.
    pub fn variable(&self, id: VarId) -> &Type {
        self.variables.get(id.0 as usize).unwrap_or(&Type::Unknown)
    }

    /// Says what is known of a variable from here on.
    pub fn bind(&mut self, id: VarId, of: Type) {
        if let Some(variable) = self.variables.get_mut(id.0 as usize) {
            self.changes.push((id, std::mem::replace(variable, of)));
        }
    }

    /// Whether a value can be of both types.
    pub fn unifies(&self, a: &Type, b: &Type) -> bool {
        a.unifies(b, self.world.work)
    }

    /// What is known of a term.
    pub fn type_of(&mut self, term: &Term<'s>) -> Type {
        match &term.kind {
            TermKind::Null => Type::Null,
            TermKind::Boolean(_) => Type::Boolean,
            TermKind::Number(_) => Type::Number,
            TermKind::String(_) => Type::String,
            TermKind::Var(id) => self.variable(*id).clone(),
            TermKind::Ref(reference) => self.type_of_reference(reference),
            TermKind::Array(items) => {
                let rest = items.is_empty().then_some(Type::Any);
                Type::array(items.iter().map(|item| self.type_of(item)).collect(), rest)
            }
            TermKind::Set(items) => {
                let items: Vec<Type> = items.iter().map(|item| self.type_of(item)).collect();
                Type::set(Type::any_of(items).known_or(Type::Any))
            }
            TermKind::Object(pairs) => self.type_of_object(pairs),
            TermKind::ArrayComprehension(comprehension)
            | TermKind::SetComprehension(comprehension)
            | TermKind::ObjectComprehension(comprehension) => self.type_of_comprehension(term, comprehension),
            TermKind::Broken => Type::Any,
        }
    }

    fn type_of_object(&mut self, pairs: &[(Term<'s>, Term<'s>)]) -> Type {
        let mut fields = Vec::new();
        let mut keys = Vec::new();
        let mut values = Vec::new();
        for (key, value) in pairs {
            match constant_of(key) {
                Some(key) => fields.push((key, self.type_of(value))),
                None => {
                    keys.push(self.type_of(key));
                    values.push(self.type_of(value));
                }
            }
        }
        let rest = if pairs.is_empty() {
            Some((Type::Any, Type::Any))
        } else {
            (!keys.is_empty()).then(|| (Type::any_of(keys), Type::any_of(values)))
        };
        Type::object(fields, rest)
    }

    /// The type of a comprehension; unknown where there is an error in it. What its body says of variables does not
    /// hold outside of it.
    fn type_of_comprehension(&mut self, term: &Term<'s>, comprehension: &Comprehension<'s>) -> Type {
        let address = std::ptr::from_ref(comprehension);
        if let Some(known) = self.comprehensions.get(&address) {
            return known.clone();
        }
        let before = self.changes.len();
        let is_right = self.check_body(&comprehension.body);
        let of = if is_right {
            let value = self.type_of(&comprehension.value);
            match (&term.kind, &comprehension.key) {
                (TermKind::ArrayComprehension(_), _) => Type::array_of(value),
                (TermKind::ObjectComprehension(_), Some(key)) => {
                    let key = self.type_of(key);
                    Type::object_of(key, value)
                }
                _ => Type::set(value),
            }
        } else {
            Type::Unknown
        };
        self.go_back(before);
        self.comprehensions.insert(address, of.clone());
        of
    }
}
