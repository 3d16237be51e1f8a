//! `FieldPath`: the way to a value inside the arguments, as people read it: `l[0].c`.

use std::fmt::{Display, Formatter, Result};

/// The way to a value. It is built on the stack while a value is walked, and written only where something is said of it.
#[derive(Debug, Clone, Copy)]
pub enum FieldPath<'a> {
    /// The arguments themselves.
    Root,
    /// A field of an object.
    Field(&'a FieldPath<'a>, &'a str),
    /// A place in a list, from 0.
    Place(&'a FieldPath<'a>, usize),
}

/// Characters of a path that are told: names are the caller's, and may be of any length.
const TOLD_CHARS: usize = 200;

impl FieldPath<'_> {
    /// The path as it is told; of one that is too long only the beginning.
    pub fn told(&self) -> String {
        cut(self.to_string(), TOLD_CHARS)
    }
}

impl Display for FieldPath<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(Self::Root, name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Place(parent, place) => write!(f, "{parent}[{place}]"),
        }
    }
}

/// A text, or of a longer one as many characters with a mark that there are more.
pub fn cut(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
        text.push('\u{2026}');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{FieldPath, cut};

    #[test]
    fn a_path_is_written_as_people_read_it() {
        let list = FieldPath::Field(&FieldPath::Root, "l");
        let place = FieldPath::Place(&list, 0);
        assert_eq!(FieldPath::Field(&place, "c").told(), "l[0].c");
        assert_eq!(FieldPath::Place(&place, 12).told(), "l[0][12]");
        assert_eq!(FieldPath::Field(&FieldPath::Root, &"\u{e9}".repeat(500)).told().chars().count(), 201);
        assert_eq!(cut("\u{e9}\u{e9}".to_owned(), 2), "\u{e9}\u{e9}");
    }
}
