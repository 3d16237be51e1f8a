//! To which statement a block belongs, and whether its scope allows that.

use super::super::error::SyntaxError;
use super::super::tree::{Statement, Tree};
use super::block::Block;
use super::fields::Fields;
use super::{Scope, Target};

/// The places of the statements of a module, in the order of the text.
pub(super) struct Statements<'t, 's> {
    tree: &'t Tree<'s>,
    starts: Vec<(u32, Target)>,
}

/// Whether a block holds, and for what.
pub(super) enum Attached {
    /// It does.
    To(Scope, Target),
    /// It does not.
    Refused(Vec<SyntaxError>),
    /// What follows could not be read, so that nobody knows.
    Unknown,
}

impl<'t, 's> Statements<'t, 's> {
    pub fn of(tree: &'t Tree<'s>) -> Self {
        let mut starts = Vec::new();
        for (at, statement) in tree.statements.iter().enumerate() {
            starts.push((statement.span().start, Target { statement: at, chained: None }));
            if let Statement::Rule(rule) = statement {
                let chained = rule.chained.iter().enumerate();
                starts.extend(chained.map(|(body, of)| (of.span.start, Target { statement: at, chained: Some(body) })));
            }
        }
        Self { tree, starts }
    }

    /// A block belongs to the first statement that begins behind the line of its word. That may be inside of the
    /// block's rule: a further body of v0 counts as a rule.
    pub fn attach(&self, block: &Block, fields: &Fields) -> Attached {
        let after = self.starts.partition_point(|&(start, _)| start < block.opening.end);
        let target = self.starts.get(after).map(|&(_, target)| target);
        let statement = target.and_then(|target| self.tree.statements.get(target.statement));
        let (have, default) = match statement {
            Some(Statement::Broken(_)) => return Attached::Unknown,
            Some(Statement::Rule(_)) if fields.entrypoint => ("rule", "document"),
            Some(Statement::Rule(_)) => ("rule", "rule"),
            Some(Statement::Package(_)) => ("package", "package"),
            Some(Statement::Import(_)) => ("import", "import"),
            None => ("", ""),
        };
        let said = if fields.scope.is_empty() { default } else { fields.scope.as_str() };
        let scope = Scope::of(said);
        let wanted = match scope {
            Some(Scope::Rule | Scope::Document) => "rule",
            Some(Scope::Package | Scope::Subpackages) => "package",
            None => "",
        };
        let mut errors = Vec::new();
        if scope.is_none() || wanted != have {
            errors.push(refused(block, fields, said, wanted, have));
        }
        if fields.entrypoint && !matches!(scope, Some(Scope::Document | Scope::Package)) {
            let message = format!("annotation entrypoint applied to non-document or package scope '{said}'");
            let help = "leave `scope` out, or write `scope: document` for the rule or `scope: package` for the package";
            let error = at_key(block, fields, "entrypoint", message).with_help(help);
            // What is wrong with the scope is to be mended first.
            errors.push(if errors.is_empty() { error } else { error.opa_only() });
        }
        match (scope, target) {
            (Some(scope), Some(target)) if errors.is_empty() => Attached::To(scope, target),
            _ => Attached::Refused(errors),
        }
    }
}

fn refused(block: &Block, fields: &Fields, said: &str, wanted: &str, have: &str) -> SyntaxError {
    let message = if wanted.is_empty() {
        format!("invalid annotation scope '{said}'. Use one of 'rule', 'document', 'package', or 'subpackages'")
    } else if have.is_empty() {
        format!("annotation scope '{said}' must be applied to {wanted}")
    } else {
        format!("annotation scope '{said}' must be applied to {wanted} (have {have})")
    };
    let help = match (wanted, have) {
        ("", "rule" | "package") => "leave `scope` out, or write one of the four",
        ("package", _) => "put the block before the `package` of the module, or leave `scope` out",
        (_, "") => "nothing follows the block: put it before the rule or package that it describes",
        _ => "put the block right before the rule that it describes, or before the `package` of the module",
    };
    at_key(block, fields, "scope", message).with_help(help)
}

/// A mistake at the key that says it, or at the word that begins the block.
fn at_key(block: &Block, fields: &Fields, name: &str, message: String) -> SyntaxError {
    let key = fields.keys.iter().find(|key| key.name == name);
    let span = key.map_or(block.opening, |key| key.span.to(key.value));
    let mut error = SyntaxError::new(span, message);
    error.opa_start = Some(block.opening.start);
    error
}
