//! Rules: what those of one path give together.

use super::documents::only_asked;
use super::rule_index;
use super::term::Scope;
use super::writer::{Place, Writer, read};
use super::{CompileError, Compiled, Compiler};
use crate::rego::analysis::lowered::{Branch, Rule, Term, VarId};
use crate::rego::analysis::rule_tree::{Constant, NodeId};
use crate::rego::syntax::tree::RuleKind;
use crate::rego::vm::code::{Instruction, Operand, Register};
use crate::sorted;

/// What rules of one path make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One value.
    One,
    /// A set.
    Set,
    /// An object, key by key.
    Object,
    /// An object of objects, at whose ends stand values or sets.
    Tree,
}

/// The steps of a head behind the first ones that are constants.
pub(super) fn suffix<'t, 's>(branch: &'t Branch<'s>) -> &'t [Term<'s>] {
    let fixed = branch.reference.iter().take_while(|step| step.is_scalar()).count();
    branch.reference.get(fixed..).unwrap_or_default()
}

/// What rules make together.
pub(super) fn shape(rules: &[&Rule<'_>]) -> Shape {
    let mut shapes = rules.iter().filter(|rule| !rule.is_default).map(|rule| {
        let steps = rule.branches.first().map_or(0, |branch| suffix(branch).len());
        match (rule.kind, steps) {
            (RuleKind::PartialSet, 0) => Shape::Set,
            (RuleKind::PartialSet, _) => Shape::Tree,
            (_, 0) => Shape::One,
            (_, 1) => Shape::Object,
            _ => Shape::Tree,
        }
    });
    let first = shapes.next().unwrap_or(Shape::One);
    if shapes.all(|shape| shape == first) { first } else { Shape::Tree }
}

/// What the rules at a path give.
pub(super) fn value<'b, 's>(compiler: &mut Compiler<'b, 's>, node: NodeId) -> Compiled<Writer> {
    let rules = compiler.rules(node);
    let mut writer = Writer::default();
    match shape(&rules) {
        Shape::One => one(compiler, &mut writer, &rules)?,
        shape => collected(compiler, &mut writer, &rules, shape)?,
    }
    Ok(writer)
}

/// The function at a path.
pub(super) fn function<'b, 's>(compiler: &mut Compiler<'b, 's>, node: NodeId) -> Compiled<Writer> {
    let rules = compiler.rules(node);
    let mut writer = Writer::default();
    let arguments = rules.first().map_or(0, |rule| rule.args.len());
    writer.registers_in_a_row(arguments)?;
    writer.arguments = super::term::count(arguments)?;
    one(compiler, &mut writer, &rules)?;
    Ok(writer)
}

/// What the variables of a rule with these names are in each way in which its body holds: an array of objects.
pub(super) fn solutions<'b, 's>(
    compiler: &mut Compiler<'b, 's>,
    rule: &'b Rule<'s>,
    names: &sorted::Set<String>,
) -> Compiled<Writer> {
    let mut writer = Writer::default();
    let (mark, to) = (writer.register()?, writer.register()?);
    writer.push(Instruction::Collect { mark });
    let done = writer.place();
    let mut scope = Scope::new(compiler, &mut writer, rule)?;
    let body = rule.branches.first().map(|branch| branch.body.as_slice()).unwrap_or_default();
    let next = scope.body(body, done)?;
    let mut row = Vec::new();
    for (at, variable) in rule.variables.iter().enumerate() {
        let id = VarId(u32::try_from(at).unwrap_or(u32::MAX));
        // Of several with one name, those of inner bodies have lost their values by now.
        if names.contains(variable.name) && scope.is_bound(id) {
            row.push(scope.compiler.constants.step_operand(&Constant::String(variable.name.into()))?);
            row.push(read(scope.register(id)?));
        }
    }
    let (first, pairs) = (scope.moved_in_a_row(&row)?, super::term::count(row.len() / 2)?);
    scope.writer.push(Instruction::MakeObject { to, first, pairs });
    scope.writer.push(Instruction::Push { value: read(to) });
    if next != done {
        scope.writer.push(Instruction::Jump { to: next.label() });
    }
    writer.stands_for_again(None);
    writer.here(done);
    writer.push(Instruction::CollectedArray { to, mark });
    writer.push(Instruction::Return { value: read(to) });
    Ok(writer)
}

/// Rules that say one value together.
fn one<'b, 's>(compiler: &mut Compiler<'b, 's>, writer: &mut Writer, rules: &[&'b Rule<'s>]) -> Compiled<()> {
    let (result, said) = (writer.register()?, writer.register()?);
    let undefined = compiler.constants.undefined()?;
    writer.push(Instruction::Move { to: result, from: undefined });
    let end = writer.place();
    let is_same = is_one_constant(compiler, rules)?;
    let tried = without_default(rules);
    let mut index = rule_index::begin(compiler, writer, &tried)?;
    for rule in tried {
        let next_rule = index.as_ref().map_or_else(|| writer.place(), |index| index.next);
        if let Some(index) = &mut index {
            index.begins_rule(writer);
        }
        let in_use = writer.in_use();
        let mut scope = Scope::new(compiler, writer, rule)?;
        let has_more = rule.branches.len() > 1;
        if has_more {
            scope.writer.push(Instruction::Move { to: said, from: undefined });
        }
        let values = Values { result, said: has_more.then_some(said), is_same, end };
        let asked = if has_more { scope.begins_to_ask()? } else { None };
        for (at, branch) in rule.branches.iter().enumerate() {
            if at > 0 {
                scope.ends_to_ask(asked, next_rule);
            }
            scope.branch(rule, branch, &values, next_rule)?;
        }
        match &index {
            None => writer.here(next_rule),
            Some(_) if has_more => writer.push(Instruction::Jump { to: next_rule.label() }),
            Some(_) => {}
        }
        writer.free_behind(in_use);
    }
    if let Some(index) = index {
        index.ends(writer);
    }
    if let Some(default) = rules.iter().find(|rule| rule.is_default) {
        let has_none = writer.place();
        writer.push(Instruction::IsDefined { value: result, or: has_none.label() });
        writer.push(Instruction::Return { value: read(result) });
        writer.here(has_none);
        let mut scope = Scope::new(compiler, writer, default)?;
        let value = match default.branches.first() {
            Some(branch) => {
                scope.body(&branch.body, end)?;
                scope.stands_for_head(default, branch, end);
                match &branch.value {
                    Some(value) => scope.operand(value)?,
                    None => scope.compiler.constants.boolean(true)?,
                }
            }
            None => scope.compiler.constants.boolean(true)?,
        };
        writer.push(Instruction::Return { value });
        writer.stands_for_again(None);
    }
    writer.here(end);
    writer.push(Instruction::Return { value: read(result) });
    Ok(())
}

/// Where the value of rules goes.
struct Values {
    result: Register,
    /// Says that an earlier branch of the rule has held, where there are several.
    said: Option<Register>,
    /// Whether all rules say one constant: the first that holds is enough.
    is_same: bool,
    end: Place,
}

impl<'s> Scope<'_, '_, 's> {
    fn branch(&mut self, rule: &Rule<'s>, branch: &Branch<'s>, values: &Values, next_rule: Place) -> Compiled<()> {
        let bound = self.bound();
        let fails = if values.said.is_some() { self.writer.place() } else { next_rule };
        for (at, argument) in rule.args.iter().enumerate() {
            let value: Operand = Register(super::term::count(at)?).into();
            self.matches(argument, value, fails)?;
        }
        let next = self.body(&branch.body, fails)?;
        self.stands_for_head(rule, branch, next);
        let value = match &branch.value {
            Some(value) => self.operand(value)?,
            None => self.compiler.constants.boolean(true)?,
        };
        self.writer.push(Instruction::Define { to: values.result, value, is_of_key: false });
        if values.is_same {
            self.writer.push(Instruction::Jump { to: values.end.label() });
        } else if next == fails {
            self.writer.push(Instruction::Jump { to: next_rule.label() });
        } else {
            // Another solution may say another value, which is an error.
            if let Some(said) = values.said {
                let yes = self.compiler.constants.boolean(true)?;
                self.writer.push(Instruction::Move { to: said, from: yes });
            }
            self.writer.push(Instruction::Jump { to: next.label() });
        }
        self.writer.stands_for_again(None);
        if let Some(said) = values.said {
            self.writer.here(fails);
            let goes_on = self.writer.place();
            self.writer.push(Instruction::IsDefined { value: said, or: goes_on.label() });
            self.writer.push(Instruction::Jump { to: next_rule.label() });
            self.writer.here(goes_on);
        }
        self.restore_bound(bound);
        Ok(())
    }

    /// The next instructions stand for what the rule or this branch of it says, once its body holds.
    /// Where the host leaves a call in the head unanswered, it goes on at `next`.
    pub(super) fn stands_for_head(&mut self, rule: &Rule<'s>, branch: &Branch<'s>, next: Place) {
        self.fails = Some(next);
        let span = if branch.span == rule.span { rule.head_span } else { branch.span };
        self.writer.stands_for(rule.module, span);
    }

    /// What a rule collects, once for each solution of its body.
    /// In a tree, `before` are the steps to it. Of what has other keys than those in `asked`, step by step, nothing is collected.
    pub(super) fn collects(
        &mut self,
        rule: &Rule<'s>,
        branch: &Branch<'s>,
        shape: Shape,
        before: &[Constant<'s>],
        asked: &[Register],
        done: Place,
    ) -> Compiled<()> {
        only_asked(self.compiler, self.writer, before, asked, done)?;
        let of_head = asked.get(before.len()..).unwrap_or_default();
        let head = suffix(branch).iter().chain(&branch.key).zip(of_head);
        let (first, later): (Vec<_>, Vec<_>) = head.partition(|(step, _)| super::elements::can_be_matched(step));
        for (step, key) in first {
            self.matches(step, read(*key), done)?;
        }
        let next = self.body(&branch.body, done)?;
        self.fails = Some(next);
        for (step, key) in later {
            self.matches(step, read(*key), next)?;
        }
        self.stands_for_head(rule, branch, next);
        let leaf = match (&branch.key, &branch.value) {
            (Some(key), _) => self.operand(key)?,
            (None, Some(value)) => self.operand(value)?,
            (None, None) => self.compiler.constants.boolean(true)?,
        };
        match shape {
            Shape::Object => {
                let step = suffix(branch).first().ok_or_else(|| CompileError::new("a key is to stand here"))?;
                let key = self.operand(step)?;
                self.writer.push(Instruction::Push { value: key });
            }
            Shape::Tree => {
                let mut path = Vec::new();
                for step in before {
                    path.push(self.compiler.constants.step_operand(step)?);
                }
                for step in suffix(branch) {
                    path.push(self.operand(step)?);
                }
                let count = super::term::count(path.len())?;
                let (first, to) = (self.moved_in_a_row(&path)?, self.writer.register()?);
                self.writer.push(Instruction::MakeArray { to, first, count });
                let is_set = self.compiler.constants.boolean(branch.key.is_some())?;
                self.writer.push(Instruction::Push { value: read(to) });
                self.writer.push(Instruction::Push { value: is_set });
            }
            Shape::One | Shape::Set => {}
        }
        self.writer.push(Instruction::Push { value: leaf });
        if next != done {
            self.writer.push(Instruction::Jump { to: next.label() });
        }
        self.writer.stands_for_again(None);
        Ok(())
    }
}

/// Rules that say parts of one value.
fn collected<'b, 's>(
    compiler: &mut Compiler<'b, 's>,
    writer: &mut Writer,
    rules: &[&'b Rule<'s>],
    shape: Shape,
) -> Compiled<()> {
    let (mark, to) = (writer.register()?, writer.register()?);
    writer.push(Instruction::Collect { mark });
    let tried = without_default(rules);
    let mut index = rule_index::begin(compiler, writer, &tried)?;
    for rule in tried {
        if let Some(index) = &mut index {
            index.begins_rule(writer);
        }
        for (at, branch) in (1..).zip(&rule.branches) {
            let of_index = index.as_ref().filter(|_| at == rule.branches.len()).map(|index| index.next);
            let done = of_index.unwrap_or_else(|| writer.place());
            let in_use = writer.in_use();
            Scope::new(compiler, writer, rule)?.collects(rule, branch, shape, &[], &[], done)?;
            match of_index {
                None => writer.here(done),
                Some(next) => writer.push(Instruction::Jump { to: next.label() }),
            }
            writer.free_behind(in_use);
        }
    }
    if let Some(index) = index {
        index.ends(writer);
    }
    contradicts_at(writer, rules);
    writer.push(match shape {
        Shape::One | Shape::Set => Instruction::CollectedSet { to, mark },
        Shape::Object => Instruction::CollectedObject { to, mark },
        Shape::Tree => Instruction::CollectedTree { to, mark },
    });
    writer.stands_for_again(None);
    writer.push(Instruction::Return { value: read(to) });
    Ok(())
}

/// The rules of a path that have bodies.
fn without_default<'b, 's>(rules: &[&'b Rule<'s>]) -> Vec<&'b Rule<'s>> {
    rules.iter().copied().filter(|rule| !rule.is_default).collect()
}

/// Says that what is put together next stands for the head of the last of the rules: where they contradict one another, that is where it is
/// told.
pub(super) fn contradicts_at(writer: &mut Writer, rules: &[&Rule<'_>]) {
    if let Some(rule) = rules.last() {
        writer.stands_for(rule.module, rule.span);
    }
}

/// Whether all rules give one constant.
fn is_one_constant(compiler: &mut Compiler<'_, '_>, rules: &[&Rule<'_>]) -> Compiled<bool> {
    let mut known = None;
    for branch in rules.iter().filter(|rule| !rule.is_default).flat_map(|rule| &rule.branches) {
        let value = match &branch.value {
            Some(value) => compiler.constants.of_term(value)?,
            None => Some(compiler.constants.boolean(true)?),
        };
        let Some(value) = value else { return Ok(false) };
        if *known.get_or_insert(value) != value {
            return Ok(false);
        }
    }
    Ok(true)
}
