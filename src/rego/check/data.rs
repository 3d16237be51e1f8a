//! Data that stands where a rule does: the engine would give the data for the rule's answer.

use super::outline::Outline;
use crate::error::{Error, ErrorCode};
use crate::rego::engine::Document;

/// Refuses data at the path of a rule, and what is no object on the way to one or to a package.
///
/// # Errors
/// `rego_compile_error` with the path.
pub fn conflict<'a>(outlines: impl Iterator<Item = &'a Outline>, data: &Document) -> Result<(), Error> {
    for outline in outlines {
        refuse(&outline.package, &[], data)?;
        for rule in &outline.rules {
            refuse(&outline.package, &rule.path, data)?;
        }
    }
    Ok(())
}

fn refuse(package: &[String], rule: &[String], data: &Document) -> Result<(), Error> {
    let path: Vec<&String> = package.iter().chain(rule).collect();
    let (depth, is_object) = data.depth_of(path.iter().copied());
    let is_at_rule = depth == path.len() && !rule.is_empty();
    if depth == 0 || (is_object && !is_at_rule) {
        return Ok(());
    }
    let found: Vec<&str> = path.iter().take(depth).map(|part| part.as_str()).collect();
    let found = found.join("/");
    let message = if is_at_rule {
        format!("conflicting rule for data path {found} found")
    } else {
        format!("the data path {found} holds no object, and rules stand below it")
    };
    Err(Error::new(ErrorCode::RegoCompileError, message)
        .with_help("remove it from the data, or give the rule or its package another name"))
}
