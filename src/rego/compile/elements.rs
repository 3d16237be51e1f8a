//! Partial rules that are asked for one element, or for another part to which some steps lead: only what can give that part is evaluated.
//!
//! All solutions for the keys that are asked are looked at, as OPA does, so that values which contradict each other are found; those of
//! other keys are not. Where nothing is known of the first step, all is asked.

use super::documents::tree;
use super::element_index::many;
use super::rules::{Shape, shape, suffix};
use super::term::Scope;
use super::writer::{Place, Writer, behind, read};
use super::{CompileError, Compiled, Compiler, Purpose};
use crate::rego::analysis::lowered::{Branch, Term, TermKind};
use crate::rego::analysis::rule_tree::NodeId;
use crate::rego::vm::code::{Element, Instruction, Operand, Register};

/// Where the key stands that is asked for, or the array of keys.
pub(super) const KEY: Register = Register(0);

/// The most steps by which a part is asked for: further ones are looked up in it. Each number of steps has a procedure with all of the rules,
/// so that without a bound a program could have as many times its rules as there are lengths of references.
const MOST_ASKED: usize = 6;

/// The most steps that lead into what rules at a path, and below it, collect; `None` where no part of it can be asked for by itself.
pub(super) fn longest_way(compiler: &Compiler<'_, '_>, node: NodeId) -> Option<usize> {
    let can_be_asked = match shape(&compiler.rules(node)) {
        Shape::One => false,
        Shape::Set => compiler.is_leaf(node),
        Shape::Object | Shape::Tree => true,
    };
    can_be_asked.then(|| longest_below(compiler, node)).filter(|&steps| steps > 0)
}

/// No path is longer than the steps that one may have, so neither is this deep.
fn longest_below(compiler: &Compiler<'_, '_>, node: NodeId) -> usize {
    let rules = compiler.rules(node);
    let of_branch = |branch: &Branch<'_>| suffix(branch).len() + usize::from(branch.key.is_some());
    let here = rules.iter().filter(|rule| !rule.is_default).flat_map(|rule| &rule.branches).map(of_branch).max();
    let below = compiler.below(node).into_iter().map(|(_, child)| 1 + longest_below(compiler, child)).max();
    here.max(below).unwrap_or(0)
}

/// The element, or the key, that a rule speaks of.
fn head_key<'t, 's>(branch: &'t Branch<'s>, shape: Shape) -> Option<&'t Term<'s>> {
    match shape {
        Shape::Set => branch.key.as_ref(),
        _ => suffix(branch).first(),
    }
}

/// Whether a value can be matched with a term before its variables have values.
pub(super) fn can_be_matched(term: &Term<'_>) -> bool {
    match &term.kind {
        TermKind::Var(_) | TermKind::Null | TermKind::Boolean(_) | TermKind::Number(_) | TermKind::String(_) => true,
        TermKind::Array(items) => items.iter().all(can_be_matched),
        TermKind::Object(pairs) => pairs.iter().all(|(key, value)| key.is_scalar() && can_be_matched(value)),
        _ => false,
    }
}

/// What rules give under a key, or under an array of keys, one for each step. The key is the only argument.
pub(super) fn element<'b, 's>(compiler: &mut Compiler<'b, 's>, node: NodeId, steps: u16) -> Compiled<Writer> {
    let shape = shape(&compiler.rules(node));
    if steps == 1 && compiler.is_leaf(node) && matches!(shape, Shape::Set | Shape::Object) {
        return one_step(compiler, node, shape);
    }
    let mut writer = Writer::default();
    writer.registers_in_a_row(1)?;
    writer.arguments = 1;
    let none = writer.place();
    let keys = keys(compiler, &mut writer, steps, none)?;
    let (mark, to) = (writer.register()?, writer.register()?);
    writer.push(Instruction::Collect { mark });
    let depth = compiler.bundle.tree.path(node).len();
    tree(compiler, &mut writer, node, depth, &keys)?;
    writer.push(Instruction::CollectedTree { to, mark });
    for key in keys {
        writer.push(Instruction::Lookup { to, of: read(to), key: read(key), or: none.label() });
    }
    writer.push(Instruction::Return { value: read(to) });
    writer.here(none);
    writer.push(Instruction::Fail);
    Ok(writer)
}

/// The registers of the keys that are asked.
pub(super) fn keys(
    compiler: &mut Compiler<'_, '_>,
    writer: &mut Writer,
    steps: u16,
    none: Place,
) -> Compiled<Vec<Register>> {
    if steps == 1 {
        return Ok(vec![KEY]);
    }
    let first = writer.registers_in_a_row(usize::from(steps))?;
    let mut keys = Vec::new();
    for at in 0..usize::from(steps) {
        let (to, key) = (behind(first, at), compiler.constants.count(at)?);
        writer.push(Instruction::Lookup { to, of: read(KEY), key, or: none.label() });
        keys.push(to);
    }
    Ok(keys)
}

/// Where one step leads to everything: of a set the element itself.
fn one_step<'b, 's>(compiler: &mut Compiler<'b, 's>, node: NodeId, shape: Shape) -> Compiled<Writer> {
    let mut writer = Writer::default();
    writer.registers_in_a_row(1)?;
    writer.arguments = 1;
    let result = writer.register()?;
    let undefined = compiler.constants.undefined()?;
    writer.push(Instruction::Move { to: result, from: undefined });
    for rule in compiler.rules(node).into_iter().filter(|rule| !rule.is_default) {
        for branch in &rule.branches {
            let next_rule = writer.place();
            let in_use = writer.in_use();
            let mut scope = Scope::new(compiler, &mut writer, rule)?;
            let key = head_key(branch, shape).ok_or_else(|| CompileError::new("a key is to stand here"))?;
            let is_known_first = can_be_matched(key);
            if is_known_first {
                scope.matches(key, read(KEY), next_rule)?;
            }
            let next = scope.body(&branch.body, next_rule)?;
            scope.stands_for_head(rule, branch, next);
            if !is_known_first {
                scope.matches(key, read(KEY), next)?;
            }
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
    }
    writer.push(Instruction::Return { value: read(result) });
    Ok(writer)
}

impl<'s> Scope<'_, '_, 's> {
    /// Asks the rules of a path for what stands under keys, one for each step. What is not asked for by itself is looked up in the whole, or in
    /// the part that is asked for, by the instructions behind the first one.
    pub(super) fn ask_element(&mut self, node: NodeId, keys: &[Operand], or: Place) -> Compiled<Operand> {
        let asked = keys.get(..MOST_ASKED).unwrap_or(keys);
        let steps = super::term::count(asked.len())?;
        let element = self.compiler.element(node, steps)?;
        let to = self.writer.register()?;
        let key = match asked {
            [key] => *key,
            asked => {
                let (first, to) = (self.moved_in_a_row(asked)?, self.writer.register()?);
                self.writer.push(Instruction::MakeArray { to, first, count: steps });
                read(to)
            }
        };
        let or = or.label();
        self.writer.push(Instruction::AskElement { to, element, key, or });
        for key in keys {
            self.writer.push(Instruction::Lookup { to, of: read(to), key: *key, or });
        }
        Ok(read(to))
    }
}

impl Compiler<'_, '_> {
    /// The number of what is asked by so many steps from a path.
    fn element(&mut self, node: NodeId, steps: u16) -> Compiled<u32> {
        if let Some(&known) = self.elements.get(&(node, steps)) {
            return Ok(known);
        }
        let procedure = self.procedure(node, Purpose::Element(steps))?;
        let whole = self.procedure(node, Purpose::Document)?;
        let many = many(self, node, steps)?;
        let number = u32::try_from(self.code.elements.len()).unwrap_or(u32::MAX);
        self.code.elements.push(Element { steps, procedure, whole, many });
        self.elements.insert((node, steps), number);
        Ok(number)
    }
}
