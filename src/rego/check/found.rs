//! What parser, analysis and engine find, as diagnostics.

use crate::rego::analysis::{Finding, Told};
use crate::rego::compile::CompileError;
use crate::rego::diagnostic::{Diagnostic, Text};
use crate::rego::stage::Stage;
use crate::rego::syntax::SyntaxError;

/// A mistake in the grammar.
pub(super) fn syntax_error(text: &Text<'_>, error: &SyntaxError) -> Diagnostic {
    let code = if error.limit.is_some() { "limit_exceeded" } else { "rego_parse_error" };
    let mut diagnostic = Diagnostic::error(text, error.span.range(), code, error.message.clone());
    diagnostic.help = error.help.as_ref().map(|help| help.clone().into_owned());
    if let Some((name, value)) = error.limit {
        diagnostic = diagnostic.with_limit(name, value);
    } else if !error.is_beyond_opa {
        diagnostic = diagnostic.with_stage(Stage::Parse);
    }
    at_opa_line(diagnostic, text, error.opa_byte())
}

/// What the analysis finds.
pub(super) fn finding(texts: &[Text<'_>], finding: &Finding) -> Option<Diagnostic> {
    let text = texts.get(finding.module)?;
    let mut diagnostic = Diagnostic::error(text, finding.span.range(), finding.code, finding.message.clone());
    diagnostic.severity = finding.severity;
    diagnostic.help.clone_from(&finding.help);
    diagnostic.stage = (finding.told == Told::Always).then_some(finding.stage);
    match finding.opa {
        Some((module, byte)) if module == finding.module => Some(at_opa_line(diagnostic, text, byte)),
        Some((module, byte)) => {
            let other = texts.get(module)?;
            let line = line_of(other, byte);
            Some(diagnostic.with_opa_place(other.path(), line))
        }
        None => Some(diagnostic),
    }
}

fn line_of(text: &Text<'_>, byte: u32) -> u32 {
    text.places(byte as usize..byte as usize).0.line
}

/// Says where OPA reports it, where that is another line.
fn at_opa_line(diagnostic: Diagnostic, text: &Text<'_>, byte: u32) -> Diagnostic {
    let line = line_of(text, byte);
    if line == diagnostic.start.line { diagnostic } else { diagnostic.with_opa_place(text.path(), line) }
}

/// Rego in which nothing is wrong, and of which there is more of something than a program can hold.
pub(super) fn not_evaluated(texts: &[Text<'_>], error: &CompileError) -> Option<Diagnostic> {
    let (module, range) = error.at.clone().unwrap_or((0, 0..0));
    let message = format!("this is Rego, and it cannot be compiled: {}", error.message);
    Some(Diagnostic::error(texts.get(module)?, range, error.code.as_str(), message))
}
