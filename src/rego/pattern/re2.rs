//! From the syntax of RE2, in which the patterns of Rego are written, to that of the crate that searches.
//!
//! Every part is written anew, so that the crate can read no other meaning into it: its `\d` is of Unicode and RE2's of
//! ASCII, its classes nest, its `\<` is no character.

use super::compiled::KNOWS_UNICODE;
use super::folded;
use crate::sorted;
use std::str::Chars;

/// A pattern in the syntax of the crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translated {
    /// The pattern. Its groups have numbers and no names.
    pub text: String,
    /// The names of groups, each with the number of its group.
    pub names: Vec<(String, usize)>,
}

/// Why a pattern is not translated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTranslated {
    /// It is none. One sentence.
    NotAPattern(String),
    /// It means letters that the crate of this build does not know. What it means, for a sentence.
    Unknown(String),
}

impl From<String> for NotTranslated {
    fn from(why: String) -> Self {
        Self::NotAPattern(why)
    }
}

impl From<&str> for NotTranslated {
    fn from(why: &str) -> Self {
        Self::NotAPattern(why.to_owned())
    }
}

/// Reads a pattern of RE2. `is_class` tells whether the crate knows a class such as `\p{gc=L}`.
///
/// # Errors
/// Why it is none, or none that this build can search for.
pub fn translated(pattern: &str, is_class: fn(&str) -> bool) -> Result<Translated, NotTranslated> {
    let mut reader = Reader {
        is_class,
        rest: pattern.chars(),
        written: String::with_capacity(pattern.len()),
        last: Last::Nothing,
        repeated: 1,
        open: Vec::new(),
        groups: 0,
        names: Vec::new(),
        ignores_case: false,
    };
    while let Some(c) = reader.next() {
        reader.part(c)?;
    }
    if !reader.open.is_empty() {
        return Err("a group is not closed: `)` is missing".into());
    }
    Ok(Translated { text: reader.written, names: reader.names })
}

/// A class in which there is nothing.
const EMPTY: &str = r"[^\x{0}-\x{10FFFF}]";
/// One in which there is everything.
const ALL: &str = r"[\x{0}-\x{10FFFF}]";
/// RE2 repeats nothing more often, also where repetitions are inside one another.
const REPETITIONS: u32 = 1_000;

/// What stands before the place that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Item,
    Repetition,
    /// Flags for what follows, written from this byte on. A repetition behind them is of what stands before them.
    Flags(usize),
}

/// A group that is open.
struct Group {
    /// How often the part of it is repeated that is repeated most.
    repeated: u32,
    /// Whether case is ignored behind it, as it was before it.
    ignores_case: bool,
}

struct Reader<'a> {
    is_class: fn(&str) -> bool,
    rest: Chars<'a>,
    written: String,
    last: Last,
    /// How often some part of what stands last is repeated.
    repeated: u32,
    open: Vec<Group>,
    groups: usize,
    names: Vec<(String, usize)>,
    /// Whether small and large letters are one here.
    ignores_case: bool,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        self.rest.next()
    }

    fn next_if(&mut self, is_wanted: impl Fn(char) -> bool) -> Option<char> {
        let mut ahead = self.rest.clone();
        let c = ahead.next().filter(|&c| is_wanted(c))?;
        self.rest = ahead;
        Some(c)
    }

    /// Steps over a text if it stands next.
    fn skip(&mut self, text: &str) -> bool {
        let behind = self.rest.as_str().strip_prefix(text);
        if let Some(behind) = behind {
            self.rest = behind.chars();
        }
        behind.is_some()
    }

    fn item(&mut self, text: &str) {
        self.keep_repeated();
        self.written.push_str(text);
        self.last = Last::Item;
    }

    /// What stood last is not repeated any more: its group remembers how often it was.
    fn keep_repeated(&mut self) {
        if let Some(group) = self.open.last_mut() {
            group.repeated = group.repeated.max(self.repeated);
        }
        self.repeated = 1;
    }

    fn literal(&mut self, code: u32) -> Result<(), NotTranslated> {
        // A surrogate stands in no text.
        let mut text = char::from_u32(code).map_or_else(|| EMPTY.to_owned(), written_out);
        if self.folds_by_hand() {
            let also = folded::others(code, code)?;
            if !also.is_empty() {
                text = format!("[{text}{also}]");
            }
        }
        self.item(&text);
        Ok(())
    }

    /// Whether the crate folds the letters of ASCII alone, and what else is folded is written here.
    fn folds_by_hand(&self) -> bool {
        self.ignores_case && !KNOWS_UNICODE
    }

    fn part(&mut self, c: char) -> Result<(), NotTranslated> {
        match c {
            '.' | '^' | '$' => self.item(c.encode_utf8(&mut [0; 4])),
            '|' => {
                self.keep_repeated();
                self.written.push('|');
                self.last = Last::Nothing;
            }
            '(' => self.group()?,
            ')' => {
                self.keep_repeated();
                let group = self.open.pop().ok_or("`)` closes no group")?;
                self.written.push(')');
                self.last = Last::Item;
                self.repeated = group.repeated;
                self.ignores_case = group.ignores_case;
            }
            '[' => {
                let class = self.class()?;
                self.item(&class);
            }
            '*' | '+' | '?' => self.repetition(&c.to_string())?,
            '{' => match self.count()? {
                Some((text, most)) => {
                    self.repetition(&text)?;
                    self.repeated = self.repeated.saturating_mul(most.max(1));
                    if self.repeated > REPETITIONS {
                        return Err(format!("a part is repeated more than {REPETITIONS} times").into());
                    }
                }
                None => self.literal(u32::from('{'))?,
            },
            '\\' => self.escape()?,
            other => self.literal(u32::from(other))?,
        }
        Ok(())
    }

    fn repetition(&mut self, operator: &str) -> Result<(), NotTranslated> {
        match self.last {
            Last::Nothing => return Err(format!("there is nothing before `{operator}` that it could repeat").into()),
            Last::Repetition => return Err(format!("`{operator}` follows another repetition").into()),
            Last::Item => self.written.push_str(operator),
            Last::Flags(at) => self.written.insert_str(at, operator),
        }
        if self.next_if(|c| c == '?').is_some() {
            match self.last {
                Last::Flags(at) => self.written.insert(at + operator.len(), '?'),
                _ => self.written.push('?'),
            }
        }
        self.last = Last::Repetition;
        Ok(())
    }

    /// The counts of a repetition and how often that is, behind its brace; none where the brace is a character.
    fn count(&mut self) -> Result<Option<(String, u32)>, NotTranslated> {
        let Some((inside, _)) = self.rest.as_str().split_once('}') else { return Ok(None) };
        let (least, most) = match inside.split_once(',') {
            Some((least, "")) => (least, None),
            Some((least, most)) => (least, Some(most)),
            None => (inside, Some(inside)),
        };
        let is_count = |digits: &str| {
            !digits.is_empty()
                && digits.bytes().all(|byte| byte.is_ascii_digit())
                && (digits.len() == 1 || !digits.starts_with('0'))
        };
        if !is_count(least) || !most.is_none_or(is_count) {
            return Ok(None);
        }
        let text = format!("{{{inside}}}");
        let number = |digits: &str| digits.parse::<u32>().ok().filter(|&count| count <= REPETITIONS);
        let least = number(least);
        let most = most.map_or(least, number);
        match (least, most) {
            (Some(least), Some(most)) if least <= most => {
                self.skip(inside);
                self.skip("}");
                Ok(Some((text, most)))
            }
            _ => Err(format!("`{text}` is no number of repetitions; {REPETITIONS} are the most").into()),
        }
    }

    /// What follows an opening parenthesis: the name or the flags of a group.
    fn group(&mut self) -> Result<(), NotTranslated> {
        if !self.skip("?") {
            self.groups += 1;
            self.begin("(");
            return Ok(());
        }
        if self.skip("P<") || self.skip("<") {
            let (name, behind) =
                self.rest.as_str().split_once('>').ok_or("the name of a group is not closed: `>` is missing")?;
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !is_name {
                return Err("a group has no name of letters and digits; there is no look-around".into());
            }
            if self.names.iter().any(|(other, _)| other == name) {
                return Err(format!("two groups have the name `{name}`").into());
            }
            self.groups += 1;
            self.names.push((name.to_owned(), self.groups));
            self.rest = behind.chars();
            self.begin("(");
            return Ok(());
        }
        let (mut on, mut off) = (sorted::Set::new(), sorted::Set::new());
        let mut is_off = false;
        loop {
            match self.next() {
                Some(flag @ ('i' | 'm' | 's' | 'U')) => {
                    let (to, from) = if is_off { (&mut off, &mut on) } else { (&mut on, &mut off) };
                    to.insert(flag);
                    from.remove(&flag);
                }
                Some('-') if !is_off => is_off = true,
                Some(end @ (':' | ')')) if !is_off || !off.is_empty() => {
                    let mut flags = String::from_iter(&on);
                    if !off.is_empty() {
                        flags.push('-');
                        flags.extend(&off);
                    }
                    if end == ':' {
                        self.begin(&format!("(?{flags}:"));
                    } else {
                        self.flags(&flags);
                    }
                    self.ignores_case = on.contains(&'i') || (self.ignores_case && !off.contains(&'i'));
                    return Ok(());
                }
                _ => {
                    return Err(
                        "`(?` begins no group: there are the flags i, m, s and U, names, and no look-around".into()
                    );
                }
            }
        }
    }

    fn begin(&mut self, text: &str) {
        self.keep_repeated();
        self.written.push_str(text);
        self.open.push(Group { repeated: 1, ignores_case: self.ignores_case });
        self.last = Last::Nothing;
    }

    /// Flags alone: they hold until the group around them ends.
    fn flags(&mut self, flags: &str) {
        self.last = match self.last {
            Last::Nothing => Last::Nothing,
            Last::Flags(at) => Last::Flags(at),
            Last::Item | Last::Repetition => Last::Flags(self.written.len()),
        };
        if !flags.is_empty() {
            self.written.push_str(&format!("(?{flags})"));
        }
    }

    /// What follows a backslash outside of a class.
    fn escape(&mut self) -> Result<(), NotTranslated> {
        if self.skip("A") {
            self.item(r"\A");
        } else if self.skip("z") {
            self.item(r"\z");
        } else if self.skip("b") {
            self.item(if KNOWS_UNICODE { r"(?-u:\b)" } else { r"\b" });
        } else if self.skip("B") {
            self.item(if KNOWS_UNICODE { r"(?-u:\B)" } else { r"\B" });
        } else if self.skip("Q") {
            let rest = self.rest.as_str();
            let (letters, behind) = rest.split_once(r"\E").unwrap_or((rest, ""));
            if self.last == Last::Repetition {
                self.last = Last::Item;
            }
            for letter in letters.chars() {
                self.literal(u32::from(letter))?;
            }
            self.rest = behind.chars();
        } else if let Some(ranges) = self.short_class()? {
            self.item(&format!("[{ranges}]"));
        } else {
            let code = self.escaped()?;
            self.literal(code)?;
        }
        Ok(())
    }

    /// The ranges of `\d` and its like, or a class `\p`, behind the backslash: what stands in a class.
    fn short_class(&mut self) -> Result<Option<String>, NotTranslated> {
        let Some(kind) = self.next_if(|c| "dDwWsSpP".contains(c)) else { return Ok(None) };
        let ranges = match kind {
            'd' => "0-9",
            'D' => r"\x{0}-\x{2F}\x{3A}-\x{10FFFF}",
            'w' if self.folds_by_hand() => r"0-9A-Za-z_\x{17F}\x{212A}",
            'w' => "0-9A-Za-z_",
            // Where case is ignored two letters are neither in it nor outside of it.
            'W' if self.folds_by_hand() => {
                r"\x{0}-\x{2F}\x{3A}-\x{40}\x{5B}-\x{5E}\x{60}\x{7B}-\x{17E}\x{180}-\x{2129}\x{212B}-\x{10FFFF}"
            }
            // Not flat: what is not in it would be, by the cases of what is.
            'W' if KNOWS_UNICODE => "[^0-9A-Za-z_]",
            'W' => r"\x{0}-\x{2F}\x{3A}-\x{40}\x{5B}-\x{5E}\x{60}\x{7B}-\x{10FFFF}",
            's' => r"\t\n\f\r\x20",
            'S' => r"\x{0}-\x{8}\x{B}\x{E}-\x{1F}\x{21}-\x{10FFFF}",
            kind => return self.unicode_class(kind == 'P').map(Some),
        };
        Ok(Some(ranges.to_owned()))
    }

    fn unicode_class(&mut self, is_negated: bool) -> Result<String, NotTranslated> {
        let rest = self.rest.as_str();
        let first = self.next().ok_or("`\\p` has no name")?;
        let name = if first == '{' {
            let (name, behind) =
                self.rest.as_str().split_once('}').ok_or("the name behind `\\p` is not closed: `}` is missing")?;
            self.rest = behind.chars();
            name
        } else {
            rest.get(..first.len_utf8()).unwrap_or_default()
        };
        let (name, is_negated) = match name.strip_prefix('^') {
            Some(name) => (name, !is_negated),
            None => (name, is_negated),
        };
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_- ".contains(&byte));
        if !KNOWS_UNICODE {
            return Err(NotTranslated::Unknown(format!(r"the characters of `\p{{{name}}}`")));
        }
        // A text holds none of these, and the crate does not know their name.
        if ["cs", "surrogate"].contains(&name.to_ascii_lowercase().as_str()) {
            return Ok(if is_negated { ALL.to_owned() } else { EMPTY.to_owned() });
        }
        let kind = ["gc", "sc"].into_iter().find(|kind| is_name && (self.is_class)(&format!(r"\p{{{kind}={name}}}")));
        let kind = kind.ok_or_else(|| format!(r"there is no category or script of Unicode `\p{{{name}}}`"))?;
        Ok(format!(r"\{}{{{kind}={name}}}", if is_negated { 'P' } else { 'p' }))
    }

    /// The character that an escape stands for, behind the backslash.
    fn escaped(&mut self) -> Result<u32, NotTranslated> {
        let Some(c) = self.next() else { return Err("a backslash stands at the end".into()) };
        let code = match c {
            '1'..='7' if !self.rest.as_str().starts_with(|c: char| c.is_digit(8)) => {
                return Err(format!("`\\{c}`: there are no references to groups").into());
            }
            '0'..='7' => {
                let mut code = c.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    let Some(digit) = self.next_if(|c| c.is_digit(8)) else { break };
                    code = code * 8 + digit.to_digit(8).unwrap_or(0);
                }
                Some(code)
            }
            'x' => self.hexadecimal(),
            'a' => Some(7),
            'f' => Some(12),
            'n' => Some(10),
            'r' => Some(13),
            't' => Some(9),
            'v' => Some(11),
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(u32::from(c)),
            _ => None,
        };
        code.ok_or_else(|| format!("there is no escape `\\{c}` here, or it is not complete").into())
    }

    fn hexadecimal(&mut self) -> Option<u32> {
        let digits = if self.skip("{") {
            let (digits, behind) = self.rest.as_str().split_once('}')?;
            self.rest = behind.chars();
            digits
        } else {
            let rest = self.rest.as_str();
            self.rest = rest.get(2..)?.chars();
            rest.get(..2)?
        };
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let significant = digits.trim_start_matches('0');
        let code = if significant.is_empty() { Some(0) } else { u32::from_str_radix(significant, 16).ok() };
        code.filter(|&code| is_number && code <= u32::from(char::MAX))
    }

    /// What follows an opening bracket, up to the one that closes it.
    fn class(&mut self) -> Result<String, NotTranslated> {
        const NOT_CLOSED: &str = "a class of characters is not closed: `]` is missing";
        let mut class = "[".to_owned();
        if self.skip("^") {
            class.push('^');
        }
        let (begin, mut is_first) = (class.len(), true);
        loop {
            if !is_first && self.skip("]") {
                if class.len() == begin {
                    return Ok(if begin == 1 { EMPTY } else { ALL }.to_owned());
                }
                class.push(']');
                return Ok(class);
            }
            is_first = false;
            if let Some(named) = self.named_class()? {
                if self.folds_by_hand() {
                    class.push_str(folded::others_of_named(&named)?);
                }
                class.push_str(&named);
                continue;
            }
            let c = self.next().ok_or(NOT_CLOSED)?;
            if c == '\\'
                && let Some(short) = self.short_class()?
            {
                class.push_str(&short);
                continue;
            }
            let low = if c == '\\' { self.escaped()? } else { u32::from(c) };
            let mut high = low;
            let rest = self.rest.as_str();
            if rest.starts_with('-') && !rest.starts_with("-]") && rest.len() > 1 {
                self.skip("-");
                let c = self.next().ok_or(NOT_CLOSED)?;
                high = if c == '\\' { self.escaped()? } else { u32::from(c) };
            }
            if high < low {
                return Err("a range in a class ends before it begins".into());
            }
            class.push_str(&range(low, high));
            if self.folds_by_hand() {
                class.push_str(&folded::others(low, high)?);
            }
        }
    }

    /// `[:alpha:]` and its like inside of a class.
    fn named_class(&mut self) -> Result<Option<String>, NotTranslated> {
        const NAMES: [&str; 14] = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
            "word", "xdigit",
        ];
        let Some((name, behind)) = self.rest.as_str().strip_prefix("[:").and_then(|rest| rest.split_once(":]")) else {
            return Ok(None);
        };
        if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err(format!("there is no class `[:{name}:]`").into());
        }
        self.rest = behind.chars();
        Ok(Some(format!("[:{name}:]")))
    }
}

/// What stands for itself in a pattern, and what is of ASCII and does not, by its number.
fn written_out(c: char) -> String {
    if c.is_ascii_alphanumeric() || !c.is_ascii() { c.to_string() } else { format!(r"\x{{{:X}}}", u32::from(c)) }
}

/// A range inside of a class, without the surrogates.
fn range(low: u32, high: u32) -> String {
    let low = if char::from_u32(low).is_none() { 0xE000 } else { low };
    let high = if char::from_u32(high).is_none() { 0xD7FF } else { high };
    match (char::from_u32(low), char::from_u32(high)) {
        (Some(low), Some(high)) if low == high => written_out(low),
        // A letter as it is: where case is ignored its number is two letters to one of the crates, and begins no range.
        (Some(low), Some(high)) if low < high => format!("{}-{}", written_out(low), written_out(high)),
        _ => String::new(),
    }
}
