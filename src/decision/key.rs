//! Keys of records: parts that are told apart whatever stands in them, and an order in which the newest comes first.

/// The last millisecond that a key of time can say: it has 15 digits.
const LAST_MS: u64 = 999_999_999_999_999;

/// A part of a key without the character that divides parts.
pub fn escaped(part: &str) -> String {
    part.replace('%', "%25").replace('/', "%2F")
}

/// What the key of something that happened at a time begins with: the newest comes first.
pub fn newest_first(at_ms: u64) -> String {
    format!("{:015}", LAST_MS.saturating_sub(at_ms))
}

/// The first key and the key behind the last of what happened in a span, where keys begin with [`newest_first`] and go on behind a
/// slash: not earlier than `after_ms`, and before `before_ms`.
pub fn newest_first_span(after_ms: Option<u64>, before_ms: Option<u64>) -> (Option<String>, Option<String>) {
    // Nothing is before the first millisecond, and nothing behind a colon, which follows the digits.
    let from = before_ms.map(|before| before.checked_sub(1).map_or_else(|| ":".to_owned(), newest_first));
    // In the order of ASCII a zero follows a slash.
    let to = after_ms.map(|after| format!("{}0", newest_first(after)));
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::{newest_first, newest_first_span};

    #[test]
    fn a_span_has_its_first_moment_and_not_its_last() {
        let is_in = |at: u64, after: Option<u64>, before: Option<u64>| {
            let key = format!("{}/id", newest_first(at));
            let (from, to) = newest_first_span(after, before);
            from.is_none_or(|from| from <= key) && to.is_none_or(|to| key < to)
        };
        for (at, after, before, expected) in [
            (5, None, None, true),
            (5, Some(5), None, true),
            (4, Some(5), None, false),
            (5, None, Some(5), false),
            (4, None, Some(5), true),
            (0, None, Some(0), false),
            (1_700_000_000_000, None, Some(0), false),
            (0, Some(0), Some(1), true),
            (1_700_000_000_000, Some(1_699_999_999_999), Some(1_700_000_000_001), true),
            (1_700_000_000_000, Some(1_700_000_000_001), None, false),
        ] {
            assert_eq!(is_in(at, after, before), expected, "{at} from {after:?} to {before:?}");
        }
        assert!(newest_first(2) < newest_first(1));
    }
}
