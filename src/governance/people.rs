//! People and teams as the host knows them. A team is named by its id once it was looked up: names may pass to others.

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
