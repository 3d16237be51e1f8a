//! The schemas that annotations name, for each rule that they hold for.
//!
//! As in OPA, what is said of outer packages comes first, then what is said of the package, of the path of the rule, and
//! of the rule itself: later schemas stand in the place of earlier ones.

use super::super::finding::{Finding, Told, code};
use super::super::lowered::{Bundle, Reached, Root, Rule};
use super::super::rule_tree::NodeId;
use super::super::types::Type;
use super::super::types::schema::type_of;
use super::super::written;
use super::schemas::{Described, Schemas};
use crate::rego::stage::Stage;
use crate::rego::syntax::annotations::{Annotations, Schema, SchemaSource, Scope};
use crate::sorted;
use serde_json::Value;

/// The schemas that a host gives, by the names that stand behind `schema`. The one without a name is that of `input` for
/// all rules.
pub type GivenSchemas = sorted::Map<Vec<String>, Value>;

/// What the annotations of all modules say of documents, which stand in the order of the modules; and what is wrong with
/// their schemas. References to schemas say nothing where the host gives none at all.
pub fn schemas_of(
    bundle: &Bundle<'_>,
    annotations: &[&[Annotations]],
    given: Option<&GivenSchemas>,
) -> (Schemas, Vec<Finding>) {
    let scopes = Scopes::of(bundle, annotations);
    let mut reader = Reader { given, read: sorted::Map::new(), findings: Vec::new() };
    let mut schemas = Schemas::default();
    if let Some(schema) = given.and_then(|given| given.get(&Vec::new())) {
        // A host that gives what is no schema hears of it where it gives it.
        schemas.input = type_of(schema).ok();
    }
    for (id, rule) in bundle.rules.iter().enumerate() {
        let mut described = Vec::new();
        for (place, block) in scopes.around(bundle, rule) {
            for (at, schema) in block.schemas.iter().enumerate() {
                described.extend(reader.described((place.0, place.1, at), schema, rule));
            }
        }
        if !described.is_empty() {
            schemas.of_rules.insert(id, described);
        }
    }
    (schemas, reader.findings)
}

/// A block by its module and its place among the blocks of that module.
type Place = (usize, usize);

/// The blocks by what they hold for.
#[derive(Default)]
struct Scopes<'a> {
    of_subpackages: sorted::Map<NodeId, (Place, &'a Annotations)>,
    of_packages: sorted::Map<NodeId, (Place, &'a Annotations)>,
    of_paths: sorted::Map<NodeId, (Place, &'a Annotations)>,
    of_rules: sorted::Map<(usize, usize, Option<usize>), (Place, &'a Annotations)>,
}

impl<'a> Scopes<'a> {
    fn of(bundle: &Bundle<'_>, annotations: &[&'a [Annotations]]) -> Self {
        let paths = sorted::Map::from_iter(bundle.rules.iter().map(|rule| ((rule.module, rule.statement), rule.node)));
        let mut scopes = Self::default();
        for (module, blocks) in annotations.iter().enumerate() {
            for (at, block) in blocks.iter().enumerate().filter(|(_, block)| !block.schemas.is_empty()) {
                let said = ((module, at), block);
                let package = package_of(bundle, module);
                match (block.scope, package, paths.get(&(module, block.target.statement))) {
                    (Scope::Subpackages, Some(package), _) => {
                        scopes.of_subpackages.entry(package).or_insert(said);
                    }
                    (Scope::Package, Some(package), _) => {
                        scopes.of_packages.entry(package).or_insert(said);
                    }
                    (Scope::Document, _, Some(&path)) => {
                        scopes.of_paths.entry(path).or_insert(said);
                    }
                    (Scope::Rule, _, _) => {
                        let target = (module, block.target.statement, block.target.chained);
                        scopes.of_rules.entry(target).or_insert(said);
                    }
                    _ => {}
                }
            }
        }
        scopes
    }

    /// The blocks that hold for a rule, outer ones first.
    fn around(&self, bundle: &Bundle<'_>, rule: &Rule<'_>) -> Vec<(Place, &'a Annotations)> {
        let mut blocks = Vec::new();
        if let Some(package) = package_of(bundle, rule.module) {
            blocks.extend(self.of_packages.get(&package).copied());
            let mut at = package;
            while !self.of_subpackages.is_empty() {
                blocks.extend(self.of_subpackages.get(&at).copied());
                match bundle.tree.node(at) {
                    Some(node) if node.key.is_some() => at = node.parent,
                    _ => break,
                }
            }
            blocks.reverse();
        }
        blocks.extend(self.of_paths.get(&rule.node).copied());
        blocks.extend(self.of_rules.get(&(rule.module, rule.statement, rule.chained)).copied());
        blocks
    }
}

fn package_of(bundle: &Bundle<'_>, module: usize) -> Option<NodeId> {
    match bundle.paths.reached(bundle.modules.get(module)?.package) {
        Reached::Whole(node) => Some(node),
        Reached::Part(_) | Reached::Nothing => None,
    }
}

struct Reader<'a> {
    given: Option<&'a GivenSchemas>,
    /// The types of schemas by module, block and place; none where a schema says nothing or is wrong.
    read: sorted::Map<(usize, usize, usize), Result<Option<Type>, String>>,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    /// What a schema says for a rule.
    fn described(&mut self, place: (usize, usize, usize), schema: &Schema, rule: &Rule<'_>) -> Option<Described> {
        let (root, names) = schema.path.parts.split_first()?;
        let root = match root.as_str() {
            "input" => Root::Input,
            "data" => Root::Data,
            _ => return None,
        };
        let is_first = !self.read.contains_key(&place);
        let read = match self.read.get(&place) {
            Some(read) => read.clone(),
            None => {
                let read = self.type_of(&schema.source);
                self.read.insert(place, read.clone());
                read
            }
        };
        match read {
            Ok(of) => of.map(|of| Described { root, names: names.to_vec(), of }),
            Err(message) => {
                // OPA says it of each rule.
                let told = if is_first { Told::Always } else { Told::ByOpa };
                self.findings.push(
                    Finding::error(Stage::CheckTypes, code::TYPE, place.0, schema.schema_span, message)
                        .at_module(rule.module, rule.span.start)
                        .told(told),
                );
                None
            }
        }
    }

    fn type_of(&self, source: &SchemaSource) -> Result<Option<Type>, String> {
        let schema = match source {
            SchemaSource::Definition(schema) => schema,
            SchemaSource::Reference(reference) => {
                let Some(given) = self.given else { return Ok(None) };
                let names = reference.parts.get(1..).unwrap_or_default();
                match given.get(names) {
                    Some(schema) => schema,
                    None => {
                        let mut message = "undefined schema: schema".to_owned();
                        names.iter().for_each(|name| written::push_name(&mut message, name));
                        return Err(message);
                    }
                }
            }
        };
        type_of(schema).map(Some).map_err(|error| error.message)
    }
}
