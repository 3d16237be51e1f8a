//! What is wrong with a document.

use super::super::{Context, Failure};
use crate::rego::value::Value;

/// One thing that is wrong.
#[derive(Debug)]
pub struct Finding {
    /// What is asked for in vain, in a word.
    pub kind: &'static str,
    /// Where: the steps from the document's root, with dots between them.
    pub field: String,
    pub description: String,
}

/// All that is wrong, and how well the document fits apart from that: of several schemas the one that fits best is told about.
#[derive(Debug, Default)]
pub struct Report {
    pub findings: Vec<Finding>,
    pub score: i64,
}

impl Report {
    pub const fn is_valid(&self) -> bool {
        self.findings.is_empty()
    }

    /// Takes over what another one says.
    pub fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.score += other.score;
    }
}

/// Where in a document something stands.
#[derive(Debug, Clone, Copy)]
pub struct Path<'p> {
    pub step: Step,
    pub parent: Option<&'p Self>,
}

/// The last step to a place.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    Root,
    Key(Value),
    Item(usize),
}

impl Path<'_> {
    pub const ROOT: Self = Self { step: Step::Root, parent: None };

    /// The place as errors show it.
    pub fn field(&self, context: &mut Context<'_>) -> Result<String, Failure> {
        let mut steps = Vec::new();
        let mut at = Some(self);
        while let Some(path) = at {
            match path.step {
                Step::Root => {}
                Step::Key(key) => {
                    let name = context.stores.as_str(key).unwrap_or_default().to_owned();
                    context.charge(1 + name.len() as u64 / 16)?;
                    steps.push(name);
                }
                Step::Item(number) => {
                    context.charge(1)?;
                    steps.push(number.to_string());
                }
            }
            at = path.parent;
        }
        steps.reverse();
        Ok(if steps.is_empty() { "(root)".to_owned() } else { steps.join(".") })
    }
}
