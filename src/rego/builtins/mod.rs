//! The builtins of OPA 1.14.1: what each takes and gives, what it is for, which build carries it, and whether this
//! engine evaluates it.
//!
//! One file is one family. Signatures are text in the notation of [`crate::rego::analysis::types::Signature`] and are
//! read when a type is asked for; names and numbers of arguments are known without that, so that a build without a
//! compiler pays nothing.

mod aggregates;
mod arrays;
mod comparison;
mod crypto;
mod encoding;
mod engine;
mod formats;
mod granted;
mod graphql;
mod graphs;
pub mod host;
mod json;
mod network;
mod numbers;
mod objects;
mod patterns;
mod sets;
mod strings;
mod time;
mod tokens;
mod types;

#[cfg(test)]
mod tests;

pub use granted::{all_granted, is_granted_by_host, read_granted};
pub use host::{HostFunction, HostFunctionDeclaration, read_all as read_host_functions};

use crate::rego::analysis::types::{Signature, Type};
use crate::sorted::InOrder;
use serde::Serialize;
use std::sync::{LazyLock, OnceLock};

/// A builtin of OPA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Builtin {
    /// The name that a policy calls.
    pub name: &'static str,
    /// How many arguments it takes, its result not counted.
    pub arguments: u8,
    /// Arguments and result with their names and types, as a text that [`Builtin::declared`] has read.
    pub signature: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// What arguments and result are, by their names, where the names do not say it.
    pub operands: &'static [(&'static str, &'static str)],
    /// The categories that OPA puts it in.
    pub categories: &'static [&'static str],
    /// The sign that calls it, where there is one.
    pub infix: Option<&'static str>,
    /// Which build carries it.
    pub carrier: Carrier,
    /// Whether two calls with the same arguments may give different answers.
    pub is_nondeterministic: bool,
    /// Whether it is kept for old policies alone: v1 and strict checks refuse it.
    pub is_deprecated: bool,
    /// Whether it gives several answers, one after the other.
    pub is_relation: bool,
}

/// Which build carries a builtin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "BuiltinCarrier"))]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// Every build: also the one that runs programs and compiles none.
    Edge,
    /// Every build. In an edge build without the feature for it the driver does a part of it, with the cryptography of its platform, so that
    /// an evaluation that calls it is waited for.
    Driver,
    /// The full build, because of heavy tables or cryptography. An edge build may carry it by a feature.
    Full,
    /// None by itself: the host answers for it, where it grants it.
    Host,
}

/// The builtin of this name, whether or not this engine evaluates it.
pub fn find(name: &str) -> Option<&'static Builtin> {
    row(name).map(|row| row.builtin)
}

/// Every builtin in the order of names.
pub fn all() -> impl Iterator<Item = &'static Builtin> {
    TABLE.iter().map(|row| row.builtin)
}

/// Whether OPA has this builtin and this engine does not evaluate it.
pub fn is_missing(name: &str) -> bool {
    find(name).is_some_and(|builtin| !builtin.is_evaluated())
}

/// Whether every edge build runs a program that calls this builtin.
pub fn is_in_edge(name: &str) -> bool {
    find(name).is_some_and(|builtin| matches!(builtin.carrier, Carrier::Edge | Carrier::Driver))
}

/// What it takes and gives, and the type of that.
#[derive(Debug)]
pub struct Declared {
    /// Arguments and result with their names.
    pub signature: Signature,
    /// The type of the function.
    pub function: Type,
}

impl Builtin {
    /// Whether the engine of this build evaluates a call of it by name.
    pub fn is_evaluated(&self) -> bool {
        super::vm::evaluates(self.name)
    }

    /// What it takes and gives. Read once, when it is first asked for.
    pub fn declared(&self) -> Option<&'static Declared> {
        let row = row(self.name)?;
        row.declared
            .get_or_init(|| {
                // INVARIANT (signatures): each signature of the table can be read; a test reads them all.
                let signature: Signature = self.signature.parse().ok()?;
                Some(Declared { function: signature.function(), signature })
            })
            .as_ref()
    }
}

struct Row {
    builtin: &'static Builtin,
    declared: OnceLock<Option<Declared>>,
}

/// INVARIANT (order): by name, each once, so that it can be searched.
static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let mut rows: Vec<Row> =
        FAMILIES.iter().copied().flatten().map(|builtin| Row { builtin, declared: OnceLock::new() }).collect();
    rows.order_by_key(|row| row.builtin.name);
    rows
});

const FAMILIES: [&[Builtin]; 19] = [
    aggregates::BUILTINS,
    arrays::BUILTINS,
    comparison::BUILTINS,
    crypto::BUILTINS,
    encoding::BUILTINS,
    engine::BUILTINS,
    formats::BUILTINS,
    graphql::BUILTINS,
    graphs::BUILTINS,
    json::BUILTINS,
    network::BUILTINS,
    numbers::BUILTINS,
    objects::BUILTINS,
    patterns::BUILTINS,
    sets::BUILTINS,
    strings::BUILTINS,
    time::BUILTINS,
    tokens::BUILTINS,
    types::BUILTINS,
];

fn row(name: &str) -> Option<&'static Row> {
    TABLE.binary_search_by(|row| row.builtin.name.cmp(name)).ok().and_then(|at| TABLE.get(at))
}

/// An entry of the table; what it does not say holds for most of them.
const fn declare(name: &'static str, signature: &'static str, about: &'static str) -> Builtin {
    Builtin {
        name,
        arguments: arguments_of(signature),
        // What only people and the checks read is no part of a module that has no compiler; what a host answers is held to its signature.
        signature: if cfg!(any(feature = "compiler", feature = "network")) { signature } else { "" },
        about: if cfg!(feature = "compiler") { about } else { "" },
        operands: &[],
        categories: &[],
        infix: None,
        carrier: Carrier::Edge,
        is_nondeterministic: false,
        is_deprecated: false,
        is_relation: false,
    }
}

impl Builtin {
    /// Says what arguments and result are.
    const fn explain(self, operands: &'static [(&'static str, &'static str)]) -> Self {
        Self { operands: if cfg!(feature = "compiler") { operands } else { &[] }, ..self }
    }

    /// Puts it into categories.
    const fn within(self, categories: &'static [&'static str]) -> Self {
        Self { categories: if cfg!(feature = "compiler") { categories } else { &[] }, ..self }
    }

    /// Gives it a sign.
    const fn written(self, infix: &'static str) -> Self {
        Self { infix: Some(infix), ..self }
    }

    /// Leaves it out of the edge build.
    const fn only_in_full(self) -> Self {
        Self { carrier: Carrier::Full, ..self }
    }

    /// Leaves a part of it to the driver in the edge build.
    const fn by_the_driver(self) -> Self {
        Self { carrier: Carrier::Driver, ..self }
    }

    /// Leaves it to the host.
    const fn by_the_host(self) -> Self {
        Self { carrier: Carrier::Host, ..self }
    }

    /// Says that it may answer differently each time.
    const fn nondeterministic(self) -> Self {
        Self { is_nondeterministic: true, ..self }
    }

    /// Says that it is kept for old policies alone.
    const fn deprecated(self) -> Self {
        Self { is_deprecated: true, ..self }
    }

    /// Says that it gives several answers.
    const fn relation(self) -> Self {
        Self { is_relation: true, ..self }
    }
}

/// The number of arguments in a signature, without those that may stand any number of times.
const fn arguments_of(signature: &str) -> u8 {
    let mut rest = signature.as_bytes();
    let mut commas = 0;
    let mut open = 0;
    let mut is_empty = true;
    let mut repeats = false;
    while let [byte, tail @ ..] = rest {
        match *byte {
            b'(' | b'<' | b'[' => open += 1,
            b')' if open == 1 => break,
            b')' | b'>' | b']' => open -= 1,
            b',' if open == 1 => commas += 1,
            b'.' if open == 1 => repeats = true,
            b' ' => {}
            _ => is_empty = false,
        }
        rest = tail;
    }
    if is_empty || (repeats && commas == 0) {
        0
    } else if repeats {
        commas
    } else {
        commas + 1
    }
}
