//! Many elements of partial rules: where nothing can fail in what nobody asks for, the bodies are evaluated once for all, and the elements
//! are looked up in what was found, by their keys.
//!
//! What stands under one key is looked at only when that is asked for. So values that contradict each other are an error for whoever asks
//! for them, and for nobody else, however many were asked before.

use super::elements::{KEY, keys};
use super::harmless::is_harmless;
use super::rules::{Shape, shape, suffix};
use super::term::{Scope, count};
use super::writer::{Writer, read};
use super::{Compiled, Compiler, Purpose};
use crate::rego::analysis::lowered::{ExprKind, RefHead, Root, Rule, Term, TermKind};
use crate::rego::analysis::rule_tree::{Constant, NodeId};
use crate::rego::analysis::walk::{self, Part};
use crate::rego::syntax::tree::RuleKind;
use crate::rego::vm::code::{Collection, Comparison, Instruction, Many};

/// What is done where many parts are asked for to which so many steps lead.
pub(super) fn many<'b, 's>(compiler: &mut Compiler<'b, 's>, node: NodeId, steps: u16) -> Compiled<Many> {
    let rules = compiler.rules(node);
    if !compiler.is_leaf(node) || !rules.iter().all(|rule| cannot_fail(compiler, rule)) {
        return Ok(Many::OneByOne);
    }
    if shape(&rules) == Shape::Set {
        return Ok(Many::Whole);
    }
    match ends(&rules) {
        Some((of_index, is_set)) if steps == of_index || is_set && steps == of_index + 1 => {
            compiler.procedure(node, Purpose::ElementOfMany(steps)).map(Many::By)
        }
        _ => Ok(Many::OneByOne),
    }
}

/// How many steps lead to what each of the rules gives, and whether that is a set; `None` where they differ.
fn ends(rules: &[&Rule<'_>]) -> Option<(u16, bool)> {
    let of_rule = |rule: &&Rule<'_>| {
        let [branch] = rule.branches.as_slice() else { return None };
        Some((u16::try_from(suffix(branch).len()).ok()?, rule.kind == RuleKind::PartialSet))
    };
    let first = of_rule(rules.first()?)?;
    rules.iter().all(|rule| of_rule(rule) == Some(first)).then_some(first)
}

/// From the steps to all that stands there: an array of the values, or a set. One step is a key by itself, and several are an array.
pub(super) fn index<'b, 's>(compiler: &mut Compiler<'b, 's>, node: NodeId) -> Compiled<Writer> {
    let rules = compiler.rules(node);
    let mut writer = Writer::default();
    let (mark, to) = (writer.register()?, writer.register()?);
    writer.push(Instruction::Collect { mark });
    for rule in &rules {
        for branch in &rule.branches {
            let done = writer.place();
            let in_use = writer.in_use();
            let mut scope = Scope::new(compiler, &mut writer, rule)?;
            let next = scope.body(&branch.body, done)?;
            scope.stands_for_head(rule, branch, next);
            let key = match suffix(branch) {
                [step] => scope.operand(step)?,
                steps => {
                    let (first, to) = (scope.in_a_row(steps)?, scope.writer.register()?);
                    scope.writer.push(Instruction::MakeArray { to, first, count: count(steps.len())? });
                    read(to)
                }
            };
            let value = match (&branch.key, &branch.value) {
                (Some(value), _) | (None, Some(value)) => scope.operand(value)?,
                (None, None) => scope.compiler.constants.boolean(true)?,
            };
            scope.writer.push(Instruction::Push { value: key });
            scope.writer.push(Instruction::Push { value });
            if next != done {
                scope.writer.push(Instruction::Jump { to: next.label() });
            }
            writer.stands_for_again(None);
            writer.here(done);
            writer.free_behind(in_use);
        }
    }
    let is_set = ends(&rules).is_some_and(|(_, is_set)| is_set);
    let of = if is_set { Collection::Set } else { Collection::Array };
    writer.push(Instruction::CollectedIndex { to, mark, of });
    writer.push(Instruction::Return { value: read(to) });
    Ok(writer)
}

/// What stands under a key, or under an array of keys, in what is found once for all. The key is the only argument.
pub(super) fn element_of_many<'b, 's>(compiler: &mut Compiler<'b, 's>, node: NodeId, steps: u16) -> Compiled<Writer> {
    let (of_index, is_set) = ends(&compiler.rules(node)).unwrap_or_default();
    let mut writer = Writer::default();
    writer.registers_in_a_row(1)?;
    writer.arguments = 1;
    let (none, contradiction) = (writer.place(), writer.place());
    let (index, found) = (writer.register()?, writer.register()?);
    let procedure = compiler.procedure(node, Purpose::ElementIndex)?;
    writer.push(Instruction::Ask { to: index, procedure, or: none.label() });
    if steps > of_index {
        let keys = keys(compiler, &mut writer, steps, none)?;
        let (of_set, element) = keys.split_at(usize::from(of_index));
        let key = match of_set {
            [key] => *key,
            several => {
                let first = several.first().copied().unwrap_or(KEY);
                let to = writer.register()?;
                writer.push(Instruction::MakeArray { to, first, count: of_index });
                to
            }
        };
        writer.push(Instruction::Lookup { to: found, of: read(index), key: read(key), or: none.label() });
        for key in element {
            writer.push(Instruction::Lookup { to: found, of: read(found), key: read(*key), or: none.label() });
        }
        writer.push(Instruction::Return { value: read(found) });
    } else if is_set {
        writer.push(Instruction::Lookup { to: found, of: read(index), key: read(KEY), or: none.label() });
        writer.push(Instruction::Return { value: read(found) });
    } else {
        writer.push(Instruction::Lookup { to: found, of: read(index), key: read(KEY), or: none.label() });
        let first = compiler.constants.count(0)?;
        let state = writer.registers_in_a_row(4)?;
        let (at, value) = (super::writer::behind(state, 2), super::writer::behind(state, 3));
        let result = writer.register()?;
        let one = writer.place();
        writer.push(Instruction::Lookup { to: result, of: read(found), key: first, or: none.label() });
        writer.push(Instruction::Iterate { state, over: read(found), or: none.label() });
        let next = writer.place_here();
        writer.push(Instruction::Next { state, key: at, value, or: one.label() });
        writer.push(Instruction::Compare {
            how: Comparison::Equal,
            left: read(result),
            right: read(value),
            or: contradiction.label(),
        });
        writer.push(Instruction::Move { to: result, from: read(value) });
        writer.push(Instruction::Jump { to: next.label() });
        writer.here(one);
        writer.push(Instruction::Return { value: read(result) });
        // The rules say themselves where they contradict each other.
        writer.here(contradiction);
        let procedure = compiler.procedure(node, Purpose::Element(steps))?;
        writer.push(Instruction::Call { to: result, procedure, arguments: KEY, or: none.label() });
        writer.push(Instruction::Return { value: read(result) });
    }
    writer.here(none);
    writer.push(Instruction::Fail);
    Ok(writer)
}

/// Whether no solution of a rule can end an evaluation, as long as no function is replaced: it calls nothing but what is harmless, looks at
/// no other rule, and makes no object of which two pairs may contradict each other.
fn cannot_fail(compiler: &Compiler<'_, '_>, rule: &Rule<'_>) -> bool {
    let mut may_fail = false;
    walk::parts(rule, &mut |part| {
        may_fail |= match part {
            Part::Expr(expr) => {
                let calls_more = matches!(&expr.kind, ExprKind::Call(call) if !is_harmless(&call.function));
                calls_more || !expr.replacements().is_empty()
            }
            Part::Term(term) => reaches_rules(compiler, term),
            Part::Comprehension(inner) => inner.key.is_some(),
        };
    });
    !may_fail
}

/// Whether a term leads to where a rule stands, or may stand.
pub(super) fn reaches_rules(compiler: &Compiler<'_, '_>, term: &Term<'_>) -> bool {
    match &term.kind {
        TermKind::Ref(reference) => {
            let is_of_rules = match reference.head {
                RefHead::Path(path) if compiler.bundle.paths.root(path) == Root::Data => {
                    let names = compiler.bundle.paths.names(path).iter().cloned().map(Constant::String);
                    let steps = names.map(Some).chain(reference.parts.iter().map(Constant::of));
                    leads_to_rules(compiler, steps)
                }
                _ => false,
            };
            is_of_rules || reference.parts.iter().any(|part| reaches_rules(compiler, part))
        }
        TermKind::Array(items) | TermKind::Set(items) => items.iter().any(|item| reaches_rules(compiler, item)),
        TermKind::Object(pairs) => {
            pairs.iter().any(|(key, value)| reaches_rules(compiler, key) || reaches_rules(compiler, value))
        }
        _ => false,
    }
}

fn leads_to_rules<'s>(compiler: &Compiler<'_, 's>, steps: impl Iterator<Item = Option<Constant<'s>>>) -> bool {
    let mut node = NodeId::DATA;
    for step in steps {
        // What only evaluation knows may lead anywhere.
        let Some(step) = step else { return true };
        match compiler.bundle.tree.child(node, &step) {
            Some(child) if compiler.rules(child).is_empty() => node = child,
            Some(_) => return true,
            None => return false,
        }
    }
    true
}
