//! `Executable`: code beside the functions that it calls.

use super::code::{Code, Instruction};
use super::functions::{self, Asked, Callable};
#[cfg(feature = "compiler")]
use super::reads::Ground;
use crate::rego::analysis::types::Type;
use crate::rego::value::Store;
#[cfg(feature = "compiler")]
use std::cell::OnceCell;
use std::rc::Rc;

/// Code that can be run, by any number of machines.
#[derive(Debug, Default)]
pub struct Executable {
    /// The code; its store has been taken out.
    pub code: Code,
    /// Where its constants lie.
    pub constants: Rc<Store>,
    /// What is behind [`Code::builtins`]; nothing where this build has none.
    pub(super) builtins: Vec<Option<Callable>>,
    /// The types of what the functions of the host give, as [`Code::host_functions`] has those.
    pub(super) host_results: Vec<Type>,
    /// What is known of those that are builtins, in the same order.
    pub(super) asked: Vec<Option<Asked>>,
    /// The instructions as they were, where the program is watched.
    pub(super) behind: Vec<Instruction>,
    #[cfg(feature = "compiler")]
    pub(super) ground: OnceCell<Ground>,
}

impl Executable {
    /// Looks the functions up.
    pub fn new(mut code: Code) -> Self {
        let constants = Rc::new(std::mem::take(&mut code.store));
        let builtins = code.builtins.iter().map(|name| Callable::find(name)).collect();
        // INVARIANT (types): what cannot be read was refused with the bytes; nothing is of that type.
        let host_results = code.host_functions.iter().map(|function| function.result.parse().unwrap_or(Type::Unknown));
        let asked = code.host_functions.iter().map(|function| functions::find_asked(&function.name)).collect();
        Self { asked, host_results: host_results.collect(), code, constants, builtins, ..Self::default() }
    }

    /// What is known of its code for all that is asked of it.
    #[cfg(feature = "compiler")]
    pub(super) fn ground(&self) -> &Ground {
        self.ground.get_or_init(|| Ground::of(&self.code))
    }
}
