//! The data of a program: all of it anew, or part by part.

use super::Program;
use crate::error::{Error, ErrorCode};
use crate::rego::engine::Document;
use crate::rego::{check, document, revision};
use std::borrow::Cow;

/// Reads a data document.
///
/// # Errors
/// `input_not_json`.
pub(in crate::rego) fn read_data(text: &str) -> Result<Document, Error> {
    let document = Document::read_data(text)?;
    if document.is_object() {
        Ok(document)
    } else {
        Err(Error::new(ErrorCode::InputNotJson, "the data document is not a JSON object")
            .with_help("data is an object whose keys are the first parts of `data.…` paths"))
    }
}

impl Program {
    /// A program of the same modules on other data.
    ///
    /// # Errors
    /// As [`super::compile`] for data.
    pub fn with_data(&self, data: &[u8]) -> Result<Self, Error> {
        let text = document::text(data)?;
        let document = read_data(text)?;
        check::data::conflict(self.parts.outlines.iter(), &document)?;
        Ok(Self::new(self.parts.clone(), Some(text.to_owned()), self.prepared.with_data(Some(&document))))
    }

    /// Puts a part into the data document, at a path of keys, or takes away what stands there. It takes as long as the part is large.
    ///
    /// # Errors
    /// As [`super::compile`] for data, and `malformed_request` without a path. Then nothing has changed.
    pub fn update_data(&mut self, path: &[String], part: Option<&[u8]>) -> Result<(), Error> {
        if path.is_empty() {
            return Err(Error::new(
                ErrorCode::MalformedRequest,
                "a part of the data is named by a path of one key or more",
            )
            .at("/path")
            .with_help("to replace all of the data, give a data document"));
        }
        let part = part.map(document::text).transpose()?;
        let outlines = &self.parts.outlines;
        self.prepared.update_data(path, part, |data| check::data::conflict(outlines.iter(), data))?;
        self.data = None;
        self.revision = revision::updated(&self.revision, path, part);
        Ok(())
    }

    /// The text of the data document.
    pub(in crate::rego) fn data_text(&self) -> Option<Cow<'_, str>> {
        match &self.data {
            Some(text) => Some(Cow::Borrowed(text)),
            None => self.prepared.data_text().map(Cow::Owned),
        }
    }
}
