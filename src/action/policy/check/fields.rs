//! The fields of a policy, by their own names and by those of the nested file form (section 6.2).

use super::names::nearest;
use super::rules::{
    approval_rules, argument_schema, grounding_rule, loop_rule, moderation_rule, pii_rule, rate_limit, risk_levels,
};
use super::values::{
    any_text, by_action, by_name, distinct, exact_name, flag, money, names, nullable, require, set, text,
    unknown_field, whole, word, wrong_type,
};
use super::{circles, ranges, warnings};
use crate::action::policy::errors::PolicyErrorCode;
use crate::action::policy::report::Report;
use crate::action::policy::source::tree::{Entry, Kind, Node};
use crate::action::policy::{PolicyFields, SET_BY_THE_SERVICE, Scope};
use crate::sorted;

/// Every field by its own name.
const FIELDS: [&str; 35] = [
    "name",
    "description",
    "enabled",
    "scope",
    "target_id",
    "session_budget",
    "run_budget",
    "action_budgets",
    "denied_actions",
    "allowed_actions",
    "rate_limits",
    "strict_mode",
    "require_approval",
    "approval_actions",
    "approval_tags",
    "approval_risk_levels",
    "approval_threshold_usd",
    "approval_timeout_seconds",
    "default_approvers",
    "approval_rules",
    "evidence_requirements",
    "evidence_max_age_seconds",
    "commit_actions",
    "evidence_actions",
    "argument_constraints",
    "grounding_rules",
    "pii_rules",
    "moderation_rules",
    "loop_rules",
    "pii_default_enabled",
    "moderation_default_enabled",
    "loop_default_enabled",
    "budget_warning_thresholds",
    "budgets",
    "evidence",
];

/// A group of the nested file form: its name, and the names in it with the fields that they mean.
type Group = (&'static str, &'static [(&'static str, &'static str)]);

const GROUPS: [Group; 2] = [
    ("budgets", &[("session", "session_budget"), ("run", "run_budget"), ("actions", "action_budgets")]),
    (
        "evidence",
        &[
            ("requirements", "evidence_requirements"),
            ("max_age_seconds", "evidence_max_age_seconds"),
            ("commit_actions", "commit_actions"),
            ("evidence_actions", "evidence_actions"),
            ("argument_constraints", "argument_constraints"),
            ("grounding_rules", "grounding_rules"),
        ],
    ),
];

const SCOPES: [(&str, Scope); 5] = [
    ("global", Scope::Global),
    ("group", Scope::Group),
    ("mission", Scope::Mission),
    ("agent", Scope::Agent),
    ("run", Scope::Run),
];

/// A field that is there, with the names under which the author wrote it.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// The field by its own name.
    pub field: &'static str,
    group: Option<&'static str>,
    name: &'static str,
    /// Where its name begins.
    pub key_at: usize,
    /// Its value.
    pub node: &'a Node,
    is_repeated: bool,
}

impl Given<'_> {
    /// Goes to where the author wrote it.
    pub fn visit<T>(&self, report: &mut Report, read: impl FnOnce(&mut Report) -> T) -> T {
        match self.group {
            None => report.within(self.name, read),
            Some(group) => report.within(group, |report| report.within(self.name, read)),
        }
    }

    fn words(&self) -> String {
        match self.group {
            None => format!("`{}`", self.name),
            Some(group) => format!("`{group}.{}`", self.name),
        }
    }
}

/// The fields that are there, each by its own name and as it was written first.
pub type Givens<'a> = sorted::Map<&'static str, Given<'a>>;

/// Reads a policy. What it gives is right only where the report is sound.
pub fn read(report: &mut Report, root: &Node, default_name: Option<&str>) -> Option<PolicyFields> {
    let entries = match &root.kind {
        Kind::Object(entries) => entries,
        Kind::Refused => return None,
        _ => {
            let message = format!("a policy is an object of fields; {} is there", root.words());
            report.error_of_text(root.at, PolicyErrorCode::NotAMapping, message);
            return None;
        }
    };
    let mut fields = PolicyFields::named("");
    let mut givens = Givens::new();
    for given in in_order(report, entries) {
        let first = givens.get(given.field).copied();
        match first {
            None => {
                given.visit(report, |report| read_field(report, given.field, given.node, &mut fields));
                givens.insert(given.field, given);
            }
            Some(first) => read_again(report, &first, &given),
        }
    }
    name(report, root, &givens, default_name, &mut fields);
    target(report, root, &givens, &fields);
    circles::check(report, &givens, &fields);
    if report.is_sound() {
        warnings::of_policy(report, &givens, &fields);
    }
    Some(fields)
}

/// The fields in the order in which they were written. What is no field is reported.
fn in_order<'a>(report: &mut Report, entries: &'a [Entry]) -> Vec<Given<'a>> {
    let mut givens = Vec::new();
    for entry in entries {
        let Some(name) = FIELDS.iter().find(|field| **field == entry.key) else {
            report.within(entry.key.as_str(), |report| unknown(report, entry));
            continue;
        };
        match GROUPS.iter().find(|(group, _)| group == name) {
            Some(group) => report.within(*name, |report| of_group(report, group, entry, &mut givens)),
            None => givens.push(Given {
                field: name,
                group: None,
                name,
                key_at: entry.key_at,
                node: &entry.value,
                is_repeated: entry.is_repeated,
            }),
        }
    }
    givens
}

fn of_group<'a>(report: &mut Report, group: &Group, outer: &'a Entry, givens: &mut Vec<Given<'a>>) {
    let entries = match &outer.value.kind {
        Kind::Null | Kind::Blank => return,
        Kind::Object(entries) => entries,
        _ => {
            wrong_type::<()>(report, &outer.value, "an object");
            return;
        }
    };
    let (group, names) = *group;
    for entry in entries {
        match names.iter().find(|(name, _)| *name == entry.key) {
            Some((name, field)) => givens.push(Given {
                field,
                group: Some(group),
                name,
                key_at: entry.key_at,
                node: &entry.value,
                is_repeated: entry.is_repeated || outer.is_repeated,
            }),
            None => report.within(entry.key.as_str(), |report| {
                let known: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
                unknown_field(report, entry.key_at, &entry.key, nearest(&entry.key, &known));
            }),
        }
    }
}

fn unknown(report: &mut Report, entry: &Entry) {
    if entry.key == "id" || SET_BY_THE_SERVICE.contains(&entry.key.as_str()) {
        let message = format!("`{}` is kept beside a policy and is no field of it; leave it out", entry.key);
        report.error(entry.key_at, PolicyErrorCode::UnknownField, message);
        return;
    }
    // A name of a group may be meant where it stands alone.
    let nested = GROUPS.iter().flat_map(|(group, names)| names.iter().map(move |(name, _)| (*name, *group)));
    let nested: Vec<(&str, &str)> = nested.filter(|(name, _)| !FIELDS.contains(name)).collect();
    let known: Vec<&str> = FIELDS.iter().copied().chain(nested.iter().map(|(name, _)| *name)).collect();
    let meant = nearest(&entry.key, &known).map(|meant| match nested.iter().find(|(name, _)| *name == meant) {
        Some((name, group)) => format!("{group}.{name}"),
        None => meant.to_owned(),
    });
    unknown_field(report, entry.key_at, &entry.key, meant.as_deref());
}

/// Reads a field that was given before: for its errors, and because both must say the same.
fn read_again(report: &mut Report, first: &Given<'_>, again: &Given<'_>) {
    let (mut one, mut other) = (PolicyFields::named(""), PolicyFields::named(""));
    let before = report.errors();
    again.visit(report, |report| {
        report.without_warnings(|report| read_field(report, again.field, again.node, &mut other));
    });
    if report.errors() != before || again.is_repeated {
        return;
    }
    // Into a report of its own: what is wrong with the first was said. One that could not be read cannot differ.
    let mut aside = Report::default();
    read_field(&mut aside, first.field, first.node, &mut one);
    if !aside.is_sound() || one == other {
        return;
    }
    again.visit(report, |report| {
        let (first, again_in_words) = (first.words(), again.words());
        let message =
            format!("{first} and {again_in_words} are the same field with different values; keep one of them");
        report.error_about(again.node, PolicyErrorCode::Conflict, message);
    });
}

fn read_field(report: &mut Report, field: &'static str, node: &Node, fields: &mut PolicyFields) {
    match field {
        "name" => set(&mut fields.name, text(report, node)),
        "description" => set(&mut fields.description, nullable(report, node, any_text)),
        "enabled" => set(&mut fields.enabled, flag(report, node)),
        "scope" => set(&mut fields.scope, word(report, node, &SCOPES)),
        "target_id" => set(&mut fields.target_id, nullable(report, node, exact_name)),
        "session_budget" => set(&mut fields.session_budget, nullable(report, node, money)),
        "run_budget" => set(&mut fields.run_budget, nullable(report, node, money)),
        "action_budgets" => set(&mut fields.action_budgets, by_action(report, node, money)),
        "denied_actions" => set(&mut fields.denied_actions, names(report, node)),
        "allowed_actions" => set(&mut fields.allowed_actions, nullable(report, node, names)),
        "rate_limits" => set(&mut fields.rate_limits, by_action(report, node, rate_limit)),
        "strict_mode" => set(&mut fields.strict_mode, flag(report, node)),
        "require_approval" => set(&mut fields.require_approval, flag(report, node)),
        "approval_actions" => set(&mut fields.approval_actions, names(report, node)),
        "approval_tags" => set(&mut fields.approval_tags, names(report, node)),
        "approval_risk_levels" => set(&mut fields.approval_risk_levels, risk_levels(report, node)),
        "approval_threshold_usd" => set(&mut fields.approval_threshold_usd, nullable(report, node, money)),
        "approval_timeout_seconds" => {
            set(&mut fields.approval_timeout_seconds, whole(report, node, &ranges::TIMEOUT_SECONDS));
        }
        "default_approvers" => set(&mut fields.default_approvers, names(report, node)),
        "approval_rules" => set(&mut fields.approval_rules, approval_rules(report, node)),
        "evidence_requirements" => set(&mut fields.evidence_requirements, by_action(report, node, names)),
        "evidence_max_age_seconds" => {
            let age = |report: &mut Report, node: &Node| whole(report, node, &ranges::MAX_AGE_SECONDS);
            set(&mut fields.evidence_max_age_seconds, by_action(report, node, age));
        }
        "commit_actions" => set(&mut fields.commit_actions, names(report, node)),
        "evidence_actions" => set(&mut fields.evidence_actions, names(report, node)),
        "argument_constraints" => {
            set(&mut fields.argument_constraints, by_action(report, node, argument_schema));
        }
        "grounding_rules" => {
            let of_arguments = |report: &mut Report, node: &Node| by_name(report, node, grounding_rule);
            set(&mut fields.grounding_rules, by_action(report, node, of_arguments));
        }
        "pii_rules" => set(&mut fields.pii_rules, by_action(report, node, pii_rule)),
        "moderation_rules" => set(&mut fields.moderation_rules, by_action(report, node, moderation_rule)),
        "loop_rules" => set(&mut fields.loop_rules, by_action(report, node, loop_rule)),
        "pii_default_enabled" => set(&mut fields.pii_default_enabled, flag(report, node)),
        "moderation_default_enabled" => set(&mut fields.moderation_default_enabled, flag(report, node)),
        "loop_default_enabled" => set(&mut fields.loop_default_enabled, flag(report, node)),
        "budget_warning_thresholds" => {
            let percents = distinct(report, node, |report, item| {
                whole(report, item, &ranges::PERCENT).and_then(|percent| u8::try_from(percent).ok())
            });
            set(&mut fields.budget_warning_thresholds, percents);
        }
        // Every other name was refused where the fields were looked for.
        _ => {}
    }
}

fn name(report: &mut Report, root: &Node, givens: &Givens<'_>, default_name: Option<&str>, fields: &mut PolicyFields) {
    match default_name {
        _ if givens.contains_key("name") => {}
        None => require(report, root, &[], "name"),
        Some(default) => report.within("name", |report| {
            let node = Node::text(report, root.at, default.to_owned());
            set(&mut fields.name, text(report, &node));
        }),
    }
}

/// Everybody needs no target, and whoever else a policy is about must be named.
fn target(report: &mut Report, root: &Node, givens: &Givens<'_>, fields: &PolicyFields) {
    let scope = givens.get("scope");
    let target = givens.get("target_id").filter(|target| !target.node.is_null());
    // A scope that was not understood asks for nothing: that was reported.
    let is_understood =
        scope.is_none_or(|scope| matches!(&scope.node.kind, Kind::Text(word) if word == fields.scope.as_str()));
    match target {
        _ if !is_understood => {}
        Some(target) if fields.scope == Scope::Global => target.visit(report, |report| {
            let message = "a policy of the scope `global` is about everybody and has no `target_id`; leave it out, or give the scope";
            report.error_about(target.node, PolicyErrorCode::Conflict, message);
        }),
        None if fields.scope != Scope::Global => report.within("target_id", |report| {
            let scope_at = scope.map_or(root.at, |scope| scope.node.at);
            let word = fields.scope.as_str();
            let message = format!("`target_id` is missing: a policy of the scope `{word}` says which {word} it is about");
            report.error(scope_at, PolicyErrorCode::Missing, message);
        }),
        _ => {}
    }
}
