//! DER: values of ASN.1 one after the other, as certificates and keys are written.
//!
//! Nothing recurses: whoever reads asks for the parts of a value one level at a time.

/// A boolean.
pub const BOOLEAN: u8 = 0x01;
/// An integer.
pub const INTEGER: u8 = 0x02;
/// A string of bits.
pub const BIT_STRING: u8 = 0x03;
/// A string of bytes.
pub const OCTET_STRING: u8 = 0x04;
/// Nothing.
pub const NULL: u8 = 0x05;
/// An object identifier.
pub const OBJECT_ID: u8 = 0x06;
/// A time with a year of two digits.
pub const UTC_TIME: u8 = 0x17;
/// A time with a year of four digits.
pub const GENERALIZED_TIME: u8 = 0x18;
/// A list.
pub const SEQUENCE: u8 = 0x30;
/// A set.
pub const SET: u8 = 0x31;

/// The tag of a part that is told by its number, and has no parts itself.
pub const fn context(number: u8) -> u8 {
    0x80 | number
}

/// The tag of a part that is told by its number, and has parts.
pub const fn context_with_parts(number: u8) -> u8 {
    0xa0 | number
}

/// A value: its tag, what it holds, and all of its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// What it is.
    pub tag: u8,
    /// What it holds.
    pub content: &'a [u8],
    /// Tag, length and content.
    pub whole: &'a [u8],
}

/// Values that have not been read yet.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader of the values in bytes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether there are no more.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The bytes that have not been read.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The tag of the next value.
    pub fn tag(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next value; nothing where it is cut short or its length is not written in the one way that DER has.
    pub fn part(&mut self) -> Option<Part<'a>> {
        let [tag, first, ..] = *self.rest else { return None };
        // A number of 31 or more would stand in bytes of its own: nothing that is read here has one.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let count = usize::from(first & 0x7f);
        let (head, length) = if first < 0x80 {
            (2, usize::from(first))
        } else {
            if count == 0 || count > 4 {
                return None;
            }
            let digits = self.rest.get(2..2 + count)?;
            let length = digits.iter().fold(0_u64, |length, digit| length << 8 | u64::from(*digit));
            let is_shortest = length >= 0x80 && digits.first() != Some(&0);
            if !is_shortest {
                return None;
            }
            (2 + count, usize::try_from(length).ok()?)
        };
        let end = head.checked_add(length)?;
        let (whole, rest) = self.rest.split_at_checked(end)?;
        let content = whole.get(head..)?;
        self.rest = rest;
        Some(Part { tag, content, whole })
    }

    /// The content of the next value, which has this tag.
    pub fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.take_part(tag).map(|part| part.content)
    }

    /// The next value, which has this tag.
    pub fn take_part(&mut self, tag: u8) -> Option<Part<'a>> {
        if self.tag() == Some(tag) { self.part() } else { None }
    }

    /// The content of the next value where it has this tag. The outer nothing: it cannot be read.
    pub fn take_optional(&mut self, tag: u8) -> Option<Option<&'a [u8]>> {
        if self.tag() == Some(tag) { self.take(tag).map(Some) } else { Some(None) }
    }

    /// The values in the next one, which is a list.
    pub fn list(&mut self) -> Option<Reader<'a>> {
        self.take(SEQUENCE).map(Reader::new)
    }

    /// The bytes of the next value, which is an integer, negative ones as their two's complement, in as few bytes as can be.
    pub fn integer(&mut self) -> Option<&'a [u8]> {
        let content = self.take(INTEGER)?;
        match content {
            [] => None,
            [0, second, ..] if *second < 0x80 => None,
            [0xff, second, ..] if *second >= 0x80 => None,
            _ => Some(content),
        }
    }

    /// The next value as an integer that is not negative, without the zero in front.
    pub fn natural(&mut self) -> Option<&'a [u8]> {
        match self.integer()? {
            [first, ..] if *first >= 0x80 => None,
            [0, rest @ ..] => Some(rest),
            content => Some(content),
        }
    }

    /// The next value as an integer of 64 bits.
    pub fn small(&mut self) -> Option<i64> {
        let content = self.integer()?;
        let first = *content.first()?;
        let sign = if first >= 0x80 { -1 } else { 0 };
        let fits = content.len() <= 8;
        fits.then(|| content.iter().fold(sign, |value: i64, byte| value << 8 | i64::from(*byte)))
    }

    /// The next value, which is a string of bits: its bytes and how many bits there are. Bits behind the last one are zero.
    pub fn bits(&mut self) -> Option<(&'a [u8], usize)> {
        let [unused, bytes @ ..] = self.take(BIT_STRING)? else { return None };
        let is_sound = *unused < 8 && bytes.last().map_or(*unused == 0, |last| last & ((1_u8 << unused) - 1) == 0);
        is_sound.then(|| (bytes, bytes.len() * 8 - usize::from(*unused)))
    }

    /// The same with the bits behind the last one moved in front of the first.
    pub fn aligned_bits(&mut self) -> Option<Vec<u8>> {
        let (bytes, count) = self.bits()?;
        let unused = bytes.len() * 8 - count;
        let mut before = 0_u8;
        let mut align = |byte: &u8| {
            let aligned = if unused == 0 { *byte } else { before << (8 - unused) | byte >> unused };
            before = *byte;
            aligned
        };
        Some(bytes.iter().map(&mut align).collect())
    }

    /// The next value, which is a boolean.
    pub fn boolean(&mut self) -> Option<bool> {
        match self.take(BOOLEAN)? {
            [0] => Some(false),
            [0xff] => Some(true),
            _ => None,
        }
    }

    /// The next value, which is an object identifier: its numbers.
    pub fn object_id(&mut self) -> Option<Vec<u32>> {
        self.object_id_as_written().map(|(numbers, _)| numbers)
    }

    /// The same with its bytes, of which there is one way to write each.
    pub fn object_id_as_written(&mut self) -> Option<(Vec<u32>, &'a [u8])> {
        let content = self.take(OBJECT_ID)?;
        numbers_of(content).map(|numbers| (numbers, content))
    }
}

/// The numbers of an object identifier.
fn numbers_of(content: &[u8]) -> Option<Vec<u32>> {
    let mut numbers = Vec::new();
    let mut number = 0_u32;
    let mut is_open = false;
    for byte in content {
        if !is_open && *byte == 0x80 {
            return None;
        }
        number = number.checked_mul(128)?.checked_add(u32::from(byte & 0x7f))?;
        // As Go reads them, in which a number has 31 bits.
        if number > i32::MAX as u32 {
            return None;
        }
        is_open = *byte >= 0x80;
        if is_open {
            continue;
        }
        if numbers.is_empty() {
            let first = (number / 40).min(2);
            numbers.push(first);
            number -= first * 40;
        }
        numbers.push(number);
        number = 0;
    }
    (!is_open && !numbers.is_empty()).then_some(numbers)
}

/// An object identifier as people write it.
pub fn dotted(numbers: &[u32]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
}
