//! Which parts of the input a program can look at: an abstract run of its code, in which a value is what parts of the input it may be.
//!
//! Procedures are run again until nothing new is found, with all arguments and answers that they may have at once. A part that is looked at as
//! a whole (a builtin takes it, it is compared, it is an answer) is whole in what is found; one that steps lead through, or whose kind
//! matters, is not.
//!
//! INVARIANT (enough): what is found is never too little. Where it would be too much to follow, it is everything. INVARIANT (counts): a
//! document of which nothing else was kept takes as many steps and units, so what is walked, counted or copied is whole in its keys.

mod flow;
mod ground;
mod held;
mod paths;

pub use ground::Ground;

use super::code::ProcedureId;
use super::executable::Executable;
use crate::rego::value::reach::Reach;
use crate::sorted;
use held::Held;
use paths::Paths;

/// Instructions that are looked at, with the registers that each may change: more is not followed.
const MOST_WORK: u64 = 4_000_000;
/// The same for all entrypoints of a program together: a package may have as many as it has rules, of which each looks at all.
const MOST_WORK_OF_ALL: u64 = 5 * MOST_WORK;

/// What can be looked at of the input when a procedure without arguments is asked.
pub fn reach(program: &Executable, entry: ProcedureId) -> Reach {
    let mut work = MOST_WORK;
    reach_within(program, entry, &mut work)
}

/// The same for each entrypoint of a program, as numbers. Of those that are left out, where all would be too much to follow, it is everything.
pub fn of_entrypoints(program: &Executable) -> Vec<(ProcedureId, Vec<u32>)> {
    let mut work = MOST_WORK_OF_ALL;
    let entries = sorted::Set::from_iter(program.code.entrypoints.iter().map(|entrypoint| entrypoint.procedure));
    let mut found = Vec::new();
    for entry in entries {
        let reach = reach_within(program, entry, &mut work);
        if work == 0 {
            break;
        }
        found.push((entry, reach.to_numbers()));
    }
    found
}

/// `work` is how much may be done, and then how much is left: nothing, where it was too little.
fn reach_within(program: &Executable, entry: ProcedureId, work: &mut u64) -> Reach {
    let before = MOST_WORK.min(*work);
    let mut run = Run {
        program,
        ground: program.ground(),
        paths: Paths::new(),
        held: Held::new(),
        known: sorted::Map::new(),
        waiting: sorted::Set::new(),
        work: before,
    };
    run.wants(entry);
    let is_done = loop {
        let Some(procedure) = run.waiting.pop_first() else { break true };
        if run.run(procedure).is_none() {
            break false;
        }
    };
    *work -= before - run.work;
    if !is_done {
        return Reach::default();
    }
    let answer = run.known.get(&entry).map_or(held::NOTHING, |known| known.answer);
    run.looks_at(answer);
    run.paths.reach()
}

/// Parts of the input that a value may be or hold, as a number of [`Held`].
type Parts = u32;

/// What is known of a procedure so far.
#[derive(Default)]
struct Known {
    /// What its arguments may be.
    arguments: Vec<Parts>,
    /// What its answer may be.
    answer: Parts,
    /// What it collects.
    collected: Parts,
    /// Those that asked for its answer.
    asked_by: sorted::Set<ProcedureId>,
}

struct Run<'p> {
    program: &'p Executable,
    ground: &'p Ground,
    paths: Paths,
    held: Held,
    known: sorted::Map<ProcedureId, Known>,
    /// Those that are to be run, again or at all.
    waiting: sorted::Set<ProcedureId>,
    /// How much may still be looked at.
    work: u64,
}

impl Run<'_> {
    fn charge(&mut self, work: u64) -> Option<()> {
        match self.work.checked_sub(work) {
            Some(left) => {
                self.work = left;
                Some(())
            }
            None => {
                self.work = 0;
                None
            }
        }
    }

    /// What either value may be or hold.
    fn both(&mut self, one: Parts, other: Parts) -> Option<Parts> {
        self.held.both(one, other, &mut self.work)
    }

    /// Has a procedure run, where it has not been.
    fn wants(&mut self, procedure: ProcedureId) {
        if !self.known.contains_key(&procedure) {
            self.known.insert(procedure, Known::default());
            self.waiting.insert(procedure);
        }
    }

    /// The answer of a procedure as far as it is known. Whoever asks is run again where more of it is found.
    fn answer(&mut self, of: ProcedureId, by: ProcedureId) -> Parts {
        self.wants(of);
        let Some(known) = self.known.get_mut(&of) else { return held::NOTHING };
        known.asked_by.insert(by);
        known.answer
    }

    /// Adds what a procedure may be given.
    fn gives(&mut self, to: ProcedureId, arguments: &[Parts]) -> Option<()> {
        self.wants(to);
        let mut before = self.known.get(&to)?.arguments.clone();
        before.resize(before.len().max(arguments.len()), held::NOTHING);
        let mut is_new = false;
        for (own, given) in before.iter_mut().zip(arguments) {
            let both = self.both(*own, *given)?;
            is_new |= both != *own;
            *own = both;
        }
        if is_new {
            self.known.get_mut(&to)?.arguments = before;
            self.waiting.insert(to);
        }
        Some(())
    }

    /// Adds what a procedure may answer.
    fn answers(&mut self, of: ProcedureId, parts: Parts) -> Option<()> {
        let before = self.known.get(&of)?.answer;
        let both = self.both(before, parts)?;
        if both != before {
            let known = self.known.get_mut(&of)?;
            known.answer = both;
            self.waiting.extend(known.asked_by.iter().copied());
        }
        Some(())
    }

    /// All of a value is looked at.
    fn looks_at(&mut self, parts: Parts) {
        let found = self.held.get(parts);
        for &part in found.is.iter().chain(&found.inside) {
            self.paths.whole(part);
        }
    }

    /// The keys of a value are walked or counted, and its items.
    fn walks(&mut self, parts: Parts) -> Option<()> {
        for part in self.held.get(parts).is.clone() {
            self.paths.any(part)?;
        }
        Some(())
    }

    /// What a step into a value leads to: under a key that is known, or under any.
    fn step(&mut self, of: Parts, key: Option<&paths::Name>) -> Option<Parts> {
        let found = self.held.get(of).clone();
        let mut is = found.inside.clone();
        for part in found.is {
            match key {
                Some(name) => is.extend(self.paths.key(part, name)?),
                None => is.extend(self.paths.any(part)?),
            }
        }
        self.held.keep(is, found.inside)
    }
}
