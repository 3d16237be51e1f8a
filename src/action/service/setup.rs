//! What an organisation has set up, read from the store once and kept while nothing changes.

use super::stored::{self, StoredException, StoredPolicy, kind};
use crate::action::call::ActionCall;
use crate::action::evaluation::{Setup, wanted};
use crate::action::exceptions::Exception;
use crate::action::policies::{Policies, Policy};
use crate::action::rules::RulesCache;
use crate::action::settings::ActionSettings;
use crate::decision::{Asking, Kept, Page, Stop, StoredConfiguration};
use crate::error::{Error, ErrorCode};
use crate::sorted;
use std::cell::RefCell;
use std::rc::Rc;

/// What was prepared, by the digest of the set-up that it was prepared from: the newest last.
///
/// INVARIANT (content): the digest is all that is looked at, and never whose set-up it is. Two stores may hold organisations of
/// one id.
#[derive(Default)]
pub struct Cache {
    prepared: Vec<(String, Rc<Prepared>)>,
    /// Which set-up an organisation had last: what it will be judged by is asked for in the same round as whether it still has it. A
    /// guess that is wrong costs a round and nothing else.
    last: sorted::Map<String, Rc<Prepared>>,
}

/// The most set-ups that are kept prepared: one more takes the place of the oldest.
const KEPT: usize = 64;

/// An organisation's set-up, ready to be asked.
#[derive(Default)]
pub struct Prepared {
    /// The policies.
    pub policies: Policies,
    /// The exceptions from them.
    pub exceptions: Vec<Exception>,
    /// What holds for all decisions.
    pub settings: ActionSettings,
    /// A digest of all this; empty where nothing was ever set up.
    pub digest: String,
    /// The rules that were merged.
    pub rules: RefCell<RulesCache>,
}

impl Prepared {
    /// All of it, as evaluation wants it.
    pub fn setup(&self) -> Setup<'_> {
        Setup { policies: &self.policies, exceptions: &self.exceptions, settings: &self.settings }
    }

    /// Asks at once for all that a call will be judged by.
    fn want(&self, asking: &Asking, org_id: &str, call: &ActionCall, now_ms: u64) {
        let rules = self.rules.borrow_mut().rules(self.policies.applicable(call), &call.name, &self.settings);
        for key in wanted(call, &rules, &self.settings) {
            asking.want(stored::state_need(org_id, &key));
        }
        for exception in self.exceptions.iter().filter(|exception| exception.matches(call, now_ms)) {
            if exception.max_uses.is_some() {
                asking.want(stored::state_need(org_id, &exception.uses_key()));
            }
        }
    }
}

impl Cache {
    /// The set-up of an organisation as it is in the store, with the version of the record that says which state it is in: a
    /// commit that stands on it expects that version. `call` is what it will be asked about.
    ///
    /// INVARIANT (one state): all of it is of one moment, as in governance: the state is read before and after everything else.
    ///
    /// # Errors
    /// [`Stop::Needs`]; [`Stop::Stale`]; what preparing fails with.
    pub fn prepared(
        &mut self,
        asking: &Asking,
        org_id: &str,
        call: Option<(&ActionCall, u64)>,
    ) -> Result<(Rc<Prepared>, Option<String>), Stop> {
        let set_up = stored::set_up(org_id);
        if let (Some((call, now_ms)), Some(last)) = (call, self.last.get(org_id)) {
            last.want(asking, org_id, call, now_ms);
        }
        let before: Kept<StoredConfiguration> = asking.record(set_up.configuration())?;
        let Some(StoredConfiguration { digest, counts, .. }) = before.value else {
            // Nothing was ever set up.
            let nothing = Rc::new(Prepared::default());
            if let Some((call, now_ms)) = call {
                nothing.want(asking, org_id, call, now_ms);
            }
            return Ok((nothing, before.version));
        };
        let kept = self.prepared.iter().find(|(of, _)| *of == digest).map(|(_, prepared)| Rc::clone(prepared));
        if let Some(kept) = &kept {
            if let Some((call, now_ms)) = call {
                kept.want(asking, org_id, call, now_ms);
            }
            // What an earlier round of this operation has read is asked for again: a later round may not depend on what is kept.
            if !asking.has(&set_up.all(kind::POLICY)) {
                self.remember(org_id, kept);
                return Ok((Rc::clone(kept), before.version));
            }
        }
        for kind in kind::EVALUATED {
            asking.want(set_up.all(kind));
        }
        for kind in kind::EVALUATED {
            asking.fact(set_up.all(kind))?;
        }
        let again: Kept<StoredConfiguration> = asking.record(set_up.configuration().again())?;
        let policies: Page<StoredPolicy> = asking.records(set_up.all(kind::POLICY))?;
        let exceptions: Page<StoredException> = asking.records(set_up.all(kind::EXCEPTION))?;
        let settings: Page<ActionSettings> = asking.records(set_up.all(kind::SETTINGS))?;
        let is_whole = |kind: &str, listed: usize| counts.get(kind).copied().unwrap_or_default() == listed as u64;
        let are_whole = is_whole(kind::POLICY, policies.records.len())
            && is_whole(kind::EXCEPTION, exceptions.records.len())
            && is_whole(kind::SETTINGS, settings.records.len());
        if again.version != before.version || !are_whole {
            return Err(Stop::Stale);
        }
        let prepared = match kept {
            Some(kept) => kept,
            None => {
                let settings = settings.records.into_iter().next().map(|record| record.value).unwrap_or_default();
                let prepared = Rc::new(Prepared {
                    // Somebody has made a policy once, and deleted the last one since: that is a wish. Settings alone are none.
                    policies: prepare(policies, counts.contains_key(kind::POLICY))?,
                    exceptions: exceptions.records.into_iter().map(|record| record.value.exception).collect(),
                    settings,
                    digest: digest.clone(),
                    rules: RefCell::default(),
                });
                if self.prepared.len() >= KEPT {
                    self.prepared.remove(0);
                }
                self.prepared.push((digest, Rc::clone(&prepared)));
                prepared
            }
        };
        self.remember(org_id, &prepared);
        if let Some((call, now_ms)) = call {
            prepared.want(asking, org_id, call, now_ms);
        }
        Ok((prepared, before.version))
    }
}

impl Cache {
    fn remember(&mut self, org_id: &str, prepared: &Rc<Prepared>) {
        if self.last.len() >= KEPT && !self.last.contains_key(org_id) {
            self.last.clear();
        }
        self.last.insert(org_id.to_owned(), Rc::clone(prepared));
    }
}

fn prepare(page: Page<StoredPolicy>, configured: bool) -> Result<Policies, Stop> {
    let mut policies = Vec::new();
    for record in page.records {
        let StoredPolicy { id, fields, .. } = record.value;
        let name = fields.name.clone();
        policies.push(Policy::prepare(&id, fields).map_err(|errors| {
            let first = errors.into_iter().next().map(|error| error.message).unwrap_or_default();
            Error::new(ErrorCode::FactWrongShape, format!("the policy `{name}` in the store cannot be used: {first}"))
        })?);
    }
    Ok(Policies::new(policies, configured))
}
