//! A program whose tables say which cases they begin: a `print` in each, as soon as its name is known.
//!
//! What a table answers names the cases that hold. One that does not hold would be missing there, and a table of which
//! every case fails would look like one without cases. So the texts of tables get a statement of ours: behind the first
//! statement of the body in which all the variables of the name have been met, as OPA has it.
//!
//! INVARIANT (lines): what is put in has no line end, so that whatever else is said of the texts names the same lines.

use super::found;
use super::text::{Insertion, with};
use crate::error::Error;
use crate::rego::analysis::lowered::{self, Bundle, VarId};
use crate::rego::analysis::walk::{self, Skip};
use crate::rego::analysis::{self, ModuleInput, Options};
use crate::rego::program::Program;
use crate::rego::source::{Dialect, Module};
use crate::rego::syntax::tree::{Body, Rule, RuleKind, Span, Statement};
use crate::rego::syntax::{self, Parsed};
use crate::rego::words::unused_name;
use crate::sorted;
use serde_json::Value;

/// The builtins that a mark calls.
const CALLED: [&str; 2] = ["print", "json.marshal"];

/// A program that says which cases its tables begin.
pub(super) struct Marked {
    /// The program.
    pub program: Program,
    /// What a line begins with that says it. It is part of no text, and also the name of a package in which the function
    /// stands that writes a name: what a rule calls `json` is its own.
    pub mark: String,
}

impl Marked {
    /// Puts the statements in.
    ///
    /// # Errors
    /// What a check says of the changed texts: they may have become too long.
    pub fn of(program: &Program) -> Result<Self, Error> {
        let sources = || program.modules().iter().map(|module| module.source.as_str());
        let paths = program.modules().iter().map(|module| module.path.as_str());
        let mark = unused_name("begins_the_case", sources().chain(paths).chain(program.data.as_deref()));
        let parsed: Vec<Parsed<'_>> =
            sources().zip(&program.parts.dialects).map(|(source, &dialect)| syntax::parse(source, dialect)).collect();
        let inputs: Vec<ModuleInput<'_>> =
            sources().zip(&parsed).map(|(source, parsed)| ModuleInput { path: "", source, parsed }).collect();
        let host_functions = program.parts.capabilities.host_functions.clone();
        let bundle = analysis::check(&inputs, &Options { host_functions, ..Options::default() }).bundle;
        let mut insertions: Vec<Vec<Insertion>> = inputs.iter().map(|_| Vec::new()).collect();
        for rule in &bundle.rules {
            let Some(insertions) = insertions.get_mut(rule.module) else { continue };
            let Some(input) = inputs.get(rule.module) else { continue };
            if let Some(Statement::Rule(written)) = input.parsed.tree.statements.get(rule.statement) {
                let package = program.outlines().get(rule.module);
                let full_name = |name: &[String]| package.map(|outline| outline.full_name(name)).unwrap_or_default();
                insertions.extend(mark_in(&bundle, rule, written, input.source, &mark, full_name));
            }
        }
        let changed = sources().zip(insertions).map(|(source, insertions)| with(source, insertions)).collect();
        let writer = format!("package {mark}\n\nas_text(name) := json.marshal(name)\n");
        let program = program.with_sources(changed, Some(Module { path: mark.clone(), source: writer }), &CALLED)?;
        Ok(Self { program, mark })
    }

    /// The names of the cases that were begun of a test, by its full name in the program, out of what was printed, and the lines that say something else.
    pub fn begun(&self, test: &str, prints: Vec<String>) -> (Vec<Vec<String>>, Vec<String>) {
        let (marks, others): (Vec<String>, Vec<String>) =
            prints.into_iter().partition(|line| line.contains(&self.mark));
        let names = sorted::Set::from_iter(marks.iter().filter_map(|line| {
            let (_, behind) = line.split_once(&self.mark)?;
            let (of, name) = behind.trim_start().split_once('\t')?;
            (of == test).then(|| match serde_json::from_str(name.trim()) {
                Ok(Value::Array(parts)) => parts.into_iter().map(part).collect(),
                // The name was undefined: the case cannot be true.
                _ => vec!["(without a name)".to_owned()],
            })
        }));
        (names.into_iter().collect(), others)
    }
}

fn part(value: Value) -> String {
    match value {
        Value::String(text) => text,
        value => value.to_string(),
    }
}

/// What makes the cases of a rule known; nothing where it is no table.
fn mark_in(
    bundle: &Bundle<'_>,
    rule: &lowered::Rule<'_>,
    written: &Rule<'_>,
    source: &str,
    mark: &str,
    full_name: impl Fn(&[String]) -> String,
) -> Vec<Insertion> {
    let Some(branch) = rule.branches.first() else { return Vec::new() };
    let names = branch.reference.iter().map(|step| match &step.kind {
        lowered::TermKind::String(text) => text.to_string(),
        _ => String::new(),
    });
    let names: Vec<String> = names.collect();
    let Some((length, false)) = found::length_of_name(names.iter().map(String::as_str)) else { return Vec::new() };
    let of = Value::from(format!("{}\t", full_name(names.get(..length).unwrap_or_default())));
    let steps = branch.reference.get(length..).unwrap_or_default();
    let gives_values = matches!(rule.kind, RuleKind::Complete | RuleKind::PartialObject) && !rule.is_default;
    if !gives_values || steps.iter().all(lowered::Term::is_scalar) {
        return Vec::new();
    }
    let parts = written.head.reference.get(length..).unwrap_or_default();
    let parts = parts.iter().map(|part| match part.term.as_string() {
        Some(text) => Value::from(text).to_string(),
        None => part.term.outer().text(source).replace(['\n', '\r'], " "),
    });
    let print = format!("print(\"{mark}\", {of}, data.{mark}.as_text([{}]))", parts.collect::<Vec<_>>().join(", "));
    let body = match rule.chained {
        Some(at) => written.chained.get(at),
        None => written.body.as_ref(),
    };
    let Some(body) = body else {
        let is_v0 = bundle.modules.get(rule.module).is_some_and(|module| module.dialect == Dialect::V0);
        let before = if is_v0 { " {" } else { " if {" };
        return vec![Insertion { at: written.head.span.end as usize, text: format!("{before} {print} }}") }];
    };
    let place = place(branch, steps, body);
    let mut insertions = vec![match place.and_then(|at| body.literals.get(at)) {
        Some(literal) => Insertion { at: literal.span.end as usize, text: format!("; {print}") },
        None => {
            let at = body.literals.first().map_or(body.span.end, |literal| literal.span.start);
            Insertion { at: at as usize, text: format!("{print}; ") }
        }
    }];
    if !body.has_braces {
        insertions.insert(0, Insertion { at: body.span.start as usize, text: "{ ".to_owned() });
        insertions.push(Insertion { at: body.span.end as usize, text: " }".to_owned() });
    }
    insertions
}

/// The statement behind which all variables of the name of a case have been met; none where nothing has to be.
fn place(branch: &lowered::Branch<'_>, steps: &[lowered::Term<'_>], body: &Body<'_>) -> Option<usize> {
    let statement = |span: Span| {
        body.literals
            .iter()
            .position(|literal| literal.span.to(span) == literal.span && span.start >= literal.span.start)
    };
    // What was made of the head stands in no statement: what it is made of has to be met.
    let (of_body, of_head): (Vec<_>, Vec<_>) = branch
        .body
        .iter()
        .map(|expr| {
            let mut variables = sorted::Set::new();
            walk::variables_of_expr(expr, Skip::default(), &mut |id, _| {
                variables.insert(id);
            });
            (statement(expr.span), variables)
        })
        .partition(|(statement, _)| statement.is_some());
    let mut needed: sorted::Set<VarId> = sorted::Set::new();
    for step in steps {
        walk::variables(step, Skip::default(), &mut |id, _| {
            needed.insert(id);
        });
    }
    // A variable that no statement speaks of was made of the head.
    let is_of_body = |id: &VarId| of_body.iter().any(|(_, variables)| variables.contains(id));
    let mut known = sorted::Set::new();
    while let Some(id) = needed.pop_first() {
        if !known.insert(id) || is_of_body(&id) {
            continue;
        }
        let more = of_head.iter().filter(|(_, variables)| variables.contains(&id)).flat_map(|(_, variables)| variables);
        needed.extend(more.filter(|id| !known.contains(id)).copied());
    }
    let first = |id: &VarId| {
        let statements = of_body.iter().filter(|(_, variables)| variables.contains(id));
        statements.filter_map(|(statement, _)| *statement).min()
    };
    known.iter().filter_map(first).max()
}
