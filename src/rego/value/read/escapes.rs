//! What is escaped in a string of JSON.

use super::{Read, ReadError, Reader};

impl Reader<'_> {
    /// The character that is escaped here.
    pub(super) fn escape(&mut self) -> Read<char> {
        let start = self.at;
        self.at += 1;
        let character = match self.byte() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let first = self.four_digits()?;
                return match first {
                    0xd800..=0xdbff => self.second_half(first, start),
                    _ => char::from_u32(first).ok_or(ReadError::NotJson { at: start, why: HALF }),
                };
            }
            _ => return Err(self.wrong("no character is written like this")),
        };
        self.at += 1;
        Ok(character)
    }

    /// The character that two halves make, of which the first has been read.
    fn second_half(&mut self, first: u32, start: usize) -> Read<char> {
        let half = ReadError::NotJson { at: start, why: HALF };
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if !rest.starts_with(b"\\u") {
            return Err(half);
        }
        self.at += 2;
        let second = self.four_digits()?;
        if !(0xdc00..=0xdfff).contains(&second) {
            return Err(half);
        }
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or(half)
    }

    fn four_digits(&mut self) -> Read<u32> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.byte().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else { return Err(self.wrong("a hexadecimal digit is to stand here")) };
            value = value * 16 + digit;
            self.at += 1;
        }
        Ok(value)
    }
}

const HALF: &str = "this is one half of a character, without the other";
