//! A policy that is an object already, such as the fields of a request or what a converter made of prose.

use super::tree::{Entry, Kind, Node};
use crate::action::policy::report::Report;
use serde_json::Value;

/// The tree of an object; none where it is too deep to be read.
pub fn read(value: Value, report: &mut Report) -> Option<Node> {
    if !Node::may_be_here(report, 0) {
        return None;
    }
    Some(match value {
        Value::Null => Node { at: 0, kind: Kind::Null },
        Value::Bool(flag) => Node { at: 0, kind: Kind::Flag(flag) },
        Value::Number(number) => Node::number(report, 0, &number.to_string()),
        Value::String(text) => Node::text(report, 0, text),
        Value::Array(items) => {
            let mut nodes = Vec::new();
            for (place, item) in items.into_iter().enumerate() {
                nodes.push(report.within(place, |report| read(item, report))?);
            }
            Node::list(report, 0, nodes)
        }
        Value::Object(fields) => {
            let mut entries = Vec::new();
            for (key, value) in fields {
                if !Node::is_key(report, 0, &key) {
                    continue;
                }
                let value = report.within(key.as_str(), |report| read(value, report))?;
                entries.push(Entry { key, key_at: 0, value, is_repeated: false });
            }
            Node::object(report, 0, entries)
        }
    })
}
