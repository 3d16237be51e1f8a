//! Two texts as a unified diff with one line around each change, as the original prints what differs from what was expected.
//!
//! Which lines are taken for the same follows its library: the longest run of equal lines first, then what is before and behind it.

use crate::sorted;
use std::ops::Range;

/// Lines around a change.
const CONTEXT: usize = 1;

/// Lines of a text from which on those that stand in it often are not begun with.
const MANY: usize = 200;

/// Steps of comparing two texts: what is left when they are spent is told as one change.
const MOST_STEPS: usize = 2_000_000;

/// What leads from what was expected to what came; nothing where they are equal.
pub fn unified(expected: &str, actual: &str) -> String {
    if expected == actual {
        return String::new();
    }
    let (expected, actual) = (lines(expected), lines(actual));
    let changes = Matcher::new(&expected, &actual).changes();
    let mut text = "--- Expected\n+++ Actual\n".to_owned();
    for hunk in hunks(&changes, expected.len(), actual.len()) {
        text.push_str(&format!("@@ -{} +{} @@\n", side(&hunk.old), side(&hunk.new)));
        let mut at = hunk.old.start;
        for change in changes.get(hunk.changes).unwrap_or_default() {
            put(&mut text, ' ', expected.get(at..change.old.start));
            put(&mut text, '-', expected.get(change.old.clone()));
            put(&mut text, '+', actual.get(change.new.clone()));
            at = change.old.end;
        }
        put(&mut text, ' ', expected.get(at..hunk.old.end));
    }
    text
}

/// The lines of a text with their ends. The last one, behind the last end, is empty and ends too.
fn lines(text: &str) -> Vec<String> {
    text.split('\n').map(|line| format!("{line}\n")).collect()
}

fn put(text: &mut String, sign: char, lines: Option<&[String]>) {
    for line in lines.unwrap_or_default() {
        text.push(sign);
        text.push_str(line);
    }
}

/// The lines of one side of a hunk: where they begin, from 1, and how many they are where they are not one.
fn side(lines: &Range<usize>) -> String {
    match lines.len() {
        1 => (lines.start + 1).to_string(),
        0 => format!("{},0", lines.start),
        count => format!("{},{count}", lines.start + 1),
    }
}

/// Lines that others stand in the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

/// Changes that are told together.
struct Hunk {
    old: Range<usize>,
    new: Range<usize>,
    changes: Range<usize>,
}

/// Changes with the lines around them; those whose lines around meet are one.
fn hunks(changes: &[Change], old_lines: usize, new_lines: usize) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        let around =
            |lines: &Range<usize>, count: usize| lines.start.saturating_sub(CONTEXT)..(lines.end + CONTEXT).min(count);
        let (old, new) = (around(&change.old, old_lines), around(&change.new, new_lines));
        match hunks.last_mut() {
            Some(last) if old.start <= last.old.end => {
                last.old.end = old.end;
                last.new.end = new.end;
                last.changes.end = at + 1;
            }
            _ => hunks.push(Hunk { old, new, changes: at..at + 1 }),
        }
    }
    hunks
}

struct Matcher<'l> {
    old: &'l [String],
    new: &'l [String],
    /// Where each line stands in the new text.
    places: sorted::Map<&'l str, Vec<usize>>,
}

impl<'l> Matcher<'l> {
    fn new(old: &'l [String], new: &'l [String]) -> Self {
        let mut places: sorted::Map<&str, Vec<usize>> = sorted::Map::new();
        for (at, line) in new.iter().enumerate() {
            places.entry(line.as_str()).or_default().push(at);
        }
        if new.len() >= MANY {
            places.retain(|_, places| places.len() <= new.len() / 100 + 1);
        }
        Self { old, new, places }
    }

    /// The changes between runs of equal lines.
    fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        let (mut old, mut new) = (0, 0);
        let mut runs = self.runs();
        runs.push((self.old.len(), self.new.len(), 0));
        for (old_start, new_start, count) in runs {
            if old < old_start || new < new_start {
                changes.push(Change { old: old..old_start, new: new..new_start });
            }
            (old, new) = (old_start + count, new_start + count);
        }
        changes
    }

    /// The runs of equal lines in their order: where they begin in both texts, and how many lines they have.
    fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs = Vec::new();
        let mut steps = MOST_STEPS;
        // What has not been looked at, the last part first.
        let mut left = vec![(0..self.old.len(), 0..self.new.len(), None)];
        while let Some((old, new, known)) = left.pop() {
            if let Some(run) = known {
                runs.push(run);
                continue;
            }
            let run @ (old_start, new_start, count) = self.longest(old.clone(), new.clone(), &mut steps);
            if count > 0 {
                left.push((old_start + count..old.end, new_start + count..new.end, None));
                left.push((0..0, 0..0, Some(run)));
                left.push((old.start..old_start, new.start..new_start, None));
            }
        }
        runs
    }

    /// The longest run of equal lines in parts of both texts, of several the first one.
    fn longest(&self, old: Range<usize>, new: Range<usize>, steps: &mut usize) -> (usize, usize, usize) {
        let nothing = (old.start, new.start, 0);
        let mut best = nothing;
        // By the place in the new text, in order: how many lines are equal up to there.
        let mut before: Vec<(usize, usize)> = Vec::new();
        let mut here = Vec::new();
        for at in old.clone() {
            here.clear();
            let all = self.old.get(at).and_then(|line| self.places.get(line.as_str()));
            let all = all.map(Vec::as_slice).unwrap_or_default();
            let within = all.partition_point(|place| *place < new.start)..all.partition_point(|place| *place < new.end);
            let places = all.get(within).unwrap_or_default();
            match steps.checked_sub(places.len() + 1) {
                Some(left) => *steps = left,
                None => return nothing,
            }
            let mut last = 0;
            for &place in places {
                while before.get(last).is_some_and(|(known, _)| known + 1 < place) {
                    last += 1;
                }
                let so_far = before.get(last).filter(|(known, _)| known + 1 == place).map_or(0, |(_, count)| *count);
                let count = so_far + 1;
                here.push((place, count));
                if count > best.2 {
                    best = (at + 1 - count, place + 1 - count, count);
                }
            }
            std::mem::swap(&mut before, &mut here);
        }
        self.widened(best, &old, &new)
    }

    /// A run with the equal lines before and behind it that were not begun with.
    fn widened(
        &self,
        (mut old, mut new, mut count): (usize, usize, usize),
        within_old: &Range<usize>,
        within_new: &Range<usize>,
    ) -> (usize, usize, usize) {
        while old > within_old.start && new > within_new.start && self.old.get(old - 1) == self.new.get(new - 1) {
            (old, new, count) = (old - 1, new - 1, count + 1);
        }
        while old + count < within_old.end
            && new + count < within_new.end
            && self.old.get(old + count) == self.new.get(new + count)
        {
            count += 1;
        }
        (old, new, count)
    }
}
