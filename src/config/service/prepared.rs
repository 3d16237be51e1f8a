//! Bundles that were loaded once and are kept while they are asked, and the decision that was made last.

use super::stored::{BundleVersion, Place};
use crate::config::decision::Question;
use crate::config::input::given::{Given, not_finite};
use crate::config::load::{self, ConfigPolicies};
use crate::config::{Decided, Decision};
use crate::decision::{Asking, Stop};
use crate::error::{Error, ErrorCode};
use crate::rego::{Allowance, Diagnostic, Module};

/// The most bundles that are kept loaded: one more takes the place of the one that was asked longest ago.
const KEPT: usize = 16;

/// What was loaded, by the digest of the bundle: what was asked last stands last.
///
/// INVARIANT (content): the digest is all that is looked at, and never whose bundle it is. Two stores may hold organisations of one id.
#[derive(Default)]
pub struct Cache {
    loaded: Vec<(String, ConfigPolicies)>,
    /// Under a digest of all that it follows from: who asks once more, to say how long it took, does not wait for it again.
    last: Option<(String, Decided)>,
}

impl Cache {
    /// What was decided last, where this is the same question.
    pub fn decided(&self, question: &str) -> Option<Decided> {
        self.last.as_ref().filter(|(last, _)| last == question).map(|(_, decided)| decided.clone())
    }

    /// Decides under a bundle, which was checked.
    ///
    /// # Errors
    /// [`Stop::Needs`]; what an evaluation fails with.
    pub fn decide(
        &mut self,
        asking: &Asking,
        place: Place<'_>,
        bundle: &BundleVersion,
        (question, given, warnings): (String, Given, Vec<Diagnostic>),
        meta: &str,
        allowance: Allowance,
    ) -> Result<Decided, Stop> {
        let policies = self.loaded(asking, place, bundle)?;
        let mut decided = match given {
            Given::NotFinite(name) => Decided::without_evaluation(Decision::error(not_finite(name))),
            Given::Document(input) => policies.decide(Question { input: input.as_ref(), meta }, allowance)?,
        };
        decided.warnings.splice(0..0, warnings);
        self.last = Some((question, decided.clone()));
        Ok(decided)
    }

    /// The policies of a bundle, ready to be asked.
    fn loaded(
        &mut self,
        asking: &Asking,
        place: Place<'_>,
        bundle: &BundleVersion,
    ) -> Result<&mut ConfigPolicies, Stop> {
        let policies = match self.loaded.iter().position(|(digest, _)| *digest == bundle.digest) {
            Some(at) => self.loaded.remove(at).1,
            None => load_from(place.sources(asking, bundle)?, bundle)?,
        };
        if self.loaded.len() >= KEPT {
            self.loaded.remove(0);
        }
        self.loaded.push((bundle.digest.clone(), policies));
        let last = self.loaded.last_mut().map(|(_, policies)| policies);
        last.ok_or_else(|| Error::new(ErrorCode::EvalInternalError, "the policies are not there").into())
    }
}

fn load_from(texts: Vec<String>, bundle: &BundleVersion) -> Result<ConfigPolicies, Stop> {
    let paths = bundle.policies.iter().map(|policy| policy.path.clone());
    let modules = paths.zip(texts).map(|(path, source)| Module { path, source }).collect();
    let loading = load::load(modules)?;
    loading.policies.ok_or_else(|| {
        // It did when it was pushed: another release knows more.
        let why = loading.error.map(|error| error.message).unwrap_or_default();
        let message = format!("version {} of the bundle cannot be loaded any more: {why}", bundle.version);
        Error::new(ErrorCode::InvalidConfiguration, message)
            .with_help("push the bundle again without what is wrong")
            .into()
    })
}
