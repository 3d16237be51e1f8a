//! Asking is data: what an operation lacks, and the facts that the host answers with.

use super::identity::Resource;
use crate::error::{Error, ErrorCode};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Something that an operation must know before it can decide. Its fields are its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Need {
    /// The record of a run, as the operation last committed it. The fact's value is the record, or null.
    Run {
        /// The run.
        run_id: String,
    },
    /// The approvals and check results that were given for this evaluation. The fact's value is a list.
    Approvals {
        /// The run.
        run_id: String,
        /// The digest of what was evaluated.
        digest: String,
        /// The revision of the policies, rules and providers under which approvals were asked.
        revision: String,
    },
    /// A record of the host's store. The fact's value is what the record says, or null.
    Record {
        /// Where it is kept.
        partition: String,
        /// Its kind.
        #[serde(rename = "record")]
        kind: String,
        /// Its key.
        key: String,
        /// Read once more, after everything that was asked for before: whether it is still as it was.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
        again: bool,
    },
    /// Records of one kind. The fact's value is `{records: [{key, version, value}], cursor}`.
    Records {
        /// Where they are kept.
        partition: String,
        /// Their kind.
        #[serde(rename = "record")]
        kind: String,
        /// The first key; absent: the first of all.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        from: Option<String>,
        /// The key before which they end; absent: all.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        to: Option<String>,
        /// The most that are wanted; absent: all of them.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        limit: Option<u32>,
        /// Where an earlier page ended; absent: the first page.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        cursor: Option<String>,
    },
    /// Who is asking, and what they may do with a resource. The fact's value is an identity.
    Access {
        /// The resource.
        resource: Resource,
    },
    /// A person of the organisation. The fact's value is `{id}`, or null where there is none.
    User {
        /// The organisation.
        org_id: String,
        /// The id.
        id: String,
    },
    /// A team of the organisation, by its id or else by its exact name. The fact's value is `{id, name, is_empty?}`, or null.
    Team {
        /// The organisation.
        org_id: String,
        /// Id or name.
        team: String,
    },
    /// Whether a person is in a team. The fact's value is true or false.
    Member {
        /// The organisation.
        org_id: String,
        /// The person.
        user_id: String,
        /// The team's id.
        team_id: String,
    },
    /// What a moderator says of the texts in the arguments of an action. The fact's value is a list of results, or null where the host has
    /// no such moderator.
    Moderation {
        /// The organisation.
        org_id: String,
        /// The action.
        action: String,
        /// Which moderator; absent: the host's only one.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        moderator: Option<String>,
        /// The arguments.
        #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
        arguments: serde_json::Map<String, Value>,
    },
    /// The Rego files of a folder of a repository. The fact's value is a list of `{path, text}`, or null where there is no such folder.
    Files {
        /// The organisation.
        org_id: String,
        /// The folder.
        path: String,
    },
}

/// A need as it is read: `typed` reads such an enum by its tag.
#[derive(Deserialize)]
#[serde(remote = "Need", rename = "tag kind", rename_all = "snake_case", deny_unknown_fields)]
enum Read {
    Run {
        run_id: String,
    },
    Approvals {
        run_id: String,
        digest: String,
        revision: String,
    },
    Record {
        partition: String,
        #[serde(rename = "record")]
        kind: String,
        key: String,
        #[serde(default)]
        again: bool,
    },
    Records {
        partition: String,
        #[serde(rename = "record")]
        kind: String,
        #[serde(default)]
        from: Option<String>,
        #[serde(default)]
        to: Option<String>,
        #[serde(default)]
        limit: Option<u32>,
        #[serde(default)]
        cursor: Option<String>,
    },
    Access {
        resource: Resource,
    },
    User {
        org_id: String,
        id: String,
    },
    Team {
        org_id: String,
        team: String,
    },
    Member {
        org_id: String,
        user_id: String,
        team_id: String,
    },
    Moderation {
        org_id: String,
        action: String,
        #[serde(default)]
        moderator: Option<String>,
        arguments: serde_json::Map<String, Value>,
    },
    Files {
        org_id: String,
        path: String,
    },
}

impl<'de> Deserialize<'de> for Need {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Read::deserialize(deserializer)
    }
}

impl Need {
    /// The same record, read once more after everything that was asked for before.
    pub fn again(self) -> Self {
        match self {
            Self::Record { partition, kind, key, .. } => Self::Record { partition, kind, key, again: true },
            other => other,
        }
    }
}

/// An answer to a need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The need that it answers.
    pub need: Need,
    /// The version of the record that was read; null where there is none.
    pub version: Option<String>,
    /// What was read.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub value: Value,
}

/// The facts of one round.
#[derive(Debug, Clone, Default)]
pub struct Facts(Vec<Fact>);

impl Facts {
    /// Takes the facts of a request.
    ///
    /// # Errors
    /// `fact_wrong_shape` when one need is answered twice: which answer holds would be a guess.
    pub fn new(facts: Vec<Fact>) -> Result<Self, Error> {
        for (at, fact) in facts.iter().enumerate() {
            if facts.iter().take(at).any(|earlier| earlier.need == fact.need) {
                return Err(Error::new(ErrorCode::FactWrongShape, "one need is answered by two facts")
                    .at(format!("/facts/{at}")));
            }
        }
        Ok(Self(facts))
    }

    /// The fact that answers a need.
    pub fn answer(&self, need: &Need) -> Option<&Fact> {
        self.0.iter().find(|fact| fact.need == *need)
    }

    /// Refuses facts that answer none of the needs: they would be ignored, and somebody meant them.
    ///
    /// # Errors
    /// `fact_not_asked`.
    pub fn check_asked(&self, needs: &[Need]) -> Result<(), Error> {
        for (at, fact) in self.0.iter().enumerate() {
            if !needs.contains(&fact.need) {
                return Err(Error::new(ErrorCode::FactNotAsked, "a fact answers no need of this operation")
                    .at(format!("/facts/{at}"))
                    .with_help("pass back the needs as they came, each with its value"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
mod tests {
    use super::Need;
    use crate::decision::{Resource, ResourceType};
    use crate::error::{Error, ErrorCode};
    use crate::typed::{self, written};
    use serde_json::{Value, json};

    fn read(value: Value) -> Result<Need, (String, String)> {
        let parts = |error: Error| (error.message, error.path.unwrap_or_default());
        typed::read(value, ErrorCode::MalformedRequest, "it").map_err(parts)
    }

    #[test]
    fn every_need_is_read_as_it_is_written() {
        let text = |text: &str| text.to_owned();
        let needs = [
            Need::Run { run_id: text("r") },
            Need::Approvals { run_id: text("r"), digest: text("d"), revision: text("v") },
            Need::Record { partition: text("p"), kind: text("k"), key: text("y"), again: true },
            Need::Records {
                partition: text("p"),
                kind: text("k"),
                from: None,
                to: Some(text("t")),
                limit: Some(3),
                cursor: None,
            },
            Need::Access { resource: Resource { r#type: ResourceType::Org, id: text("o") } },
            Need::User { org_id: text("o"), id: text("u") },
            Need::Team { org_id: text("o"), team: text("t") },
            Need::Member { org_id: text("o"), user_id: text("u"), team_id: text("t") },
            Need::Moderation {
                org_id: text("o"),
                action: text("a"),
                moderator: None,
                arguments: serde_json::Map::new(),
            },
            Need::Files { org_id: text("o"), path: text("p") },
        ];
        for need in needs {
            assert_eq!(read(written(&need).unwrap()), Ok(need));
        }
        let refused = |value: Value| read(value).unwrap_err();
        assert_eq!(refused(json!({"run_id": "r"})).0, "it: missing field `kind`");
        assert_eq!(
            refused(json!({"kind": "run", "run_id": "r", "x": 1})),
            (text("it: unknown field `x`, expected `run_id`"), text("/x"))
        );
        assert_eq!(
            refused(json!({"kind": "run", "run_id": 1})),
            (text("it: integer `1`, expected a string"), text("/run_id"))
        );
        assert_eq!(refused(json!({"kind": "walk"})).1, "/kind");
        assert_eq!(refused(json!({"kind": 1})), (text("it: integer `1`, expected variant identifier"), text("/kind")));
        assert_eq!(refused(json!("run")).0, "it: a string is there, expected an object");
    }
}
