//! `Diagnostic`: what is wrong with an author's text, where, and how to mend it.

use super::stage::Stage;
use crate::error::LimitReached;
use crate::sorted::InOrder;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Whether a finding keeps the text from being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The text cannot be used.
    Error,
    /// The text can be used, and may not mean what its author thinks.
    Warning,
}

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Place {
    /// Bytes of UTF-8 before the place.
    pub byte: u32,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in UTF-16 units: what an editor counts.
    pub column: u32,
}

/// One finding about one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct Diagnostic {
    /// The stable code; OPA's where OPA has one.
    pub code: String,
    /// Whether it keeps the text from being used.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// How to mend it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The path of the module.
    pub file: String,
    /// Where the faulty text begins.
    pub start: Place,
    /// Where it ends: the first place after it.
    pub end: Place,
    /// The limit that was reached, for `limit_exceeded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitReached>,
    /// The stage in which OPA finds it; absent where OPA does not find it, or stops before it gets there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// Where OPA reports it, where that is another place than the faulty text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opa_place: Option<OpaPlace>,
}

/// The place under which OPA reports a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OpaPlace {
    /// The path of the module.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

impl Diagnostic {
    /// A finding of severity error over a byte range of `text`.
    pub fn error(text: &Text<'_>, range: Range<usize>, code: &str, message: impl Into<String>) -> Self {
        let (start, end) = text.places(range);
        Self {
            code: code.to_owned(),
            severity: Severity::Error,
            message: message.into(),
            help: None,
            file: text.path.to_owned(),
            start,
            end,
            limit: None,
            stage: None,
            opa_place: None,
        }
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the limit that was reached.
    #[must_use]
    pub fn with_limit(mut self, name: &str, value: u64) -> Self {
        self.limit = Some(LimitReached { name: name.to_owned(), value });
        self
    }

    /// Says in which stage OPA finds it.
    #[must_use]
    pub fn with_stage(mut self, stage: Stage) -> Self {
        self.stage = Some(stage);
        self
    }

    /// Says where OPA reports it.
    #[must_use]
    pub fn with_opa_place(mut self, file: &str, line: u32) -> Self {
        self.opa_place = Some(OpaPlace { file: file.to_owned(), line });
        self
    }

    /// Whether the text cannot be used.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Puts findings into source order and drops what is said twice.
pub fn in_source_order(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.order_by(|a, b| {
        (&a.file, a.start.byte, a.end.byte, a.severity, &a.code, &a.message).cmp(&(
            &b.file,
            b.start.byte,
            b.end.byte,
            b.severity,
            &b.code,
            &b.message,
        ))
    });
    diagnostics.dedup();
    diagnostics.truncate(crate::limits::DIAGNOSTICS);
    diagnostics
}

/// A module's text with the starts of its lines, so that byte ranges become lines and columns in one place.
pub struct Text<'a> {
    path: &'a str,
    source: &'a str,
    line_starts: Vec<usize>,
    /// UTF-16 units before each block of bytes, so that a place far behind in a long line is found as fast as any other.
    units_before: Vec<usize>,
}

/// Bytes of which the UTF-16 units are counted at once.
const BLOCK: usize = 512;

/// The UTF-16 units that begin in some bytes of UTF-8.
fn units(bytes: &[u8]) -> usize {
    let of_byte = |&byte: &u8| match byte {
        0x80..=0xbf => 0,
        0xf0.. => 2,
        _ => 1,
    };
    bytes.iter().map(of_byte).sum()
}

impl<'a> Text<'a> {
    /// Reads the line starts of `source`.
    pub fn new(path: &'a str, source: &'a str) -> Self {
        let mut line_starts = vec![0];
        line_starts.extend(source.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at + 1));
        let mut before = 0;
        let units_before = source.as_bytes().chunks(BLOCK).map(|block| {
            let first = before;
            before += units(block);
            first
        });
        Self { path, source, line_starts, units_before: units_before.collect() }
    }

    /// The path of the module.
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// The whole text.
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// The byte range of a line, counted from 1, without its line end; empty at the end of the text for lines beyond it.
    pub fn line(&self, line: usize) -> Range<usize> {
        let start =
            line.checked_sub(1).and_then(|index| self.line_starts.get(index).copied()).unwrap_or(self.source.len());
        let end = self.line_starts.get(line).map_or(self.source.len(), |next| next.saturating_sub(1)).max(start);
        start..end
    }

    /// The places of both ends of a byte range. Ends inside a character move to its start.
    pub fn places(&self, range: Range<usize>) -> (Place, Place) {
        (self.place(range.start), self.place(range.end.max(range.start)))
    }

    /// UTF-16 units before a byte.
    fn units_to(&self, byte: usize) -> usize {
        // Behind a last block that is full there is no other one.
        let block = (byte / BLOCK).min(self.units_before.len().saturating_sub(1));
        let before = self.units_before.get(block).copied().unwrap_or(0);
        before + units(self.source.as_bytes().get(block * BLOCK..byte).unwrap_or_default())
    }

    fn place(&self, byte: usize) -> Place {
        let mut byte = byte.min(self.source.len());
        while !self.source.is_char_boundary(byte) {
            byte -= 1;
        }
        let index = self.line_starts.partition_point(|&start| start <= byte).saturating_sub(1);
        let start = self.line_starts.get(index).copied().unwrap_or(0);
        let column = self.units_to(byte) - self.units_to(start);
        Place {
            byte: u32::try_from(byte).unwrap_or(u32::MAX),
            line: u32::try_from(index + 1).unwrap_or(u32::MAX),
            column: u32::try_from(column + 1).unwrap_or(u32::MAX),
        }
    }
}
