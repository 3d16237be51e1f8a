//! What makes the results of a simulation less certain: one warning of a kind, with the entries that it is about.

use crate::sorted::{self, InOrder};
use serde::Serialize;

/// A kind of warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionSimulationWarningKind"))]
#[serde(rename_all = "snake_case")]
pub enum WarningKind {
    /// Entries are not in the order of their times.
    EntriesOutOfOrder,
    /// Inputs were redacted when they were recorded.
    InputsRedacted,
    /// Arguments were passed by their places, and no check sees those.
    PositionalInputs,
    /// No inputs were recorded.
    InputsEmpty,
    /// A policy asks for approvals by risk level, and no level is known.
    RiskLevelMissing,
    /// A policy wants content moderated, and nobody did.
    ModerationMissing,
    /// Entries have fields that are not known here.
    UnknownFields,
    /// Entries of a log that are about nothing that is known here.
    UnknownEntries,
    /// Entries of a log are about a call whose decision is not in it.
    DecisionMissing,
    /// Decisions could not be made again.
    NotRedecided,
}

impl WarningKind {
    const fn message(self) -> &'static str {
        match self {
            Self::EntriesOutOfOrder => {
                "entries are not in the order of their times; they were taken in the order of their times"
            }
            Self::InputsRedacted => {
                "inputs were left out when they were recorded: what is decided by arguments (constraints, personal data, \
                 grounding, loops) is not reliable"
            }
            Self::PositionalInputs => {
                "arguments were passed by their places: no check sees them, so constraints and grounding look at \
                 the named ones alone"
            }
            Self::InputsEmpty => {
                "no inputs were recorded, maybe because their capture was off: what is decided by arguments is not reliable"
            }
            Self::RiskLevelMissing => {
                "a policy asks for approvals by risk level, and no risk level was recorded: such approvals are not asked for"
            }
            Self::ModerationMissing => {
                "a policy wants content moderated, and it is not known what a moderator says: give `moderation`, \
                 which is `[]` where nothing is wrong"
            }
            Self::UnknownFields => "entries have fields that are not known here, and were not looked at",
            Self::UnknownEntries => "entries are about something that is not known here, and were passed over",
            Self::NotRedecided => {
                "decisions could not be made again, because the log does not have what they depend on: arguments that \
                 were masked or held personal data, or the answer of a moderator who was not asked; what came of them \
                 was taken as the log tells it"
            }
            Self::DecisionMissing => {
                "entries are about calls whose decision is not among the entries, and were passed over: give the log from \
                 its beginning, or the state with which it begins"
            }
        }
    }
}

/// A warning, with the entries that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionSimulationWarning"))]
pub struct SimulationWarning {
    /// What kind.
    pub kind: WarningKind,
    /// One plain sentence.
    pub message: String,
    /// How many entries it is about.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
    /// Their places in the request, from 0; of more than 100 the first.
    pub indices: Vec<usize>,
}

/// How many entries a warning names.
const NAMED: usize = 100;

/// The warnings so far.
#[derive(Debug, Default)]
pub struct Warnings {
    found: sorted::Map<WarningKind, (u64, Vec<usize>)>,
    fields: Vec<String>,
}

impl Warnings {
    /// Warns of an entry.
    pub fn add(&mut self, kind: WarningKind, index: usize) {
        let (count, indices) = self.found.entry(kind).or_default();
        *count += 1;
        if indices.len() < NAMED {
            indices.push(index);
        }
    }

    /// Warns of fields of an entry that are not known.
    pub fn unknown_fields(&mut self, names: &[String], index: usize) {
        self.add(WarningKind::UnknownFields, index);
        for name in names {
            if self.fields.len() < NAMED && !self.fields.contains(name) {
                self.fields.push(name.clone());
            }
        }
    }

    /// All of them, each kind once.
    pub fn told(self) -> Vec<SimulationWarning> {
        let Self { found, fields } = self;
        found
            .into_iter()
            .map(|(kind, (count, mut indices))| {
                indices.order();
                let mut message = kind.message().to_owned();
                if kind == WarningKind::UnknownFields {
                    message = format!("{message}: `{}`", fields.join("`, `"));
                }
                SimulationWarning { kind, message, count, indices }
            })
            .collect()
    }
}
