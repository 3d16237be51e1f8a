//! Documents: all that stands at a path, what its rules give together with what stands below it.

use super::rules::{Shape, contradicts_at, shape};
use super::term::Scope;
use super::writer::{Place, Writer, read};
use super::{Compiled, Compiler, Purpose};
use crate::rego::analysis::rule_tree::{Constant, NodeId};
use crate::rego::vm::code::{Comparison, Instruction, Register};

/// All of the document at a path.
pub(super) fn document<'b, 's>(compiler: &mut Compiler<'b, 's>, node: NodeId) -> Compiled<Writer> {
    let mut writer = Writer::default();
    let (to, mark) = (writer.register()?, writer.register()?);
    if !compiler.rules(node).is_empty() {
        // Rules at the path and below it add to one value, and may contradict one another.
        writer.push(Instruction::Collect { mark });
        let depth = compiler.bundle.tree.path(node).len();
        tree(compiler, &mut writer, node, depth, &[])?;
        contradicts_at(&mut writer, &compiler.rules(node));
        writer.push(Instruction::CollectedTree { to, mark });
        writer.stands_for_again(None);
        writer.push(Instruction::Return { value: read(to) });
        return Ok(writer);
    }
    let (of_data, below) = (writer.register()?, writer.register()?);
    let undefined = compiler.constants.undefined()?;
    writer.push(Instruction::Move { to: of_data, from: undefined });
    let asked = writer.place();
    let path = compiler.path_constant(node)?;
    writer.push(Instruction::Data { to: of_data, path, or: asked.label() });
    writer.here(asked);
    writer.push(Instruction::Collect { mark });
    let value = writer.register()?;
    for (key, child) in compiler.below(node) {
        let has_none = writer.place();
        let key = compiler.constants.step_operand(key)?;
        let procedure = compiler.procedure(child, Purpose::Document)?;
        writer.push(Instruction::Ask { to: value, procedure, or: has_none.label() });
        writer.push(Instruction::Push { value: key });
        writer.push(Instruction::Push { value: read(value) });
        writer.here(has_none);
    }
    writer.push(Instruction::CollectedObject { to: below, mark });
    writer.push(Instruction::Merge { to: below, under: read(of_data), over: read(below) });
    writer.push(Instruction::Return { value: read(below) });
    Ok(writer)
}

/// Collects what the rules at a path and below it give, each with its path behind the first `depth` steps: of what lies in the way of the
/// keys that are asked, or behind them.
pub(super) fn tree<'b, 's>(
    compiler: &mut Compiler<'b, 's>,
    writer: &mut Writer,
    node: NodeId,
    depth: usize,
    asked: &[Register],
) -> Compiled<()> {
    let rules = compiler.rules(node);
    let steps: Vec<Constant<'s>> = compiler.bundle.tree.path(node).into_iter().skip(depth).cloned().collect();
    let before = compiler.constants.path(&steps)?;
    let in_use = writer.in_use();
    if shape(&rules) == Shape::One && !rules.is_empty() {
        let (value, has_none) = (writer.register()?, writer.place());
        let procedure = compiler.procedure(node, Purpose::Value)?;
        only_asked(compiler, writer, &steps, asked, has_none)?;
        writer.push(Instruction::Ask { to: value, procedure, or: has_none.label() });
        let is_set = compiler.constants.boolean(false)?;
        for value in [before, is_set, read(value)] {
            writer.push(Instruction::Push { value });
        }
        writer.here(has_none);
    } else {
        for rule in rules.iter().filter(|rule| !rule.is_default) {
            for branch in &rule.branches {
                let done = writer.place();
                Scope::new(compiler, writer, rule)?.collects(rule, branch, Shape::Tree, &steps, asked, done)?;
                writer.here(done);
                writer.free_behind(in_use);
            }
        }
    }
    writer.free_behind(in_use);
    compiler.below(node).into_iter().try_for_each(|(_, child)| tree(compiler, writer, child, depth, asked))
}

/// Goes on only where constant steps are the keys that are asked.
pub(super) fn only_asked<'s>(
    compiler: &mut Compiler<'_, 's>,
    writer: &mut Writer,
    steps: &[Constant<'s>],
    asked: &[Register],
    fail: Place,
) -> Compiled<()> {
    for (step, key) in steps.iter().zip(asked) {
        let left = compiler.constants.step_operand(step)?;
        writer.push(Instruction::Compare { how: Comparison::Equal, left, right: read(*key), or: fail.label() });
    }
    Ok(())
}
