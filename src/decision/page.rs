//! `PageRequest`: which part of a list somebody wants to see.

use super::{Need, Refusal};
use serde::Deserialize;

/// Which part of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct PageRequest {
    /// The most entries that are wanted: 1 to 100. Default 50.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Where an earlier page ended.
    #[serde(default)]
    pub cursor: Option<String>,
}

const PAGE_DEFAULT: u32 = 50;
const PAGE_MOST: u32 = 100;

impl PageRequest {
    /// The need of this part of the records of a kind in a partition; `folder` is what all keys begin with.
    ///
    /// # Errors
    /// `invalid_request` for a limit that is too small or too large.
    pub fn need(&self, partition: String, kind: &str, folder: Option<&str>) -> Result<Need, Refusal> {
        let limit = self.limit.unwrap_or(PAGE_DEFAULT);
        if !(1..=PAGE_MOST).contains(&limit) {
            return Err(Refusal::field("/limit", format!("`limit` is from 1 to {PAGE_MOST}")));
        }
        Ok(Need::Records {
            partition,
            kind: kind.to_owned(),
            from: folder.map(str::to_owned),
            // A folder ends with a slash; what follows it in the order of ASCII ends the range.
            to: folder.map(|folder| format!("{}0", folder.trim_end_matches('/'))),
            limit: Some(limit),
            cursor: self.cursor.clone(),
        })
    }
}
