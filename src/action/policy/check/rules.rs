//! The rules inside a policy: rate limits, approval, grounding, personal data, moderation, loops, argument schemas.

use super::ranges;
use super::values::{
    any_text, by_name, distinct, exact_name, flag, items, money, names, no_such_word, nullable, object, require,
    seconds, set, text, whole, word, word_in_any_case, wrong_type,
};
use crate::action::arguments::personal_data;
use crate::action::arguments::schema::ArgumentSchema;
use crate::action::policy::errors::PolicyErrorCode;
use crate::action::policy::report::Report;
use crate::action::policy::source::tree::{Kind, Node, fields_of};
use crate::action::policy::{
    ApprovalRule, GroundingRule, LoopRule, ModerationRule, PiiCategory, PiiRule, Priority, RateLimit, RiskLevel,
    SourceFrom, Strictness,
};
use serde_json::{Map, Value};

const RISK_LEVELS: [(&str, RiskLevel); 5] = [
    ("critical", RiskLevel::Critical),
    ("high", RiskLevel::High),
    ("medium", RiskLevel::Medium),
    ("low", RiskLevel::Low),
    ("minimal", RiskLevel::Minimal),
];

const PRIORITIES: [(&str, Priority); 4] =
    [("critical", Priority::Critical), ("high", Priority::High), ("medium", Priority::Medium), ("low", Priority::Low)];

const STRICTNESS: [(&str, Strictness); 3] =
    [("strict", Strictness::Strict), ("balanced", Strictness::Balanced), ("permissive", Strictness::Permissive)];

const SOURCES: [(&str, SourceFrom); 2] = [("result", SourceFrom::Result), ("kwargs", SourceFrom::Kwargs)];

/// A list of risk levels, in any case.
pub fn risk_levels(report: &mut Report, node: &Node) -> Option<Vec<RiskLevel>> {
    distinct(report, node, |report, item| word_in_any_case(report, item, &RISK_LEVELS))
}

/// How often an action may be taken.
pub fn rate_limit(report: &mut Report, node: &Node) -> Option<RateLimit> {
    let mut limit = RateLimit::default();
    object(report, node, &["max_count", "window_seconds"], &mut |report, field, node| match field {
        "max_count" => set(&mut limit.max_count, whole(report, node, &ranges::MAX_COUNT)),
        _ => set(&mut limit.window_seconds, whole(report, node, &ranges::WINDOW_SECONDS)),
    })?;
    Some(limit)
}

/// Who may approve what.
pub fn approval_rule(report: &mut Report, node: &Node) -> Option<ApprovalRule> {
    const FIELDS: [&str; 8] =
        ["name", "actions", "tags", "risk_levels", "min_cost_usd", "approvers", "timeout_seconds", "priority"];
    let mut rule = ApprovalRule {
        name: None,
        actions: None,
        tags: None,
        risk_levels: None,
        min_cost_usd: None,
        approvers: Vec::new(),
        timeout_seconds: None,
        priority: None,
    };
    let given = object(report, node, &FIELDS, &mut |report, field, node| match field {
        "name" => set(&mut rule.name, nullable(report, node, any_text)),
        "actions" => set(&mut rule.actions, nullable(report, node, |report, node| criterion(report, node, names))),
        "tags" => set(&mut rule.tags, nullable(report, node, |report, node| criterion(report, node, names))),
        "risk_levels" => {
            set(&mut rule.risk_levels, nullable(report, node, |report, node| criterion(report, node, risk_levels)));
        }
        "min_cost_usd" => set(&mut rule.min_cost_usd, nullable(report, node, money)),
        "approvers" => set(&mut rule.approvers, approvers(report, node)),
        "timeout_seconds" => {
            let timeout = |report: &mut Report, node: &Node| whole(report, node, &ranges::TIMEOUT_SECONDS);
            set(&mut rule.timeout_seconds, nullable(report, node, timeout));
        }
        _ => {
            set(&mut rule.priority, nullable(report, node, |report, node| word(report, node, &PRIORITIES)));
        }
    })?;
    require(report, node, &given, "approvers");
    Some(rule)
}

/// A list of which one must be met: an empty one never is.
fn criterion<T>(
    report: &mut Report,
    node: &Node,
    read: impl FnOnce(&mut Report, &Node) -> Option<Vec<T>>,
) -> Option<Vec<T>> {
    let list = read(report, node)?;
    if list.is_empty() {
        let name = report.name();
        report
            .warn(node.at, format!("{name} is an empty list, so the rule matches no call; leave it out to match all"));
    }
    Some(list)
}

fn approvers(report: &mut Report, node: &Node) -> Option<Vec<String>> {
    if let Kind::List(items) = &node.kind
        && items.is_empty()
    {
        let message = format!("{} must name somebody: with nobody no call could be approved", report.name());
        report.error(node.at, PolicyErrorCode::Range, message);
        return None;
    }
    names(report, node)
}

/// Where an argument must come from.
pub fn grounding_rule(report: &mut Report, node: &Node) -> Option<GroundingRule> {
    let mut rule =
        GroundingRule { source_action: String::new(), source_field: String::new(), source_from: SourceFrom::default() };
    let fields = ["source_action", "source_field", "source_from"];
    let given = object(report, node, &fields, &mut |report, field, node| match field {
        "source_action" => set(&mut rule.source_action, exact_name(report, node)),
        "source_field" => set(&mut rule.source_field, dotted_path(report, node)),
        _ => set(&mut rule.source_from, word(report, node, &SOURCES)),
    })?;
    require(report, node, &given, "source_action");
    require(report, node, &given, "source_field");
    Some(rule)
}

fn dotted_path(report: &mut Report, node: &Node) -> Option<String> {
    let path = text(report, node)?;
    if path.split('.').any(|part| part.trim().is_empty()) {
        let message = format!("{} must be names with a dot between them, such as `order.amount`", report.name());
        report.error_about(node, PolicyErrorCode::Range, message);
        return None;
    }
    Some(path)
}

/// What personal data arguments must not hold.
pub fn pii_rule(report: &mut Report, node: &Node) -> Option<PiiRule> {
    let mut rule = PiiRule::default();
    let fields = ["categories", "extra_patterns", "allow_categories", "redact_preview"];
    object(report, node, &fields, &mut |report, field, node| match field {
        "categories" => set(&mut rule.categories, pii_categories(report, node)),
        "extra_patterns" => set(&mut rule.extra_patterns, by_name(report, node, extra_pattern)),
        "allow_categories" => set(&mut rule.allow_categories, names(report, node)),
        _ => set(&mut rule.redact_preview, flag(report, node)),
    })?;
    known_categories(report, node);
    if rule.categories.is_empty() && rule.extra_patterns.is_empty() {
        report.warn(node.at, "this rule looks for nothing; leave `categories` out to look for all");
    }
    Some(rule)
}

fn pii_categories(report: &mut Report, node: &Node) -> Option<Vec<PiiCategory>> {
    let words: Vec<_> = PiiCategory::all().into_iter().map(|category| (category.as_str(), category)).collect();
    distinct(report, node, |report, item| word(report, item, &words))
}

/// A category that is allowed is one that could be found, by the patterns of the engine or by the rule's own.
fn known_categories(report: &mut Report, rule: &Node) {
    let (Some(allowed), own) = (rule.field("allow_categories"), rule.field("extra_patterns")) else { return };
    let Kind::List(items) = &allowed.kind else { return };
    let mut known: Vec<&str> = PiiCategory::all().into_iter().map(PiiCategory::as_str).collect();
    known.extend(own.into_iter().flat_map(Node::keys));
    for (place, item) in items.iter().enumerate() {
        if let Kind::Text(text) = &item.kind
            && !text.trim().is_empty()
            && !known.contains(&text.as_str())
        {
            report.within("allow_categories", |report| {
                report.within(place, |report| no_such_word::<()>(report, item, text, &known));
            });
        }
    }
}

fn extra_pattern(report: &mut Report, node: &Node) -> Option<String> {
    let text = text(report, node)?;
    if !is_within_patterns(report, node, 1) {
        return None;
    }
    match personal_data::extra_pattern(&text) {
        Ok(_) => Some(text),
        Err(why) => {
            report.error_about(node, PolicyErrorCode::BadRegex, why);
            None
        }
    }
}

/// Whether so many more patterns may be compiled. The first that may not are reported, for all that follow.
fn is_within_patterns(report: &mut Report, node: &Node, more: usize) -> bool {
    let all = report.count_patterns(more);
    if all > ranges::PATTERNS && all - more <= ranges::PATTERNS {
        let message = format!("a policy has at most {} patterns, and this is beyond them", ranges::PATTERNS);
        report.error(node.at, PolicyErrorCode::Range, message);
    }
    all <= ranges::PATTERNS
}

/// How many patterns a schema holds, at the most: an argument may be named `pattern` as well.
fn patterns_in(node: &Node) -> usize {
    match &node.kind {
        Kind::Object(entries) => entries
            .iter()
            .map(|entry| match &entry.value.kind {
                Kind::Text(_) => usize::from(entry.key == "pattern"),
                _ => patterns_in(&entry.value),
            })
            .sum(),
        Kind::List(items) => items.iter().map(patterns_in).sum(),
        _ => 0,
    }
}

/// What content arguments must not hold.
pub fn moderation_rule(report: &mut Report, node: &Node) -> Option<ModerationRule> {
    let mut rule = ModerationRule::default();
    object(report, node, &["strictness", "block_categories", "moderator"], &mut |report, field, node| match field {
        "strictness" => set(&mut rule.strictness, word(report, node, &STRICTNESS)),
        "block_categories" => set(&mut rule.block_categories, names(report, node)),
        _ => set(&mut rule.moderator, nullable(report, node, exact_name)),
    })?;
    Some(rule)
}

/// How often an action may be tried with the same arguments.
pub fn loop_rule(report: &mut Report, node: &Node) -> Option<LoopRule> {
    let mut rule = LoopRule::default();
    object(report, node, &["threshold", "window_seconds", "arg_exclude"], &mut |report, field, node| match field {
        "threshold" => set(&mut rule.threshold, whole(report, node, &ranges::LOOP_THRESHOLD)),
        "window_seconds" => set(&mut rule.window_seconds, seconds(report, node, &ranges::LOOP_WINDOW_SECONDS)),
        _ => set(&mut rule.arg_exclude, names(report, node)),
    })?;
    Some(rule)
}

/// What the arguments of an action must look like.
pub fn argument_schema(report: &mut Report, node: &Node) -> Option<Map<String, Value>> {
    let Kind::Object(entries) = &node.kind else { return wrong_type(report, node, "an object") };
    let schema = fields_of(entries)?;
    if !is_within_patterns(report, node, patterns_in(node)) {
        return None;
    }
    match ArgumentSchema::compile(&schema) {
        Ok(_) => Some(schema),
        Err(errors) => {
            for error in errors {
                let at = node.place_of(&error.path, error.code);
                report.error_below(at, error);
            }
            None
        }
    }
}

/// A list of approval rules, in the order in which they are asked.
pub fn approval_rules(report: &mut Report, node: &Node) -> Option<Vec<ApprovalRule>> {
    items(report, node, approval_rule)
}
