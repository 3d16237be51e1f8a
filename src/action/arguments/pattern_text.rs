//! The text of a pattern in plain ASCII terms: what an author writes in short, written out without tables of Unicode.
//!
//! The crate behind [`Pattern`](super::patterns::Pattern) has no tables for `\w` and its like, which are many times as
//! large as the classes that are meant. It has those of `(?i)` and `\p` for patterns of Rego, which differ: those are RE2's.

use std::iter::Peekable;
use std::str::Chars;

/// Writes a pattern without `\d`, `\w`, `\s`, `\b`, their opposites and `(?i)`: each as what it is in ASCII.
///
/// # Errors
/// One sentence about what would need the tables, or the verbose form. Any other mistake is left for the crate to find.
pub fn in_ascii(pattern: &str) -> Result<String, String> {
    let mut reader = Reader {
        rest: pattern.chars().peekable(),
        written: String::with_capacity(pattern.len()),
        ignores_case: false,
        outer: Vec::new(),
    };
    while let Some(c) = reader.rest.next() {
        match c {
            '\\' => reader.escape(Place::Outside)?,
            '[' => reader.class()?,
            '(' => reader.group()?,
            ')' => {
                reader.ignores_case = reader.outer.pop().unwrap_or(reader.ignores_case);
                reader.written.push(')');
            }
            letter if reader.ignores_case && letter.is_ascii_alphabetic() => {
                reader.written.extend(['[', letter, other_case(letter), ']']);
            }
            other => {
                reader.check_case(other)?;
                reader.written.push(other);
            }
        }
    }
    Ok(reader.written)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    InClass,
}

/// What stands in a class: a character itself, one by its escape, or a short class.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Letter(char),
    Escape,
    Class,
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    written: String,
    ignores_case: bool,
    /// Whether case is ignored around each group that is open.
    outer: Vec<bool>,
}

impl Reader<'_> {
    /// What follows a backslash.
    fn escape(&mut self, place: Place) -> Result<(), String> {
        let Some(c) = self.rest.next() else {
            self.written.push('\\');
            return Ok(());
        };
        let class = match c {
            'd' => "[0-9]",
            'D' => "[^0-9]",
            'w' => "[0-9A-Za-z_]",
            'W' => "[^0-9A-Za-z_]",
            's' => r"[\t\n\v\f\r ]",
            'S' => r"[^\t\n\v\f\r ]",
            'p' | 'P' => {
                return Err(
                    r"classes of Unicode, `\p`, are not supported; list the characters, as in `[A-Za-z]`".to_owned()
                );
            }
            'x' | 'u' | 'U' if self.ignores_case => {
                return Err(format!("`\\{c}` under `(?i)` is not supported; write the character itself"));
            }
            'b' | 'B' | '<' | '>' if place == Place::Outside => {
                self.boundary(c);
                return Ok(());
            }
            other => {
                self.written.extend(['\\', other]);
                return Ok(());
            }
        };
        self.written.push_str(class);
        Ok(())
    }

    /// A boundary of words, such as `\b` and `\b{start}`; a number in braces repeats it instead.
    fn boundary(&mut self, kind: char) {
        self.written.push_str(r"(?-u:\");
        self.written.push(kind);
        let mut ahead = self.rest.clone();
        if ahead.next() == Some('{') && ahead.next().is_some_and(|c| c.is_ascii_alphabetic()) {
            self.copy_through('}');
        }
        self.written.push(')');
    }

    fn copy_through(&mut self, end: char) {
        for c in self.rest.by_ref() {
            self.written.push(c);
            if c == end {
                return;
            }
        }
    }

    /// What follows an opening parenthesis: the flags of a group, its name, or its first part.
    fn group(&mut self) -> Result<(), String> {
        self.outer.push(self.ignores_case);
        self.written.push('(');
        if self.rest.next_if_eq(&'?').is_none() {
            return Ok(());
        }
        let mut ahead = self.rest.clone();
        let begins = (ahead.next(), ahead.next(), ahead.next());
        if matches!(begins, (Some('P'), Some('<'), _))
            || matches!(begins, (Some('<'), Some(c), _) if c != '=' && c != '!')
        {
            self.written.push('?');
            self.copy_through('>');
            return Ok(());
        }
        let mut flags = String::new();
        let (mut is_off, mut had_case) = (false, false);
        while let Some(flag) = self.rest.next_if(|c| c.is_ascii_alphabetic() || *c == '-') {
            match flag {
                'i' => {
                    self.ignores_case = !is_off;
                    had_case = true;
                }
                'x' => {
                    return Err(
                        "the verbose form, `(?x)`, is not supported; write the pattern without spaces".to_owned()
                    );
                }
                other => {
                    is_off |= other == '-';
                    flags.push(other);
                }
            }
        }
        if had_case && flags.ends_with('-') {
            flags.pop();
        }
        self.written.push('?');
        self.written.push_str(&flags);
        if self.rest.next_if_eq(&')').is_some() {
            // Flags alone: they hold until the group around them ends.
            self.outer.pop();
            self.written.push_str(if flags.is_empty() && had_case { ":)" } else { ")" });
        }
        Ok(())
    }

    /// What follows an opening bracket, up to the one that closes it.
    fn class(&mut self) -> Result<(), String> {
        self.open();
        let mut depth = 1_usize;
        while depth > 0 {
            let Some(c) = self.rest.next() else { return Ok(()) };
            match c {
                '[' => {
                    if !self.named_class() {
                        self.open();
                        depth += 1;
                    }
                }
                ']' => {
                    self.written.push(']');
                    depth -= 1;
                }
                // Written twice, these are what is done with two classes.
                '&' | '-' | '~' if self.rest.next_if_eq(&c).is_some() => self.written.extend([c, c]),
                first => self.item(first)?,
            }
        }
        Ok(())
    }

    fn open(&mut self) {
        self.written.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.written.push('^');
        }
        // A bracket that closes nothing yet stands for itself, and so do hyphens with nothing before them.
        if self.rest.next_if_eq(&']').is_some() {
            self.written.push(']');
        }
        while self.rest.next_if_eq(&'-').is_some() {
            self.written.push('-');
        }
    }

    /// What follows the bracket of `[:alpha:]` and its like; false where another class begins.
    fn named_class(&mut self) -> bool {
        let mut name: String =
            self.rest.clone().take_while(|c| matches!(c, ':' | '^') || c.is_ascii_alphabetic()).collect();
        if name.len() < 2 || !name.starts_with(':') || !name.ends_with(':') {
            return false;
        }
        for _ in name.chars() {
            self.rest.next();
        }
        if self.ignores_case {
            name = name.replace("lower", "alpha").replace("upper", "alpha");
        }
        self.written.push('[');
        self.written.push_str(&name);
        self.written.extend(self.rest.next_if_eq(&']'));
        true
    }

    /// A character, a range or a short class inside a class, followed by its counterpart where case is ignored.
    fn item(&mut self, first: char) -> Result<(), String> {
        let low = self.element(first)?;
        if low == Element::Class {
            return Ok(());
        }
        let mut high = low;
        if self.begins_range() {
            self.rest.next();
            self.written.push('-');
            if let Some(last) = self.rest.next() {
                high = self.element(last)?;
            }
            if high == Element::Class {
                return Err(
                    "a class such as `\\d` cannot be an end of a range; put the hyphen first or last".to_owned()
                );
            }
        }
        match (low, high) {
            _ if !self.ignores_case => Ok(()),
            (Element::Letter(low), Element::Letter(high)) => self.fold(low, high),
            _ if low == high => Ok(()),
            _ => {
                Err("an escape at an end of a range under `(?i)` is not supported; write the character itself"
                    .to_owned())
            }
        }
    }

    fn fold(&mut self, low: char, high: char) -> Result<(), String> {
        (low..=high).filter(|c| !c.is_ascii()).try_for_each(|c| self.check_case(c))?;
        for (from, to) in [('a', 'z'), ('A', 'Z')] {
            let (from, to) = (low.max(from), high.min(to));
            if from < to {
                self.written.extend([other_case(from), '-', other_case(to)]);
            } else if from == to {
                self.written.push(other_case(from));
            }
        }
        Ok(())
    }

    /// Whether what was read is the first end of a range.
    fn begins_range(&self) -> bool {
        let mut ahead = self.rest.clone();
        ahead.next() == Some('-') && ahead.next().is_some_and(|c| !matches!(c, ']' | '-'))
    }

    fn element(&mut self, c: char) -> Result<Element, String> {
        if c != '\\' {
            self.written.push(c);
            return Ok(Element::Letter(c));
        }
        if let Some(escaped) = self.rest.next_if(char::is_ascii_punctuation) {
            self.written.extend(['\\', escaped]);
            return Ok(Element::Letter(escaped));
        }
        let is_class = self.rest.peek().is_some_and(|c| "dDwWsS".contains(*c));
        self.escape(Place::InClass)?;
        Ok(if is_class { Element::Class } else { Element::Escape })
    }

    /// Refuses a letter whose other case only the tables know.
    fn check_case(&self, c: char) -> Result<(), String> {
        if self.ignores_case && !c.is_ascii() && (c.is_lowercase() || c.is_uppercase()) {
            return Err(format!("`(?i)` is for the letters of ASCII; write both cases of `{c}`, without `(?i)`"));
        }
        Ok(())
    }
}

const fn other_case(letter: char) -> char {
    if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
}
