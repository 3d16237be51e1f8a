//! What names mean in a module: rules of its package, and imports.

use super::finding::{Finding, Told, code};
use super::lowered::{FullPath, PathId, Paths, Root};
use super::rule_tree::{NodeId, RuleTree};
use super::written;
use crate::rego::source::Dialect;
use crate::rego::stage::Stage;
use crate::rego::syntax::tree::{Import, Tree};
use crate::sorted;
use std::borrow::Cow;
use std::rc::Rc;

/// The names of the rules of each package, over all its modules, with the paths that they mean.
#[derive(Debug, Default)]
pub struct Exports<'s> {
    packages: sorted::Map<NodeId, Rc<sorted::Map<&'s str, PathId>>>,
}

impl<'s> Exports<'s> {
    /// Adds the rules of a module.
    pub fn add(
        &mut self,
        package: NodeId,
        path: PathId,
        tree: &'s Tree<'s>,
        paths: &mut Paths<'s>,
        nodes: &RuleTree<'s>,
    ) {
        let names = Rc::make_mut(self.packages.entry(package).or_default());
        for rule in tree.rules() {
            let name = rule.head.name();
            names.entry(name).or_insert_with(|| {
                let mut full = paths.names(path).to_vec();
                full.push(Cow::Borrowed(name));
                paths.add(FullPath { root: Root::Data, names: full }, nodes)
            });
        }
    }

    /// The names of a package.
    pub fn of(&self, package: NodeId) -> Rc<sorted::Map<&'s str, PathId>> {
        self.packages.get(&package).cloned().unwrap_or_default()
    }
}

/// What the names of one module mean.
#[derive(Debug)]
pub struct Names<'s> {
    rules: Rc<sorted::Map<&'s str, PathId>>,
    imports: sorted::Map<&'s str, Imported>,
}

/// What an import means.
#[derive(Debug)]
struct Imported {
    path: PathId,
    is_used: bool,
    /// Whether its path begins with a root.
    is_read: bool,
}

impl<'s> Names<'s> {
    /// The names of a module whose package has these rules.
    pub fn new(
        rules: Rc<sorted::Map<&'s str, PathId>>,
        tree: &'s Tree<'s>,
        paths: &mut Paths<'s>,
        nodes: &RuleTree<'s>,
    ) -> Self {
        let mut imports = sorted::Map::new();
        for import in tree.imports().filter(|import| !import.is_of_keywords()) {
            let is_read = matches!(import.path.first().map(|root| root.text.as_ref()), Some("data" | "input"));
            let path = paths.add(imported(import), nodes);
            imports.insert(import.name(), Imported { path, is_used: false, is_read });
        }
        Self { rules, imports }
    }

    /// The path that a name means, where it means one. An import goes before a rule, and counts as used.
    pub fn resolve(&mut self, name: &str) -> Option<PathId> {
        if let Some(import) = self.imports.get_mut(name) {
            import.is_used = true;
            return Some(import.path);
        }
        self.rules.get(name).copied()
    }

    /// The same without counting it as a use.
    pub fn peek(&self, name: &str) -> Option<PathId> {
        self.imports.get(name).map(|import| import.path).or_else(|| self.rules.get(name).copied())
    }

    /// Whether a name is that of an import whose path leads nowhere: the parser has said so.
    pub fn is_lost(&self, name: &str) -> bool {
        self.imports.get(name).is_some_and(|import| !import.is_read)
    }

    /// Findings for the imports whose names nothing uses.
    pub fn unused_imports(&self, module: usize, tree: &'s Tree<'s>, findings: &mut Vec<Finding>) {
        for import in tree.imports().filter(|import| !import.is_of_keywords()) {
            if self.imports.get(import.name()).is_some_and(|import| !import.is_used) {
                let message = format!("{} unused", written::import(import));
                findings.push(
                    Finding::error(Stage::ResolveRefs, code::COMPILE, module, import.span, message)
                        .help("remove the import, or use what it imports"),
                );
            }
        }
    }
}

/// The path that an import means. What begins with neither `data` nor `input` has been reported by the parser.
fn imported<'s>(import: &'s Import<'s>) -> FullPath<'s> {
    let names = |parts: &'s [crate::rego::syntax::tree::Name<'s>]| {
        parts.iter().map(|name| Cow::Borrowed(name.text.as_ref())).collect()
    };
    match import.path.split_first() {
        Some((root, rest)) if root.text == "input" => FullPath { root: Root::Input, names: names(rest) },
        Some((root, rest)) if root.text == "data" => FullPath { root: Root::Data, names: names(rest) },
        _ => FullPath { root: Root::Data, names: names(&import.path) },
    }
}

/// Findings for imports that take the name of an earlier one.
pub fn duplicate_imports<'s>(
    module: usize,
    tree: &'s Tree<'s>,
    dialect: Dialect,
    strict: bool,
    findings: &mut Vec<Finding>,
) {
    if !strict && dialect == Dialect::V0 {
        return;
    }
    let mut first: sorted::Map<&str, &Import<'_>> = sorted::Map::new();
    for import in tree.imports() {
        let Some(earlier) = first.get(import.name()) else {
            first.insert(import.name(), import);
            continue;
        };
        let message = format!("import must not shadow {}", written::import(earlier));
        findings.push(
            Finding::error(Stage::CheckDuplicateImports, code::COMPILE, module, import.span, message)
                .help("remove one of the two, or give one another name with `as`")
                .told(Told::Always),
        );
    }
}
