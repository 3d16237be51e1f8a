//! What the checks need to know of builtins and of the host's functions.

use super::Options;
use super::lowered::Function;
use crate::rego::builtins::{self, HostFunction};
use crate::sorted;

/// The functions that are no rules.
pub struct Known<'o> {
    host: sorted::Map<&'o str, usize>,
    functions: &'o [HostFunction],
    refused: sorted::Set<&'o str>,
    unknown: sorted::Set<&'o str>,
    absent: sorted::Set<&'o str>,
}

impl<'o> Known<'o> {
    /// What the options say.
    pub fn new(options: &'o Options) -> Self {
        let refused = sorted::Set::from_iter(options.refused.iter().map(String::as_str));
        let functions = options.host_functions.iter().enumerate();
        Self {
            // INVARIANT (refused): a builtin that is refused stays so where the host grants it.
            host: sorted::Map::from_iter(
                functions
                    .map(|(at, function)| (function.name.as_str(), at))
                    .filter(|(name, _)| !refused.contains(name)),
            ),
            functions: &options.host_functions,
            refused,
            unknown: sorted::Set::from_iter(options.unknown.iter().map(String::as_str)),
            absent: sorted::Set::from_iter(options.absent.iter().map(String::as_str)),
        }
    }

    /// The function of this name. One of the host goes before a builtin.
    pub fn find(&self, name: &str) -> Option<Function<'static>> {
        if let Some(&at) = self.host.get(name) {
            return Some(Function::Host(at));
        }
        let builtin = builtins::find(name).filter(|_| !self.unknown.contains(name));
        builtin.map(|builtin| Function::Builtin(builtin.name))
    }

    /// How many arguments a function of the host takes.
    pub fn host_arity(&self, at: usize) -> usize {
        self.functions.get(at).map_or(0, |function| function.signature.args.len())
    }

    /// The name of a function of the host.
    pub fn host_name(&self, at: usize) -> &'o str {
        self.functions.get(at).map_or("", |function| &function.name)
    }

    /// Whether the host refuses calls of a builtin.
    pub fn is_refused(&self, name: &str) -> bool {
        self.refused.contains(name)
    }

    /// Whether this engine lacks a builtin.
    pub fn is_absent(&self, name: &str) -> bool {
        self.absent.contains(name)
    }

    /// Where a builtin is to be had that this engine lacks.
    pub fn where_available(&self, name: &str) -> String {
        if builtins::is_granted_by_host(name) && !self.is_refused(name) {
            return format!(
                "it reaches the network: the host grants it by `hostBuiltins: [{name:?}]`, and answers for it"
            );
        }
        "`capabilities()` lists the builtins that are".to_owned()
    }
}

/// How many arguments a builtin takes.
pub fn arity(name: &str) -> usize {
    builtins::find(name).map_or(0, |builtin| usize::from(builtin.arguments))
}

/// Whether a builtin has no result.
pub fn is_void(name: &str) -> bool {
    matches!(name, "print" | "internal.print")
}

/// Whether a builtin may have several results.
pub fn is_relation(name: &str) -> bool {
    builtins::find(name).is_some_and(|builtin| builtin.is_relation)
}

/// Whether a builtin is kept for old policies alone.
pub fn is_deprecated(name: &str) -> bool {
    builtins::find(name).is_some_and(|builtin| builtin.is_deprecated)
}
