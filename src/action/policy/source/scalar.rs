//! What a YAML scalar without quotes means: the core schema of YAML 1.2, in which `yes`, `on` and `12:30` are texts.

/// A plain scalar.
#[derive(Debug, PartialEq, Eq)]
pub enum Scalar {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A number, as JSON writes it.
    Number(String),
    /// `.inf` or `.nan`, or a number in hexadecimal or octal that is too long to be meant.
    NoNumber,
    /// Anything else.
    Text,
}

/// What a plain scalar means.
pub fn resolve(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "true" | "True" | "TRUE" => return Scalar::Flag(true),
        "false" | "False" | "FALSE" => return Scalar::Flag(false),
        ".nan" | ".NaN" | ".NAN" => return Scalar::NoNumber,
        _ => {}
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return in_radix(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return in_radix(digits, 8);
    }
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Scalar::NoNumber;
    }
    decimal(unsigned).map_or(Scalar::Text, |number| Scalar::Number(format!("{sign}{number}")))
}

fn in_radix(digits: &str, radix: u32) -> Scalar {
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Scalar::Text;
    }
    u128::from_str_radix(digits, radix).map_or(Scalar::NoNumber, |value| Scalar::Number(value.to_string()))
}

/// A decimal number without its sign, as JSON writes it: no zeros in front, a digit on both sides of the point.
fn decimal(text: &str) -> Option<String> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let mut number = whole.to_owned();
    if !fraction.is_empty() {
        number.push('.');
        number.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if digits.is_empty() || !are_digits(digits) {
            return None;
        }
        number.push('e');
        number.push_str(exponent);
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::{Scalar, resolve};

    #[test]
    fn numbers_are_written_as_json_writes_them() {
        for (text, number) in [
            ("0", "0"),
            ("-0", "-0"),
            ("+12", "12"),
            ("007", "7"),
            ("0.10", "0.10"),
            (".5", "0.5"),
            ("-5.", "-5"),
            ("1e3", "1e3"),
            ("1.5E-3", "1.5e-3"),
            ("0x1F", "31"),
            ("0o17", "15"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
        ] {
            assert_eq!(resolve(text), Scalar::Number(number.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_looks_like_something_else_is_a_text() {
        for text in [
            "yes",
            "on",
            "off",
            "No",
            "y",
            "12:30",
            "1_000",
            "2024-01-01",
            "0x",
            "0xg",
            "0o8",
            "-0x1",
            "+-5",
            "--5",
            ".",
            "e5",
            "1e",
            "1e+",
            "1.2.3",
            "tRUE",
            "nULL",
            "inf",
            "nan",
            "-.nan",
            "\u{661}",
        ] {
            assert_eq!(resolve(text), Scalar::Text, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_in_json_is_told_apart() {
        for text in [".inf", "-.Inf", "+.INF", ".nan", ".NaN", "0xffffffffffffffffffffffffffffffffff"] {
            assert_eq!(resolve(text), Scalar::NoNumber, "{text}");
        }
    }
}
