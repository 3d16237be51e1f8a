//! The operation `reads`: what an entrypoint can look at of its input.

use super::Engine;
use crate::error::Error;
use crate::rego::Reach;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadsRequest {
    pub handle: u32,
    pub entrypoint: String,
}

/// What an entrypoint can look at of the input, as a tree.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReadsAnswer {
    /// The places of a document, the first of which is the document itself. The others stand where keys lead to them.
    pub nodes: Vec<ReadsNode>,
}

/// One place of a document.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReadsNode {
    /// Whether everything below it can be looked at.
    pub is_whole: bool,
    /// The place that each item of an array is, and what stands under any other key; null: those cannot be looked at.
    pub rest: Option<u32>,
    /// The keys that can be looked at, in the order of their bytes.
    pub keys: Vec<String>,
    /// The places to which they lead.
    pub below: Vec<u32>,
    /// Whether an object here stands on a tape as the values of all of these keys.
    pub has_slots: bool,
}

impl Engine {
    /// What can be looked at of the input by an entrypoint.
    pub(super) fn reads(&self, request: &ReadsRequest) -> Result<ReadsAnswer, Error> {
        let reach = self.program(request.handle)?.reached(&request.entrypoint)?;
        Ok(ReadsAnswer::of(&reach))
    }
}

impl ReadsAnswer {
    fn of(reach: &Reach) -> Self {
        let nodes = reach.nodes().iter().map(|node| ReadsNode {
            is_whole: node.is_whole,
            rest: node.any,
            keys: node.keys.iter().map(|key| key.name.clone()).collect(),
            below: node.keys.iter().map(|key| key.below).collect(),
            has_slots: node.has_slots(),
        });
        Self { nodes: nodes.collect() }
    }
}
