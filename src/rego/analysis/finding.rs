//! `Finding`: one thing that is wrong, with its place in bytes and the stage in which OPA would find it.

use crate::rego::diagnostic::Severity;
use crate::rego::stage::Stage;
use crate::rego::syntax::tree::Span;

/// One thing that is wrong with a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The module, as an index into the modules that were given.
    pub module: usize,
    /// The faulty text.
    pub span: Span,
    /// The module and byte under which OPA reports it, where that is another place than the start of the faulty text.
    pub opa: Option<(usize, u32)>,
    /// The code, as OPA has it.
    pub code: &'static str,
    /// The stage in which OPA finds it.
    pub stage: Stage,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in OPA's words where it has some.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    /// For whom it is.
    pub told: Told,
}

/// For whom a finding is. OPA repeats one mistake under several places, and does not go on behind others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// For an author, and OPA says it too.
    Always,
    /// It follows from another finding: OPA says it, and an author need not hear it.
    ByOpa,
    /// For an author; OPA says it only when what it found before it in that stage has been mended.
    ByUs,
}

/// What OPA calls the kinds of mistakes.
pub mod code {
    /// The module says what cannot be.
    pub const COMPILE: &str = "rego_compile_error";
    /// Kinds of rules, functions and values.
    pub const TYPE: &str = "rego_type_error";
    /// A variable without a value.
    pub const UNSAFE_VAR: &str = "rego_unsafe_var_error";
    /// A rule that needs itself.
    pub const RECURSION: &str = "rego_recursion_error";
    /// A builtin that the host refuses.
    pub const NOT_ALLOWED: &str = "builtin_not_allowed";
    /// A builtin that this engine lacks.
    pub const NOT_AVAILABLE: &str = "builtin_not_available";
}

impl Finding {
    /// An error.
    pub fn error(stage: Stage, code: &'static str, module: usize, span: Span, message: impl Into<String>) -> Self {
        Self {
            module,
            span,
            opa: None,
            code,
            stage,
            severity: Severity::Error,
            message: message.into(),
            help: None,
            told: Told::Always,
        }
    }

    /// Says under which byte of the module OPA reports it.
    #[must_use]
    pub fn at(self, byte: u32) -> Self {
        let module = self.module;
        self.at_module(module, byte)
    }

    /// Says under which byte of which module OPA reports it.
    #[must_use]
    pub fn at_module(mut self, module: usize, byte: u32) -> Self {
        self.opa = ((module, byte) != (self.module, self.span.start)).then_some((module, byte));
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says for whom it is.
    #[must_use]
    pub fn told(mut self, told: Told) -> Self {
        self.told = told;
        self
    }

    /// The module and byte under which OPA reports it.
    pub fn opa_place(&self) -> (usize, u32) {
        self.opa.unwrap_or((self.module, self.span.start))
    }
}
