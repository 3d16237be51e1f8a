//! Executables as bytes, and back.

use super::code::{Code, Positions, ProcedureId, are_places};
use super::executable::Executable;
use super::verify;
use crate::rego::value::Store;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// Where the instructions stand in the text, and where its lines begin.
type Places = (Positions, Vec<Vec<u32>>);

#[derive(Serialize)]
struct Written<'a> {
    code: &'a Code,
    constants: &'a Store,
    reads: Vec<(ProcedureId, Vec<u32>)>,
    places: Option<(&'a Positions, &'a [Vec<u32>])>,
}

#[derive(Deserialize)]
struct Read {
    code: Code,
    constants: Store,
    reads: Vec<(ProcedureId, Vec<u32>)>,
    places: Option<Places>,
}

/// The bytes of a program. Without the places of its text it is smaller, and errors do not say where they are.
pub fn write(program: &Executable, with_places: bool) -> Option<Vec<u8>> {
    let code = &program.code;
    let places = with_places.then_some((&code.positions, code.lines.as_slice()));
    postcard::to_allocvec(&Written { code, constants: &program.constants, reads: reads(program), places }).ok()
}

/// What each entrypoint can look at, as its code says.
#[cfg(feature = "compiler")]
fn reads(program: &Executable) -> Vec<(ProcedureId, Vec<u32>)> {
    super::reads::of_entrypoints(program)
}

/// The same as it came with the program.
#[cfg(not(feature = "compiler"))]
fn reads(program: &Executable) -> Vec<(ProcedureId, Vec<u32>)> {
    program.code.reads.clone()
}

/// The code that [`write`] has written, of so many modules.
///
/// # Errors
/// What is wrong with the bytes.
pub fn read(bytes: &[u8], modules: usize) -> Result<Code, &'static str> {
    let (read, rest) = postcard::take_from_bytes::<Read>(bytes).map_err(|_| "they are no code")?;
    if !rest.is_empty() {
        return Err("there is more behind the code");
    }
    let Read { mut code, constants, reads, places } = read;
    let constants = Rc::new(constants);
    verify::verify(&code, &constants)?;
    code.reads = reads;
    code.store = Rc::unwrap_or_clone(constants);
    if let Some((positions, lines)) = places {
        if lines.len() != modules || !are_places(&positions, &lines, code.instructions.len()) {
            return Err("the places in the texts are none");
        }
        (code.positions, code.lines) = (positions, lines);
    }
    Ok(code)
}
