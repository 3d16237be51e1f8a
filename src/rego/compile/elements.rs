//! Partial rules that are asked for one element: only what can give that one is evaluated.

use super::rules::{Shape, shape, suffix};
use super::term::Scope;
use super::writer::{Writer, read};
use super::{CompileError, Compiled, Compiler};
use crate::rego::analysis::lowered::{Branch, Expr, ExprKind, Function, RefHead, Root, Rule, Term, TermKind};
use crate::rego::analysis::rule_tree::{Constant, NodeId};
use crate::rego::analysis::walk;
use crate::rego::vm::code::{Instruction, Operand, Register};

/// Where the key stands that is asked for.
const KEY: Register = Register(0);

/// What the rules of a path collect, where one element of it can be asked for by itself: each rule says in its head what its
/// element or key looks like, and nothing stands below.
pub(super) fn shape_of_elements(compiler: &Compiler<'_, '_>, node: NodeId) -> Option<Shape> {
    let rules = compiler.rules(node);
    let shape = shape(&rules);
    let is_one_of_two = matches!(shape, Shape::Set | Shape::Object);
    let can_begin = |rule: &&Rule<'_>| match rule.branches.as_slice() {
        [branch] => head_key(branch, shape).is_some_and(can_be_matched),
        _ => false,
    };
    (is_one_of_two && compiler.is_leaf(node) && rules.iter().all(can_begin)).then_some(shape)
}

/// The element, or the key, that a rule speaks of.
fn head_key<'t, 's>(branch: &'t Branch<'s>, shape: Shape) -> Option<&'t Term<'s>> {
    match shape {
        Shape::Set => branch.key.as_ref(),
        _ => suffix(branch).first(),
    }
}

/// Whether a value can be matched with a term before its variables have values.
fn can_be_matched(term: &Term<'_>) -> bool {
    match &term.kind {
        TermKind::Var(_) | TermKind::Null | TermKind::Boolean(_) | TermKind::Number(_) | TermKind::String(_) => true,
        TermKind::Array(items) => items.iter().all(can_be_matched),
        TermKind::Object(pairs) => pairs.iter().all(|(key, value)| key.is_scalar() && can_be_matched(value)),
        _ => false,
    }
}

/// The element under a key, which is the only argument: of a set the element itself.
pub(super) fn element<'b, 's>(compiler: &mut Compiler<'b, 's>, node: NodeId, shape: Shape) -> Compiled<Writer> {
    let mut writer = Writer::default();
    writer.registers_in_a_row(1)?;
    writer.arguments = 1;
    let result = writer.register()?;
    let undefined = compiler.constants.undefined()?;
    writer.push(Instruction::Move { to: result, from: undefined });
    for rule in compiler.rules(node) {
        let Some(branch) = rule.branches.first() else { continue };
        let next_rule = writer.place();
        let in_use = writer.in_use();
        let mut scope = Scope::new(compiler, &mut writer, rule)?;
        let key = head_key(branch, shape).ok_or_else(|| CompileError::new("a key is to stand here"))?;
        scope.matches(key, read(KEY), next_rule)?;
        let next = scope.body(&branch.body, next_rule)?;
        scope.stands_for_head(rule, branch);
        // All solutions are looked at, as among all elements: a later one may be an error.
        if shape == Shape::Set {
            let from = scope.operand(key)?;
            scope.writer.push(Instruction::Move { to: result, from });
        } else {
            let value = match &branch.value {
                Some(value) => scope.operand(value)?,
                None => scope.compiler.constants.boolean(true)?,
            };
            scope.writer.push(Instruction::Define { to: result, value, is_of_key: true });
        }
        scope.writer.push(Instruction::Jump { to: next.label() });
        writer.stands_for_again(None);
        writer.here(next_rule);
        writer.free_behind(in_use);
    }
    writer.push(Instruction::Return { value: read(result) });
    Ok(writer)
}

/// Whether no element of a set can end an evaluation: its rule calls builtins alone, and looks at no other rule.
fn cannot_fail(compiler: &Compiler<'_, '_>, rule: &Rule<'_>) -> bool {
    let mut waiting: Vec<&Expr<'_>> = rule.branches.iter().flat_map(|branch| &branch.body).collect();
    while let Some(expr) = waiting.pop() {
        match &expr.kind {
            ExprKind::Call(call) if !matches!(call.function, Function::Builtin(name) if name != "internal.print") => {
                return false;
            }
            ExprKind::Every(every) => waiting.extend(&every.body),
            _ => {}
        }
        let mut looks_at_rules = !expr.replacements().is_empty();
        for term in walk::terms_of(expr) {
            looks_at_rules |= reaches_rules(compiler, term);
            walk::comprehensions(term, &mut |inner| waiting.extend(&inner.body));
        }
        if looks_at_rules {
            return false;
        }
    }
    true
}

/// Whether a term leads to where a rule stands, or may stand.
fn reaches_rules(compiler: &Compiler<'_, '_>, term: &Term<'_>) -> bool {
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

impl<'s> Scope<'_, '_, 's> {
    /// Asks the rules of a path for one element. What cannot be asked for by itself is looked up in the whole, by the instruction
    /// behind the first one.
    pub(super) fn ask_element(&mut self, node: NodeId, key: Operand, or: super::writer::Place) -> Compiled<Operand> {
        let procedure = self.compiler.procedure(node, super::Purpose::Element)?;
        let whole = self.compiler.procedure(node, super::Purpose::Value)?;
        let is_set = shape_of_elements(self.compiler, node) == Some(Shape::Set)
            && self.compiler.rules(node).iter().all(|rule| cannot_fail(self.compiler, rule));
        let to = self.writer.register()?;
        let or = or.label();
        self.writer.push(Instruction::AskElement { to, procedure, whole, key, is_set, or });
        self.writer.push(Instruction::Lookup { to, of: read(to), key, or });
        Ok(read(to))
    }
}
