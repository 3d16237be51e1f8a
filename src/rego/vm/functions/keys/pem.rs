//! PEM: bytes in base64 between two lines that say what they are.

use crate::rego::vm::functions::encodings::{PLAIN, decoded};
use crate::rego::vm::functions::texts::steps_of;
use crate::rego::vm::functions::{Context, Failure};

const START: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// A block: what its lines say it is, and its bytes.
#[derive(Debug)]
pub struct Block {
    /// What stands behind `BEGIN`.
    pub label: String,
    /// The bytes that the text stands for.
    pub bytes: Vec<u8>,
}

/// Whether a text begins as a block does.
pub fn begins_block(text: &str) -> bool {
    text.starts_with("-----BEGIN")
}

/// Takes the steps for finding all blocks of a text: each line that begins one may have to be followed to the end.
///
/// # Errors
/// There are not as many.
pub fn charge_blocks(context: &mut Context<'_>, text: &str) -> Result<(), Failure> {
    context.charge(steps_of(text.len() as u64))?;
    let starts = text.matches(START).count() as u64 + 1;
    context.charge(starts.saturating_mul(steps_of(text.len() as u64)))?;
    context.room(2 * text.len() as u64)
}

/// The first block of a text and what stands behind it; nothing where there is none. What is no block is passed over, as Go does.
pub fn first_block(text: &str) -> Option<(Block, &str)> {
    let mut rest = text;
    loop {
        rest = match rest.strip_prefix(START) {
            Some(rest) => rest,
            None => rest.split_once("\n-----BEGIN ")?.1,
        };
        let (line, behind) = first_line(rest);
        rest = behind;
        let Some(label) = line.strip_suffix(DASHES) else { continue };
        let mut has_headers = false;
        loop {
            if rest.is_empty() {
                return None;
            }
            let (line, behind) = first_line(rest);
            if !line.contains(':') {
                break;
            }
            has_headers = true;
            rest = behind;
        }
        let (body, trailer) = match rest.strip_prefix(END) {
            Some(trailer) if !has_headers => ("", trailer),
            _ => match rest.split_once("\n-----END ") {
                Some(parts) => parts,
                None => continue,
            },
        };
        let Some(behind) = trailer.strip_prefix(label).and_then(|behind| behind.strip_prefix(DASHES)) else { continue };
        let (line, behind) = first_line(behind);
        if !line.is_empty() {
            continue;
        }
        let body: String = body.chars().filter(|c| !matches!(c, ' ' | '\t')).collect();
        let Ok(bytes) = decoded(&body, &PLAIN) else { continue };
        return Some((Block { label: label.to_owned(), bytes }, behind));
    }
}

/// A line without the white space at its end, and what stands behind it. As in Go, a return belongs to the end of a line, and where there is
/// none to the line.
fn first_line(text: &str) -> (&str, &str) {
    let (line, behind) = match text.split_once('\n') {
        Some((line, behind)) => (line.strip_suffix('\r').unwrap_or(line), behind),
        None => (text, ""),
    };
    (line.trim_end_matches([' ', '\t']), behind)
}
