//! Builtins for which the host answers, and how it grants them.
//!
//! One that is granted is a function of the host by the name of the builtin: it is compiled, carried and asked as those
//! are. What it is asked, and what its answer means, the engine knows (`rego/vm/functions/asked`).

use super::host::HostFunction;
use super::{Carrier, all, find};
use crate::error::{Error, ErrorCode};
use crate::sorted;

/// The functions behind builtins that a host grants, by their names. One that is named twice is granted once.
///
/// # Errors
/// `malformed_request` for a name that is of no builtin for which the host answers, with its place in the list.
pub fn read_granted(names: &[String]) -> Result<Vec<HostFunction>, Error> {
    let mut known = sorted::Set::new();
    let mut granted = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let function = granted_function(name).ok_or_else(|| refused(name).at(format!("/host_builtins/{at}")))?;
        if known.insert(name) {
            granted.push(function);
        }
    }
    Ok(granted)
}

/// The functions behind all builtins for which a host can answer.
pub fn all_granted() -> Vec<HostFunction> {
    of_host().filter_map(granted_function).collect()
}

/// Whether it is the name of a builtin for which the host answers.
pub fn is_granted_by_host(name: &str) -> bool {
    find(name).is_some_and(|builtin| builtin.carrier == Carrier::Host)
}

fn of_host() -> impl Iterator<Item = &'static str> {
    all().filter(|builtin| builtin.carrier == Carrier::Host).map(|builtin| builtin.name)
}

fn granted_function(name: &str) -> Option<HostFunction> {
    let builtin = find(name).filter(|builtin| builtin.carrier == Carrier::Host)?;
    let declared = builtin.declared()?;
    Some(HostFunction {
        name: builtin.name.to_owned(),
        signature: declared.signature.clone(),
        function: declared.function.clone(),
    })
}

fn refused(name: &str) -> Error {
    let names: Vec<String> = of_host().map(|name| format!("`{name}`")).collect();
    Error::new(ErrorCode::MalformedRequest, format!("`{name}` is no builtin for which the host answers"))
        .with_help(format!("these are {}; a function of your own is declared in `host_functions`", names.join(" and ")))
}
