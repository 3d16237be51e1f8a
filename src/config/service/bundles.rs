//! Bundles: pushed whole, compared by the names of their policies, fetched, and kept as versions (sections 6.2 to 6.4).

use super::stored::{self, BUNDLE, BundleVersion, Place, PolicyOfBundle, StoredSource, kind, version_key};
use super::{Change, ConfigService};
use crate::config::load::{self, LoadedPolicy};
use crate::decision::audit::timestamp;
use crate::decision::{
    Asking, Done, Identity, Kept, Page, PageRequest, Record, Refusal, RefusalCode, Stop, Verb, digest,
};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::rego::Module;
use crate::sorted;
use serde::Serialize;

/// What differs between two bundles, by the names of policies. All three are always there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigBundleDiff"))]
pub struct BundleDiff {
    /// In the new bundle alone.
    pub created: Vec<String>,
    /// In the old bundle alone.
    pub deleted: Vec<String>,
    /// In both, with texts that differ in any way.
    pub modified: Vec<String>,
}

/// A policy with its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "FetchedConfigPolicy"))]
pub struct FetchedPolicy {
    /// The text.
    pub content: String,
    /// When this text was pushed first under this name, as RFC 3339 in UTC.
    pub created_at: String,
    /// Who pushed it.
    pub created_by: Option<String>,
    /// The name that it declares.
    pub name: String,
}

/// A part of the list of versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigBundleVersionPage"))]
pub struct BundleVersionPage {
    /// The versions, the newest first.
    pub versions: Vec<BundleVersion>,
    /// Where the next page begins; null: nothing follows.
    pub cursor: Option<String>,
}

impl ConfigService<'_> {
    /// `POST …/policy-bundle`: what is pushed takes the place of all that was there. The same again is no new version.
    pub(super) fn push(&self, asking: &Asking, policies: sorted::Map<String, String>, dry: bool) -> Result<Done, Stop> {
        asking.want(self.place.record(BUNDLE));
        let identity = match dry {
            true => self.place.require(asking, Verb::Read)?,
            false => self.place.require_administrator(asking, "push policies")?,
        };
        let kept: Kept<BundleVersion> = asking.record(self.place.record(BUNDLE))?;
        let before = kept.value.map_or_else(BundleVersion::nothing, Ok)?;
        let loaded = loaded(policies)?;
        let after = self.following(&before, &loaded, &identity)?;
        let diff = BundleDiff::between(&before, &after);
        if dry || after.digest == before.digest {
            return Done::answer(&diff);
        }
        let mut change = Change::default();
        change.expect(BUNDLE, kept.version);
        change.put.push(Record::of(kind::BUNDLE, BUNDLE.1, &after)?);
        for (policy, of) in loaded.into_iter().zip(&after.policies) {
            // Texts are named by what they say: one that is in the bundle already is in the store.
            if !before.policies.iter().any(|known| known.sha512 == of.sha512) {
                let source = StoredSource { source: policy.source };
                change.put.push(Record::of(kind::SOURCE, of.sha512.clone(), &source)?);
            }
        }
        change.append.push(Record::of(kind::VERSION, version_key(after.version), &after)?);
        self.done(&diff, change)
    }

    /// `GET …/policy-bundle`
    pub(super) fn get_bundle(&self, asking: &Asking, version: Option<u64>) -> Result<Done, Stop> {
        let bundle = self.found_bundle(asking, version)?;
        self.fetched(asking, &bundle)
    }

    /// `GET …/policy-bundle/{name}`
    pub(super) fn get_policy(&self, asking: &Asking, name: &str, version: Option<u64>) -> Result<Done, Stop> {
        let bundle = self.found_bundle(asking, version)?;
        let missing = || Refusal::new(RefusalCode::NotFound, format!("there is no policy `{name}`"));
        let policy = bundle.policy(name).ok_or_else(missing)?;
        Done::answer(&fetched(policy, self.place.source(asking, policy)?))
    }

    /// The bundles that were in force, the newest first.
    pub(super) fn list_versions(&self, asking: &Asking, page: &PageRequest) -> Result<Done, Stop> {
        let need = page.need(self.place.partition(), kind::VERSION, None)?;
        asking.want(need.clone());
        self.place.require(asking, Verb::Read)?;
        let listed: Page<BundleVersion> = asking.records(need)?;
        let versions = listed.records.into_iter().map(|record| record.value).collect();
        Done::answer(&BundleVersionPage { versions, cursor: listed.cursor })
    }

    /// All policies of a bundle with their texts, by name.
    pub(super) fn fetched(&self, asking: &Asking, bundle: &BundleVersion) -> Result<Done, Stop> {
        let texts = self.place.sources(asking, bundle)?;
        let policies =
            bundle.policies.iter().zip(texts).map(|(policy, text)| (policy.name.clone(), fetched(policy, text)));
        Done::answer(&sorted::Map::from_iter(policies))
    }

    /// A version of the bundle, or the one in force, for whoever may see it.
    fn found_bundle(&self, asking: &Asking, version: Option<u64>) -> Result<BundleVersion, Stop> {
        let Some(version) = version else {
            asking.want(self.place.record(BUNDLE));
            self.place.require(asking, Verb::Read)?;
            let kept: Kept<BundleVersion> = asking.record(self.place.record(BUNDLE))?;
            return kept.value.map_or_else(BundleVersion::nothing, Ok);
        };
        asking.want(self.place.access_need());
        let bundle = self.place.version(asking, version);
        self.place.require(asking, Verb::Read)?;
        let missing = || Refusal::new(RefusalCode::NotFound, format!("there is no version {version} of the bundle"));
        Ok(bundle?.ok_or_else(missing)?)
    }

    /// The version that a push makes. A policy whose text stays keeps who pushed it, and when.
    fn following(
        &self,
        before: &BundleVersion,
        loaded: &[LoadedPolicy],
        identity: &Identity,
    ) -> Result<BundleVersion, Stop> {
        let created_at = timestamp(self.now_ms);
        let mut policies = Vec::new();
        for policy in loaded {
            let sha512 = digest::sha512_of_text(&policy.source);
            let known = before.policy(&policy.name).filter(|known| known.sha512 == sha512);
            policies.push(PolicyOfBundle {
                name: policy.name.clone(),
                path: policy.path.clone(),
                sha512,
                created_at: known.map_or_else(|| created_at.clone(), |known| known.created_at.clone()),
                created_by: known.map_or_else(|| identity.id.clone(), |known| known.created_by.clone()),
            });
        }
        let digest = stored::digest_of(&policies)?;
        Ok(BundleVersion { version: before.version + 1, digest, policies, created_at, created_by: identity.id.clone() })
    }
}

impl BundleDiff {
    /// What is to be done to make one bundle of another (section 8, rows 9 and 10). Both are sorted by name.
    fn between(before: &BundleVersion, after: &BundleVersion) -> Self {
        let mut diff = Self::default();
        for policy in &after.policies {
            match before.policy(&policy.name) {
                None => diff.created.push(policy.name.clone()),
                Some(known) if known.sha512 != policy.sha512 => diff.modified.push(policy.name.clone()),
                Some(_) => {}
            }
        }
        let is_gone = |policy: &&PolicyOfBundle| after.policy(&policy.name).is_none();
        diff.deleted = before.policies.iter().filter(is_gone).map(|policy| policy.name.clone()).collect();
        diff
    }
}

impl Place<'_> {
    /// A version of the bundle, where there is one.
    ///
    /// # Errors
    /// [`Stop::Needs`].
    pub(super) fn version(&self, asking: &Asking, version: u64) -> Result<Option<BundleVersion>, Stop> {
        if version == 0 {
            return BundleVersion::nothing().map(Some);
        }
        let kept: Kept<BundleVersion> = asking.record(self.record((kind::VERSION, &version_key(version))))?;
        Ok(kept.value)
    }

    /// The texts of the policies of a bundle, in their order.
    ///
    /// # Errors
    /// [`Stop::Needs`]; `fact_wrong_shape` for a text that is not the one that was pushed.
    pub(super) fn sources(&self, asking: &Asking, bundle: &BundleVersion) -> Result<Vec<String>, Stop> {
        for policy in &bundle.policies {
            asking.want(self.record((kind::SOURCE, &policy.sha512)));
        }
        bundle.policies.iter().map(|policy| self.source(asking, policy)).collect()
    }

    fn source(&self, asking: &Asking, policy: &PolicyOfBundle) -> Result<String, Stop> {
        let kept: Kept<StoredSource> = asking.record(self.record((kind::SOURCE, &policy.sha512)))?;
        match kept.value {
            Some(StoredSource { source }) if digest::sha512_of_text(&source) == policy.sha512 => Ok(source),
            found => {
                let what = if found.is_some() { "in the store is another one" } else { "is not in the store" };
                let message = format!("the text of the policy `{}` {what}", policy.name);
                Err(Error::new(ErrorCode::FactWrongShape, message).into())
            }
        }
    }
}

fn fetched(policy: &PolicyOfBundle, content: String) -> FetchedPolicy {
    let PolicyOfBundle { name, created_at, created_by, .. } = policy.clone();
    FetchedPolicy { content, created_at, created_by, name }
}

/// The policies of a bundle by name, where it loads.
fn loaded(policies: sorted::Map<String, String>) -> Result<Vec<LoadedPolicy>, Stop> {
    let bytes: u64 = policies.values().map(|source| source.len() as u64).sum();
    if bytes > limits::CONFIG_BUNDLE_BYTES {
        let message = format!("the policies of the bundle have {bytes} bytes");
        return Err(Error::limit("config_bundle_bytes", limits::CONFIG_BUNDLE_BYTES, message).into());
    }
    if policies.contains_key("") {
        return Err(Refusal::field("/policies/", "the path of a policy is empty").into());
    }
    let modules = policies.into_iter().map(|(path, source)| Module { path, source }).collect();
    let loading = load::load(modules)?;
    let refused =
        |message: String| Refusal { diagnostics: loading.diagnostics, ..Refusal::field("/policies", message) };
    match (loading.policies, loading.error) {
        (_, Some(error)) => Err(refused(error.message).into()),
        (Some(policies), None) => Ok(policies.into_loaded()),
        (None, None) => Err(refused("the policies cannot be loaded".to_owned()).into()),
    }
}
