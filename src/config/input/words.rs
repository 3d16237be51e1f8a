//! What is wrong with a text in YAML, in the words of the original.

use super::NotYaml;
use crate::limits;
use crate::rego::syntax::yaml::{Bound, Mistake};
use std::ops::Range;

/// A mistake of the tree.
pub(super) fn of_mistake(mistake: &Mistake) -> NotYaml {
    let limit = mistake.bound.map(|bound| match bound {
        Bound::Depth => ("data_nesting", limits::DATA_NESTING),
        Bound::Values => ("config_values", limits::CONFIG_VALUES),
    });
    let line = mistake.lines.and_then(|lines| lines.by_context());
    let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
    NotYaml {
        message: format!("yaml: {line}{}", mistake.problem()),
        help: mistake.help.as_ref().map(|help| help.clone().into_owned()),
        place: mistake.place.clone(),
        limit,
    }
}

/// A mistake in what the tree says.
pub(super) fn at(place: Range<usize>, message: impl Into<String>, help: &str) -> NotYaml {
    NotYaml { message: message.into(), help: Some(help.to_owned()), place, limit: None }
}

/// Aliases that stand for more than a document may hold.
pub(super) fn too_large(place: Range<usize>) -> NotYaml {
    let limit = limits::INPUT_BYTES;
    NotYaml {
        message: format!(
            "yaml: document contains excessive aliasing: more than {limit} bytes, the limit `input_bytes`"
        ),
        help: Some("write out what is needed instead of using aliases".to_owned()),
        place,
        limit: Some(("input_bytes", limit)),
    }
}

/// Values inside one another beyond the limit.
pub(super) fn too_deep(place: Range<usize>) -> NotYaml {
    let limit = limits::DATA_NESTING;
    NotYaml {
        message: format!("yaml: more than {limit} lists and objects inside one another; the limit is `data_nesting`"),
        help: None,
        place,
        limit: Some(("data_nesting", limit)),
    }
}
