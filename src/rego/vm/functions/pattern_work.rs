//! What a regular expression costs: to be compiled, and for each byte through which it is searched for.
//!
//! It is estimated from the text, before anything is done with it. INVARIANT (never less): what this reader takes for something else
//! than it is counts as more, never as less.

use std::str::Chars;

/// The costs of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// Parts, with repetitions written out, where a class counts as what it is compiled to.
    compiled: u64,
    /// Parts that each byte of a text may be held against.
    searched: u64,
    /// Groups, which are noted for each of those parts.
    groups: u64,
    /// Whether a search may have to look at all that is left of a text, far behind what it then matches.
    pub is_far_sighted: bool,
}

/// More than any pattern that compiles.
const MOST: u64 = 1 << 20;
/// What a class of characters is compiled to, and one of Unicode by its name.
const OF_CLASS: u64 = 24;
const OF_UNICODE_CLASS: u64 = 1_500;

/// Parts in a row.
#[derive(Debug, Clone, Copy, Default)]
struct Row {
    compiled: u64,
    searched: u64,
    /// The last part, which a repetition may follow.
    last: (u64, u64),
}

impl Row {
    fn put(&mut self, compiled: u64, searched: u64) {
        self.compiled = self.compiled.saturating_add(self.last.0).min(MOST);
        self.searched = self.searched.saturating_add(self.last.1).min(MOST);
        self.last = (compiled, searched);
    }

    fn repeat(&mut self, times: u64) {
        self.last = (self.last.0.saturating_mul(times).min(MOST), self.last.1.saturating_mul(times).min(MOST));
    }

    fn add_to_last(&mut self, parts: u64) {
        self.last = (self.last.0.saturating_add(parts), self.last.1.saturating_add(parts));
    }

    fn whole(&self) -> (u64, u64) {
        (self.compiled.saturating_add(self.last.0), self.searched.saturating_add(self.last.1))
    }
}

impl Work {
    /// The costs of the pattern that a text is.
    pub fn of(pattern: &str) -> Self {
        let mut rows = vec![Row::default()];
        let (mut groups, mut is_far_sighted) = (0, false);
        // Whether a repetition without end stands before, and nothing behind it that must be matched.
        let mut is_endless = false;
        let mut rest = pattern.chars();
        while let Some(c) = rest.next() {
            let depth = rows.len();
            let Some(row) = rows.last_mut() else { break };
            match c {
                '(' => {
                    groups += 1;
                    is_far_sighted |= is_endless;
                    row.put(0, 0);
                    rows.push(Row::default());
                }
                ')' if depth > 1 => {
                    let (compiled, searched) = row.whole();
                    rows.pop();
                    if let Some(row) = rows.last_mut() {
                        row.put(compiled + 2, searched + 2);
                    }
                }
                '|' => {
                    row.put(1, 1);
                    is_far_sighted |= is_endless && depth > 1;
                    is_endless = false;
                }
                '*' | '+' => {
                    row.add_to_last(1);
                    is_far_sighted |= is_endless;
                    is_endless = true;
                }
                '?' => row.add_to_last(1),
                '{' => match count(rest.as_str()) {
                    Some((times, has_end, behind)) => {
                        row.repeat(times.saturating_add(1));
                        is_far_sighted |= is_endless;
                        is_endless |= !has_end;
                        rest = behind.chars();
                    }
                    None => row.put(1, 1),
                },
                _ => {
                    is_far_sighted |= is_endless;
                    match c {
                        '[' => {
                            let size = class(&mut rest);
                            row.put(size, 2);
                        }
                        '\\' => match rest.next() {
                            Some('p' | 'P') => {
                                name(&mut rest);
                                row.put(OF_UNICODE_CLASS, 8);
                            }
                            _ => row.put(OF_CLASS, 2),
                        },
                        '.' => row.put(OF_CLASS, 2),
                        c if c.is_ascii() => row.put(1, 1),
                        // It takes several bytes, and more of them where case makes no difference.
                        _ => row.put(OF_CLASS, 4),
                    }
                }
            }
        }
        let (compiled, searched) =
            rows.iter().fold((0_u64, 0_u64), |(a, b), row| (a + row.whole().0, b + row.whole().1));
        Self { compiled, searched, groups, is_far_sighted }
    }

    /// Steps for compiling it.
    pub const fn steps_of_compiling(&self) -> u64 {
        32 + self.compiled / 2
    }

    /// Steps for searching through bytes once. A search has a cost of its own, however short the text is.
    pub const fn steps_of_searching(&self, bytes: u64) -> u64 {
        1 + bytes.saturating_mul(2 + self.searched) / 32
    }

    /// The same where what groups match is wanted.
    pub const fn steps_of_searching_groups(&self, bytes: u64) -> u64 {
        self.steps_of_searching(bytes).saturating_mul(1 + self.groups / 32)
    }

    /// How many bytes a search may read behind what it matches, of those that are left.
    pub const fn bytes_ahead(&self, left: u64) -> u64 {
        let near = self.searched.saturating_mul(4);
        if self.is_far_sighted || left < near { left } else { near }
    }
}

/// The largest count of a repetition behind its bracket, whether it has an end, and what stands behind it.
fn count(text: &str) -> Option<(u64, bool, &str)> {
    let (inside, behind) = text.split_once('}')?;
    let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
    let number = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse::<u64>().ok() };
    Some((number(least)?.max(number(most)?), !most.is_empty(), behind))
}

/// Steps over the name of a class of Unicode: a letter, or what stands in braces.
fn name(rest: &mut Chars<'_>) {
    if rest.next() == Some('{') {
        rest.find(|&c| c == '}');
    }
}

/// What a class is compiled to, about. Reads up to the bracket that closes it.
fn class(rest: &mut Chars<'_>) -> u64 {
    let mut size = OF_CLASS;
    // A bracket that would close it at once is one of its characters.
    let inside = rest.as_str();
    let inside = inside.strip_prefix('^').unwrap_or(inside);
    *rest = inside.strip_prefix(']').unwrap_or(inside).chars();
    while let Some(c) = rest.next() {
        match c {
            ']' => break,
            // A class by its name, in brackets of its own.
            '[' if rest.as_str().starts_with(':') => {
                if let Some((_, behind)) = rest.as_str().split_once(":]") {
                    *rest = behind.chars();
                }
            }
            '\\' => {
                if matches!(rest.next(), Some('p' | 'P')) {
                    name(rest);
                    size += OF_UNICODE_CLASS;
                }
            }
            c if c.is_ascii() => {}
            _ => size += 4,
        }
    }
    size.min(MOST)
}

#[cfg(test)]
mod tests {
    use super::Work;

    #[test]
    fn repetitions_inside_one_another_are_multiplied() {
        let few = Work::of("(a{10}){10}");
        let many = Work::of("((a{10}){10}){10}");
        assert!(many.searched > 9 * few.searched, "{few:?} {many:?}");
        assert!(Work::of(r"\p{L}{5}").compiled > 4 * Work::of(r"\pL").compiled);
        assert!(Work::of(&"(a{1000}){1000}".repeat(100)).compiled < 1 << 40);
    }

    #[test]
    fn a_class_is_repeated_as_a_whole() {
        for class in ["[a]", "[]]", "[^]]", "[[:alpha:]]", "[^[:^alpha:]]", "[]a[:digit:]-]"] {
            let (once, often) = (Work::of(class), Work::of(&format!("{class}{{100}}")));
            assert!(often.compiled >= 100 * once.compiled, "{class}: {once:?} {often:?}");
        }
        assert!(Work::of(r"[]\pL]{5}").compiled > 5 * super::OF_UNICODE_CLASS);
    }

    #[test]
    fn what_stands_behind_an_endless_repetition_makes_a_search_look_far() {
        for near in ["a", "[a-z]+", r"\s*", "(a+)", "a+|b*", "ab{2,}", "[*+]b", r"\*b", "(ab?){3}c"] {
            assert!(!Work::of(near).is_far_sighted, "{near}");
        }
        for far in [".*b", "(.*)(.*)", "(a+)+", "a{2,}b", "(?:a+|b)c", ".*b|a", "a+(b)", "[a]*[b]", "a+{2}", r"\s+$"] {
            assert!(Work::of(far).is_far_sighted, "{far}");
        }
    }
}
