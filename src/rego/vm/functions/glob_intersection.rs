//! `regex.globs_match`: whether a text may be matched by two globs, as OPA looks for one.
//!
//! Its globs are characters, `.` and `[…]`, each of which `*` or `+` may follow.

use super::texts::read;
use super::{Answer, Context, Failure, Function};
use crate::rego::value::Value;
use crate::sorted::InOrder;
use std::str::Chars;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    match name {
        "regex.globs_match" => Some(Function::Two(intersect)),
        _ => None,
    }
}

/// How often a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flag {
    Once,
    Plus,
    Star,
}

/// Characters, as ranges in their order that do not touch: all of them where there is no list.
#[derive(Debug, PartialEq, Eq)]
struct Token {
    ranges: Option<Vec<(u32, u32)>>,
    /// Whether it was written as a class: another token is not the same, even if it is of the same character.
    is_class: bool,
    flag: Flag,
}

impl Token {
    fn meets(&self, other: &Self) -> bool {
        let (Some(a), Some(b)) = (&self.ranges, &other.ranges) else { return true };
        let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
        while let (Some((low, high)), Some((other_low, other_high))) = (a.peek(), b.peek()) {
            if high < other_low {
                a.next();
            } else if other_high < low {
                b.next();
            } else {
                return true;
            }
        }
        false
    }

    fn size(&self) -> u64 {
        1 + self.ranges.as_ref().map_or(0, |ranges| ranges.len() as u64)
    }
}

fn intersect(context: &mut Context<'_>, left: Value, right: Value) -> Answer {
    let [left, right] = read(context, [left, right])?;
    context.room(32 * (u64::from(left.len) + u64::from(right.len)))?;
    context.charge(u64::from(left.len) + u64::from(right.len))?;
    let tokens = |text: &str| tokens(text).map_err(Failure::of_builtin);
    let (left, right) = (tokens(context.stores.text(left))?, tokens(context.stores.text(right))?);
    let size = |tokens: &[Token]| tokens.iter().map(Token::size).sum::<u64>();
    // Each token of one is compared with each of the other.
    let work = size(&left).saturating_mul(right.len() as u64 + 1);
    context.charge(work.saturating_add(size(&right).saturating_mul(left.len() as u64 + 1)))?;
    Ok(Value::boolean(trimmed(&left, &right).is_some_and(|(left, right)| meet(left, right))))
}

/// What is left between the tokens at the beginning and at the end that stand once in both; nothing where two of those do
/// not meet. One of them is left at each side.
fn trimmed<'t>(left: &'t [Token], right: &'t [Token]) -> Option<(&'t [Token], &'t [Token])> {
    let both_once = |(a, b): &(&Token, &Token)| a.flag == Flag::Once && b.flag == Flag::Once;
    let mut first = 0;
    for (a, b) in left.iter().zip(right).take_while(both_once) {
        if !a.meets(b) {
            return None;
        }
        first += 1;
    }
    let first = usize::saturating_sub(first, 1);
    let (left, right) = (left.get(first..)?, right.get(first..)?);
    let mut last = 0;
    for (a, b) in left.iter().rev().zip(right.iter().rev()).take_while(both_once) {
        if !a.meets(b) {
            return None;
        }
        last += 1;
    }
    let last = usize::saturating_sub(last, 1);
    Some((left.get(..left.len() - last)?, right.get(..right.len() - last)?))
}

/// What is known of two rests. Which of the two is looked at first makes a difference where both begin with tokens that
/// stand more than once.
#[derive(Debug, Clone, Copy, Default)]
struct Rests {
    /// Whether they meet, looked at from the left one and from the right one.
    meet: [bool; 2],
    /// Whether they do where the first token of the left one, or of the right one, may stand for nothing.
    star: [bool; 2],
}

/// Whether there is a text for both. The rests of both are looked at from their ends, so that nothing is looked at twice.
fn meet(left: &[Token], right: &[Token]) -> bool {
    let width = right.len() + 1;
    // Of the row behind the one that is looked at.
    let mut behind = vec![Rests::default(); width];
    for i in (0..=left.len()).rev() {
        let mut row = vec![Rests::default(); width];
        for j in (0..=right.len()).rev() {
            let at = |rests: &[Rests], j: usize| rests.get(j).copied().unwrap_or_default();
            let (down, across, both) = (at(&behind, j), at(&row, j + 1), at(&behind, j + 1));
            let (a, b) = (left.get(i), right.get(j));
            let rests = Rests {
                star: [
                    star(a, left.get(i + 1), b, down.meet[0], across.star[0]),
                    star(b, right.get(j + 1), a, across.meet[1], down.star[1]),
                ],
                meet: [false; 2],
            };
            let meet = match (a, b) {
                (None, None) => [true; 2],
                (Some(a), Some(b)) if a.flag == Flag::Once && b.flag == Flag::Once => {
                    both.meet.map(|meet| meet && a.meets(b))
                }
                (Some(a), Some(b)) => {
                    let from_left = || match a.flag {
                        Flag::Plus => a.meets(b) && (across.star[0] || b.flag != Flag::Once && down.meet[0]),
                        _ => rests.star[0],
                    };
                    let from_right = || match b.flag {
                        Flag::Plus => a.meets(b) && (down.star[1] || a.flag != Flag::Once && across.meet[1]),
                        _ => rests.star[1],
                    };
                    match (a.flag, b.flag) {
                        (_, Flag::Once) => [from_left(); 2],
                        (Flag::Once, _) => [from_right(); 2],
                        _ => [from_left(), from_right()],
                    }
                }
                _ => [false; 2],
            };
            if let Some(place) = row.get_mut(j) {
                *place = Rests { meet, ..rests };
            }
        }
        behind = row;
    }
    behind.first().is_some_and(|rests| rests.meet[0])
}

/// Whether a token that may stand for any number of others takes what is left of the other one, up to the token behind it.
/// `meet` is whether the rest behind it meets the other one, `star` the answer one token of the other one later.
fn star(token: Option<&Token>, next: Option<&Token>, other: Option<&Token>, meet: bool, star: bool) -> bool {
    let Some(token) = token else { return false };
    let Some(other) = other else { return next.is_none() };
    next.is_some_and(|next| next.meets(other)) && meet || token.meets(other) && star
}

fn tokens(glob: &str) -> Result<Vec<Token>, String> {
    let mut reader = Reader { glob, rest: glob.chars() };
    let mut tokens: Vec<Token> = Vec::new();
    while let Some((c, is_escaped)) = reader.next()? {
        let (ranges, is_class) = match c {
            '.' if !is_escaped => (None, false),
            '[' if !is_escaped => (Some(reader.class()?), true),
            ']' if !is_escaped => return Err(reader.wrong("set-close ']' with no preceding '['")),
            '+' | '*' if !is_escaped => {
                return Err(reader.wrong(&format!("flag '{c}' must be preceded by a non-flag")));
            }
            c => (Some(vec![(u32::from(c), u32::from(c))]), false),
        };
        let flag = match reader.rest.as_str().chars().next() {
            Some('+') => Flag::Plus,
            Some('*') => Flag::Star,
            _ => Flag::Once,
        };
        if flag != Flag::Once {
            reader.rest.next();
        }
        let token = Token { ranges, is_class, flag };
        match tokens.last_mut() {
            // The same twice is it once, and stands at least once where one of the two does.
            Some(last)
                if flag != Flag::Once
                    && last.flag != Flag::Once
                    && (&last.ranges, last.is_class) == (&token.ranges, token.is_class) =>
            {
                if flag == Flag::Plus {
                    last.flag = Flag::Plus;
                }
            }
            _ => tokens.push(token),
        }
    }
    Ok(tokens)
}

struct Reader<'g> {
    glob: &'g str,
    rest: Chars<'g>,
}

impl Reader<'_> {
    fn wrong(&self, why: &str) -> String {
        let at = self.glob.chars().count() - self.rest.as_str().chars().count();
        format!("input:{}, pos:{at}, {why}: the input provided is invalid", self.glob)
    }

    /// The next character, and whether a backslash stands before it.
    fn next(&mut self) -> Result<Option<(char, bool)>, String> {
        match self.rest.next() {
            Some('\\') => match self.rest.next() {
                Some(c) => Ok(Some((c, true))),
                None => Err(self.wrong("input ends with a \\ (escape) character")),
            },
            c => Ok(c.map(|c| (c, false))),
        }
    }

    /// The characters of a class, behind its bracket.
    fn class(&mut self) -> Result<Vec<(u32, u32)>, String> {
        let mut ranges = Vec::new();
        let mut before = None;
        loop {
            let Some((c, is_escaped)) = self.next()? else { return Err(self.wrong("found [ without matching ]")) };
            match c {
                ']' if !is_escaped => break,
                '-' if !is_escaped => {
                    let low = before.take();
                    let low: u32 =
                        low.ok_or_else(|| self.wrong("range character '-' must be preceded by a Unicode character"))?;
                    let high = self.next()?.filter(|_| !self.rest.as_str().is_empty());
                    let Some((high, is_escaped)) = high else {
                        return Err(self.wrong("range character '-' must be followed by a Unicode character"));
                    };
                    if !is_escaped && matches!(high, ']' | '-') {
                        return Err(self.wrong("range character '-' cannot be followed by a special symbol"));
                    }
                    if u32::from(high) < low {
                        return Err(self.wrong("range is out of order"));
                    }
                    ranges.push((low, u32::from(high)));
                }
                c => {
                    ranges.push((u32::from(c), u32::from(c)));
                    before = Some(u32::from(c));
                }
            }
        }
        ranges.order();
        let mut merged: Vec<(u32, u32)> = Vec::new();
        for (low, high) in ranges {
            match merged.last_mut() {
                Some((_, last)) if low <= last.saturating_add(1) => *last = high.max(*last),
                _ => merged.push((low, high)),
            }
        }
        Ok(merged)
    }
}
