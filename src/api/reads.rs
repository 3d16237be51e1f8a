//! The operation `reads`: what an entrypoint can look at of its input.

use super::Engine;
use crate::error::Error;
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
    /// The places of a document, the first of which is the document itself. Those to which one leads, by its keys and then by its items, come
    /// next behind those to which the ones before it lead.
    pub nodes: Vec<ReadsNode>,
}

/// One place of a document.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReadsNode {
    /// Whether everything below it can be looked at.
    pub is_whole: bool,
    /// Whether the items of an array can be looked at, and what stands under any other key.
    pub has_rest: bool,
    /// The keys that can be looked at, in the order of their bytes.
    pub keys: Vec<String>,
}

impl Engine {
    /// What can be looked at of the input by an entrypoint.
    pub(super) fn reads(&self, request: &ReadsRequest) -> Result<ReadsAnswer, Error> {
        let reach = self.program(request.handle)?.reached(&request.entrypoint)?;
        let nodes = reach.nodes().iter().map(|node| ReadsNode {
            is_whole: node.is_whole,
            has_rest: node.any.is_some(),
            keys: node.keys.iter().map(|key| key.name.clone()).collect(),
        });
        Ok(ReadsAnswer { nodes: nodes.collect() })
    }
}
