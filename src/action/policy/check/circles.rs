//! Evidence requirements that run in a circle: none of their actions could ever be taken.

use super::fields::Givens;
use crate::action::policy::PolicyFields;
use crate::action::policy::errors::PolicyErrorCode;
use crate::action::policy::report::Report;
use crate::action::policy::source::tree::{Kind, Node, cut};
use crate::sorted;

/// Actions of a circle that are named.
const NAMED: usize = 8;

/// Reports each requirement that closes a circle. Without all of them there is none left.
pub fn check(report: &mut Report, givens: &Givens<'_>, fields: &PolicyFields) {
    let Some(given) = givens.get("evidence_requirements") else { return };
    for circle in circles(fields) {
        let (Some(action), Some(required)) = (circle.last(), circle.first()) else { continue };
        let message =
            format!("the requirements run in a circle, so none of its actions could be taken: {}", in_words(&circle));
        given.visit(report, |report| {
            report.within(*action, |report| match member(given.node, action, required) {
                Some((place, item)) => report.within(place, |report| {
                    report.error_about(item, PolicyErrorCode::Conflict, message);
                }),
                None => report.error(given.node.at, PolicyErrorCode::Conflict, message),
            });
        });
    }
}

/// The circles, each from the action that is required last to the one that requires it.
fn circles(fields: &PolicyFields) -> Vec<Vec<&str>> {
    let required_by = |action: &str| fields.evidence_requirements.get(action).map_or(&[][..], Vec::as_slice).iter();
    let mut found = Vec::new();
    let mut done: sorted::Set<&str> = sorted::Set::new();
    for start in fields.evidence_requirements.keys() {
        if done.contains(start.as_str()) {
            continue;
        }
        // The actions on the way, and what each has left to be looked at.
        let mut way: Vec<&str> = vec![start];
        let mut on_way = sorted::Set::from_iter([start.as_str()]);
        let mut left = vec![required_by(start)];
        while let Some(requirements) = left.last_mut() {
            match requirements.next().map(String::as_str) {
                None => {
                    left.pop();
                    if let Some(action) = way.pop() {
                        on_way.remove(action);
                        done.insert(action);
                    }
                }
                Some(required) if on_way.contains(required) => {
                    found.push(way.iter().copied().skip_while(|action| *action != required).collect());
                }
                Some(required) if done.contains(required) => {}
                Some(required) => {
                    way.push(required);
                    on_way.insert(required);
                    left.push(required_by(required));
                }
            }
        }
    }
    found
}

fn in_words(circle: &[&str]) -> String {
    let mut words: Vec<String> = circle.iter().take(NAMED).map(|action| format!("`{}`", cut(action))).collect();
    if circle.len() > NAMED {
        words.push(format!("({} more)", circle.len() - NAMED));
    }
    words.extend(circle.first().map(|action| format!("`{}`", cut(action))));
    words.join(" -> ")
}

/// Where a requirement stands in what the author wrote.
fn member<'a>(node: &'a Node, action: &str, required: &str) -> Option<(usize, &'a Node)> {
    let Kind::List(items) = &node.field(action)?.kind else { return None };
    items.iter().enumerate().find(|(_, item)| matches!(&item.kind, Kind::Text(text) if text == required))
}
