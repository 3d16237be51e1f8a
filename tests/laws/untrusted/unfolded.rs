//! Long texts of short ones: what stands between two signs is there many times, so that work that grows faster than its text is seen in
//! how long that takes.

use std::borrow::Cow;

/// Stands in front of what is repeated, and behind it. A control character that none of the languages has.
const SIGN: u8 = 0x1f;
const MOST_TIMES: usize = 2_000;
const MOST_BYTES: usize = 32 * 1024;

/// The text, in which the part between the first two signs is repeated where there are two.
pub fn unfolded(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut parts = bytes.splitn(3, |byte| *byte == SIGN);
    let (Some(before), Some(part), Some(behind)) = (parts.next(), parts.next(), parts.next()) else {
        return Cow::Borrowed(bytes);
    };
    let times = MOST_TIMES.min(MOST_BYTES / part.len().max(1));
    Cow::Owned([before, &part.repeat(times), behind].concat())
}
