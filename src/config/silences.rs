//! What the original passes over in silence and an author would want to know: a level that nothing reads, a name that leads nowhere, a
//! rule that answers what is no violation. They are warnings, and change no decision.

use crate::rego::check::outline::{Rule, RuleKind};
use crate::rego::diagnostic::{self, Severity, Text};
use crate::rego::syntax::tree::Tree;
use crate::rego::value::quotes::quoted;
use crate::rego::{Diagnostic, Program};
use crate::sorted;

/// What was passed over while a decision was made.
#[derive(Debug, Default)]
pub struct Passed {
    /// Control rules with members that are no names, and how many.
    pub members: Vec<(String, usize)>,
    /// Enabled rules that have no value, and the control rule that enables them.
    pub undefined: Vec<(String, &'static str)>,
    /// Enabled rules whose value is no violation, and what it is.
    pub values: Vec<(String, &'static str)>,
    /// Enabled rules with members that are no violations, and how many.
    pub parts: Vec<(String, usize)>,
    /// Names in `hard_fail` of rules that are not enabled.
    pub not_enabled: Vec<String>,
}

/// Warnings of one kind beside one decision.
const MOST: usize = 50;

impl Passed {
    fn is_nothing(&self) -> bool {
        self.members.is_empty()
            && self.undefined.is_empty()
            && self.values.is_empty()
            && self.parts.is_empty()
            && self.not_enabled.is_empty()
    }

    /// Says of a rule that so many members of its value are no violations.
    pub fn skip(&mut self, name: &str, count: usize) {
        if count > 0 {
            self.parts.push((name.to_owned(), count));
        }
    }
}

/// What a text says that nothing reads.
pub fn of_text(text: &Text<'_>, tree: &Tree<'_>, findings: &mut Vec<Diagnostic>) {
    for rule in tree.rules().filter(|rule| rule.head.name() == "soft_fail") {
        let message = "nothing reads `soft_fail`: a rule that is enabled and not hard fails softly";
        let finding = warning(text, rule.head.span.range(), "config_soft_fail", message);
        findings.push(finding.with_help("leave it out; `enable_rule` is enough"));
    }
}

/// What was passed over, where it stands.
pub fn of_answers(program: &Program, passed: &Passed) -> Vec<Diagnostic> {
    if passed.is_nothing() {
        return Vec::new();
    }
    let places = Places::of(program);
    let mut findings = Vec::new();
    for (control, count) in &passed.members {
        let message = format!("{count} {} of `{control}` {} no name of a rule", members(*count), is(*count));
        findings.extend(places.at(control, "config_control_member", message, "write the names of rules as strings"));
    }
    for (name, control) in passed.undefined.iter().take(MOST) {
        let rules = places.rules(name);
        if rules.is_empty() {
            let message = format!("the rule {} is enabled and does not exist", quoted(name, false));
            let help = if name.contains('.') {
                "a dotted name is no path: name the first part, whose values are taken"
            } else {
                "look for a mistake in the name: it never fails"
            };
            findings.extend(places.at_saying(control, name, "config_rule_missing", message, help));
        } else if rules.iter().all(|(_, rule)| matches!(rule.kind, RuleKind::Function { .. })) {
            let message = format!("`{name}` is enabled and is a function: it never fails");
            findings.extend(places.at(name, "config_rule_function", message, "enable a rule that calls it"));
        }
    }
    for (name, kind) in passed.values.iter().take(MOST) {
        let message = format!("`{name}` is enabled and answers {kind}, which is no violation");
        let help = "a violation is a text: give the rule its reason as the value";
        findings.extend(places.at(name, "config_no_violation", message, help));
    }
    for (name, count) in passed.parts.iter().take(MOST) {
        let message =
            format!("{count} {} of what `{name}` answers {} no text, and so no violation", members(*count), is(*count));
        findings.extend(places.at(name, "config_no_violation", message, "give each violation as a text"));
    }
    for name in passed.not_enabled.iter().take(MOST) {
        let message = format!("{} stands in `hard_fail` and is not enabled: it never fails", quoted(name, false));
        let help = "name it in `enable_rule` too, or in `enable_hard`";
        findings.extend(places.at_saying("hard_fail", name, "config_not_enabled", message, help));
    }
    diagnostic::in_source_order(findings)
}

const fn members(count: usize) -> &'static str {
    if count == 1 { "member" } else { "members" }
}

const fn is(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

fn warning(text: &Text<'_>, range: std::ops::Range<usize>, code: &str, message: impl Into<String>) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..Diagnostic::error(text, range, code, message) }
}

/// Where rules stand.
struct Places<'p> {
    /// By name, each with the number of its module.
    rules: sorted::Map<&'p str, Vec<(usize, &'p Rule)>>,
    /// The texts of the modules.
    texts: Vec<Text<'p>>,
}

impl<'p> Places<'p> {
    fn of(program: &'p Program) -> Self {
        let mut rules: sorted::Map<&str, Vec<_>> = sorted::Map::new();
        let outlines = program.outlines().iter().enumerate();
        for (at, outline) in outlines.filter(|(_, outline)| outline.package_text() == super::decision::ORG) {
            for rule in &outline.rules {
                if let Some(name) = rule.path.first() {
                    rules.entry(name.as_str()).or_default().push((at, rule));
                }
            }
        }
        let texts = program.modules().iter().map(|module| Text::new(&module.path, &module.source));
        Self { rules, texts: texts.collect() }
    }

    /// The rules of the policies with this name.
    fn rules(&self, name: &str) -> &[(usize, &'p Rule)] {
        self.rules.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// A warning at the first rule of a name.
    fn at(&self, name: &str, code: &str, message: String, help: &str) -> Option<Diagnostic> {
        let (at, rule) = self.rules(name).first()?;
        Some(warning(self.texts.get(*at)?, rule.name_range.clone(), code, message).with_help(help))
    }

    /// A warning at the first rule of a control name that says another name; at the first rule where only evaluation says it.
    fn at_saying(&self, control: &str, name: &str, code: &str, message: String, help: &str) -> Option<Diagnostic> {
        let literal = format!("\"{name}\"");
        let says = |(at, rule): &&(usize, &Rule)| {
            let text = self.texts.get(*at).and_then(|text| text.source().get(rule.range.clone()));
            text.is_some_and(|text| text.contains(&literal))
        };
        let rules = self.rules(control);
        let (at, rule) = rules.iter().find(says).or_else(|| rules.first())?;
        Some(warning(self.texts.get(*at)?, rule.name_range.clone(), code, message).with_help(help))
    }
}
