//! What is kept of the policies of a context: the records, their kinds and keys, in one partition.
//!
//! INVARIANT (one partition): a decision reads settings and bundle and writes the log, so they lie together. Contexts do not know of one
//! another.

use crate::decision::asking::json;
use crate::decision::key::escaped;
use crate::decision::{Need, Stop, digest};
use crate::error::{Error, ErrorCode};
use serde::{Deserialize, Serialize};

/// The kinds of record.
pub mod kind {
    /// The bundle in force; key: `current`.
    pub const BUNDLE: &str = "config_bundle";
    /// A bundle that was or is in force; key: from the newest to the oldest.
    pub const VERSION: &str = "config_bundle_version";
    /// The text of a policy; key: its SHA-512. It is never deleted.
    pub const SOURCE: &str = "config_policy_source";
    /// A decision; key: from the newest to the oldest.
    pub const DECISION: &str = "config_decision";
    /// Where a decision is; key: its id.
    pub const DECISION_PLACE: &str = "config_decision_place";
    /// Whether and how is decided; key: `all`.
    pub const SETTINGS: &str = "config_settings";
    /// Something that was changed; key: time and id.
    pub const AUDIT: &str = "audit";
}

/// The record of the bundle in force.
pub const BUNDLE: (&str, &str) = (kind::BUNDLE, "current");
/// The record of the settings.
pub const SETTINGS: (&str, &str) = (kind::SETTINGS, "all");

/// Whose policies, and for what.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The organisation.
    pub org_id: &'a str,
    /// A word of the organisation's: its policies for one purpose.
    pub context: &'a str,
}

impl Place<'_> {
    /// The partition of everything that is kept.
    pub fn partition(&self) -> String {
        format!("config/{}/{}", escaped(self.org_id), escaped(self.context))
    }

    /// The need of a record.
    pub fn record(&self, (kind, key): (&str, &str)) -> Need {
        Need::Record { partition: self.partition(), kind: kind.to_owned(), key: key.to_owned(), again: false }
    }
}

/// A bundle that was pushed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigBundleVersion"))]
#[serde(deny_unknown_fields)]
pub struct BundleVersion {
    /// Counts from 1. 0 is what was there before the first: nothing.
    #[cfg_attr(test, ts(type = "number"))]
    pub version: u64,
    /// The digest of names, files and texts.
    pub digest: String,
    /// The policies, by name.
    pub policies: Vec<PolicyOfBundle>,
    /// When it was pushed, as RFC 3339 in UTC.
    pub created_at: String,
    /// Who pushed it.
    pub created_by: Option<String>,
}

/// A policy of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigPolicyOfBundle"))]
#[serde(deny_unknown_fields)]
pub struct PolicyOfBundle {
    /// The name that it declares.
    pub name: String,
    /// The path of its file.
    pub path: String,
    /// The SHA-512 of its text, in hexadecimal.
    pub sha512: String,
    /// When this text was pushed first under this name.
    pub created_at: String,
    /// Who pushed it.
    pub created_by: Option<String>,
}

/// The text of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredSource {
    /// The text.
    pub source: String,
}

/// Where a decision is in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionPlace {
    /// Its key.
    pub key: String,
}

impl BundleVersion {
    /// What is in force before anything was pushed.
    ///
    /// # Errors
    /// None in practice.
    pub fn nothing() -> Result<Self, Stop> {
        let digest = digest_of(&[])?;
        Ok(Self { version: 0, digest, policies: Vec::new(), created_at: String::new(), created_by: None })
    }

    /// A policy by its name.
    pub fn policy(&self, name: &str) -> Option<&PolicyOfBundle> {
        self.policies.iter().find(|policy| policy.name == name)
    }

    /// Checks that the digest is that of the policies: what was loaded is kept by it, for whoever comes with the same.
    ///
    /// # Errors
    /// `fact_wrong_shape`.
    pub fn check(&self) -> Result<(), Stop> {
        if digest_of(&self.policies)? == self.digest {
            return Ok(());
        }
        Err(Error::new(ErrorCode::FactWrongShape, "the digest of a bundle in the store is not that of its policies")
            .into())
    }
}

/// The digest of a bundle: what it decides, and with which places of files. When it was pushed says nothing of that.
///
/// # Errors
/// None in practice.
pub fn digest_of(policies: &[PolicyOfBundle]) -> Result<String, Stop> {
    let named: Vec<[&str; 3]> =
        policies.iter().map(|policy| [policy.name.as_str(), policy.path.as_str(), policy.sha512.as_str()]).collect();
    Ok(digest::of_value(&json(&named)?))
}

/// The key of a version: the newest comes first.
pub fn version_key(version: u64) -> String {
    const LAST: u64 = 999_999_999_999;
    format!("{:012}", LAST.saturating_sub(version))
}
