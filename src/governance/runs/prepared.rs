//! The policies, rules and providers that a run is evaluated under: read from the store once, and kept while nothing changes.

use crate::decision::{Asking, Kept, Page, Stop, StoredConfiguration};
use crate::error::{Error, ErrorCode};
use crate::governance::administration::stored::{self, Settings, StoredPolicySet, StoredProvider, StoredSource, kind};
use crate::governance::configuration::{ApprovalRule, GovernanceConfig, Policy, PolicySet};
use crate::governance::evaluation::Governance;
use std::rc::Rc;

/// What was prepared, by the digest of the set-up that it was prepared from: the newest last.
///
/// INVARIANT (content): the digest is all that is looked at, and never whose set-up it is. Two stores may hold
/// organisations of one id.
#[derive(Default)]
pub struct Cache(Vec<(String, Rc<Prepared>)>);

/// An organisation's set-up, ready to be asked.
pub struct Prepared {
    /// Sets, rules and providers.
    pub governance: Governance,
    /// What holds for the whole organisation.
    pub settings: Settings,
}

/// The most set-ups that are kept prepared: one more takes the place of the oldest.
const KEPT: usize = 16;

impl Cache {
    /// The set-up of an organisation as it is in the store.
    ///
    /// INVARIANT (one state): all of it is of one moment. Which state the set-up is in is read before and after everything else;
    /// where it differs, or where a list has not the records of that state, all is read again: a mixture of two states may be laxer
    /// than either.
    ///
    /// # Errors
    /// [`Stop::Needs`]; [`Stop::Stale`]; what preparing fails with.
    pub fn prepared(&mut self, asking: &Asking, org_id: &str) -> Result<Rc<Prepared>, Stop> {
        let before: Kept<StoredConfiguration> = asking.record(stored::configuration_need(org_id))?;
        // What was never changed has no digest, and is looked up: an empty set-up lets everything pass.
        let StoredConfiguration { digest, counts, .. } = before.value.unwrap_or_default();
        let digest = Some(digest).filter(|digest| !digest.is_empty());
        let kept = self.0.iter().find(|(of, _)| Some(of) == digest.as_ref()).map(|(_, prepared)| Rc::clone(prepared));
        let set_up = stored::set_up(org_id);
        let all = |kind: &str| set_up.all(kind);
        // What an earlier round of this operation has read is asked for again: a later round may not depend on what is kept.
        if let Some(kept) = &kept
            && !asking.has(&all(kind::POLICY_SET))
        {
            return Ok(Rc::clone(kept));
        }
        for kind in [kind::POLICY_SET, kind::APPROVAL_RULE, kind::PROVIDER] {
            asking.want(all(kind));
        }
        asking.want(stored::settings_need(org_id));
        for kind in [kind::POLICY_SET, kind::APPROVAL_RULE, kind::PROVIDER] {
            asking.fact(all(kind))?;
        }
        let sets: Page<StoredPolicySet> = asking.records(all(kind::POLICY_SET))?;
        let sets: Vec<StoredPolicySet> = sets.records.into_iter().map(|record| record.value).collect();
        for policy in sets.iter().flat_map(|set| &set.policies) {
            asking.want(stored::source_need(org_id, &policy.source_digest));
        }
        // In one round with the texts, which are named by their content and never change. The lists came in a round before it.
        let again = stored::configuration_need(org_id).again();
        asking.want(again.clone());
        let policy_sets =
            sets.into_iter().map(|set| with_sources(asking, org_id, set)).collect::<Result<Vec<_>, Stop>>()?;
        let again: Kept<StoredConfiguration> = asking.record(again)?;
        // Only now: in a round that ends with a need, reading them would be in vain.
        let rules: Page<ApprovalRule> = asking.records(all(kind::APPROVAL_RULE))?;
        let providers: Page<StoredProvider> = asking.records(all(kind::PROVIDER))?;
        let settings: Kept<Settings> = asking.record(stored::settings_need(org_id))?;
        let is_whole = |kind: &str, listed: usize| counts.get(kind).copied().unwrap_or_default() == listed as u64;
        let are_whole = is_whole(kind::POLICY_SET, policy_sets.len())
            && is_whole(kind::APPROVAL_RULE, rules.records.len())
            && is_whole(kind::PROVIDER, providers.records.len());
        if again.version != before.version || !are_whole {
            return Err(Stop::Stale);
        }
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let governance = Governance::prepare(GovernanceConfig {
            policy_sets,
            approval_rules: rules.records.into_iter().map(|record| record.value).collect(),
            external_check_providers: providers.records.into_iter().map(|record| record.value.provider).collect(),
        })?;
        let prepared = Rc::new(Prepared { governance, settings: settings.value.unwrap_or_default() });
        if let Some(digest) = digest {
            if self.0.len() >= KEPT {
                self.0.remove(0);
            }
            self.0.push((digest, Rc::clone(&prepared)));
        }
        Ok(prepared)
    }
}

fn with_sources(asking: &Asking, org_id: &str, set: StoredPolicySet) -> Result<PolicySet, Stop> {
    let mut policies = Vec::new();
    for policy in &set.policies {
        let source: Kept<StoredSource> = asking.record(stored::source_need(org_id, &policy.source_digest))?;
        let source = source.value.ok_or_else(|| {
            Error::new(
                ErrorCode::FactWrongShape,
                format!("the text of the policy `{}` is not in the store", policy.name),
            )
        })?;
        policies.push(Policy {
            id: Some(policy.id.clone()),
            name: policy.name.clone(),
            description: Some(policy.description.clone()),
            rego_source: source.rego_source,
        });
    }
    Ok(PolicySet {
        id: Some(set.id),
        name: set.name,
        description: Some(set.description),
        enforcement: set.enforcement,
        enabled: set.enabled,
        source_type: set.source_type,
        git_path: set.git_path,
        profile: set.profile,
        // The workspace wins: the project beside it only says where the workspace lives (G61).
        project_id: set.project_id.filter(|_| set.workspace_id.is_none()),
        workspace_id: set.workspace_id,
        plan_detail: set.plan_detail,
        policies,
    })
}
