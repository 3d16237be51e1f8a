//! From texts to checked modules: every finding that can be made without running anything, each at its place.

pub mod data;
pub mod functions;
pub mod heads;
pub mod outline;
pub mod patterns;
pub mod recursion;
pub mod rules;
pub mod variables;

use super::diagnostic::{self, Diagnostic, Severity, Text};
use super::engine::{self, Failure, Prepared, Source};
use super::source::{Dialect, DialectRule, Module};
use super::syntax::guard;
use super::syntax::lexer::{self, Kind, Token};
use super::syntax::statements::{self, Statement, StatementKind};
use crate::limits;
use crate::rego::engine::Document;
use outline::Outline;
use std::collections::BTreeSet;

/// Builtins that a policy may not call here although the engine has them, or that have a reason of their own.
#[derive(Debug, Clone, Default)]
pub struct Capabilities {
    /// Names that are refused.
    pub refused: Vec<String>,
}

/// Modules after the checks.
pub struct Checked {
    /// The dialect of each module, in the order given.
    pub dialects: Vec<Dialect>,
    /// What each module declares; empty where it does not parse.
    pub outlines: Vec<Option<Outline>>,
    /// Every finding, in source order.
    pub diagnostics: Vec<Diagnostic>,
    /// The modules, ready to be asked, when there is no error.
    pub prepared: Option<Prepared>,
}

/// Checks modules as one bundle: shape, syntax, rules, calls, order of evaluation.
pub fn check(modules: &[Module], rule: DialectRule, capabilities: &Capabilities, data: Option<&Document>) -> Checked {
    check_by(modules, |_| rule, capabilities, data)
}

/// The same for modules whose dialects are known, in the order of the modules.
pub fn check_in_dialects(
    modules: &[Module],
    dialects: &[Dialect],
    capabilities: &Capabilities,
    data: Option<&Document>,
) -> Checked {
    let rule = |index: usize| DialectRule::Fixed(dialects.get(index).copied().unwrap_or(Dialect::V1));
    check_by(modules, rule, capabilities, data)
}

fn check_by(
    modules: &[Module],
    rule: impl Fn(usize) -> DialectRule,
    capabilities: &Capabilities,
    data: Option<&Document>,
) -> Checked {
    let texts: Vec<Text<'_>> = modules.iter().map(|module| Text::new(&module.path, &module.source)).collect();
    let mut checked = Checked { dialects: Vec::new(), outlines: Vec::new(), diagnostics: Vec::new(), prepared: None };
    let mut parses = true;
    for (index, text) in texts.iter().enumerate() {
        let module = read(text, rule(index));
        parses &= module.outline.is_some();
        checked.dialects.push(module.dialect);
        checked.outlines.push(module.outline);
        checked.diagnostics.extend(module.diagnostics);
    }
    // OPA stops after the stage that has errors: what a broken module would declare is not known.
    if parses {
        let bundle: Vec<(&Text<'_>, &Outline)> =
            texts.iter().zip(&checked.outlines).filter_map(|(text, outline)| Some((text, outline.as_ref()?))).collect();
        let conflicts = rules::findings(&bundle);
        let found_conflicts = !conflicts.is_empty();
        checked.diagnostics.extend(conflicts);
        let calls = functions::findings(&bundle, capabilities);
        let called_at: Vec<(String, u32)> =
            calls.iter().map(|finding| (finding.file.clone(), finding.start.byte)).collect();
        checked.diagnostics.extend(calls);
        checked.diagnostics.extend(recursion::findings(&bundle));
        checked.diagnostics.extend(variables::findings(&bundle));
        match prepare(&texts, &checked.dialects, &checked.outlines, data) {
            Ok(prepared) => checked.prepared = Some(prepared),
            Err(mut findings) => {
                // The engine says in its words what the check of the rules has said.
                findings
                    .retain(|finding| !(found_conflicts && finding.message.contains("was previously defined with")));
                // A function that is not there is no variable either, and that it is none has been said.
                findings.retain(|finding| {
                    !called_at.iter().any(|(file, byte)| *file == finding.file && *byte == finding.start.byte)
                });
                checked.diagnostics.extend(findings);
            }
        }
    }
    checked.diagnostics = diagnostic::in_source_order(checked.diagnostics);
    if checked.diagnostics.iter().any(Diagnostic::is_error) {
        checked.prepared = None;
    }
    checked
}

struct Read {
    dialect: Dialect,
    outline: Option<Outline>,
    diagnostics: Vec<Diagnostic>,
}

/// Finds the dialect of one module and parses it.
fn read(text: &Text<'_>, rule: DialectRule) -> Read {
    let tokens = lexer::tokens(text.source());
    let bounds = guard::findings(text, &tokens);
    let says_v1 = imports_rego_v1(text.source(), &tokens);
    let first = match rule {
        DialectRule::Fixed(dialect) => dialect,
        DialectRule::V1 | DialectRule::V1ThenV0 => Dialect::V1,
    };
    if !bounds.is_empty() {
        return Read { dialect: first, outline: None, diagnostics: bounds };
    }
    let failure = match engine::parse(&Source { text: text.source(), dialect: first }) {
        Ok(outline) => {
            let dialect = if says_v1 { Dialect::V1 } else { first };
            return parsed(text, &tokens, dialect, outline);
        }
        Err(failure) => failure,
    };
    let mut shown = first;
    if rule == DialectRule::V1ThenV0 && !says_v1 {
        if let Ok(outline) = engine::parse(&Source { text: text.source(), dialect: Dialect::V0 }) {
            let read = parsed(text, &tokens, Dialect::V0, outline);
            if read.outline.is_some() {
                return read;
            }
        }
        // Neither parses: the errors of the dialect that the author seems to write, never both lists.
        if !heads_use_v1_words(text.source(), &tokens) {
            shown = Dialect::V0;
        }
    }
    Read { dialect: shown, outline: None, diagnostics: parse_errors(text, &tokens, shown, &failure, first) }
}

/// A module that the engine has parsed, unless it takes for several rules what is one to OPA.
fn parsed(text: &Text<'_>, tokens: &[Token], dialect: Dialect, outline: Outline) -> Read {
    let diagnostics = match dialect {
        Dialect::V0 => heads::findings(text, tokens, &outline),
        Dialect::V1 => Vec::new(),
    };
    Read { dialect, outline: diagnostics.is_empty().then_some(outline), diagnostics }
}

/// The parse errors of every statement: each is read alone behind the module's package and imports.
fn parse_errors(
    text: &Text<'_>,
    tokens: &[Token],
    dialect: Dialect,
    first: &Failure,
    first_dialect: Dialect,
) -> Vec<Diagnostic> {
    let source = text.source();
    let mut findings = Vec::new();
    let all = statements::statements(source, tokens);
    let preamble = preamble(source, &all);
    for (index, statement) in all.iter().enumerate() {
        if findings.len() >= limits::DIAGNOSTICS {
            break;
        }
        let is_last = index + 1 == all.len();
        let alone = match statement.kind {
            StatementKind::Package => slice(source, statement).to_owned(),
            StatementKind::Import => format!("package p\n{}", slice(source, statement)),
            StatementKind::Rule => format!("{preamble}{}", slice(source, statement)),
        };
        let lines_before = alone.len() - slice(source, statement).len();
        let lines_before = alone.get(..lines_before).unwrap_or("").matches('\n').count();
        if let Err(mut failure) = engine::parse(&Source { text: &alone, dialect }) {
            let (first_line, first_column) = line_and_engine_column(text, tokens, statement.range.start);
            // The statement stood at the start of a line of its own: put it back where it is.
            let line = failure.line.saturating_sub(lines_before).max(1);
            if line == 1 {
                failure.column += first_column - 1;
            }
            failure.line = first_line + line - 1;
            let finding = parse_error(text, tokens, &failure);
            let ends_too_soon = finding.start.byte as usize >= statement.range.end && is_last;
            findings.push(if ends_too_soon { at_the_end(text, finding) } else { finding });
        }
    }
    if findings.is_empty() {
        let failure = match engine::parse(&Source { text: source, dialect }) {
            Err(failure) if dialect != first_dialect => failure,
            _ => first.clone(),
        };
        findings.push(parse_error(text, tokens, &failure));
    }
    findings
}

/// The package and the imports of keywords that parse, each once on its line, for statements that are read alone. Other
/// imports do not change how a statement is read.
fn preamble(source: &str, all: &[Statement]) -> String {
    let mut preamble = String::new();
    for statement in all {
        let line = slice(source, statement);
        match statement.kind {
            StatementKind::Package if preamble.is_empty() => {
                let parses = engine::parse(&Source { text: line, dialect: Dialect::V1 }).is_ok();
                preamble.push_str(if parses { line } else { "package p" });
                preamble.push('\n');
            }
            StatementKind::Import if imports_keywords(line) && !preamble.lines().any(|known| known == line) => {
                if preamble.is_empty() {
                    preamble.push_str("package p\n");
                }
                let alone = format!("package p\n{line}");
                if engine::parse(&Source { text: &alone, dialect: Dialect::V1 }).is_ok() {
                    preamble.push_str(line);
                    preamble.push('\n');
                }
            }
            _ => {}
        }
    }
    if preamble.is_empty() {
        preamble.push_str("package p\n");
    }
    preamble
}

fn imports_keywords(import: &str) -> bool {
    let mut words = import.split_whitespace().skip(1);
    words.next().is_some_and(|path| path == "rego.v1" || path.starts_with("future.keywords")) && words.next().is_none()
}

fn slice<'a>(source: &'a str, statement: &Statement) -> &'a str {
    source.get(statement.range.clone()).unwrap_or("")
}

/// What is missing at the end of the text is missing there, as OPA has it, and not behind the last word.
fn at_the_end(text: &Text<'_>, mut finding: Diagnostic) -> Diagnostic {
    let end = text.source().len();
    (finding.start, finding.end) = text.places(end..end);
    finding
}

pub(super) fn parse_error(text: &Text<'_>, tokens: &[Token], failure: &Failure) -> Diagnostic {
    let range = engine_range(text, tokens, failure);
    let found = text.source().get(range.clone()).unwrap_or("");
    if failure.message.contains("expression nesting too deep") {
        let limit = limits::EXPRESSION_NESTING;
        let message = format!("more than {limit} expressions inside one another; the limit is `expression_nesting`");
        return Diagnostic::error(text, range, "limit_exceeded", message)
            .with_help("name the inner parts as rules of their own")
            .with_limit("expression_nesting", limit);
    }
    let message = plain_words(&failure.message, found);
    let help = parse_help(&message);
    let diagnostic = Diagnostic::error(text, range, "rego_parse_error", message);
    match help {
        Some(help) => diagnostic.with_help(help),
        None => diagnostic,
    }
}

/// The engine's words where they are those of its own parts, or end before they say it, in words for an author.
fn plain_words(words: &str, found: &str) -> String {
    if words.contains("expecting identifier. Failed to parse rule-ref") {
        return match found {
            "" => "a rule begins with its name, and the text ends here".to_owned(),
            found => format!("a rule begins with its name, and this is `{found}`"),
        };
    }
    if let Some(reason) = words.split("serde_json cannot parse string:").nth(1) {
        return match lone_surrogate(found) {
            Some(escape) => format!("`{escape}` is a lone surrogate: one half of a character, without the other"),
            None => {
                format!("this string cannot be read: {}", reason.split(" at line ").next().unwrap_or(reason).trim())
            }
        };
    }
    if words.starts_with("invalid number") {
        return "invalid number".to_owned();
    }
    for beginning in ["import shadows following import defined earlier:", "this import shadows previous import of "] {
        if let Some(rest) = words.strip_prefix(beginning) {
            let line = rest.rsplit(' ').next().unwrap_or("");
            return format!("this import has the name of an earlier one, on line {line}");
        }
    }
    words.to_owned()
}

/// The first escape of a string that is half of a character, and not followed or led by the other half.
fn lone_surrogate(string: &str) -> Option<&str> {
    let mut high = None;
    let mut at = 0;
    while let Some(rest) = string.get(at..) {
        let Some(c) = rest.chars().next() else { break };
        let code = rest
            .strip_prefix("\\u")
            .and_then(|digits| digits.get(..4))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let (step, is_low) = match code {
            Some(0xd800..=0xdbff) if high.is_none() => {
                high = rest.get(..6);
                at += 6;
                continue;
            }
            Some(code) => (6, (0xdc00..=0xdfff).contains(&code)),
            None if c == '\\' => (2, false),
            None => (c.len_utf8(), false),
        };
        match (high.take(), is_low) {
            (Some(high), false) => return Some(high),
            (None, true) => return rest.get(..6),
            _ => at += step,
        }
    }
    high
}

/// How to mend the mistakes that authors make most.
fn parse_help(message: &str) -> Option<&'static str> {
    if message.contains("`if` keyword is required") || message.contains("must have a body") {
        Some("put `if` between the head and the body, as in `allow if { … }`")
    } else if message.contains("`contains` keyword is required") {
        Some("write `deny contains message if { … }`")
    } else if message.contains("lone surrogate") {
        Some("write both halves, as in `\\ud83d\\ude00`, or the character itself")
    } else if message.contains("name of an earlier one") {
        Some("remove one of them, or give it another name with `as`")
    } else if message.contains("begins with its name") {
        Some("a module is `package …`, then imports, then rules such as `allow if { … }`")
    } else if message.contains("unmatched") {
        Some("close the string on the line that opens it")
    } else {
        None
    }
}

/// Analyses modules that parse. On failure a number is put for the unsafe variable, or else its rule is set aside, and all
/// is tried again, so that every unsafe variable is said at once.
fn prepare(
    texts: &[Text<'_>],
    dialects: &[Dialect],
    outlines: &[Option<Outline>],
    data: Option<&Document>,
) -> Result<Prepared, Vec<Diagnostic>> {
    // Each try reads all modules again: bounded by the bytes that all tries read together.
    const TRIES: std::ops::RangeInclusive<usize> = 20..=400;
    const BYTES: usize = 2 * 1024 * 1024;
    let mut sources: Vec<String> = texts.iter().map(|text| text.source().to_owned()).collect();
    let bytes: usize = sources.iter().map(String::len).sum();
    let mut tries = (BYTES / bytes.max(1)).clamp(*TRIES.start(), *TRIES.end());
    let mut set_aside: Vec<String> = Vec::new();
    let mut changed: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut findings: Vec<Diagnostic> = Vec::new();
    loop {
        if tries == 0 {
            findings.extend(findings.last().map(more_findings));
            break;
        }
        tries -= 1;
        let now: Vec<Source<'_>> =
            sources.iter().zip(dialects).map(|(text, &dialect)| Source { text, dialect }).collect();
        let failure = match engine::prepare(&now, data) {
            Ok(prepared) if findings.is_empty() => return Ok(prepared),
            Ok(_) => break,
            Err(failure) => failure,
        };
        let index = failure.module.unwrap_or(0);
        let Some(text) = texts.get(index) else { break };
        let tokens = lexer::tokens(text.source());
        let range = engine_range(text, &tokens, &failure);
        let rule = outlines
            .get(index)
            .and_then(Option::as_ref)
            .and_then(|outline| outline.rules.iter().find(|rule| rule.range.contains(&range.start)));
        // A variable that is unsafe only because its rule was set aside is no finding, nor is what a rule is refused for
        // because a number stands in it for a variable.
        let variable = unsafe_variable(&failure);
        let follows = set_aside.iter().any(|name| failure.message.contains(&format!("`{name}`")));
        let is_changed = rule.is_some_and(|rule| changed.contains(&(index, rule.range.start)));
        if !follows && (variable.is_some() || !is_changed) {
            findings.push(analysis_error(text, range.clone(), &failure));
        }
        let (Some(rule), Some(source), true) = (rule, sources.get_mut(index), failure.module.is_some()) else {
            break;
        };
        let is_put = variable.is_some_and(|name| put_number(source, text, &tokens, &rule.range, name));
        if is_put {
            changed.insert((index, rule.range.start));
        } else {
            set_aside.extend(rule.path.first().cloned());
            blank(source, rule.range.clone());
        }
    }
    if findings.is_empty() {
        findings.extend(
            texts
                .first()
                .map(|text| Diagnostic::error(text, 0..0, "rego_compile_error", "the module cannot be analysed")),
        );
    }
    Err(findings)
}

/// Puts a number for a variable everywhere in a rule, of as many bytes, so that every other place keeps its line and
/// column; false where the variable does not stand there any more, or where a number cannot stand for it.
fn put_number(
    source: &mut String,
    text: &Text<'_>,
    tokens: &[Token],
    rule: &std::ops::Range<usize>,
    name: &str,
) -> bool {
    let first = tokens.partition_point(|token| token.range.start < rule.start);
    let of_rule = tokens.get(first..).unwrap_or_default();
    let end = of_rule.partition_point(|token| token.range.start < rule.end);
    let of_rule = of_rule.get(..end).unwrap_or_default();
    let word = |at: Option<usize>| at.and_then(|at| of_rule.get(at)).map_or("", |token| token.text(text.source()));
    let mut is_put = false;
    for (at, token) in of_rule.iter().enumerate() {
        if token.text(text.source()) != name || word(at.checked_sub(1)) == "." {
            continue;
        }
        let behind = of_rule.get(at + 1).filter(|next| next.range.start == token.range.end);
        let leads_on = behind.is_some_and(|next| matches!(next.text(text.source()), "." | "[" | "("));
        if leads_on || source.get(token.range.clone()) != Some(name) {
            return false;
        }
        source.replace_range(token.range.clone(), &"1".repeat(name.len()));
        is_put = true;
    }
    is_put
}

/// Overwrites a range with blanks; line ends stay, so that every other place keeps its line and column.
fn blank(source: &mut String, range: std::ops::Range<usize>) {
    let blanks: String =
        source.get(range.clone()).unwrap_or("").bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    if source.get(range.clone()).is_some() {
        source.replace_range(range, &blanks);
    }
}

/// Says that the search for findings ended before the findings did, at the last of them.
fn more_findings(last: &Diagnostic) -> Diagnostic {
    Diagnostic {
        code: "more_findings".to_owned(),
        severity: Severity::Warning,
        message: "there may be more findings: the search for them ended here".to_owned(),
        help: Some("mend those that are shown, then check again".to_owned()),
        limit: None,
        opa_place: None,
        ..last.clone()
    }
}

/// The variable that the engine calls undefined.
fn unsafe_variable(failure: &Failure) -> Option<&str> {
    failure.message.strip_prefix("use of undefined variable `").and_then(|rest| rest.split('`').next())
}

fn analysis_error(text: &Text<'_>, range: std::ops::Range<usize>, failure: &Failure) -> Diagnostic {
    let message = failure.message.as_str();
    if let Some(name) = unsafe_variable(failure) {
        return Diagnostic::error(text, range, "rego_unsafe_var_error", format!("var {name} is unsafe"))
            .with_help(format!("give `{name}` a value in the body, or declare it with `some {name} in …`"));
    }
    Diagnostic::error(text, range, "rego_compile_error", message)
}

/// Whether the module imports `rego.v1`.
fn imports_rego_v1(source: &str, tokens: &[Token]) -> bool {
    let words: Vec<&str> = tokens
        .iter()
        .filter(|token| !matches!(token.kind, Kind::Newline | Kind::Comment))
        .map(|token| token.text(source))
        .collect();
    words.windows(4).any(|window| window == ["import", "rego", ".", "v1"])
}

/// Whether any head uses `if` or `contains`: what the author seems to write.
fn heads_use_v1_words(source: &str, tokens: &[Token]) -> bool {
    let mut depth = 0_u32;
    let mut uses = false;
    for token in tokens {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Word if depth == 0 => uses |= matches!(token.text(source), "if" | "contains"),
            _ => {}
        }
    }
    uses
}

/// The line, from 1, and the engine's column of a byte.
fn line_and_engine_column(text: &Text<'_>, tokens: &[Token], byte: usize) -> (usize, usize) {
    let (place, _) = text.places(byte..byte);
    let line = place.line as usize;
    (line, engine_column(text, tokens, line, byte))
}

/// The byte range that the engine means by a line and a column: the token there, or nothing at the end of the line.
fn engine_range(text: &Text<'_>, tokens: &[Token], failure: &Failure) -> std::ops::Range<usize> {
    let line = text.line(failure.line);
    let first = tokens.partition_point(|token| token.range.end <= line.start);
    let on_line = tokens
        .iter()
        .skip(first)
        .take_while(|token| token.range.start < line.end)
        .filter(|token| token.kind != Kind::Newline);
    let mut columns = Columns::new(text, tokens, line.start);
    for token in on_line {
        let column = columns.reach(token.range.start.max(line.start));
        let end_column = columns.reach(token.range.end.min(line.end));
        if failure.column <= column || failure.column < end_column {
            return token.range.clone();
        }
    }
    line.end..line.end
}

/// The engine's column of a byte on a line.
fn engine_column(text: &Text<'_>, tokens: &[Token], line: usize, byte: usize) -> usize {
    Columns::new(text, tokens, text.line(line).start).reach(byte)
}

/// The engine's columns along a line, each byte read once: a tab is four columns, raw strings count characters, all else
/// bytes.
struct Columns<'a> {
    source: &'a str,
    tokens: &'a [Token],
    byte: usize,
    column: usize,
}

impl<'a> Columns<'a> {
    fn new(text: &Text<'a>, tokens: &'a [Token], line_start: usize) -> Self {
        let first = tokens.partition_point(|token| token.range.end <= line_start);
        Self { source: text.source(), tokens: tokens.get(first..).unwrap_or_default(), byte: line_start, column: 1 }
    }

    /// The column of a byte; bytes are asked for in their order.
    fn reach(&mut self, byte: usize) -> usize {
        let start = self.byte;
        for (offset, c) in self.source.get(start..byte.max(start)).unwrap_or("").char_indices() {
            let at = start + offset;
            while let Some((_, rest)) = self.tokens.split_first().filter(|(token, _)| token.range.end <= at) {
                self.tokens = rest;
            }
            let raw = self
                .tokens
                .first()
                .is_some_and(|token| token.range.start <= at && matches!(token.kind, Kind::RawString { .. }));
            self.column += match c {
                '\t' => 4,
                _ if raw => 1,
                c => c.len_utf8(),
            };
        }
        self.byte = byte.max(start);
        self.column
    }
}
