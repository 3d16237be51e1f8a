//! The type checker: no value is used as what it cannot be.
//!
//! It finds what OPA's finds. The rules are looked at in the order of their needs, each branch by itself: the
//! statements of its body, one after the other, say more and more of its variables, and what is known of them in the
//! end gives the type of the rule, which is joined to what other rules of that path gave. A variable of which nothing
//! is known takes the type of what it is first used as; a value of which two types are known must be able to be of
//! both.
//!
//! Where OPA is lenient, so is this: the statements inside of `every` are asked for their references alone, documents
//! are `any` unless a schema says more, and a rule with an error is `any` to all others, so that one mistake is told
//! once.
//!
//! It works on the ordered form of [`super::lowered`].

pub mod annotated;
mod bodies;
mod documents;
mod matching;
mod messages;
mod references;
mod scene;
pub mod schemas;
mod walk;

#[cfg(all(test, feature = "compiler"))]
mod tests;

use super::finding::Finding;
use super::lowered::{Branch, Bundle, Function, Rule, TermKind};
use super::types::{Key, Type, Work};
use crate::limits;
use crate::rego::builtins::{self, HostFunction};
use crate::rego::syntax::tree::RuleKind;
use documents::Documents;
use scene::Scene;
use schemas::Schemas;

/// Everything that is used as what it cannot be.
pub fn check_types(bundle: &Bundle<'_>, host: &[HostFunction], schemas: &Schemas) -> Vec<Finding> {
    let bytes = bundle.modules.iter().map(|module| module.source.len() as u64).sum();
    let functions = Functions { host };
    let mut documents = Documents::new(bundle);
    let mut findings = Vec::new();
    let world = World { bundle, functions: &functions, schemas, work: &Work::for_text(bytes) };
    for &id in &bundle.order {
        let Some(rule) = bundle.rules.get(id) else { continue };
        if rule.is_refused {
            documents.spoil(rule.node);
            continue;
        }
        let mut scene = Scene::new(world, &mut documents, id, rule);
        for branch in &rule.branches {
            scene.begin();
            let is_right = scene.check_body(&branch.body);
            let of = if is_right { scene.type_of_branch(branch) } else { Some(Type::Any) };
            match of {
                Some(of) => scene.documents.insert(rule.node, of),
                None => scene.documents.mark(rule.node),
            }
        }
        findings.extend(scene.into_findings());
        if findings.len() >= limits::DIAGNOSTICS {
            break;
        }
    }
    findings
}

/// What does not change while types are checked.
#[derive(Clone, Copy)]
struct World<'a, 's> {
    bundle: &'a Bundle<'s>,
    functions: &'a Functions<'a>,
    schemas: &'a Schemas,
    work: &'a Work,
}

/// The functions that are no rules.
struct Functions<'a> {
    host: &'a [HostFunction],
}

/// What is known of a function: its type, and where it was declared the names of its operands.
struct Callee<'a> {
    of: Type,
    declared: Option<&'a super::types::Signature>,
}

impl<'a> Functions<'a> {
    /// What was declared of a function; nothing of rules.
    fn find(&self, function: &Function<'_>) -> Option<Callee<'a>> {
        match *function {
            Function::Builtin(name) => {
                let declared = builtins::find(name)?.declared()?;
                Some(Callee { of: declared.function.clone(), declared: Some(&declared.signature) })
            }
            Function::Host(at) => {
                let function = self.host.get(at)?;
                Some(Callee { of: function.function.clone(), declared: Some(&function.signature) })
            }
            Function::Rules(_) | Function::Unknown { .. } => None,
        }
    }
}

impl<'s> Scene<'_, '_, 's> {
    /// The type that a branch gives to the path of its rule, after its body has been checked. Nothing where it gives
    /// none that can be kept there.
    fn type_of_branch(&mut self, branch: &Branch<'s>) -> Option<Type> {
        let rule = self.rule;
        let known = |of: Type| (!matches!(of, Type::Unknown)).then_some(of);
        let suffix = suffix_of(branch);
        match rule.kind {
            // OPA makes `f() := 1` a rule without arguments.
            RuleKind::Function if !rule.args.is_empty() => Some(self.type_of_function(rule, branch)),
            RuleKind::PartialSet if !suffix.is_empty() => None,
            RuleKind::PartialSet => {
                let element = branch.key.as_ref().map_or(Type::Any, |key| self.type_of(key));
                known(element).map(Type::set)
            }
            RuleKind::Function | RuleKind::Complete | RuleKind::PartialObject => {
                let value = branch.value.as_ref().map_or(Type::Boolean, |value| self.type_of(value));
                suffix.iter().rev().try_fold(known(value)?, |inner, step| {
                    let key = known(self.type_of(step))?;
                    Some(Type::object_of(key, inner))
                })
            }
        }
    }

    fn type_of_function(&mut self, rule: &Rule<'s>, branch: &Branch<'s>) -> Type {
        let mut variables = Vec::new();
        rule.args.iter().for_each(|arg| walk::push_variables(arg, &mut variables));
        for variable in variables {
            if matches!(self.variable(variable), Type::Unknown) {
                self.bind(variable, Type::Any);
            }
        }
        let args = rule.args.iter().map(|arg| self.type_of(arg)).collect();
        let result = branch.value.as_ref().map_or(Type::Boolean, |value| self.type_of(value));
        Type::function(args, None, Some(result))
    }
}

/// The steps of a head from the first one that is no constant.
fn suffix_of<'b, 's>(branch: &'b Branch<'s>) -> &'b [super::lowered::Term<'s>] {
    let fixed = branch.reference.iter().take_while(|step| step.is_scalar()).count();
    branch.reference.get(fixed..).unwrap_or_default()
}

/// The constant that a term is. A term with anything in it that could differ is none.
fn constant_of(term: &super::lowered::Term<'_>) -> Option<Key> {
    let all = |items: &[super::lowered::Term<'_>]| items.iter().map(constant_of).collect::<Option<Vec<_>>>();
    Some(match &term.kind {
        TermKind::Null => Key::Null,
        TermKind::Boolean(value) => Key::Boolean(*value),
        TermKind::Number(digits) => Key::number(digits),
        TermKind::String(text) => Key::string(text),
        TermKind::Array(items) => Key::array(all(items)?),
        TermKind::Set(items) => Key::set(all(items)?),
        TermKind::Object(pairs) => Key::object(
            pairs
                .iter()
                .map(|(key, value)| Some((constant_of(key)?, constant_of(value)?)))
                .collect::<Option<Vec<_>>>()?,
        ),
        _ => return None,
    })
}
