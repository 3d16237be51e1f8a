//! From the lowered form of a bundle to [`Code`].
//!
//! Every path at which rules stand gets procedures: one for what its rules give, one for the whole document there with
//! what stands below it, and one for its function. Where partial rules are asked for parts of what they give, there is one for
//! each number of steps that lead to a part (`elements`), and, where nothing can fail in what nobody asks for, an index of all
//! parts and one that looks into it (`element_index`). They are made when something first needs them, so that what nobody can
//! ask for is not compiled.

mod body;
mod comprehensions;
mod constants;
mod documents;
mod element_index;
mod elements;
mod harmless;
mod metadata;
mod reference;
mod replace;
mod rule_index;
mod rules;
mod term;
mod writer;

use crate::error::ErrorCode;
use crate::rego::analysis::lowered::{Bundle, Function, Rule};
use crate::rego::analysis::rule_tree::{self, Constant, NodeId};
use crate::rego::analysis::types::Type;
use crate::rego::builtins::HostFunction;
use crate::rego::vm::code::{Below, Code, Entrypoint, HostImport, Label, Operand, Place, Procedure, ProcedureId};
use crate::sorted;
use constants::Constants;
use metadata::Metadata;
use std::ops::Range;
use writer::Writer;

/// Why a bundle has no code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// `not_evaluated`, or the code that OPA has for it.
    pub code: ErrorCode,
    /// What there is too much of, or what cannot be said in code.
    pub message: String,
    /// The index of the module and the bytes of the rule, where it is one rule.
    pub at: Option<(usize, Range<usize>)>,
}

impl CompileError {
    fn new(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::NotEvaluated, message: message.into(), at: None }
    }

    fn in_rule(self, rule: &Rule<'_>) -> Self {
        Self { at: self.at.or(Some((rule.module, rule.span.range()))), ..self }
    }
}

/// The steps of a path to a rule, with those of its head.
const MOST_STEPS: usize = 512;

type Compiled<T> = Result<T, CompileError>;

/// What a procedure is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Purpose {
    /// What the rules at a path give.
    Value,
    /// All of the document at a path: what the rules give, what stands below, and what the data has there.
    Document,
    /// One element of what partial rules at a path give, or another part to which so many steps lead.
    Element(u16),
    /// The same, where many are asked for: by looking it up in what is evaluated once.
    ElementOfMany(u16),
    /// What those are looked up in.
    ElementIndex,
    /// The function at a path.
    Function,
}

/// Compiles a bundle in which nothing is wrong: all that can be asked in it.
///
/// # Errors
/// A rule has more variables than a frame has registers, or the bundle more constants than an operand can name.
pub fn compile(bundle: &Bundle<'_>, host: &[HostFunction]) -> Compiled<Code> {
    let mut compiler = Compiler::new(bundle, host, None)?;
    for node in bundle.tree.ids() {
        // Below a rule nothing can be asked by itself: rules above it may add to what stands there.
        let is_below_rules = above(bundle, node).any(|outer| !compiler.rules(outer).is_empty());
        let Some(path) = names_to(bundle, node).filter(|_| !is_below_rules && !compiler.is_function(node)) else {
            continue;
        };
        let procedure = compiler.procedure(node, Purpose::Document)?;
        let are_names = |node: &rule_tree::Node<'_>| node.children.keys().all(|key| matches!(key, Constant::String(_)));
        let holds_rules_only_below = compiler.rules(node).is_empty() && bundle.tree.node(node).is_none_or(are_names);
        compiler.code.entrypoints.push(Entrypoint { path, procedure, holds_rules_only_below });
    }
    compiler.finish()
}

/// Compiles the query that the last rule of a bundle has for its body, with what it needs and nothing else. The procedure gives
/// an array with an object for each solution: what variables have for values, by these names.
///
/// # Errors
/// As [`compile`], and where the bundle has no rule.
pub fn compile_query(
    bundle: &Bundle<'_>,
    host: &[HostFunction],
    names: &sorted::Set<String>,
) -> Compiled<(Code, ProcedureId)> {
    let rule = bundle.rules.last().ok_or_else(|| CompileError::new("there is no query"))?;
    // The package of a query is in no document.
    let apart = bundle.tree.path(rule.node).first().and_then(|first| bundle.tree.child(NodeId::DATA, first));
    let mut compiler = Compiler::new(bundle, host, apart)?;
    let path = compiler.path_constant(rule.node)?;
    let written = rules::solutions(&mut compiler, rule, names).map_err(|error| error.in_rule(rule))?;
    let procedure = compiler.add(path);
    compiler.place_code(&written, procedure)?;
    Ok((compiler.finish()?, procedure))
}

struct Compiler<'b, 's> {
    bundle: &'b Bundle<'s>,
    /// The functions that the host has declared.
    host: &'b [HostFunction],
    code: Code,
    constants: Constants,
    known: sorted::Map<(NodeId, Purpose), ProcedureId>,
    /// Those that are known and have no instructions yet.
    waiting: Vec<(NodeId, Purpose, ProcedureId)>,
    /// The places that have a number.
    places: sorted::Map<NodeId, u32>,
    /// The parts of partial rules that have a number, by how many steps lead to them.
    elements: sorted::Map<(NodeId, u16), u32>,
    apart: Option<NodeId>,
    /// The builtins that `with` replaces somewhere.
    replaced: sorted::Set<&'static str>,
    /// What is said of rules; looked up when the first rule asks for it.
    metadata: Option<Metadata<'b>>,
}

impl<'b, 's> Compiler<'b, 's> {
    fn new(bundle: &'b Bundle<'s>, host: &'b [HostFunction], apart: Option<NodeId>) -> Compiled<Self> {
        // INVARIANT (closed): of what a check has refused there is no code, whoever asks for it.
        if bundle.rules.iter().any(|rule| rule.is_refused || rule.is_broken) {
            return Err(CompileError::new("something is wrong with a rule: it was to be refused before"));
        }
        // INVARIANT (depth): what puts a document together may walk the steps of a path natively, and a place keeps its whole path.
        let mut depths: Vec<usize> = Vec::new();
        for node in bundle.tree.ids() {
            // INVARIANT (order): a place has a greater number than the one above it.
            let parent = bundle.tree.node(node).map_or(NodeId::DATA, |node| node.parent);
            depths.push(depths.get(parent.0 as usize).map_or(0, |depth| depth + 1));
        }
        let too_long = || CompileError::new(format!("a path and its head have more than {MOST_STEPS} steps"));
        for rule in &bundle.rules {
            let above = depths.get(rule.node.0 as usize).copied().unwrap_or(0);
            if rule.branches.iter().any(|branch| above + branch.reference.len() > MOST_STEPS) {
                return Err(too_long().in_rule(rule));
            }
        }
        if depths.iter().any(|steps| *steps > MOST_STEPS) {
            return Err(too_long());
        }
        Ok(Self {
            bundle,
            host,
            code: Code::default(),
            constants: Constants::default(),
            known: sorted::Map::new(),
            waiting: Vec::new(),
            places: sorted::Map::new(),
            elements: sorted::Map::new(),
            apart,
            replaced: replace::replaced_builtins(bundle),
            metadata: None,
        })
    }

    fn finish(mut self) -> Compiled<Code> {
        while let Some((node, purpose, id)) = self.waiting.pop() {
            let written = self.written(node, purpose);
            // Which of the rules of a path it is, is known of no mistake: the first one leads there.
            let in_first = |error: CompileError| match self.rules(node).first() {
                Some(rule) => error.in_rule(rule),
                None => error,
            };
            self.place_code(&written.map_err(in_first)?, id)?;
        }
        let (store, constants) = self.constants.into_parts();
        self.code.store = store;
        self.code.constants = constants;
        self.code.lines = self.bundle.modules.iter().map(|module| module.line_starts.clone()).collect();
        Ok(self.code)
    }

    /// The instructions of what a path is asked for.
    fn written(&mut self, node: NodeId, purpose: Purpose) -> Compiled<Writer> {
        match purpose {
            Purpose::Value => rules::value(self, node),
            Purpose::Document => documents::document(self, node),
            Purpose::Element(steps) => elements::element(self, node, steps),
            Purpose::ElementOfMany(steps) => element_index::element_of_many(self, node, steps),
            Purpose::ElementIndex => element_index::index(self, node),
            Purpose::Function => rules::function(self, node),
        }
    }

    /// Puts the instructions of a procedure behind those of the others.
    fn place_code(&mut self, written: &Writer, id: ProcedureId) -> Compiled<()> {
        let start = Label(u32::try_from(self.code.instructions.len()).unwrap_or(u32::MAX));
        self.code.instructions.extend(written.instructions_from(start)?);
        self.code.positions.extend(start, written.positions());
        for index in &written.indexes {
            let rules = self.code.indexes.get_mut(*index as usize).map(|index| &mut index.rules);
            for label in rules.into_iter().flatten() {
                *label = written.label_from(start, Label(*label))?.0;
            }
        }
        if let Some(procedure) = self.code.procedures.get_mut(id.0 as usize) {
            procedure.start = start;
            procedure.registers = written.registers();
            procedure.arguments = written.arguments;
        }
        Ok(())
    }

    /// A procedure that has no instructions yet.
    fn add(&mut self, path: Operand) -> ProcedureId {
        let id = ProcedureId(u32::try_from(self.code.procedures.len()).unwrap_or(u32::MAX));
        self.code.procedures.push(Procedure { start: Label(0), registers: 0, arguments: 0, path });
        id
    }

    /// The procedure for a path, which is compiled later where it is not known yet.
    fn procedure(&mut self, node: NodeId, purpose: Purpose) -> Compiled<ProcedureId> {
        // Without anything below it, a document is what its rules give.
        let is_plain = purpose == Purpose::Document && self.is_leaf(node) && !self.rules(node).is_empty();
        let purpose = if is_plain { Purpose::Value } else { purpose };
        if let Some(&id) = self.known.get(&(node, purpose)) {
            return Ok(id);
        }
        let path = self.path_constant(node)?;
        let id = self.add(path);
        self.known.insert((node, purpose), id);
        self.waiting.push((node, purpose, id));
        Ok(id)
    }

    /// The path of a node as a constant.
    fn path_constant(&mut self, node: NodeId) -> Compiled<Operand> {
        let steps: Vec<Constant<'_>> = self.bundle.tree.path(node).into_iter().cloned().collect();
        self.constants.path(&steps)
    }

    fn rules(&self, node: NodeId) -> Vec<&'b Rule<'s>> {
        let bundle = self.bundle;
        bundle.tree.rules(node).iter().filter_map(|&id| bundle.rules.get(id)).collect()
    }

    /// Whether functions stand at a path. They are no documents.
    fn is_function(&self, node: NodeId) -> bool {
        self.rules(node).first().is_some_and(|rule| !rule.args.is_empty())
    }

    fn is_leaf(&self, node: NodeId) -> bool {
        self.bundle.tree.node(node).is_none_or(|node| node.children.is_empty())
    }

    /// What stands one step below a path and is part of the document there.
    fn below(&self, node: NodeId) -> Vec<(&'b Constant<'s>, NodeId)> {
        let bundle = self.bundle;
        let children = bundle.tree.node(node).map(|node| &node.children);
        let children = children.into_iter().flatten().map(|(key, &child)| (key, child));
        children.filter(|&(_, child)| !self.is_function(child) && self.apart != Some(child)).collect()
    }

    /// The number of a place at which no rule stands.
    fn place(&mut self, node: NodeId) -> Compiled<u32> {
        if let Some(&known) = self.places.get(&node) {
            return Ok(known);
        }
        let number = u32::try_from(self.code.places.len()).unwrap_or(u32::MAX);
        self.places.insert(node, number);
        let (path, document) = (self.path_constant(node)?, self.procedure(node, Purpose::Document)?);
        self.code.places.push(Place { path, below: Vec::new(), document });
        let mut below = Vec::new();
        for (key, child) in self.below(node) {
            let of_child = if self.rules(child).is_empty() {
                Below::Place(self.place(child)?)
            } else {
                Below::Rules(self.procedure(child, Purpose::Document)?)
            };
            below.push((self.constants.step_operand(key)?, of_child));
        }
        if let Some(place) = self.code.places.get_mut(number as usize) {
            place.below = below;
        }
        Ok(number)
    }

    /// What `rego.metadata.rule` says in a rule, or `rego.metadata.chain`; nothing for any other builtin.
    fn metadata(&mut self, builtin: &str, rule: &Rule<'s>) -> Compiled<Option<Operand>> {
        let is_chain = match builtin {
            "rego.metadata.chain" => true,
            "rego.metadata.rule" => false,
            _ => return Ok(None),
        };
        let bundle = self.bundle;
        let first = bundle.tree.path(rule.node).first().and_then(|first| bundle.tree.child(NodeId::DATA, first));
        if self.apart.is_some() && first == self.apart {
            let message = format!("the {builtin} function must only be called within the scope of a rule");
            return Err(CompileError { code: ErrorCode::RegoCompileError, ..CompileError::new(message) });
        }
        let metadata = self.metadata.get_or_insert_with(|| Metadata::of(bundle));
        let said = if is_chain { metadata.chain(bundle, rule) } else { metadata.rule(rule) };
        self.constants.json(&said).map(Some)
    }

    /// The number of a builtin.
    fn builtin(&mut self, name: &str) -> u16 {
        let names = &mut self.code.builtins;
        let at = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        // INVARIANT (few): there are fewer builtins than that.
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    /// How many arguments a function takes.
    fn arity(&self, function: &Function<'s>) -> Option<usize> {
        match function {
            Function::Builtin(name) => crate::rego::builtins::find(name).map(|builtin| usize::from(builtin.arguments)),
            Function::Rules(node) => self.rules(*node).first().map(|rule| rule.args.len()),
            Function::Host(at) => self.host.get(*at).map(|function| function.signature.args.len()),
            Function::Unknown { .. } => None,
        }
    }

    /// The number of a function of the host.
    fn host(&mut self, at: usize) -> Compiled<u16> {
        let unknown = || CompileError::new("the host has no such function");
        let function = self.host.get(at).ok_or_else(unknown)?;
        let arguments = term::count(function.signature.args.len())?;
        let known = &mut self.code.host_functions;
        let number = known.iter().position(|import| import.name == function.name).unwrap_or_else(|| {
            let result = function.signature.result.as_ref().map_or(Type::Any, |result| result.of.clone());
            known.push(HostImport { name: function.name.clone(), arguments, result: result.to_string() });
            known.len() - 1
        });
        u16::try_from(number)
            .map_err(|_| CompileError::new("more functions of the host are called than can be compiled"))
    }
}

/// The places above one, from the inside.
fn above<'b>(bundle: &'b Bundle<'_>, node: NodeId) -> impl Iterator<Item = NodeId> + use<'b> {
    let parent = |at: NodeId| bundle.tree.node(at).map(|node| node.parent).filter(|parent| *parent != at);
    std::iter::successors(parent(node), move |at| parent(*at))
}

/// The steps to a place, where all of them are names.
fn names_to(bundle: &Bundle<'_>, node: NodeId) -> Option<Vec<String>> {
    let name = |constant: &Constant<'_>| match constant {
        Constant::String(text) => Some(text.to_string()),
        _ => None,
    };
    bundle.tree.path(node).into_iter().map(name).collect()
}
