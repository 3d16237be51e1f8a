//! What differs between two states of a policy: field by field, in the order of their declaration (decision 38).

use super::arguments::equality::equal;
use super::policy::PolicyFields;
use crate::decision::Stop;
use crate::decision::asking::json;
use crate::sorted;
use serde::Serialize;
use serde_json::{Map, Value};

/// What differs, by field. What is the same is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionPolicyDiff"))]
pub struct PolicyDiff(
    // Not a map: the order is that of the declaration.
    #[cfg_attr(test, ts(type = "Record<string, ActionFieldDiff>"))]
    #[serde(serialize_with = "in_order")]
    Vec<(String, FieldDiff)>,
);

/// How a value differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionFieldDiff"))]
#[serde(untagged)]
pub enum FieldDiff {
    /// Entries of a map.
    Map {
        /// Those that are there now only.
        #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
        added: sorted::Map<String, Value>,
        /// Those that were there only.
        #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
        removed: sorted::Map<String, Value>,
        /// Those that differ.
        #[cfg_attr(test, ts(type = "Record<string, ActionFieldDiff>"))]
        changed: sorted::Map<String, FieldDiff>,
    },
    /// Members of a list.
    List {
        /// Those that are there now only.
        #[cfg_attr(test, ts(type = "unknown[]"))]
        added: Vec<Value>,
        /// Those that were there only.
        #[cfg_attr(test, ts(type = "unknown[]"))]
        removed: Vec<Value>,
        /// Those that were and are there, where their order is another now. Approval rules go by it.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional, type = "{ from: unknown[], to: unknown[] }"))]
        order: Option<Order>,
    },
    /// Anything else, and a list in another order.
    Value {
        /// What it was.
        #[cfg_attr(test, ts(type = "unknown"))]
        from: Value,
        /// What it is.
        #[cfg_attr(test, ts(type = "unknown"))]
        to: Value,
    },
}

/// The members that two lists have in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Order {
    /// As they stood.
    from: Vec<Value>,
    /// As they stand.
    to: Vec<Value>,
}

impl PolicyDiff {
    /// What differs between two snapshots of fields. A field that one of them lacks is null there.
    ///
    /// # Errors
    /// None in practice.
    pub fn between(from: &Map<String, Value>, to: &Map<String, Value>) -> Result<Self, Stop> {
        // A store may keep the fields of an object in any order.
        let Value::Object(declared) = json(&PolicyFields::named(""))? else { return Ok(Self::default()) };
        let mut names: Vec<&String> = declared.keys().collect();
        for name in from.keys().chain(to.keys()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let value = |fields: &Map<String, Value>, name: &str| fields.get(name).cloned().unwrap_or_default();
        let differs = |name: &String| Some((name.clone(), FieldDiff::of(&value(from, name), &value(to, name))?));
        Ok(Self(names.into_iter().filter_map(differs).collect()))
    }

    /// Whether nothing differs.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One line for people: the names of the fields.
    pub fn summary(&self) -> String {
        if self.is_empty() {
            return "Nothing changed".to_owned();
        }
        let names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        format!("Updated: {}", names.join(", "))
    }
}

impl FieldDiff {
    /// How two values differ; none: they do not.
    fn of(from: &Value, to: &Value) -> Option<Self> {
        if equal(from, to) {
            return None;
        }
        Some(match (from, to) {
            (Value::Object(from), Value::Object(to)) => {
                let only = |here: &Map<String, Value>, there: &Map<String, Value>| {
                    let entries = here.iter().filter(|(key, _)| !there.contains_key(*key));
                    sorted::Map::from_iter(entries.map(|(key, value)| (key.clone(), value.clone())))
                };
                let differs = |(key, from): (&String, &Value)| Some((key.clone(), Self::of(from, to.get(key)?)?));
                Self::Map {
                    added: only(to, from),
                    removed: only(from, to),
                    changed: sorted::Map::from_iter(from.iter().filter_map(differs)),
                }
            }
            (Value::Array(before), Value::Array(after)) => {
                let (added, removed) = (members(after, before, false), members(before, after, false));
                if added.is_empty() && removed.is_empty() {
                    // The same members: what differs is their order, which rules go by.
                    Self::Value { from: from.clone(), to: to.clone() }
                } else {
                    let order = Order { from: members(before, after, true), to: members(after, before, true) };
                    let is_another = order.from.iter().zip(&order.to).any(|(from, to)| !equal(from, to));
                    Self::List { added, removed, order: is_another.then_some(order) }
                }
            }
            _ => Self::Value { from: from.clone(), to: to.clone() },
        })
    }
}

/// The members of a list that another one has as well, or has not: each once, in their order.
fn members(here: &[Value], there: &[Value], are_there: bool) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for item in here.iter().filter(|item| has(there, item) == are_there) {
        if !has(&found, item) {
            found.push(item.clone());
        }
    }
    found
}

fn has(items: &[Value], item: &Value) -> bool {
    items.iter().any(|other| equal(other, item))
}

fn in_order<S: serde::Serializer>(fields: &[(String, FieldDiff)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(fields.iter().map(|(name, diff)| (name, diff)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
    use super::PolicyDiff;
    use serde_json::{Value, json};

    fn between(from: &Value, to: &Value) -> PolicyDiff {
        PolicyDiff::between(from.as_object().unwrap(), to.as_object().unwrap()).unwrap()
    }

    #[test]
    fn each_kind_of_value_differs_in_its_own_way() {
        let from = json!({
            "rate_limits": { "gone": { "max_count": 1 }, "x": { "max_count": 2, "window_seconds": 60 } },
            "approval_tags": ["a", "b"],
            "denied_actions": ["b", "a"],
            "name": "p",
            "enabled": true,
            "session_budget": null,
        });
        let to = json!({
            "enabled": true,
            "session_budget": 5,
            "name": "q",
            "denied_actions": ["b", "c", "c"],
            "approval_tags": ["b", "a"],
            "rate_limits": { "new": { "max_count": 1 }, "x": { "window_seconds": 60, "max_count": 3 } },
        });
        let diff = between(&from, &to);
        assert_eq!(
            serde_json::to_value(&diff).unwrap(),
            json!({
                "name": { "from": "p", "to": "q" },
                "session_budget": { "from": null, "to": 5 },
                "denied_actions": { "added": ["c"], "removed": ["a"] },
                "rate_limits": {
                    "added": { "new": { "max_count": 1 } },
                    "removed": { "gone": { "max_count": 1 } },
                    "changed": { "x": {
                        "added": {}, "removed": {}, "changed": { "max_count": { "from": 2, "to": 3 } },
                    } },
                },
                "approval_tags": { "from": ["a", "b"], "to": ["b", "a"] },
            })
        );
        assert_eq!(diff.summary(), "Updated: name, session_budget, denied_actions, rate_limits, approval_tags");
    }

    #[test]
    fn the_order_of_members_that_stay_is_told_where_it_is_another() {
        let rule = |name: &str| json!({ "name": name, "approvers": ["a"] });
        let from = json!({
            "approval_rules": [rule("large"), rule("all"), rule("old")],
            "denied_actions": ["a", "b", "b"],
            "approval_tags": ["a", "b"],
        });
        let to = json!({
            "approval_rules": [rule("all"), rule("new"), rule("large")],
            "denied_actions": ["a", "c", "b", "a"],
            "approval_tags": ["b", "c", "a"],
        });
        assert_eq!(
            serde_json::to_value(between(&from, &to)).unwrap(),
            json!({
                "denied_actions": { "added": ["c"], "removed": [] },
                "approval_tags": { "added": ["c"], "removed": [], "order": { "from": ["a", "b"], "to": ["b", "a"] } },
                "approval_rules": {
                    "added": [rule("new")], "removed": [rule("old")],
                    "order": { "from": [rule("large"), rule("all")], "to": [rule("all"), rule("large")] },
                },
            })
        );
    }

    #[test]
    fn the_order_of_keys_is_no_difference() {
        let diff = between(&json!({ "a": { "x": 1, "y": 2 }, "b": 1 }), &json!({ "b": 1, "a": { "y": 2, "x": 1 } }));
        assert!(diff.is_empty());
        assert_eq!(diff.summary(), "Nothing changed");
    }
}
