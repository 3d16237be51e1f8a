//! The index of the rules of one path: those whose first tests cannot hold are not tried.
//!
//! Looked at is what a rule begins with, as far as that compares parts of the input, or of the arguments of a function, with constants. Any
//! other statement ends that.
//!
//! INVARIANT (left out): a rule that is not tried is one that would have failed at one of its first tests, and nothing in front of that test
//! could have ended the evaluation, printed, or asked the host. Where a builtin that fails is an error, [`RuleIndex::calls_builtins`] says so.
//! INVARIANT (order): rules that are tried are tried in the order in which they stand, and evaluate all of their bodies.

use super::writer::{Place, Writer, behind, read};
use super::{Compiled, Compiler};
use crate::rego::analysis::lowered::{Call, ExprKind, Function, RefHead, Root, Rule, Term, TermKind, VarId};
use crate::rego::analysis::rule_tree::Constant;
use crate::rego::value::Value;
use crate::rego::vm::code::{Instruction, Operand, Register};
use crate::rego::vm::rule_index::{MOST_TESTS, RuleIndex};
use crate::sorted::{self, InOrder};
use std::cmp::Reverse;

/// Rules that share a test: fewer are tried one after the other in fewer instructions.
const LEAST_OF_TEST: usize = 4;

/// What an index costs for each of its tests, for each rule that is tried, and what it saves for each that is not, in steps.
const STEPS_OF_TEST: usize = 6;
const STEPS_OF_TRIED: usize = 2;
const STEPS_OF_LEFT_OUT: usize = 3;

/// Values that are looked up for the rules of one path.
const MOST_SUBJECTS: usize = 8;

/// How often the constants of a test may begin with one another. What begins with more of them is looked up by the last of those.
const MOST_LEVELS: usize = 4;

/// The longest glob that is a test: none that is shorter becomes a pattern that is too large.
const LONGEST_GLOB: usize = 128;

/// A value that rules test.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Subject<'s> {
    /// The argument of a function, by its number, or the input.
    argument: Option<u16>,
    steps: Vec<Constant<'s>>,
}

/// What is tested in one way. The flag says whether constants are prefixes.
type Tested<'s> = (Subject<'s>, bool);

/// A test that stands among the first statements of a rule: one of the constants must be it.
struct Found<'s> {
    rule: usize,
    tested: Tested<'s>,
    constants: Vec<Constant<'s>>,
}

/// What a variable is known to be.
#[derive(Clone)]
enum Known<'s> {
    Subject(Subject<'s>),
    /// An array or a set of constants.
    OneOf(Vec<Constant<'s>>),
}

/// What the first statements of a rule say.
struct Reading<'c, 'b, 's> {
    compiler: &'c Compiler<'b, 's>,
    rule: usize,
    known: sorted::Map<VarId, Known<'s>>,
    found: Vec<Found<'s>>,
    calls_builtins: bool,
}

impl<'s> Reading<'_, '_, 's> {
    /// The tests with which a rule begins. One with `else` has none.
    fn read(&mut self, rule: &Rule<'s>) {
        let [branch] = rule.branches.as_slice() else { return };
        for (argument, pattern) in (0..).zip(&rule.args) {
            let subject = Subject { argument: Some(argument), steps: Vec::new() };
            match (pattern.as_var(), Constant::of(pattern)) {
                (Some(id), _) => self.knows(id, Known::Subject(subject)),
                (None, Some(constant)) => self.finds(subject, false, vec![constant]),
                (None, None) => {}
            }
        }
        for expr in &branch.body {
            let is_read = !expr.is_negated
                && expr.replacements().is_empty()
                && match &expr.kind {
                    ExprKind::Unify(left, right) => self.unifies(left, right) || self.unifies(right, left),
                    ExprKind::Call(call) => self.calls(call),
                    _ => false,
                };
            if !is_read {
                return;
            }
        }
    }

    fn knows(&mut self, id: VarId, what: Known<'s>) {
        self.known.entry(id).or_insert(what);
    }

    fn finds(&mut self, subject: Subject<'s>, is_prefix: bool, constants: Vec<Constant<'s>>) {
        self.found.push(Found { rule: self.rule, tested: (subject, is_prefix), constants });
    }

    /// Whether it is a test that both are equal, or gives a variable a value that may be tested.
    fn unifies(&mut self, left: &Term<'s>, right: &Term<'s>) -> bool {
        if let (Some(subject), Some(constants)) = (self.subject(left), self.constants_of(right)) {
            self.finds(subject, false, constants);
            return true;
        }
        let Some(id) = left.as_var().filter(|id| !self.known.contains_key(id)) else { return false };
        let known = self.subject(right).map(Known::Subject);
        let known = known.or_else(|| self.one_of(right).map(Known::OneOf));
        known.map(|known| self.knows(id, known)).is_some()
    }

    fn calls(&mut self, call: &Call<'s>) -> bool {
        let Function::Builtin(name) = &call.function else { return false };
        if self.compiler.replaced.contains(name) {
            return false;
        }
        let test = match (*name, call.args.as_slice()) {
            ("internal.member_2", [subject, constants]) => (subject, false, self.one_of(constants)),
            ("startswith", [subject, prefix]) => (subject, true, literal(prefix).map(prefix_of)),
            ("glob.match", [glob, delimiters, subject]) if are_delimiters(delimiters) => {
                (subject, true, literal(glob).and_then(prefix_of_glob).map(prefix_of))
            }
            _ => return false,
        };
        let (subject, is_prefix, Some(constants)) = test else { return false };
        let Some(subject) = self.subject(subject) else { return false };
        self.calls_builtins |= is_prefix;
        self.finds(subject, is_prefix, constants);
        true
    }

    /// A part of the input or of an argument that constant steps lead to.
    fn subject(&self, term: &Term<'s>) -> Option<Subject<'s>> {
        let of_variable = |id: VarId| match self.known.get(&id) {
            Some(Known::Subject(subject)) => Some(subject.clone()),
            _ => None,
        };
        let TermKind::Ref(reference) = &term.kind else { return of_variable(term.as_var()?) };
        let paths = &self.compiler.bundle.paths;
        let mut subject = match reference.head {
            RefHead::Var(id) => of_variable(id)?,
            RefHead::Path(path) if paths.root(path) == Root::Input => {
                let names = paths.names(path).iter().cloned().map(Constant::String);
                Subject { argument: None, steps: names.collect() }
            }
            RefHead::Path(_) => return None,
        };
        for part in &reference.parts {
            subject.steps.push(Constant::of(part)?);
        }
        Some(subject)
    }

    /// The constant that a term is, or those that a step into an array or a set of them may lead to.
    fn constants_of(&self, term: &Term<'s>) -> Option<Vec<Constant<'s>>> {
        if let TermKind::Ref(reference) = &term.kind {
            return match (reference.head, reference.parts.as_slice()) {
                (RefHead::Var(id), [_]) => self.known_one_of(id),
                _ => None,
            };
        }
        Constant::of(term).map(|constant| vec![constant])
    }

    /// The constants in an array or a set.
    fn one_of(&self, term: &Term<'s>) -> Option<Vec<Constant<'s>>> {
        match &term.kind {
            TermKind::Array(items) | TermKind::Set(items) => items.iter().map(Constant::of).collect(),
            _ => self.known_one_of(term.as_var()?),
        }
    }

    fn known_one_of(&self, id: VarId) -> Option<Vec<Constant<'s>>> {
        match self.known.get(&id) {
            Some(Known::OneOf(constants)) => Some(constants.clone()),
            _ => None,
        }
    }
}

fn literal<'t>(term: &'t Term<'_>) -> Option<&'t str> {
    match &term.kind {
        TermKind::String(text) => Some(text).filter(|text| !text.is_empty()).map(|text| &**text),
        _ => None,
    }
}

fn prefix_of<'s>(text: &str) -> Vec<Constant<'s>> {
    vec![Constant::String(text.to_owned().into())]
}

/// What every text begins with that a glob takes, where that is something. Globs that may be none, or too large, are left alone.
fn prefix_of_glob(glob: &str) -> Option<&str> {
    let is_plain = |c: char| !matches!(c, '[' | ']' | '{' | '}' | '\\' | '\0' | char::REPLACEMENT_CHARACTER);
    let prefix = glob.split(['*', '?']).next().filter(|prefix| !prefix.is_empty());
    prefix.filter(|_| glob.len() <= LONGEST_GLOB && glob.chars().all(is_plain))
}

/// Whether a term says delimiters of globs, of which none is wrong.
fn are_delimiters(term: &Term<'_>) -> bool {
    let is_delimiter = |item: &Term<'_>| literal(item).is_some_and(|text| text.chars().count() == 1);
    match &term.kind {
        TermKind::Null => true,
        TermKind::Array(items) => items.len() <= LONGEST_GLOB && items.iter().all(is_delimiter),
        _ => false,
    }
}

/// Rules by one test: each with the constants that it has there.
struct Assigned<'s> {
    tested: Tested<'s>,
    entries: Vec<(Constant<'s>, usize)>,
}

/// Puts each rule to the one of its tests that leaves most others out. `chosen` are the values that may be looked up, those of most rules first.
fn assign<'s>(found: &[Found<'s>], chosen: &[Tested<'s>]) -> Vec<Assigned<'s>> {
    let mut with_constant: sorted::Map<(&Tested<'s>, &Constant<'s>), usize> = sorted::Map::new();
    for test in found {
        for constant in &test.constants {
            *with_constant.entry((&test.tested, constant)).or_default() += 1;
        }
    }
    // Of each rule, the test with how many rules share its constants.
    let mut best: sorted::Map<usize, (usize, usize, &Found<'s>)> = sorted::Map::new();
    for test in found {
        let Some(rank) = chosen.iter().position(|tested| *tested == test.tested) else { continue };
        let shared = |constant| with_constant.get(&(&test.tested, constant)).copied().unwrap_or(0);
        let own = (test.constants.iter().map(shared).max().unwrap_or(0), rank, test);
        let known = best.entry(test.rule).or_insert(own);
        if (own.0, own.1) < (known.0, known.1) {
            *known = own;
        }
    }
    let mut assigned: Vec<Assigned<'s>> =
        chosen.iter().map(|tested| Assigned { tested: tested.clone(), entries: Vec::new() }).collect();
    for (rule, (_, rank, test)) in &best {
        if let Some(own) = assigned.get_mut(*rank) {
            own.entries.extend(test.constants.iter().map(|constant| (constant.clone(), *rule)));
        }
    }
    assigned
}

/// What is tested by most rules, most of them first.
fn most_tested<'s>(found: &[Found<'s>]) -> Vec<Tested<'s>> {
    let mut rules: sorted::Map<&Tested<'s>, usize> = sorted::Map::new();
    for test in found {
        *rules.entry(&test.tested).or_default() += 1;
    }
    let mut chosen: Vec<(Tested<'s>, usize)> =
        rules.iter().map(|(tested, count)| ((*tested).clone(), *count)).collect();
    chosen.order_by_key(|(_, count)| Reverse(*count));
    chosen
        .into_iter()
        .take(MOST_SUBJECTS)
        .filter(|(_, count)| *count >= LEAST_OF_TEST)
        .map(|(tested, _)| tested)
        .collect()
}

/// Tests by prefixes, none of which begins with another one of the same test.
fn levels<'s>(mut prefixes: Vec<(Constant<'s>, usize)>) -> Vec<Vec<(Constant<'s>, usize)>> {
    prefixes.order();
    let mut levels: Vec<Vec<(Constant<'s>, usize)>> = Vec::new();
    // What the prefix that is looked at begins with, from the shortest.
    let mut shorter: Vec<Constant<'s>> = Vec::new();
    for (prefix, rule) in prefixes {
        while shorter.last().is_some_and(|last| !begins_with(&prefix, last)) {
            shorter.pop();
        }
        if shorter.last() != Some(&prefix) && shorter.len() < MOST_LEVELS {
            shorter.push(prefix);
        }
        let (level, Some(key)) = (shorter.len().saturating_sub(1), shorter.last()) else { continue };
        if levels.len() <= level {
            levels.push(Vec::new());
        }
        if let Some(own) = levels.get_mut(level) {
            own.push((key.clone(), rule));
        }
    }
    levels
}

fn begins_with(text: &Constant<'_>, prefix: &Constant<'_>) -> bool {
    matches!((text, prefix), (Constant::String(text), Constant::String(prefix)) if text.starts_with(&**prefix))
}

/// An index that is being written.
pub(super) struct Indexed {
    /// Where the next rule is looked for.
    pub next: Place,
    /// Where it goes on behind the last one.
    end: Place,
    rules: std::vec::IntoIter<Place>,
}

impl Indexed {
    /// The next rule begins here.
    pub fn begins_rule(&mut self, writer: &mut Writer) {
        if let Some(place) = self.rules.next() {
            writer.here(place);
        }
    }

    /// It goes on here behind the last rule.
    pub fn ends(&self, writer: &mut Writer) {
        writer.here(self.end);
    }
}

/// Writes what looks for the rules of one path that can hold; nothing where it is not worth that. None of them is a default.
pub(super) fn begin<'s>(
    compiler: &mut Compiler<'_, 's>,
    writer: &mut Writer,
    rules: &[&Rule<'s>],
) -> Compiled<Option<Indexed>> {
    if rules.len() < LEAST_OF_TEST {
        return Ok(None);
    }
    let (tests, calls_builtins) = tests(compiler, rules);
    let mut is_tested = vec![false; rules.len()];
    for (_, rule) in tests.iter().flat_map(|test| &test.entries) {
        if let Some(is_tested) = is_tested.get_mut(*rule) {
            *is_tested = true;
        }
    }
    let others = (0..).zip(&is_tested).filter(|(_, is_tested)| !**is_tested).map(|(rule, _)| rule);
    let mut lists: Vec<u32> = others.collect();
    let tried = (lists.len() + tests.iter().map(mean_bucket).sum::<usize>()).min(rules.len());
    let saved = STEPS_OF_LEFT_OUT * (rules.len() - tried);
    if saved < STEPS_OF_TEST * tests.len() + STEPS_OF_TRIED * tried {
        return Ok(None);
    }
    lists.push(number(rules.len()));
    let mut index = RuleIndex { lists, calls_builtins, ..RuleIndex::default() };
    index.prefixes = number(tests.iter().filter(|test| test.tested.1).count());
    let state = writer.registers_in_a_row(1 + tests.len())?;
    let in_use = writer.in_use();
    for (at, test) in tests.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| tests.get(before)).map(|before| &before.tested.0);
        let to = behind(state, 1 + at);
        if before == Some(&test.tested.0) {
            writer.push(Instruction::Move { to, from: read(behind(state, at)) });
        } else {
            look_up(compiler, writer, &test.tested.0, to)?;
        }
        writer.free_behind(in_use);
        write_lists(compiler, test, number(rules.len()), &mut index)?;
    }
    let places: Vec<Place> = rules.iter().map(|_| writer.place()).collect();
    index.rules = places.iter().map(|place| place.label().0).collect();
    compiler.code.indexes.push(index);
    let index = number(compiler.code.indexes.len() - 1);
    writer.indexes.push(index);
    writer.push(Instruction::Candidates { index, state });
    let (next, end) = (writer.place_here(), writer.place());
    writer.push(Instruction::NextCandidate { index, state, or: end.label() });
    Ok(Some(Indexed { next, end, rules: places.into_iter() }))
}

/// The tests of an index of rules, and whether builtins are called in what the rules begin with.
fn tests<'s>(compiler: &Compiler<'_, 's>, rules: &[&Rule<'s>]) -> (Vec<Assigned<'s>>, bool) {
    let (mut found, mut calls_builtins) = (Vec::new(), false);
    for (at, rule) in rules.iter().enumerate() {
        let known = sorted::Map::new();
        let mut reading = Reading { compiler, rule: at, known, found: Vec::new(), calls_builtins: false };
        reading.read(rule);
        calls_builtins |= reading.calls_builtins;
        found.append(&mut reading.found);
    }
    let mut chosen = most_tested(&found);
    let first = assign(&found, &chosen);
    let is_worth =
        |tested: &Tested<'s>| first.iter().any(|own| own.tested == *tested && own.entries.len() >= LEAST_OF_TEST);
    chosen.retain(is_worth);
    let mut tests = Vec::new();
    for Assigned { tested, entries } in assign(&found, &chosen) {
        let by_level = if tested.1 { levels(entries) } else { vec![entries] };
        tests.extend(by_level.into_iter().map(|entries| Assigned { tested: tested.clone(), entries }));
    }
    // Those by prefixes come first.
    tests.order_by_key(|test| !test.tested.1);
    // Rules that are in none of them are always tried.
    tests.truncate(MOST_TESTS);
    (tests, calls_builtins)
}

/// How many rules of a test are tried, where each of its constants is asked for as often as rules name it.
fn mean_bucket(test: &Assigned<'_>) -> usize {
    let mut sizes: sorted::Map<&Constant<'_>, usize> = sorted::Map::new();
    for (constant, _) in &test.entries {
        *sizes.entry(constant).or_default() += 1;
    }
    sizes.values().map(|size| size * size).sum::<usize>().div_ceil(test.entries.len().max(1))
}

/// There are fewer rules, and lists of them, than a program has bytes.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Writes what puts a value that is tested into a register, which stays without one where there is none.
fn look_up<'s>(
    compiler: &mut Compiler<'_, 's>,
    writer: &mut Writer,
    subject: &Subject<'s>,
    to: Register,
) -> Compiled<()> {
    let none = writer.place();
    let mut of: Operand = match subject.argument {
        Some(argument) => Register(argument).into(),
        None => {
            let input = if subject.steps.is_empty() { to } else { writer.register()? };
            writer.push(Instruction::Input { to: input, or: none.label() });
            read(input)
        }
    };
    if subject.argument.is_some() && subject.steps.is_empty() {
        writer.push(Instruction::Move { to, from: of });
    }
    for (at, step) in (1..).zip(&subject.steps) {
        let key = compiler.constants.step_operand(step)?;
        let to = if at == subject.steps.len() { to } else { writer.register()? };
        writer.push(Instruction::Lookup { to, of, key, or: none.label() });
        of = read(to);
    }
    writer.here(none);
    Ok(())
}

/// The constants of a test in their order, and the lists of their rules, which are put behind the others.
fn write_lists<'s>(
    compiler: &mut Compiler<'_, 's>,
    test: &Assigned<'s>,
    end: u32,
    index: &mut RuleIndex,
) -> Compiled<()> {
    let lists = &mut index.lists;
    let constants = &mut compiler.constants;
    let mut entries = Vec::new();
    for (constant, rule) in &test.entries {
        entries.push((constants.scalar(constant)?, number(*rule)));
    }
    entries.order_by(|(a, first), (b, second)| constants.compare(*a, *b).then(first.cmp(second)));
    let (mut keys, mut starts): (Vec<Value>, Vec<u32>) = (Vec::new(), Vec::new());
    for (value, rule) in entries {
        // Numbers are the same by their values, however they are written.
        if keys.last().is_none_or(|last| constants.compare(*last, value).is_ne()) {
            if !keys.is_empty() {
                lists.push(end);
            }
            keys.push(value);
            starts.push(number(lists.len()));
        }
        if lists.last() != Some(&rule) {
            lists.push(rule);
        }
    }
    lists.push(end);
    index.keys.push(constants.set(keys)?);
    index.starts.push(starts);
    Ok(())
}
