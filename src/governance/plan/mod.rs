//! The Terraform plan reader: what `terraform show -json` prints, as the change lists that rules and policies ask about.
//!
//! It reads the plans of Terraform 0.12 to 1.15 and of OpenTofu (format versions 0.x and 1.x). The three lists say
//! what the line `Plan: x to add, y to change, z to destroy.` says:
//!
//! | in the plan | in the lists |
//! | --- | --- |
//! | create, update, delete | added, changed, destroyed |
//! | a replacement, in either order | added and destroyed |
//! | a replacement that forgets the old object | added and destroyed: the old object leaves Terraform's hands. Terraform's own line counts it as added only, so a note says it |
//! | no-op, read, forget | nothing; forgotten resources are noted |
//! | a data source or an ephemeral resource, whatever is done with it | nothing |
//! | a mode that is not known | counted as a resource |
//! | a deposed object (left over from a failed replacement) | as its actions say, under the address of its resource: one address may stand in a list twice |
//! | a move, an import | as its actions say, which is nothing when that is all; noted |
//! | drift (`resource_drift`), deferred changes, action invocations, failing checks | nothing; noted |
//! | changes of outputs | nothing; noted when there is no other change |
//! | a plan that ended with an error or that needs another plan after it | the changes that it names; noted |
//!
//! An action that is not known is an error, never silence. Entries stand in the order of the document.
//!
//! Values leave the reader through [`Plan::detail`] alone, and there without those that the plan marks as sensitive.

mod changes;
mod detail;
mod document;
mod mask;
mod text;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

use crate::error::Error;
use document::{Document, Found};

pub use mask::MARKER;

/// One resource object that the plan changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ResourceChange"))]
pub struct Change {
    /// The address of the resource instance, as in the plan.
    pub address: String,
    /// The type of the resource, such as `aws_instance`.
    pub resource_type: String,
    /// The short name of the provider, such as `aws`: the last part of its source address.
    pub provider_name: String,
}

/// What the plan does, in the order of the document. All three lists are always present.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlanChanges {
    /// Objects that are created, replacements included.
    pub added: Vec<Change>,
    /// Objects that are updated in place.
    pub changed: Vec<Change>,
    /// Objects that are destroyed, replacements included.
    pub destroyed: Vec<Change>,
}

/// What the workspace is made of, by its plan: sorted, each name once.
///
/// Every managed resource that the plan lists counts, also one that does not change (Terraform lists it as a no-op) and
/// one that is destroyed or forgotten: these are attributes of the workspace, and a plan without changes must not empty
/// them. Data sources do not count: a plan lists one only when its read has to wait for the apply.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DetectedAttributes {
    /// Short names of providers.
    pub providers: Vec<String>,
    /// Types of resources.
    pub resource_types: Vec<String>,
}

/// The lengths of the three lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ChangeCounts"))]
pub struct Counts {
    /// Entries in `added`.
    #[cfg_attr(test, ts(type = "number"))]
    pub added: u64,
    /// Entries in `changed`.
    #[cfg_attr(test, ts(type = "number"))]
    pub changed: u64,
    /// Entries in `destroyed`.
    #[cfg_attr(test, ts(type = "number"))]
    pub destroyed: u64,
}

impl Counts {
    /// Entries of all three lists.
    pub const fn total(self) -> u64 {
        self.added + self.changed + self.destroyed
    }
}

/// What a plan says of itself and of its changes, without any attribute value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlanSummary {
    /// The version of the plan format, such as `1.2`.
    pub format_version: Option<String>,
    /// The version of Terraform or OpenTofu that made the plan.
    pub terraform_version: Option<String>,
    /// What is added, changed and destroyed.
    pub plan_changes: PlanChanges,
    /// Providers and resource types of the workspace.
    pub detected_attributes: DetectedAttributes,
    /// The lengths of the lists.
    pub counts: Counts,
    /// What a reader of the lists should know besides, as sentences.
    pub notes: Vec<String>,
}

/// What the plan says of its own state; each flag came with a later version of Terraform.
#[derive(Clone, Copy, Default)]
struct Flags {
    errored: Option<bool>,
    complete: Option<bool>,
    applyable: Option<bool>,
}

/// A plan that was read. It keeps the text of the document, and gives no sensitive part of it away.
#[derive(Clone)]
pub struct Plan {
    /// The version of the plan format, such as `1.2`.
    pub format_version: Option<String>,
    /// The version of Terraform or OpenTofu that made the plan.
    pub terraform_version: Option<String>,
    /// What is added, changed and destroyed.
    pub plan_changes: PlanChanges,
    /// Providers and resource types of the workspace.
    pub detected_attributes: DetectedAttributes,
    /// The lengths of the lists.
    pub counts: Counts,
    /// What a reader of the lists should know besides, as sentences.
    pub notes: Vec<String>,
    flags: Flags,
    content: Content,
}

/// Where the values and the digest of a plan come from.
#[derive(Clone)]
enum Content {
    /// The text of the document.
    Document(String),
    /// What was kept of it.
    Kept { digest: String, detail: serde_json::Value },
}

/// A plan as it may be stored: with its masked values, and without anything that the plan marks as sensitive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptPlan {
    format_version: Option<String>,
    terraform_version: Option<String>,
    plan_changes: PlanChanges,
    detected_attributes: DetectedAttributes,
    notes: Vec<String>,
    digest: String,
    detail: serde_json::Value,
}

impl Plan {
    /// Reads the output of `terraform show -json PLANFILE`: UTF-8 with or without a byte order mark, or UTF-16 with one.
    ///
    /// No error quotes a value of the plan.
    ///
    /// # Errors
    ///
    /// `limit_exceeded` (`input_bytes`, `data_nesting`), `input_not_json` with the byte, `plan_is_binary` and
    /// `plan_is_a_stream` with the command to run, `not_a_plan` with the place where one is known.
    pub fn read(document: &[u8]) -> Result<Self, Error> {
        let text = text::decode(document)?;
        text::check_nesting(&text)?;
        if text::is_stream(&text) {
            return Err(text::stream_error());
        }
        let parsed: Found<Document> = text::parse(&text).map_err(|error| text::json_error(&error, &text, document))?;
        let parsed = document::recognise(parsed)?;
        let read = changes::read(&parsed)?;
        Ok(Self {
            format_version: parsed.format_version.text(),
            terraform_version: parsed.terraform_version.text(),
            plan_changes: read.plan_changes,
            detected_attributes: read.detected_attributes,
            counts: read.counts,
            notes: read.notes,
            flags: Flags {
                errored: parsed.errored.flag(),
                complete: parsed.complete.flag(),
                applyable: parsed.applyable.flag(),
            },
            content: Content::Document(text.into_owned()),
        })
    }

    /// What may be stored of the plan: enough to evaluate it again, with the same answers.
    ///
    /// # Errors
    /// As [`Plan::detail`].
    pub fn keep(&self) -> Result<KeptPlan, Error> {
        Ok(KeptPlan {
            format_version: self.format_version.clone(),
            terraform_version: self.terraform_version.clone(),
            plan_changes: self.plan_changes.clone(),
            detected_attributes: self.detected_attributes.clone(),
            notes: self.notes.clone(),
            digest: self.digest(),
            detail: self.detail()?,
        })
    }

    /// The plan that was kept. An errored plan is never kept.
    pub fn from_kept(kept: KeptPlan) -> Self {
        let KeptPlan { format_version, terraform_version, plan_changes, detected_attributes, notes, digest, detail } =
            kept;
        let counts = Counts {
            added: plan_changes.added.len() as u64,
            changed: plan_changes.changed.len() as u64,
            destroyed: plan_changes.destroyed.len() as u64,
        };
        Self {
            format_version,
            terraform_version,
            plan_changes,
            detected_attributes,
            counts,
            notes,
            flags: Flags::default(),
            content: Content::Kept { digest, detail },
        }
    }

    /// The plan with values, for policies that ask for `plan_detail: "full"`: what they see as `input.plan`.
    ///
    /// It has `resource_changes` and `output_changes` with `before` and `after`, shaped as in the plan document. The
    /// rules, by which nothing sensitive is left:
    ///
    /// - What `before_sensitive` or `after_sensitive` marks is replaced by [`MARKER`] on both sides, as Terraform prints
    ///   it: a value that is sensitive from now on was the same secret before.
    /// - A side without a mask is withheld whole, and a note says so. Terraform before 0.15 writes no masks.
    /// - A mask that does not fit its value withholds the value. Where two lists differ in length and the mask of one
    ///   marks an element, the other is withheld whole.
    /// - Parts of the document that have no mask are left out: drift, prior state, planned values, variables,
    ///   configuration, checks, action invocations, identities, generated configuration and the ids of imports.
    /// - Addresses and the keys of `for_each` are never sensitive in Terraform, and stay.
    ///
    /// # Errors
    ///
    /// `input_not_json` for a text that no JSON value can hold, such as half of a surrogate pair inside a value.
    pub fn detail(&self) -> Result<serde_json::Value, Error> {
        match &self.content {
            Content::Document(text) => detail::detail(self, text),
            Content::Kept { detail, .. } => Ok(detail.clone()),
        }
    }

    /// Whether the plan ended in an error: it then names only what was planned before.
    pub fn is_errored(&self) -> bool {
        self.flags.errored == Some(true)
    }

    /// The plan without values, as it stands on the wire.
    pub fn summary(&self) -> PlanSummary {
        PlanSummary {
            format_version: self.format_version.clone(),
            terraform_version: self.terraform_version.clone(),
            plan_changes: self.plan_changes.clone(),
            detected_attributes: self.detected_attributes.clone(),
            counts: self.counts,
            notes: self.notes.clone(),
        }
    }

    /// SHA-256 over the text of the document in UTF-8 without a byte order mark, in hexadecimal: equal for every encoding.
    pub fn digest(&self) -> String {
        let text = match &self.content {
            Content::Document(text) => text,
            Content::Kept { digest, .. } => return digest.clone(),
        };
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(text.as_bytes()) {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }
}

/// Without the text: a plan that is printed for debugging must not show its values.
impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Plan").field(&self.summary()).finish()
    }
}
