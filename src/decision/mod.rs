//! From answers to something a host can act on: decisions and how they combine, asking and telling as data, audit records.

pub mod asking;
pub mod audit;
pub mod digest;
pub mod effects;
pub mod identity;
pub mod key;
pub mod need;
pub mod page;
pub mod refusal;
pub mod requirement;
pub mod set_up;

pub use asking::{Asking, Done, Kept, Listed, Page, Step, Stop};
pub use audit::{AuditRecord, instant};
pub use effects::{Commit, Delivery, Effects, Expectation, Notice, Record};
pub use identity::{Identity, OrgRole, Resource, ResourceType, Verb};
pub use need::{Fact, Facts, Need};
pub use page::PageRequest;
pub use refusal::{Refusal, RefusalCode};
pub use requirement::{Requirement, RequirementStatus, Source};
pub use set_up::{Change, SetUp, StoredConfiguration, StoredName};

use serde::Serialize;

/// A list with at least one element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonEmpty<T> {
    first: T,
    rest: Vec<T>,
}

impl<T> NonEmpty<T> {
    /// A list of one.
    pub const fn one(first: T) -> Self {
        Self { first, rest: Vec::new() }
    }

    /// The list, when there is anything in it.
    pub fn from_vec(mut items: Vec<T>) -> Option<Self> {
        if items.is_empty() {
            return None;
        }
        let rest = items.split_off(1);
        items.pop().map(|first| Self { first, rest })
    }

    /// Every element.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    /// Adds the elements of another list.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.rest.push(other.first);
        self.rest.extend(other.rest);
        self
    }
}

impl<T: Serialize> Serialize for NonEmpty<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// Why something was denied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The stable code.
    pub code: String,
    /// The reason in words; a policy's own words where it gave them.
    pub message: String,
    /// The policy set that gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_set: Option<String>,
    /// The policy that gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The requirement that was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement_id: Option<String>,
}

impl Reason {
    /// A reason with a code and its words.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), policy_set: None, policy: None, requirement_id: None }
    }
}

/// The final word.
///
/// INVARIANT: a hold says what it waits for, and a deny says why; neither can be built without. There is no default:
/// what it means that nothing applied is a product's written choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Decision {
    /// It may go ahead.
    Allow,
    /// It waits.
    Hold {
        /// What would lift the hold.
        #[cfg_attr(test, ts(as = "Vec<Requirement>"))]
        requirements: NonEmpty<Requirement>,
    },
    /// It may not go ahead.
    Deny {
        /// Why.
        #[cfg_attr(test, ts(as = "Vec<Reason>"))]
        reasons: NonEmpty<Reason>,
    },
}

impl Decision {
    /// The stricter of two decisions; reasons and requirements accumulate.
    #[must_use]
    pub fn combine(self, other: Self) -> Self {
        match (self, other) {
            (Self::Deny { reasons: a }, Self::Deny { reasons: b }) => Self::Deny { reasons: a.and(b) },
            (Self::Deny { reasons }, _) | (_, Self::Deny { reasons }) => Self::Deny { reasons },
            (Self::Hold { requirements: a }, Self::Hold { requirements: b }) => Self::Hold { requirements: a.and(b) },
            (Self::Hold { requirements }, Self::Allow) | (Self::Allow, Self::Hold { requirements }) => {
                Self::Hold { requirements }
            }
            (Self::Allow, Self::Allow) => Self::Allow,
        }
    }
}
