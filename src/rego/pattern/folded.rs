//! Letters that are one where case is ignored, beyond those of ASCII: what a pattern says for a crate that folds ASCII alone.

use super::re2::NotTranslated;
use crate::rego::letters::has_cases;

/// Two letters are, by Unicode, forms of letters of ASCII: the long s, and the sign of kelvins.
const LONG_S: u32 = 0x17F;
const KELVIN: u32 = 0x212A;
/// Ranges that are longer are not looked through.
const LONGEST: u32 = 0x400;

/// What stands in a class beside a range of characters, so that their other forms match. Those of ASCII the crate finds itself.
///
/// # Errors
/// There are letters in the range of whose forms only tables know.
pub fn others(low: u32, high: u32) -> Result<String, NotTranslated> {
    let holds = |letters: &[u32]| letters.iter().any(|letter| (low..=high).contains(letter));
    let mut others = String::new();
    if holds(&[u32::from('k'), u32::from('K'), KELVIN]) {
        others.push_str(r"kK\x{212A}");
    }
    if holds(&[u32::from('s'), u32::from('S'), LONG_S]) {
        others.push_str(r"sS\x{17F}");
    }
    // All that there is holds all forms.
    if high < 0x80 || (low <= 0x80 && high >= u32::from(char::MAX)) {
        return Ok(others);
    }
    let mut beyond = (low.max(0x80)..=high).filter_map(char::from_u32);
    let is_known = high - low < LONGEST
        && beyond.all(|letter| [LONG_S, KELVIN].contains(&u32::from(letter)) || !has_cases(letter));
    if is_known {
        return Ok(others);
    }
    Err(NotTranslated::Unknown("the cases of letters that are not of ASCII".to_owned()))
}

/// The same beside a class such as `[:alpha:]`.
///
/// # Errors
/// It is what is not in such a class.
pub fn others_of_named(class: &str) -> Result<&'static str, NotTranslated> {
    const WITHOUT_LETTERS: [&str; 7] = ["blank", "cntrl", "digit", "punct", "space", "xdigit", ""];
    let name = class.trim_start_matches("[:").trim_end_matches(":]");
    if name.starts_with('^') {
        return Err(NotTranslated::Unknown(format!("`{class}` where case is ignored")));
    }
    Ok(if WITHOUT_LETTERS.contains(&name) { "" } else { r"\x{17F}\x{212A}" })
}
