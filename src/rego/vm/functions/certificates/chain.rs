//! Whether certificates lead from one to a root, as Go looks for that.

use super::hosts;
use super::parse::Certificate;
use super::signature;
use crate::rego::vm::functions::{Context, Failure};

/// Signatures that are checked for one chain at the most. No chain is longer, so that looking for it does not recurse deeper.
const MOST_CHECKS: u32 = 100;
/// Comparisons with the names that one authority constrains, where nothing else is asked.
const MOST_COMPARISONS: i64 = 250_000;
/// The use that stands for all.
const ANY_USE: u8 = 0;
/// That of a server.
const SERVER_USE: u8 = 1;
/// The policy that stands for all, which must not stand for another one.
const ANY_POLICY: &[u32] = &[2, 5, 29, 32, 0];

/// What is asked of a chain.
#[derive(Debug, Default)]
pub struct Options {
    /// The host that the last certificate has to be for; empty where that is not asked.
    pub host: String,
    /// The time, in nanoseconds since 1970; that of the request where it is not said.
    pub now_ns: Option<i64>,
    /// Uses of which one has to be allowed, as the numbers of Go; that of a server where none is said.
    pub uses: Vec<u8>,
    /// Comparisons with names that may be made for one authority; 0 where it is not said.
    pub most_comparisons: i64,
}

/// What a certificate is in a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Leaf,
    Intermediate,
    Root,
}

/// The chain from the last certificate to the first, which is trusted; those between may be in it. Nothing where there is none.
///
/// # Errors
/// Nobody says what time it is, or there are not enough steps.
pub fn chain<'c, 'a>(
    context: &mut Context<'_>,
    builtin: &str,
    certificates: &'c [Certificate<'a>],
    options: &Options,
) -> Result<Option<Vec<&'c Certificate<'a>>>, Failure> {
    let [root, between @ .., leaf] = certificates else { return Ok(None) };
    let now_ns = options.now_ns.or(context.request.now_ns);
    let now_ns = now_ns.ok_or_else(|| Failure::of_request(builtin, "time; pass `now_ms`"))?;
    let mut search = Search { root, between, options, now_ns: i128::from(now_ns), checks: 0 };
    if !search.is_valid(context, leaf, Place::Leaf, &[])? {
        return Ok(None);
    }
    // The host is compared with each name, label by label.
    let steps_of_name = 1 + options.host.len() as u64 / 16;
    context.charge(1 + (leaf.known.names.hosts.len() as u64).saturating_mul(steps_of_name))?;
    if !options.host.is_empty() && !hosts::are_of_host(&leaf.known.names, &options.host) {
        return Ok(None);
    }
    if leaf.raw == root.raw {
        let chain = vec![leaf];
        return Ok(search.is_acceptable(&chain).then_some(chain));
    }
    search.longer(context, &[leaf])
}

struct Search<'s, 'c, 'a> {
    root: &'c Certificate<'a>,
    between: &'c [Certificate<'a>],
    options: &'s Options,
    now_ns: i128,
    checks: u32,
}

impl<'c, 'a> Search<'_, 'c, 'a> {
    /// The first acceptable chain that begins with these certificates and ends with the root.
    fn longer(
        &mut self,
        context: &mut Context<'_>,
        chain: &[&'c Certificate<'a>],
    ) -> Result<Option<Vec<&'c Certificate<'a>>>, Failure> {
        let Some(child) = chain.last() else { return Ok(None) };
        if self.root.raw_subject == child.raw_issuer && self.leads_to(context, chain, self.root, Place::Root)? {
            let chain: Vec<_> = chain.iter().copied().chain([self.root]).collect();
            if self.is_acceptable(&chain) {
                return Ok(Some(chain));
            }
        }
        context.charge(1 + self.between.len() as u64)?;
        let mut parents: Vec<&'c Certificate<'a>> = Vec::new();
        for parent in self.between {
            context.charge(parents.len() as u64)?;
            let is_new = !parents.iter().any(|other| other.raw == parent.raw);
            if parent.raw_subject == child.raw_issuer && is_new {
                parents.push(parent);
            }
        }
        // Those whose key is the one that the child names come first, and those whose key is another one last.
        parents.sort_by_key(|parent| match (parent.known.subject_key, child.known.authority_key) {
            (own, named) if own.unwrap_or_default() == named.unwrap_or_default() => 0,
            (None | Some([]), _) | (_, None | Some([])) => 1,
            _ => 2,
        });
        for parent in parents {
            if !self.leads_to(context, chain, parent, Place::Intermediate)? {
                continue;
            }
            let chain: Vec<_> = chain.iter().copied().chain([parent]).collect();
            if let Some(found) = self.longer(context, &chain)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Whether a certificate signed the last one of a chain, and may stand behind it.
    fn leads_to(
        &mut self,
        context: &mut Context<'_>,
        chain: &[&'c Certificate<'a>],
        parent: &'c Certificate<'a>,
        place: Place,
    ) -> Result<bool, Failure> {
        context.charge((1 + chain.len() as u64) * (1 + parent.raw.len() as u64 / 64))?;
        let is_in = chain.iter().any(|other| is_same(other, parent));
        self.checks += 1;
        let Some(child) = chain.last().filter(|_| !is_in && self.checks <= MOST_CHECKS) else { return Ok(false) };
        Ok(may_sign(parent)
            && signature::verifies(context, child.algorithm, &parent.key, child.signed, &child.signature)?
            && self.is_valid(context, parent, place, chain)?)
    }

    /// Whether a certificate may stand behind a chain.
    fn is_valid(
        &self,
        context: &mut Context<'_>,
        certificate: &Certificate<'_>,
        place: Place,
        chain: &[&Certificate<'_>],
    ) -> Result<bool, Failure> {
        const NS_OF_SECOND: i128 = 1_000_000_000;
        let known = &certificate.known;
        let is_now = i128::from(certificate.not_before) * NS_OF_SECOND <= self.now_ns
            && self.now_ns <= i128::from(certificate.not_after) * NS_OF_SECOND;
        if !known.unhandled.is_empty() || !is_now {
            return Ok(false);
        }
        if let Some(constraints) = known.constraints.as_ref().filter(|_| place != Place::Leaf) {
            let most = match self.options.most_comparisons {
                0 => MOST_COMPARISONS,
                most => most,
            };
            let mut count = 0;
            for below in chain {
                if !constraints.permit(context, &below.known.names, &mut count, most)? {
                    return Ok(false);
                }
            }
        }
        if place == Place::Intermediate && !(known.has_basic_constraints && known.is_authority) {
            return Ok(false);
        }
        let between = chain.len() as i64 - 1;
        let is_short = !known.has_basic_constraints || known.longest_path < 0 || between <= known.longest_path;
        Ok(is_short)
    }

    /// Whether one of the uses that are asked is allowed by all of a chain, and no policy has to be.
    fn is_acceptable(&self, chain: &[&Certificate<'_>]) -> bool {
        // Which policies hold is not looked at here: where one has to, the chain is refused.
        let asks_for_policy = |certificate: &&Certificate<'_>| {
            let known = &certificate.known;
            let maps_any = known.policy_mappings.iter().flatten().any(|policy| policy.as_slice() == ANY_POLICY);
            known.require_explicit_policy.is_some() || maps_any
        };
        if chain.iter().any(asks_for_policy) {
            return false;
        }
        let server = [SERVER_USE];
        let asked = if self.options.uses.is_empty() { &server[..] } else { &self.options.uses };
        let is_allowed = |usage: &u8| {
            chain.iter().all(|certificate| {
                let known = &certificate.known;
                let is_any = known.extended_usage.is_empty() && known.unknown_usage.is_empty();
                is_any || known.extended_usage.contains(&ANY_USE) || known.extended_usage.contains(usage)
            })
        };
        asked.contains(&ANY_USE) || asked.iter().any(is_allowed)
    }
}

/// Whether a certificate is one that signs others.
fn may_sign(parent: &Certificate<'_>) -> bool {
    /// The bit of the use to sign certificates.
    const SIGNS_CERTIFICATES: i64 = 1 << 5;
    let known = &parent.known;
    let is_authority = if known.has_basic_constraints { known.is_authority } else { parent.version < 3 };
    is_authority && (known.key_usage == 0 || known.key_usage & SIGNS_CERTIFICATES != 0)
}

/// Whether two certificates are of the same subject with the same key and the same other names.
fn is_same(a: &Certificate<'_>, b: &Certificate<'_>) -> bool {
    a.raw_subject == b.raw_subject && a.key_info == b.key_info && names(a) == names(b)
}

/// The other names of a certificate as they are written.
fn names<'a>(of: &Certificate<'a>) -> Option<&'a [u8]> {
    of.extensions.iter().find(|extension| extension.id.as_slice() == [2, 5, 29, 17]).map(|found| found.value)
}
