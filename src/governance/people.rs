//! People and teams as the host knows them. A team is named by its id once it was looked up: names may pass to others.

use super::request::User;
use crate::decision::{Asking, Need, Stop};
use serde::Deserialize;

/// A team as the host knows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whether nobody is in it.
    #[serde(default)]
    pub is_empty: bool,
}

/// Whoever started a run, by every id and e-mail that is known: they may not approve what forbids self-approval.
#[derive(Debug, Clone, Default)]
pub struct Starters {
    ids: Vec<String>,
    emails: Vec<String>,
}

impl Starters {
    /// The people that a run names, and what it says of who or what triggered it: an e-mail as a rule.
    pub fn of<'a>(users: impl IntoIterator<Item = &'a User>, triggered_by: Option<&str>) -> Self {
        let mut starters = Self::default();
        for user in users {
            starters.ids.extend(user.id.clone());
            starters.emails.extend(user.email.as_ref().map(|email| email.to_lowercase()));
        }
        if let Some(name) = triggered_by {
            starters.ids.push(name.to_owned());
            starters.emails.push(name.to_lowercase());
        }
        starters
    }

    /// Whether somebody of this id or e-mail is among them.
    pub fn include(&self, id: Option<&str>, email: Option<&str>) -> bool {
        let is_email = |name: &str| self.emails.contains(&name.to_lowercase());
        id.is_some_and(|id| self.ids.iter().any(|known| known == id) || is_email(id)) || email.is_some_and(is_email)
    }
}

/// The need of a team, by its id or else by its exact name (G29).
pub fn team_need(org_id: &str, team: &str) -> Need {
    Need::Team { org_id: org_id.to_owned(), team: team.to_owned() }
}

/// A team by its id or else by its exact name.
///
/// # Errors
/// As [`Asking::value`].
pub fn team(asking: &Asking, org_id: &str, team: &str) -> Result<Option<Team>, Stop> {
    asking.value(team_need(org_id, team))
}

/// A team by its id alone: another team that took the id for its name is not meant.
///
/// # Errors
/// As [`Asking::value`].
pub fn team_of_id(asking: &Asking, org_id: &str, id: &str) -> Result<Option<Team>, Stop> {
    Ok(team(asking, org_id, id)?.filter(|team| team.id == id))
}

/// The need of a membership.
pub fn member_need(org_id: &str, user_id: &str, team_id: &str) -> Need {
    Need::Member { org_id: org_id.to_owned(), user_id: user_id.to_owned(), team_id: team_id.to_owned() }
}
