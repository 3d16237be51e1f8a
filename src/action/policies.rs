//! `Policy`: an author's fields, ready to be asked; and which of them apply to a call (section 3.1).

use super::arguments::personal_data::PiiDetector;
use super::arguments::schema::ArgumentSchema;
use super::call::ActionCall;
use super::policy::errors::{PathPart, PolicyError};
use super::policy::{PiiRule, PolicyFields, Scope};
use crate::sorted::{self, InOrder};
use std::rc::Rc;

/// A policy that is ready to be asked.
#[derive(Debug)]
pub struct Policy {
    /// The id.
    pub id: String,
    /// What the author says.
    pub fields: PolicyFields,
    /// The schemas by action.
    pub schemas: sorted::Map<String, ArgumentSchema>,
    /// The detectors of personal data by action.
    pub detectors: sorted::Map<String, PiiDetector>,
    /// The detector of every other action, where there is one.
    pub default_detector: Option<PiiDetector>,
}

impl Policy {
    /// Makes fields ready.
    ///
    /// # Errors
    /// `BAD_REGEX` and its like: none for fields that were validated.
    pub fn prepare(id: &str, fields: PolicyFields) -> Result<Self, Vec<PolicyError>> {
        let mut errors = Vec::new();
        let mut schemas = sorted::Map::new();
        for (action, schema) in &fields.argument_constraints {
            match ArgumentSchema::compile(schema) {
                Ok(schema) => drop(schemas.insert(action.clone(), schema)),
                Err(found) => {
                    errors.extend(found.into_iter().map(|error| inside("argument_constraints", action, error)))
                }
            }
        }
        let mut detectors = sorted::Map::new();
        for (action, rule) in &fields.pii_rules {
            match PiiDetector::compile(rule) {
                Ok(detector) => drop(detectors.insert(action.clone(), detector)),
                Err(found) => errors.extend(found.into_iter().map(|error| inside("pii_rules", action, error))),
            }
        }
        let default_detector =
            if fields.pii_default_enabled { Some(PiiDetector::compile(&PiiRule::default())?) } else { None };
        if errors.is_empty() {
            Ok(Self { id: id.to_owned(), fields, schemas, detectors, default_detector })
        } else {
            Err(errors)
        }
    }

    /// Whether it is about a call.
    pub fn applies_to(&self, call: &ActionCall) -> bool {
        let targeted = |id: &Option<String>| id.is_some() && *id == self.fields.target_id;
        self.fields.enabled
            && match self.fields.scope {
                Scope::Global => true,
                Scope::Group => targeted(&call.group_id),
                Scope::Mission => targeted(&call.mission_id),
                Scope::Agent => targeted(&call.agent_id),
                Scope::Run => targeted(&call.run_id),
            }
    }

    /// What detects personal data in the arguments of an action.
    pub fn detector(&self, action: &str) -> Option<&PiiDetector> {
        self.detectors.get(action).or(self.default_detector.as_ref())
    }
}

/// The same error, as seen from the policy.
fn inside(field: &str, action: &str, mut error: PolicyError) -> PolicyError {
    error.path.splice(0..0, [PathPart::from(field), PathPart::from(action)]);
    error
}

/// All policies that an evaluation may look at, in the one order in which they are merged: from broad to narrow, then by id.
#[derive(Debug, Default)]
pub struct Policies {
    policies: Vec<Rc<Policy>>,
    /// Whether anything was ever set up: zero policies that somebody wanted are not the same as none that anybody knew of.
    pub configured: bool,
}

impl Policies {
    /// Puts policies in order. `configured` also holds where there are any.
    pub fn new(mut policies: Vec<Policy>, configured: bool) -> Self {
        policies.order_by(|a, b| (a.fields.scope, &a.id).cmp(&(b.fields.scope, &b.id)));
        Self { configured: configured || !policies.is_empty(), policies: policies.into_iter().map(Rc::new).collect() }
    }

    /// Those that are about a call.
    pub fn applicable(&self, call: &ActionCall) -> Vec<Rc<Policy>> {
        self.policies.iter().filter(|policy| policy.applies_to(call)).cloned().collect()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Rc<Policy>> {
        self.policies.iter()
    }

    /// A policy by its id.
    pub fn get(&self, id: &str) -> Option<&Rc<Policy>> {
        self.policies.iter().find(|policy| policy.id == id)
    }
}
