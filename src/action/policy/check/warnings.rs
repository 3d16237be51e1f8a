//! What a policy may say and rarely means.

use super::fields::{Given, Givens};
use crate::action::policy::PolicyFields;
use crate::action::policy::report::Report;
use crate::action::policy::source::tree::{Kind, Node, cut};
use crate::sorted;

/// Warns of what shows only where the fields of a policy are seen together.
pub fn of_policy(report: &mut Report, givens: &Givens<'_>, fields: &PolicyFields) {
    allowlist_that_is_empty(report, givens, fields);
    denied_and_allowed(report, givens, fields);
    wildcards_in_lists(report, givens);
    approval_that_is_off(report, givens, fields);
    grounds_that_are_not_kept(report, givens, fields);
    commits_without_anything_before(report, givens, fields);
    grounds_of_paths(report, givens);
    ages_of_nothing(report, givens, fields);
}

/// An empty list allows nothing, and no list everything: whoever writes one may mean the other.
fn allowlist_that_is_empty(report: &mut Report, givens: &Givens<'_>, fields: &PolicyFields) {
    let Some(given) = givens.get("allowed_actions") else { return };
    let (at, message) = match (&given.node.kind, fields.allowed_actions.as_deref()) {
        (_, Some([])) => (given.node.at, "the list is empty, so no action is allowed; leave it out to allow all"),
        (Kind::Blank, _) => (
            given.key_at,
            "there is no list here, so all actions are allowed; write `[]` to allow none, or `null` to allow all",
        ),
        _ => return,
    };
    given.visit(report, |report| report.warn(at, message));
}

fn denied_and_allowed(report: &mut Report, givens: &Givens<'_>, fields: &PolicyFields) {
    let (Some(given), Some(allowed)) = (givens.get("denied_actions"), &fields.allowed_actions) else { return };
    each_text(report, given, &mut |report, node, action| {
        if allowed.iter().any(|allowed| allowed == action) {
            report.warn(node.at, format!("`{}` is allowed as well; it is denied", cut(action)));
        }
    });
}

fn wildcards_in_lists(report: &mut Report, givens: &Givens<'_>) {
    for field in ["denied_actions", "allowed_actions", "approval_actions", "commit_actions", "evidence_actions"] {
        let Some(given) = givens.get(field) else { continue };
        each_text(report, given, &mut |report, node, action| {
            if action.contains('*') {
                report.warn(node.at, format!("there are no wildcards: this is an action named `{}`", cut(action)));
            }
        });
    }
}

/// Lists that would ask for an approval are of no effect while `require_approval` is false (decision 25).
fn approval_that_is_off(report: &mut Report, givens: &Givens<'_>, fields: &PolicyFields) {
    if fields.require_approval {
        return;
    }
    let filled = [
        ("approval_actions", !fields.approval_actions.is_empty()),
        ("approval_tags", !fields.approval_tags.is_empty()),
        ("approval_risk_levels", !fields.approval_risk_levels.is_empty()),
        ("approval_threshold_usd", fields.approval_threshold_usd.is_some()),
        ("approval_rules", !fields.approval_rules.is_empty()),
    ];
    for (field, _) in filled.iter().filter(|(_, is_filled)| *is_filled) {
        let Some(given) = givens.get(field) else { continue };
        given.visit(report, |report| {
            report.warn(given.key_at, "this asks for no approval while `require_approval` is false");
        });
    }
}

fn grounds_that_are_not_kept(report: &mut Report, givens: &Givens<'_>, fields: &PolicyFields) {
    let Some(given) = givens.get("grounding_rules") else { return };
    for action in given.node.entries() {
        for argument in action.value.entries() {
            let Some(Node { kind: Kind::Text(source), at }) = argument.value.field("source_action") else { continue };
            if fields.evidence_actions.iter().any(|kept| kept == source) {
                continue;
            }
            given.visit(report, |report| {
                report.within(action.key.as_str(), |report| {
                    report.within(argument.key.as_str(), |report| {
                        report.within("source_action", |report| {
                            let source = cut(source);
                            let message = format!(
                                "`{source}` is not in `evidence_actions`: its results are kept only where its calls say so"
                            );
                            report.warn(*at, message);
                        });
                    });
                });
            });
        }
    }
}

/// The argument is looked for by its whole name; one that is absent needs no ground.
fn grounds_of_paths(report: &mut Report, givens: &Givens<'_>) {
    let Some(given) = givens.get("grounding_rules") else { return };
    for action in given.node.entries() {
        for argument in action.value.entries().iter().filter(|argument| argument.key.contains('.')) {
            given.visit(report, |report| {
                report.within(action.key.as_str(), |report| {
                    report.within(argument.key.as_str(), |report| {
                        let message = format!(
                            "this is about an argument named `{}`, dots included, and never about what is inside another one",
                            cut(&argument.key)
                        );
                        report.warn(argument.key_at, message);
                    });
                });
            });
        }
    }
}

fn ages_of_nothing(report: &mut Report, givens: &Givens<'_>, fields: &PolicyFields) {
    let Some(given) = givens.get("evidence_max_age_seconds") else { return };
    for action in given.node.entries().iter().filter(|action| !relies_on_anything(fields, &action.key)) {
        given.visit(report, |report| {
            report.within(action.key.as_str(), |report| {
                let message = format!(
                    "neither evidence nor grounds are asked of `{}` here, so this has no effect unless another policy asks",
                    cut(&action.key)
                );
                report.warn(action.key_at, message);
            });
        });
    }
}

fn relies_on_anything(fields: &PolicyFields, action: &str) -> bool {
    fields.evidence_requirements.get(action).is_some_and(|required| !required.is_empty())
        || fields.grounding_rules.get(action).is_some_and(|rules| !rules.is_empty())
}

fn commits_without_anything_before(report: &mut Report, givens: &Givens<'_>, fields: &PolicyFields) {
    let Some(given) = givens.get("commit_actions") else { return };
    each_text(report, given, &mut |report, node, action| {
        if !relies_on_anything(fields, action) {
            let message =
                format!("`{}` changes something, and neither evidence nor grounds are asked of it", cut(action));
            report.warn(node.at, message);
        }
    });
}

/// Visits each text of a list once.
fn each_text(report: &mut Report, given: &Given<'_>, visit: &mut dyn FnMut(&mut Report, &Node, &str)) {
    let Kind::List(items) = &given.node.kind else { return };
    let mut seen = sorted::Set::new();
    given.visit(report, |report| {
        for (place, item) in items.iter().enumerate() {
            if let Kind::Text(text) = &item.kind
                && seen.insert(text)
            {
                report.within(place, |report| visit(report, item, text));
            }
        }
    });
}
