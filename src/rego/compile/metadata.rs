//! What `rego.metadata.rule` and `rego.metadata.chain` say: it is known when a rule is compiled.

use crate::rego::analysis::lowered::{Bundle, Rule};
use crate::rego::analysis::rule_tree::{Constant, NodeId};
use crate::rego::syntax::annotations::{Annotations, Schema, SchemaSource, Scope};
use crate::sorted;
use serde_json::{Map, Value, json};

/// A statement: its module and its place in it, and of a chained body the place of that.
type Statement = (usize, usize, Option<usize>);

/// A block, and the path of what it describes.
type Block<'b> = (NodeId, &'b Annotations);

/// The blocks of a bundle by what they hold for.
#[derive(Default)]
pub struct Metadata<'b> {
    /// From the last to the first in the text.
    of_rules: sorted::Map<Statement, Vec<Block<'b>>>,
    of_packages: sorted::Map<NodeId, Block<'b>>,
    /// Of scope `document` by the path of the rules, and of scope `subpackages` by that of the package.
    of_paths: sorted::Map<NodeId, Block<'b>>,
}

impl<'b> Metadata<'b> {
    /// The blocks of all modules.
    pub fn of(bundle: &'b Bundle<'_>) -> Self {
        let mut metadata = Self::default();
        let paths = sorted::Map::from_iter(bundle.rules.iter().map(|rule| ((rule.module, rule.statement), rule.node)));
        for (at, module) in bundle.modules.iter().enumerate() {
            let package = package_of(bundle, at);
            for block in module.annotations.iter().rev() {
                let rule = paths.get(&(at, block.target.statement)).copied();
                match (block.scope, rule, package) {
                    (Scope::Rule, Some(path), _) => {
                        let statement = (at, block.target.statement, block.target.chained);
                        metadata.of_rules.entry(statement).or_default().push((path, block));
                    }
                    (Scope::Document, Some(path), _) | (Scope::Subpackages, _, Some(path)) => {
                        metadata.of_paths.insert(path, (path, block));
                    }
                    (Scope::Package, _, Some(path)) => {
                        metadata.of_packages.insert(path, (path, block));
                    }
                    _ => {}
                }
            }
        }
        metadata
    }

    fn of_rule(&self, rule: &Rule<'_>) -> &[Block<'b>] {
        let blocks = self.of_rules.get(&(rule.module, rule.statement, rule.chained));
        blocks.map(Vec::as_slice).unwrap_or_default()
    }

    /// What the block closest to a rule says; an empty object where there is none.
    pub fn rule(&self, rule: &Rule<'_>) -> Value {
        self.of_rule(rule).first().map_or_else(|| json!({}), |(_, block)| object_of(block))
    }

    /// What holds for a rule, from its own blocks to those of the outermost package. The first entry is always that of the rule.
    pub fn chain(&self, bundle: &Bundle<'_>, rule: &Rule<'_>) -> Value {
        let entry =
            |&(path, block): &Block<'_>| json!({ "path": path_of(bundle, path), "annotations": object_of(block) });
        let mut chain: Vec<Value> = self.of_rule(rule).iter().map(entry).collect();
        if chain.is_empty() {
            chain.push(json!({ "path": path_of(bundle, rule.node) }));
        }
        chain.extend(self.of_paths.get(&rule.node).map(entry));
        let Some(package) = package_of(bundle, rule.module) else { return chain.into() };
        chain.extend(self.of_packages.get(&package).map(entry));
        let mut at = package;
        while at != NodeId::DATA {
            chain.extend(self.of_paths.get(&at).map(entry));
            at = bundle.tree.node(at).map_or(NodeId::DATA, |node| node.parent);
        }
        chain.into()
    }
}

/// The path of the package of a module.
fn package_of(bundle: &Bundle<'_>, module: usize) -> Option<NodeId> {
    let names = bundle.paths.names(bundle.modules.get(module)?.package);
    names.iter().try_fold(NodeId::DATA, |node, name| bundle.tree.child(node, &Constant::String(name.clone())))
}

/// The steps of a path below `data`.
fn path_of(bundle: &Bundle<'_>, node: NodeId) -> Value {
    let step = |constant: &Constant<'_>| match constant {
        Constant::Null => Value::Null,
        Constant::Boolean(value) => (*value).into(),
        Constant::Number(digits) => serde_json::from_str(digits).unwrap_or_default(),
        Constant::String(text) => text.as_ref().into(),
    };
    bundle.tree.path(node).into_iter().map(step).collect()
}

/// What a block says, without what it does not say.
fn object_of(block: &Annotations) -> Value {
    let mut object = Map::new();
    let mut say = |name: &str, value: Value| {
        object.insert(name.to_owned(), value);
    };
    say("scope", block.scope.name().into());
    for (name, text) in [("title", &block.title), ("description", &block.description)] {
        if !text.is_empty() {
            say(name, text.as_str().into());
        }
    }
    if block.entrypoint {
        say("entrypoint", true.into());
    }
    if !block.organizations.is_empty() {
        say("organizations", block.organizations.clone().into());
    }
    let resources = block.related_resources.iter();
    let resources: Vec<Value> =
        resources.map(|one| texts(&[("ref", &one.address), ("description", &one.description)])).collect();
    let authors = block.authors.iter();
    let authors: Vec<Value> = authors.map(|one| texts(&[("name", &one.name), ("email", &one.email)])).collect();
    let schemas: Vec<Value> = block.schemas.iter().map(schema_of).collect();
    for (name, list) in [("related_resources", resources), ("authors", authors), ("schemas", schemas)] {
        if !list.is_empty() {
            say(name, list.into());
        }
    }
    if !block.custom.is_empty() {
        say("custom", block.custom.clone().into());
    }
    object.into()
}

fn texts(fields: &[(&str, &String)]) -> Value {
    let said = fields.iter().filter(|(_, text)| !text.is_empty());
    said.map(|(name, text)| ((*name).to_owned(), Value::from(text.as_str()))).collect::<Map<_, _>>().into()
}

fn schema_of(schema: &Schema) -> Value {
    match &schema.source {
        SchemaSource::Reference(reference) => json!({ "path": schema.path.parts, "schema": reference.parts }),
        SchemaSource::Definition(definition) => json!({ "path": schema.path.parts, "definition": definition }),
    }
}
