//! Builtins: a file for each family.
//!
//! A builtin takes values and gives one, and asks nothing of the world but what the request says. What it was given wrong
//! is a [`Failure`], in the words of OPA. INVARIANT (charged): before it works, or makes much, it charges for that.

mod aggregates;
mod arrays;
mod asked;
#[cfg(feature = "aws")]
mod aws;
mod bits;
#[cfg(feature = "signatures")]
mod certificates;
mod chance;
mod cidr;
mod edit;
mod encodings;
mod glob_intersection;
mod globs;
mod graph;
#[cfg(feature = "graphql")]
mod graphql;
mod hashes;
mod integers;
mod interpolation;
mod json_patch;
mod json_paths;
#[cfg(feature = "json-schema")]
mod json_schema;
mod json_texts;
mod json_writer;
#[cfg(feature = "signatures")]
mod keys;
mod numbers;
mod objects;
mod operands;
#[cfg(feature = "parse-module")]
mod parse_module;
mod paths;
mod pattern_work;
mod patterns;
mod printing;
mod rego;
mod replacing;
mod searching;
mod semver;
mod sets;
mod strings;
mod subset;
#[cfg(feature = "templates")]
mod templates;
mod text_floats;
mod text_format;
mod text_verbs;
mod texts;
mod time;
mod tokens;
#[cfg(feature = "signatures")]
mod tree;
mod types;
mod units;
#[cfg(any(feature = "network", feature = "signatures"))]
mod uris;
mod url_queries;
mod walk;
#[cfg(feature = "yaml")]
pub mod yaml;

pub use asked::{Asked, Question, find as find_asked};

use super::machine::{Request, Stop};
use crate::rego::value::{Stores, TooLarge, Value};

/// What a builtin works with.
pub struct Context<'a> {
    /// Where all values lie; what it makes goes into the heap.
    pub stores: &'a mut Stores,
    /// The steps that are left.
    pub steps: &'a mut u64,
    /// What the request says.
    pub request: &'a Request,
    /// What has been printed, a line an entry.
    pub prints: &'a mut Vec<String>,
}

impl Context<'_> {
    /// Takes steps for what is about to be done.
    ///
    /// # Errors
    /// There are not as many.
    pub fn charge(&mut self, steps: u64) -> Result<(), Failure> {
        take_steps(self.steps, steps)
    }
}

/// Takes steps from those that are left, where the rest of the context is in use.
///
/// # Errors
/// There are not as many.
pub fn take_steps(left: &mut u64, steps: u64) -> Result<(), Failure> {
    *left = left.checked_sub(steps).ok_or(Failure::Stop(Stop::Limit("steps")))?;
    Ok(())
}

/// Why a builtin gives no value.
#[derive(Debug)]
pub enum Failure {
    /// What it was given is wrong.
    Wrong {
        /// The code, as OPA has it.
        code: &'static str,
        /// What is wrong.
        message: String,
    },
    /// The evaluation ends.
    Stop(Stop),
}

impl Failure {
    /// The builtin cannot do what it was asked.
    pub fn of_builtin(message: impl Into<String>) -> Self {
        Self::Wrong { code: "eval_builtin_error", message: message.into() }
    }

    /// The request does not carry what a builtin answers from. It ends the evaluation: undefined would be an answer.
    pub fn of_request(builtin: &str, lacks: &str) -> Self {
        let message = format!("{builtin}: the request carries no {lacks}");
        Self::Stop(Stop::Error { code: "eval_builtin_error", message })
    }

    /// The same with words in front of its own; what ends the evaluation stays as it is.
    pub fn behind(self, words: &str) -> Self {
        match self {
            Self::Wrong { message, .. } => Self::of_builtin(format!("{words}: {message}")),
            stop => stop,
        }
    }

    /// An operand has another type than it takes.
    pub fn of_type(message: impl Into<String>) -> Self {
        Self::Wrong { code: "eval_type_error", message: message.into() }
    }
}

impl From<TooLarge> for Failure {
    fn from(too_large: TooLarge) -> Self {
        Self::Stop(too_large.into())
    }
}

/// What a builtin answers: a value, or [`Value::UNDEFINED`] where it has none and nothing is wrong.
pub type Answer = Result<Value, Failure>;

/// A builtin, by how many arguments it takes.
#[derive(Debug, Clone, Copy)]
pub enum Function {
    /// None.
    Zero(fn(&mut Context<'_>) -> Answer),
    /// One.
    One(fn(&mut Context<'_>, Value) -> Answer),
    /// Two.
    Two(fn(&mut Context<'_>, Value, Value) -> Answer),
    /// Three.
    Three(fn(&mut Context<'_>, Value, Value, Value) -> Answer),
    /// Four.
    Four(fn(&mut Context<'_>, Value, Value, Value, Value) -> Answer),
}

impl Function {
    /// How many arguments it takes.
    pub fn arguments(self) -> usize {
        match self {
            Self::Zero(_) => 0,
            Self::One(_) => 1,
            Self::Two(_) => 2,
            Self::Three(_) => 3,
            Self::Four(_) => 4,
        }
    }

    /// What it answers to arguments, of which there are as many as it takes.
    ///
    /// # Errors
    /// The arguments are wrong, or a limit was reached.
    pub fn call(self, context: &mut Context<'_>, arguments: &[Value]) -> Answer {
        match (self, arguments) {
            (Self::Zero(call), []) => call(context),
            (Self::One(call), [a]) => call(context, *a),
            (Self::Two(call), [a, b]) => call(context, *a, *b),
            (Self::Three(call), [a, b, c]) => call(context, *a, *b, *c),
            (Self::Four(call), [a, b, c, d]) => call(context, *a, *b, *c, *d),
            _ => Err(Failure::of_builtin("it is called with another number of arguments than it takes")),
        }
    }
}

/// What is behind the name of a builtin.
#[derive(Debug, Clone, Copy)]
pub enum Callable {
    /// A function of this module.
    Here(Function),
    /// What the driver around it does for every caller, asked as a host is.
    #[cfg_attr(feature = "signatures", allow(dead_code, reason = "a build with signatures asks no driver"))]
    Driver(Asked),
}

impl Callable {
    /// What is behind a name, where this build has it.
    pub fn find(name: &str) -> Option<Self> {
        #[cfg(not(feature = "signatures"))]
        if let Some(asked) = tokens::find_asked(name) {
            return Some(Self::Driver(asked));
        }
        find(name).map(Self::Here)
    }

    /// How many arguments it takes.
    pub fn arguments(self) -> usize {
        match self {
            Self::Here(function) => function.arguments(),
            Self::Driver(asked) => asked.arguments,
        }
    }
}

/// The builtin of a name, where this module computes it.
pub fn find(name: &str) -> Option<Function> {
    let families = [
        aggregates::find,
        arrays::find,
        #[cfg(feature = "aws")]
        aws::find,
        bits::find,
        #[cfg(feature = "signatures")]
        certificates::find,
        chance::find,
        cidr::find,
        encodings::find,
        glob_intersection::find,
        globs::find,
        graph::find,
        #[cfg(feature = "graphql")]
        graphql::find,
        hashes::find,
        interpolation::find,
        json_patch::find,
        json_paths::find,
        #[cfg(feature = "json-schema")]
        json_schema::find,
        json_texts::find,
        numbers::find,
        objects::find,
        #[cfg(feature = "parse-module")]
        parse_module::find,
        patterns::find,
        printing::find,
        rego::find,
        replacing::find,
        searching::find,
        semver::find,
        sets::find,
        strings::find,
        subset::find,
        #[cfg(feature = "templates")]
        templates::find,
        text_format::find,
        time::find,
        tokens::find,
        types::find,
        units::find,
        url_queries::find,
        walk::find,
        #[cfg(feature = "yaml")]
        yaml::find,
    ];
    families.into_iter().find_map(|find| find(name))
}
