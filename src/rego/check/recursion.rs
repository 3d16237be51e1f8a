//! Rules that lead back to themselves: no limit on steps makes them right, so they are refused before they run.

use super::outline::{Call, Outline, Reference, RuleKind};
use crate::rego::diagnostic::{Diagnostic, Text};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Findings over all modules of a bundle.
pub fn findings(bundle: &[(&Text<'_>, &Outline)]) -> Vec<Diagnostic> {
    // Searching for chains costs the square of what is searched, so it is bounded; one finding refuses the bundle.
    const SEARCHES: usize = 200;
    let graph = Graph::new(bundle);
    let suspects = graph.leading_to_cycles();
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for (text, outline) in bundle {
        for rule in &outline.rules {
            let Some(at) = graph.tree.rule(outline, &rule.path) else { continue };
            if !suspects.contains(&Asked::Rule(at)) || seen.len() >= SEARCHES || !seen.insert(at) {
                continue;
            }
            if let Some(chain) = graph.chain_to_itself(at) {
                let name = outline.full_name(&rule.path);
                findings.push(
                    Diagnostic::error(
                        text,
                        rule.name_range.clone(),
                        "rego_recursion_error",
                        format!("rule {name} is recursive: {}", chain.join(" -> ")),
                    )
                    .with_help("Rego has no recursion: use a comprehension, `walk` or `graph.reachable`"),
                );
            }
        }
    }
    findings
}

/// A place in the tree of all paths, as an index into [`Tree::places`].
type At = usize;

/// One part of a path below `data`.
#[derive(Default)]
struct Place<'a> {
    children: BTreeMap<&'a str, At>,
    /// The full name of the rule here, if there is one.
    rule: Option<String>,
    is_function: bool,
}

/// The paths of all rules, part by part.
struct Tree<'a> {
    /// The first is `data`.
    places: Vec<Place<'a>>,
}

impl<'a> Tree<'a> {
    fn new(bundle: &[(&Text<'_>, &'a Outline)]) -> Self {
        let mut tree = Self { places: vec![Place::default()] };
        for (_, outline) in bundle {
            for rule in &outline.rules {
                let at = outline.package.iter().chain(&rule.path).fold(0, |at, part| tree.child_or_new(at, part));
                if let Some(place) = tree.places.get_mut(at) {
                    place.is_function |= matches!(rule.kind, RuleKind::Function { .. });
                    place.rule.get_or_insert_with(|| outline.full_name(&rule.path));
                }
            }
        }
        tree
    }

    fn child_or_new(&mut self, at: At, part: &'a str) -> At {
        if let Some(child) = self.child(at, part) {
            return child;
        }
        let child = self.places.len();
        self.places.push(Place::default());
        if let Some(place) = self.places.get_mut(at) {
            place.children.insert(part, child);
        }
        child
    }

    fn child(&self, at: At, part: &str) -> Option<At> {
        self.places.get(at)?.children.get(part).copied()
    }

    fn children(&self, at: At) -> impl Iterator<Item = At> + '_ {
        self.places.get(at).into_iter().flat_map(|place| place.children.values().copied())
    }

    fn is_rule(&self, at: At) -> bool {
        self.places.get(at).is_some_and(|place| place.rule.is_some())
    }

    fn is_function(&self, at: At) -> bool {
        self.places.get(at).is_some_and(|place| place.is_function)
    }

    /// The place of a path below `data`.
    fn place<'b>(&self, mut path: impl Iterator<Item = &'b String>) -> Option<At> {
        path.try_fold(0, |at, part| self.child(at, part))
    }

    fn rule(&self, outline: &Outline, path: &[String]) -> Option<At> {
        self.place(outline.package.iter().chain(path)).filter(|&at| self.is_rule(at))
    }
}

/// What a rule asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    /// One rule.
    Rule(At),
    /// Every rule at a place and below it. One node for all who ask so, because they may be many.
    AllBelow(At),
}

/// Who asks what.
///
/// A reference asks as OPA has it: each rule that stands on its path, and all below its end. A part that only evaluation
/// knows may be any. A name that means a variable anywhere in its rule is none of a rule.
struct Graph<'a> {
    tree: Tree<'a>,
    edges: BTreeMap<Asked, BTreeSet<Asked>>,
}

impl<'a> Graph<'a> {
    fn new(bundle: &[(&Text<'_>, &'a Outline)]) -> Self {
        // A part that may be any is followed everywhere, for each reference anew: bounded, and beyond it less is found.
        const WORK: usize = 500_000;
        let tree = Tree::new(bundle);
        let mut edges: BTreeMap<Asked, BTreeSet<Asked>> = BTreeMap::new();
        for at in 0..tree.places.len() {
            let below = edges.entry(Asked::AllBelow(at)).or_default();
            below.extend(tree.is_rule(at).then_some(Asked::Rule(at)));
            below.extend(tree.children(at).map(Asked::AllBelow));
        }
        let mut names: BTreeMap<&[String], BTreeSet<&str>> = BTreeMap::new();
        for (_, outline) in bundle {
            let of_package = names.entry(&outline.package).or_default();
            of_package.extend(outline.rules.iter().filter_map(|rule| rule.path.first()).map(String::as_str));
        }
        let mut work = WORK;
        for (_, outline) in bundle {
            let asker = |rule: usize| {
                outline.rules.get(rule).and_then(|rule| Some((rule, Asked::Rule(tree.rule(outline, &rule.path)?))))
            };
            for call in &outline.calls {
                if let (Some((_, asker)), Some(function)) = (asker(call.rule), called(&tree, outline, call)) {
                    edges.entry(asker).or_default().insert(Asked::Rule(function));
                }
            }
            for reference in &outline.references {
                let Some((rule, asker)) = asker(reference.rule) else { continue };
                let Some(Some(first)) = reference.parts.first() else { continue };
                if rule.locals.contains(first) {
                    continue;
                }
                let is_rule = names.get(outline.package.as_slice()).is_some_and(|names| names.contains(first.as_str()));
                if let Some(path) = full_path(outline, reference, first, is_rule) {
                    edges.entry(asker).or_default().extend(asked(&tree, &path, &mut work));
                }
            }
        }
        Self { tree, edges }
    }

    /// What never ends to ask: what is left when all that asks nothing left is taken away, in linear time.
    fn leading_to_cycles(&self) -> BTreeSet<Asked> {
        let mut askers: BTreeMap<Asked, Vec<Asked>> = BTreeMap::new();
        let mut open_edges: BTreeMap<Asked, usize> = BTreeMap::new();
        for (&asker, targets) in &self.edges {
            let targets = targets.iter().filter(|target| self.edges.contains_key(target));
            open_edges.insert(asker, targets.clone().count());
            for &target in targets {
                askers.entry(target).or_default().push(asker);
            }
        }
        let mut done: Vec<Asked> = open_edges.iter().filter(|&(_, &count)| count == 0).map(|(&at, _)| at).collect();
        while let Some(at) = done.pop() {
            open_edges.remove(&at);
            for asker in askers.get(&at).into_iter().flatten() {
                if let Some(count) = open_edges.get_mut(asker) {
                    *count -= 1;
                    if *count == 0 {
                        done.push(*asker);
                    }
                }
            }
        }
        open_edges.into_keys().collect()
    }

    /// The names of a chain from a rule back to it, breadth first, so that a short one is shown.
    fn chain_to_itself(&self, rule: At) -> Option<Vec<&str>> {
        let start = Asked::Rule(rule);
        let mut came_from: BTreeMap<Asked, Asked> = BTreeMap::new();
        let mut open = VecDeque::from([start]);
        while let Some(at) = open.pop_front() {
            for &next in self.edges.get(&at).into_iter().flatten() {
                if next == start {
                    let mut chain = vec![start];
                    let mut back = at;
                    while back != start {
                        chain.push(back);
                        back = came_from.get(&back).copied().unwrap_or(start);
                    }
                    chain.push(start);
                    return Some(chain.into_iter().rev().filter_map(|asked| self.name(asked)).collect());
                }
                if let Entry::Vacant(unseen) = came_from.entry(next) {
                    unseen.insert(at);
                    open.push_back(next);
                }
            }
        }
        None
    }

    fn name(&self, asked: Asked) -> Option<&str> {
        match asked {
            Asked::Rule(at) => self.tree.places.get(at)?.rule.as_deref(),
            Asked::AllBelow(_) => None,
        }
    }
}

/// The function that a call means: of the package, of an import, or of the whole path. None for a builtin.
fn called(tree: &Tree<'_>, outline: &Outline, call: &Call) -> Option<At> {
    let (first, rest) = call.path.split_first()?;
    let of_package = tree.rule(outline, &call.path);
    let of_import = outline
        .imports
        .iter()
        .filter(|import| import.name == *first)
        .filter_map(|import| tree.place(below_data(&import.path)?.iter().chain(rest)));
    let of_path = below_data(&call.path).and_then(|path| tree.place(path.iter()));
    of_package.into_iter().chain(of_import).chain(of_path).find(|&at| tree.is_function(at))
}

fn below_data(path: &[String]) -> Option<&[String]> {
    path.split_first().filter(|(root, _)| *root == "data").map(|(_, path)| path)
}

/// The path below `data` that a reference means: of a rule of the package, of an import, or its own.
fn full_path<'a>(
    outline: &'a Outline,
    reference: &'a Reference,
    first: &str,
    is_rule: bool,
) -> Option<Vec<Option<&'a str>>> {
    let parts = reference.parts.iter().map(Option::as_deref);
    if first == "data" {
        return Some(parts.skip(1).collect());
    }
    if is_rule {
        return Some(outline.package.iter().map(|part| Some(part.as_str())).chain(parts).collect());
    }
    let import = outline.imports.iter().find(|import| import.name == first)?;
    Some(below_data(&import.path)?.iter().map(|part| Some(part.as_str())).chain(parts.skip(1)).collect())
}

/// What a path below `data` asks.
fn asked(tree: &Tree<'_>, path: &[Option<&str>], work: &mut usize) -> BTreeSet<Asked> {
    let mut asked = BTreeSet::new();
    // Whatever the last parts may be, they lead to what stands below those before them.
    let end = path.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let mut open = vec![(0, path.get(..end).unwrap_or_default())];
    while let Some((at, path)) = open.pop() {
        let Some((part, rest)) = path.split_first() else {
            asked.insert(Asked::AllBelow(at));
            continue;
        };
        let mut follow = |child: At| {
            *work = work.saturating_sub(1);
            asked.extend(tree.is_rule(child).then_some(Asked::Rule(child)));
            open.push((child, rest));
        };
        match part {
            Some(part) => {
                if let Some(child) = tree.child(at, part) {
                    follow(child);
                }
            }
            None => tree.children(at).for_each(follow),
        }
        if *work == 0 {
            break;
        }
    }
    asked
}
