//! Lowering: from the tree of a module to rules whose names are resolved and whose expressions are not nested.
//!
//! Names are read in the order in which OPA reads them, because `x` may not be declared behind a use of it. What is
//! wrong with names is found on the way: OPA's stages `ResolveRefs`, `RewriteLocalVars`, `CheckVoidCalls` and, for
//! what `with` replaces, `RewriteWithValues`.

mod call;
mod literal;
mod rule;
mod term;
mod with;

use super::finding::{Finding, Told, code};
use super::known::Known;
use super::lowered::{Origin, PathId, Paths, Ref, RefHead, Rule, Term, TermKind, VarId, Variable};
use super::names::Names;
use super::rule_tree::RuleTree;
use super::scopes::{Closed, Ignored, Occurrence, Scopes};
use crate::rego::stage::Stage;
use crate::rego::syntax::tree::{self, Span};
use crate::sorted;

/// What lowering a module needs to know.
pub struct Context<'c, 's> {
    /// The module, as an index.
    pub module: usize,
    /// Its text.
    pub source: &'s str,
    /// Whether all that OPA finds with `--strict` is looked for.
    pub strict: bool,
    /// Where the mistakes in the grammar of the module begin, in the order of the text.
    pub mistakes: Vec<u32>,
    /// Whether rules of the package may stand in text that could not be read.
    pub has_unread: bool,
    /// Whether `input` and `data` cannot be the names of something else.
    pub keeps_roots: bool,
    /// Builtins and functions of the host.
    pub known: &'c Known<'c>,
    /// The full paths.
    pub paths: &'c Paths<'s>,
    /// Packages and rules.
    pub tree: &'c RuleTree<'s>,
    /// What names mean in the module.
    pub names: Names<'s>,
    /// What is wrong.
    pub findings: &'c mut Vec<Finding>,
}

/// Lowers the rules of a module.
pub fn rules<'s>(context: &mut Context<'_, 's>, tree: &'s tree::Tree<'s>) -> Vec<Rule<'s>> {
    let mut rules = Vec::new();
    let margin = tree.package().map_or(Some(0), |package| column(context.source, package.span.start));
    for (statement, rule) in tree.statements.iter().enumerate() {
        let tree::Statement::Rule(rule) = rule else { continue };
        let is_broken = context.is_piece(rule.span, margin);
        let part = rule::Part {
            statement,
            chained: None,
            is_broken,
            span: rule.span,
            body: rule.body.as_ref(),
            elses: &rule.elses,
        };
        rules.push(Lowering::new(context).rule(rule, part));
        for (at, body) in rule.chained.iter().enumerate() {
            let part =
                rule::Part { statement, chained: Some(at), is_broken, span: body.span, body: Some(body), elses: &[] };
            rules.push(Lowering::new(context).rule(rule, part));
        }
    }
    rules
}

/// How many bytes stand before a place in its line; none where they are more than anybody indents by.
fn column(source: &str, byte: u32) -> Option<usize> {
    const MARGIN: usize = 80;
    let before = source.as_bytes().get(..byte as usize)?;
    let column = before.iter().rev().take(MARGIN + 1).take_while(|&&byte| byte != b'\n').count();
    (column <= MARGIN).then_some(column)
}

/// A rule that is being lowered.
struct Lowering<'l, 'c, 's> {
    context: &'l mut Context<'c, 's>,
    variables: Vec<Variable<'s>>,
    /// How often each variable is used behind its declaration.
    uses: Vec<u32>,
    /// The variables of names without a declaration, in the branch.
    undeclared: sorted::Map<&'s str, VarId>,
    /// Those of them that are declared behind a use, which has been said.
    late: sorted::Set<&'s str>,
    scopes: Scopes<'s>,
    ignored: Ignored<'s>,
    /// The arguments of the function.
    arguments: sorted::Map<&'s str, VarId>,
    /// Whether the outermost scope is that of the body of the branch.
    is_in_body: bool,
    /// What the body of the branch declares, while its head is read.
    of_body: sorted::Map<&'s str, VarId>,
    /// Whether OPA has found something wrong with the variables of the branch, and looks for no unused ones then.
    is_wrong: bool,
    /// Whether the rule is left out of later stages.
    is_refused: bool,
    /// Whether a part of it could not be read: then nothing is said of it.
    is_broken: bool,
    findings: Vec<Finding>,
}

impl<'l, 'c, 's> Lowering<'l, 'c, 's> {
    fn new(context: &'l mut Context<'c, 's>) -> Self {
        Self {
            context,
            variables: Vec::new(),
            uses: Vec::new(),
            undeclared: sorted::Map::new(),
            late: sorted::Set::new(),
            scopes: Scopes::default(),
            ignored: Ignored::default(),
            arguments: sorted::Map::new(),
            is_in_body: false,
            of_body: sorted::Map::new(),
            is_wrong: false,
            is_refused: false,
            is_broken: false,
            findings: Vec::new(),
        }
    }

    /// Says what is wrong, and leaves the rule out of later stages.
    fn refuse(&mut self, finding: Finding) {
        self.is_refused = true;
        self.findings.push(finding);
    }

    /// Says what is wrong with the variables of the rule.
    fn refuse_variable(&mut self, span: Span, opa: u32, message: String, help: &str) {
        self.is_wrong = true;
        let finding = Finding::error(Stage::RewriteLocalVars, code::COMPILE, self.context.module, span, message);
        self.refuse(finding.at(opa).help(help));
    }

    fn new_variable(&mut self, name: &'s str, span: Span, origin: Origin) -> VarId {
        let id = VarId(u32::try_from(self.variables.len()).unwrap_or(u32::MAX));
        self.variables.push(Variable { name, span, origin, is_told: false });
        self.uses.push(0);
        id
    }

    /// A variable for the value of what stands at a place.
    fn made(&mut self, span: Span) -> VarId {
        self.new_variable("", span, Origin::Made)
    }

    fn used(&mut self, id: VarId) -> VarId {
        if let Some(count) = self.uses.get_mut(id.0 as usize) {
            *count += 1;
        }
        id
    }

    fn is_unused(&self, id: VarId) -> bool {
        self.uses.get(id.0 as usize) == Some(&0)
    }

    /// The path that a name means, where nothing that is open declares it.
    fn path_of(&mut self, name: &str) -> Option<PathId> {
        if self.ignored.contains(name) { None } else { self.context.names.resolve(name) }
    }

    /// What a name means with which a reference begins.
    fn head(&mut self, name: &'s str, span: Span) -> RefHead {
        if name == "_" {
            return RefHead::Var(self.new_variable(name, span, Origin::Wildcard));
        }
        if let Some(path) = self.path_of(name) {
            return RefHead::Path(path);
        }
        if let Some(id) = self.declaration(name) {
            return RefHead::Var(self.used(id));
        }
        self.see(name);
        self.head_without_declaration(name, span)
    }

    /// The variable that a name has been given in the bodies that are open, or as an argument.
    fn declaration(&self, name: &str) -> Option<VarId> {
        match self.scopes.find(name) {
            Some(entry) => entry.variable,
            None => self.arguments.get(name).copied(),
        }
    }

    /// Remembers that a name was seen, where nothing is known of it.
    fn see(&mut self, name: &'s str) {
        if !self.arguments.contains_key(name) {
            self.scopes.see(name);
        }
    }

    fn head_without_declaration(&mut self, name: &'s str, span: Span) -> RefHead {
        if let Some(&id) = self.of_body.get(name) {
            return RefHead::Var(self.used(id));
        }
        match name {
            "data" => RefHead::Path(PathId::DATA),
            "input" => RefHead::Path(PathId::INPUT),
            _ => {
                let known = self.undeclared.get(name).copied();
                let id = known.unwrap_or_else(|| {
                    let id = self.new_variable(name, span, Origin::Used);
                    self.undeclared.insert(name, id);
                    if self.late.contains(name) {
                        self.tell(id);
                    }
                    id
                });
                RefHead::Var(id)
            }
        }
    }

    /// What a name means that stands alone.
    fn variable(&mut self, name: &'s str, span: Span, opa: u32) -> Term<'s> {
        let is_root = matches!(name, "data" | "input") && !self.context.names_root(name, &self.ignored);
        // To name a whole document does not keep its name from being declared.
        let is_root = is_root && self.declaration(name).is_none();
        let head = if is_root { self.head_without_declaration(name, span) } else { self.head(name, span) };
        Term { span, opa, kind: head_as_term(head, span) }
    }

    /// Gives a name a variable in the innermost scope, unless it has one there: that is a mistake, and no new variable.
    fn declare(&mut self, name: &'s str, span: Span, occurrence: Occurrence, opa: u32) -> Option<VarId> {
        let origin = match (name, occurrence) {
            ("_", _) => Origin::Wildcard,
            (_, Occurrence::Argument) => Origin::Argument,
            (_, Occurrence::Assigned) => Origin::Assigned,
            (_, Occurrence::Declared | Occurrence::Seen) => Origin::Declared,
        };
        if name == "_" {
            return Some(self.new_variable(name, span, origin));
        }
        let here = match self.scopes.here(name) {
            None if self.is_in_body && self.scopes.depth() == 1 && self.arguments.contains_key(name) => {
                Some(Occurrence::Argument)
            }
            here => here,
        };
        let (message, help) = match here {
            None => {
                let id = self.new_variable(name, span, origin);
                self.scopes.declare(name, id, occurrence);
                return Some(id);
            }
            Some(Occurrence::Seen) => (
                format!("var {name} referenced above"),
                "declare it before it is used, or give one of the two another name",
            ),
            Some(Occurrence::Assigned) => {
                (format!("var {name} assigned above"), "give it another name, or compare with `==`")
            }
            Some(Occurrence::Declared) => {
                (format!("var {name} declared above"), "remove one of the declarations, or give it a value with `=`")
            }
            Some(Occurrence::Argument) => (format!("arg {name} redeclared"), "give it another name"),
        };
        if here == Some(Occurrence::Seen) {
            // Its other places have no value because of that.
            self.late.insert(name);
            if let Some(&id) = self.undeclared.get(name) {
                self.tell(id);
            }
        }
        self.refuse_variable(span, opa, message, help);
        None
    }

    /// Remembers that something is wrong with a variable, and has been said.
    fn tell(&mut self, id: VarId) {
        if let Some(variable) = self.variables.get_mut(id.0 as usize) {
            variable.is_told = true;
        }
    }

    /// Closes a scope, and says what was declared in it for nothing.
    fn close_scope(&mut self) -> Closed<'s> {
        let closed = self.scopes.close();
        self.unused(&closed);
        closed
    }

    fn unused(&mut self, closed: &Closed<'s>) {
        self.unused_of(closed, Occurrence::Assigned, "assigned", "remove it, or name it `_`");
        self.unused_of(closed, Occurrence::Declared, "declared", "remove it from the declaration");
    }

    fn unused_of(&mut self, closed: &Closed<'s>, occurrence: Occurrence, verb: &str, help: &str) {
        if occurrence == Occurrence::Assigned && !self.context.strict {
            return;
        }
        // OPA stops looking where something is wrong already.
        let told = if self.is_wrong { Told::ByUs } else { Told::Always };
        for declaration in closed.declarations.iter().filter(|declaration| declaration.occurrence == occurrence) {
            let id = declaration.variable;
            let Some(name) = self.variables.get(id.0 as usize).map(|variable| variable.name) else { continue };
            let is_own = match occurrence {
                Occurrence::Assigned => name == "_",
                _ => name.starts_with("__local"),
            };
            if is_own || !self.is_unused(id) {
                continue;
            }
            self.is_wrong = true;
            let message = format!("{verb} var {name} unused");
            let finding =
                Finding::error(Stage::RewriteLocalVars, code::COMPILE, self.context.module, declaration.span, message);
            self.findings.push(finding.at(declaration.opa).help(help).told(told));
        }
    }
}

impl<'s> Context<'_, 's> {
    /// Whether a rule has a mistake in its grammar, or is what is left of something that has one: it does not begin
    /// where statements begin, or a bracket behind it closes nothing.
    fn is_piece(&self, rule: Span, margin: Option<usize>) -> bool {
        let Some(&first) = self.mistakes.first().filter(|&&first| first <= rule.end) else {
            return !self.mistakes.is_empty() && self.is_closed_behind(rule);
        };
        let from = self.mistakes.partition_point(|&mistake| mistake < rule.start);
        let has_mistake = self.mistakes.get(from).is_some_and(|&mistake| mistake < rule.end);
        has_mistake || (first <= rule.start && column(self.source, rule.start) != margin) || self.is_closed_behind(rule)
    }

    fn is_closed_behind(&self, rule: Span) -> bool {
        let behind = self.source.get(rule.range().end..).unwrap_or("").trim_start();
        behind.starts_with(['}', ']', ')'])
    }

    /// Whether `data` or `input` means a rule or an import here.
    fn names_root(&self, name: &str, ignored: &Ignored<'s>) -> bool {
        !ignored.contains(name) && self.names.peek(name).is_some()
    }
}

/// A reference without parts, or the variable.
fn head_as_term<'s>(head: RefHead, span: Span) -> TermKind<'s> {
    match head {
        RefHead::Var(id) => TermKind::Var(id),
        RefHead::Path(_) => TermKind::Ref(Box::new(Ref { head, head_span: span, parts: Vec::new() })),
    }
}

/// Whether a term has to be evaluated to have a value: a reference or a comprehension is in it.
fn needs_evaluation(term: &Term<'_>) -> bool {
    match &term.kind {
        TermKind::Ref(_)
        | TermKind::ArrayComprehension(_)
        | TermKind::SetComprehension(_)
        | TermKind::ObjectComprehension(_) => true,
        TermKind::Array(items) | TermKind::Set(items) => items.iter().any(needs_evaluation),
        TermKind::Object(pairs) => pairs.iter().any(|(key, value)| needs_evaluation(key) || needs_evaluation(value)),
        TermKind::Null
        | TermKind::Boolean(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Var(_)
        | TermKind::Broken => false,
    }
}
