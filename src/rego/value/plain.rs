//! How far a text goes without anything that JSON has escaped in a string: for what reads strings, and what writes them.

/// How many bytes stand for themselves, up to the first that is below a blank, a quotation mark or a backslash.
#[cfg_attr(feature = "compiler", inline(always))]
pub(super) fn plain(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((eight, behind)) = rest.split_first_chunk::<8>() {
        let special = first_special(u64::from_le_bytes(*eight));
        if special != 0 {
            return bytes.len() - rest.len() + special.trailing_zeros() as usize / 8;
        }
        rest = behind;
    }
    let last = rest.iter().position(|&byte| byte < b' ' || byte == b'"' || byte == b'\\');
    last.map_or(bytes.len(), |at| bytes.len() - rest.len() + at)
}

/// The lowest bit that is set is in the first of eight bytes that does not stand for itself in a string; 0 where all do. Bytes behind that
/// one may have bits as well.
#[cfg_attr(feature = "compiler", inline(always))]
const fn first_special(eight: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let below_blank = eight.wrapping_sub(EACH * b' ' as u64) & !eight;
    let (quote, backslash) = (eight ^ (EACH * b'"' as u64), eight ^ (EACH * b'\\' as u64));
    (below_blank | quote.wrapping_sub(EACH) & !quote | backslash.wrapping_sub(EACH) & !backslash) & HIGH
}
