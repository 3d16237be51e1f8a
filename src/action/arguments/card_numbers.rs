//! Numbers of payment cards in a text: 13 to 19 digits whose last one checks the others.

use std::ops::Range;

const FEWEST: usize = 13;
const MOST: usize = 19;

/// The byte ranges of card numbers, from left to right without overlaps.
///
/// The digits may stand in groups with one space or hyphen between two of them. Among more groups than make one number, those
/// that are grouped as cards print them are found: `1 4111 1111 1111 1111` has one. No part of a group is a number, and none is a
/// group that a letter touches: `14111111111111111` and `x4111111111111111` have none.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut chain: Vec<Range<usize>> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(group) = next_group(bytes, at) {
        at = group.end;
        let is_whole = !touches_letter(bytes, &group);
        let continues = chain.last().is_some_and(|last| {
            group.start == last.end + 1 && bytes.get(last.end).is_some_and(|byte| matches!(byte, b' ' | b'-'))
        });
        if !(is_whole && continues) {
            in_chain(bytes, &chain, &mut found);
            chain.clear();
        }
        if is_whole {
            chain.push(group);
        }
    }
    in_chain(bytes, &chain, &mut found);
    found
}

/// Whether these are the digits of a card number, without anything between them.
pub fn is_card_number(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && (FEWEST..=MOST).contains(&digits.len())
        && checks(digits.as_bytes())
}

/// The next run of digits from a byte on.
fn next_group(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let start = from + bytes.get(from..)?.iter().position(u8::is_ascii_digit)?;
    let rest = bytes.get(start..)?;
    Some(start..start + rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len()))
}

fn touches_letter(bytes: &[u8], group: &Range<usize>) -> bool {
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    is_letter(group.start.checked_sub(1).and_then(|before| bytes.get(before))) || is_letter(bytes.get(group.end))
}

/// The card numbers in groups that follow one another.
///
/// Not every choice of groups is tried: one in ten passes the check, so a list of dates would hold one.
fn in_chain(bytes: &[u8], chain: &[Range<usize>], found: &mut Vec<Range<usize>>) {
    let known = found.len();
    let mut rest = chain;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        for groups in PRINTED.iter().filter(|groups| groups.len() <= rest.len() + 1) {
            let window = std::iter::once(first).chain(behind).zip(*groups);
            let end = behind.get(..groups.len() - 1).and_then(<[_]>::last).map_or(first.end, |last| last.end);
            let is_printed_so =
                window.into_iter().all(|(group, (fewest, most))| (*fewest..=*most).contains(&group.len()));
            if is_printed_so && bytes.get(first.start..end).is_some_and(checks) {
                found.push(first.start..end);
                rest = behind.get(groups.len() - 1..).unwrap_or_default();
                break;
            }
        }
    }
    if let ([first, ..], [.., last]) = (chain, chain)
        && found.len() == known
        && (FEWEST..=MOST).contains(&chain.iter().map(Range::len).sum())
        && bytes.get(first.start..last.end).is_some_and(checks)
    {
        found.push(first.start..last.end);
    }
}

/// How cards print their numbers: the fewest and the most digits of each group.
const PRINTED: [&[(usize, usize)]; 5] = [
    &[(4, 4), (4, 4), (4, 4), (4, 4), (1, 3)],
    &[(4, 4), (4, 4), (4, 4), (4, 4)],
    &[(4, 4), (4, 4), (4, 4), (1, 3)],
    &[(4, 4), (6, 6), (4, 5)],
    &[(FEWEST, MOST)],
];

/// The check of Luhn: from the right, every second digit counts double, and the digits of all that make a multiple of ten.
fn checks(bytes: &[u8]) -> bool {
    let sum: u32 = bytes
        .iter()
        .rev()
        .filter(|byte| byte.is_ascii_digit())
        .zip([1, 2].into_iter().cycle())
        .map(|(byte, times)| {
            let product = u32::from(byte - b'0') * times;
            product / 10 + product % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::string_slice, clippy::indexing_slicing, reason = "a test says what is wrong by failing")]
    use super::{find, is_card_number};

    #[test]
    fn card_numbers_are_found_as_they_are_written() {
        for (text, numbers) in [
            ("4111111111111111", vec!["4111111111111111"]),
            ("4111 1111 1111 1111", vec!["4111 1111 1111 1111"]),
            ("4111-1111 1111-1111", vec!["4111-1111 1111-1111"]),
            ("pay 4222222222222 now", vec!["4222222222222"]),
            ("card_378282246310005.", vec!["378282246310005"]),
            ("6304000000000000000", vec!["6304000000000000000"]),
            ("1 4111 1111 1111 1111 99", vec!["4111 1111 1111 1111"]),
            ("4111 1111 1111 1111 5555555555554444", vec!["4111 1111 1111 1111", "5555555555554444"]),
            ("4111111111111111 4111111111111111", vec!["4111111111111111", "4111111111111111"]),
            ("3782 822463 10005 12", vec!["3782 822463 10005"]),
            ("41 11 11 11 11 11 11 11", vec!["41 11 11 11 11 11 11 11"]),
            ("41 11 11 11 11 11 11 11 9999", vec![]),
            ("4111111111111112", vec![]),
            ("4111  1111 1111 1111", vec![]),
            ("4111.1111.1111.1111", vec![]),
            ("x4111111111111111", vec![]),
            ("4111111111111111x", vec![]),
            ("4111 1111 1111 1111x", vec![]),
            ("14111111111111111", vec![]),
            ("41111111111111110000", vec![]),
            ("411111111111", vec![]),
            ("\u{e9}4111111111111111\u{e9}", vec!["4111111111111111"]),
            ("", vec![]),
        ] {
            let found: Vec<&str> = find(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, numbers, "{text}");
        }
    }

    #[test]
    fn a_whole_text_is_a_card_number_or_not() {
        assert!(is_card_number("4111111111111111"));
        for text in ["4111111111111112", "4111 1111 1111 1111", "411111111111", "0000000000000000000000", ""] {
            assert!(!is_card_number(text), "{text}");
        }
    }

    #[test]
    fn many_groups_take_little_time() {
        assert!(find(&"1 ".repeat(200_000)).is_empty());
    }
}
