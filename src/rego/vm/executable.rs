//! `Executable`: code beside the functions that it calls.

use super::code::{Code, Instruction};
use super::functions::{self, Function};
use crate::rego::value::Store;
use std::rc::Rc;

/// Code that can be run, by any number of machines.
#[derive(Debug, Default)]
pub struct Executable {
    /// The code; its store has been taken out.
    pub code: Code,
    /// Where its constants lie.
    pub constants: Rc<Store>,
    /// The functions behind [`Code::builtins`]; nothing where this build has none.
    pub(super) builtins: Vec<Option<Function>>,
    /// The instructions as they were, where the program is watched.
    pub(super) behind: Vec<Instruction>,
}

impl Executable {
    /// Looks the functions up.
    pub fn new(mut code: Code) -> Self {
        let constants = Rc::new(std::mem::take(&mut code.store));
        let builtins = code.builtins.iter().map(|name| functions::find(name)).collect();
        Self { code, constants, builtins, behind: Vec::new() }
    }
}
