//! The order of the keys of an object as OPA writes it: digits in them count as numbers, before letters and behind signs.

use std::cmp::Ordering;

/// Compares two keys. It need not be an order: numbers of more than 64 bits are cut off, as OPA has it.
pub fn compare(a: &str, b: &str) -> Ordering {
    let mut rest = (a.chars(), b.chars());
    // Whether a digit other than zero is among those right before.
    let mut is_in_number = false;
    loop {
        let here = (rest.0.as_str(), rest.1.as_str());
        let (left, right) = match (rest.0.next(), rest.1.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(left), Some(right)) => (left, right),
        };
        if left == right {
            is_in_number = left.is_ascii_digit() && (is_in_number || left != '0');
            continue;
        }
        match (left.is_alphabetic(), right.is_alphabetic()) {
            (true, true) => return left.cmp(&right),
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            (false, false) => {}
        }
        // A zero inside of a number is no zero in front of one.
        let first = i64::from(is_in_number && (left == '0' || right == '0'));
        let (left_number, left_digits) = number(here.0, first);
        let (right_number, right_digits) = number(here.1, first);
        let by_number = left_number.cmp(&right_number).then(left_digits.cmp(&right_digits));
        return by_number.then(left.cmp(&right));
    }
}

/// The number that a text begins with, behind a first digit, and how many digits it has.
fn number(text: &str, first: i64) -> (i64, usize) {
    let digits = text.bytes().take_while(u8::is_ascii_digit);
    digits.fold((first, 0), |(number, count), digit| {
        (number.wrapping_mul(10).wrapping_add(i64::from(digit - b'0')), count + 1)
    })
}
