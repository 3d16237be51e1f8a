//! From the key of a record back to the part of the state that it keeps: the inverse of [`StateKey::key`].

use super::{AccountKey, Bucket, StateKey, TargetType};
use crate::action::policy::Scope;

/// The part of the state that a record of a kind keeps under a key; none where no state has such a record.
pub fn state_key(kind: &str, key: &str) -> Option<StateKey> {
    let parts: Vec<String> = key.split('/').map(unescaped).collect::<Option<_>>()?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    Some(match (kind, parts.as_slice()) {
        ("kill_switch", [target_type, id]) => StateKey::KillSwitch(target(target_type)?, (*id).to_owned()),
        ("action_account", parts) => StateKey::Account(account(parts)?),
        ("action_rate", [session, action]) => {
            StateKey::Rate { session: (*session).to_owned(), action: (*action).to_owned() }
        }
        ("action_loops", [session, action]) => {
            StateKey::Loops { session: (*session).to_owned(), action: (*action).to_owned() }
        }
        ("action_evidence", [of @ .., action]) => {
            StateKey::Evidence { bucket: bucket(of)?, action: (*action).to_owned() }
        }
        ("action_beginnings", ["run", run]) => Bucket::beginnings(Some(run), ""),
        ("action_beginnings", ["session", session]) => Bucket::beginnings(None, session),
        ("action_idempotency", [of @ .., action, key]) => {
            StateKey::Idempotency { bucket: bucket(of)?, action: (*action).to_owned(), key: (*key).to_owned() }
        }
        ("action_exception_uses", [policy_id, id]) => {
            StateKey::ExceptionUses { policy_id: (*policy_id).to_owned(), id: (*id).to_owned() }
        }
        // The id of a reservation is the host's, and stands as it is.
        ("action_reservation", _) => StateKey::Reservation(key.to_owned()),
        _ => return None,
    })
}

fn account(parts: &[&str]) -> Option<AccountKey> {
    Some(match parts {
        ["session", session] => AccountKey::Session((*session).to_owned()),
        ["run", session, ""] => AccountKey::Run { session: (*session).to_owned(), run: None },
        ["run", session, "run", run] => {
            AccountKey::Run { session: (*session).to_owned(), run: Some((*run).to_owned()) }
        }
        ["scope", of, target] => AccountKey::Scope { scope: scope(of)?, target: (*target).to_owned() },
        ["scope_run", run, of, target] => {
            AccountKey::ScopeRun { scope: scope(of)?, target: (*target).to_owned(), run: (*run).to_owned() }
        }
        _ => return None,
    })
}

fn bucket(parts: &[&str]) -> Option<Bucket> {
    match parts {
        ["run", run] => Some(Bucket::Run((*run).to_owned())),
        ["session", session, ""] => Some(Bucket::new(None, session, None)),
        ["session", session, "agent", agent] => Some(Bucket::new(None, session, Some(agent))),
        _ => None,
    }
}

fn target(word: &str) -> Option<TargetType> {
    [TargetType::Agent, TargetType::Run, TargetType::Mission].into_iter().find(|target| target.as_str() == word)
}

fn scope(word: &str) -> Option<Scope> {
    let all = [Scope::Global, Scope::Group, Scope::Mission, Scope::Agent, Scope::Run];
    all.into_iter().find(|scope| scope.as_str() == word)
}

/// The part of a key as it was; none where it was escaped by nobody.
fn unescaped(part: &str) -> Option<String> {
    let mut pieces = part.split('%');
    let mut text = pieces.next()?.to_owned();
    for piece in pieces {
        let (sign, rest) = match piece.split_at_checked(2)? {
            ("25", rest) => ('%', rest),
            ("2F", rest) => ('/', rest),
            _ => return None,
        };
        text.push(sign);
        text.push_str(rest);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::state_key;
    use crate::action::policy::Scope;
    use crate::action::state::{AccountKey, Bucket, StateKey, TargetType};

    #[test]
    fn every_key_is_read_as_it_was_written() {
        for name in ["a", "", "a/b", "50%", "%2F", "é/%25"] {
            let name = || name.to_owned();
            let keys = [
                StateKey::KillSwitch(TargetType::Mission, name()),
                StateKey::Account(AccountKey::Session(name())),
                StateKey::Account(AccountKey::Run { session: name(), run: None }),
                StateKey::Account(AccountKey::Run { session: name(), run: Some(name()) }),
                StateKey::Account(AccountKey::Scope { scope: Scope::Group, target: name() }),
                StateKey::Account(AccountKey::ScopeRun { scope: Scope::Global, target: name(), run: name() }),
                StateKey::Rate { session: name(), action: name() },
                StateKey::Loops { session: name(), action: name() },
                StateKey::Evidence { bucket: Bucket::Run(name()), action: name() },
                StateKey::Evidence { bucket: Bucket::new(None, &name(), None), action: name() },
                Bucket::beginnings(Some(&name()), ""),
                Bucket::beginnings(None, &name()),
                StateKey::Idempotency { bucket: Bucket::new(None, &name(), None), action: name(), key: name() },
                StateKey::Idempotency {
                    bucket: Bucket::new(None, &name(), Some(&name())),
                    action: name(),
                    key: name(),
                },
                StateKey::ExceptionUses { policy_id: name(), id: name() },
                StateKey::Reservation("id-1".to_owned()),
            ];
            for key in keys {
                assert_eq!(state_key(key.kind(), &key.key()), Some(key.clone()), "{key:?}");
            }
        }
    }

    #[test]
    fn what_is_no_key_of_the_state_is_none() {
        for (kind, key) in [
            ("action_policy", "a"),
            ("action_rate", "a"),
            ("action_rate", "a/b/c"),
            ("action_account", "day/a"),
            ("action_account", "scope/planet/a"),
            ("action_evidence", "mission/a/b"),
            ("action_evidence", "session/a/b"),
            ("kill_switch", "session/a"),
            ("action_rate", "a%/b"),
            ("action_rate", "a%2f/b"),
        ] {
            assert_eq!(state_key(kind, key), None, "{kind} {key}");
        }
    }
}
