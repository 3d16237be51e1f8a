//! Our own engine beside regorus: generated policies, asked of both.
//!
//! Where the two differ, and the difference is not among the known ones, the policy is made as small as it still differs, and
//! shown. `REGATE_POLICIES_TRIED` says how many policies are tried, `REGATE_FIRST_SEED` from which seed on.
#![cfg(feature = "second-opinion")]
#![allow(
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing"
)]

#[path = "../actions/chance.rs"]
mod chance;
mod documents;
mod generate;
mod known;
mod peers;
mod statements;
mod terms;
mod tree;

use generate::Policy;
use known::{Found, KNOWN};
use peers::{Case, Ours, Theirs, are_alike};
use regate::rego::second_opinion::Said;
use std::fmt::Write as _;
use tree::{Tree, joined};

/// What stands between modules while a policy is made small.
const BETWEEN: &str = "\u{1}";

#[test]
fn both_engines_say_the_same_of_generated_policies() {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (first, tried) = (number("REGATE_FIRST_SEED", 1), number("REGATE_POLICIES_TRIED", 500));
    // regorus panics on some policies: that is one of its answers.
    std::panic::set_hook(Box::new(|panic| {
        if !panic.location().is_some_and(|location| location.file().contains("regorus")) {
            println!("{panic}");
        }
    }));
    let mut asked = Asked::default();
    for seed in first..first + tried {
        asked.policy(seed);
    }
    println!("{}", asked.summary());
    assert!(asked.values * 2 > asked.questions, "most questions have a value: {}", asked.summary());
    assert!(asked.differences.is_empty(), "{}", asked.differences.join("\n"));
}

#[derive(Default)]
struct Asked {
    questions: usize,
    values: usize,
    errors: usize,
    /// By the place in [`KNOWN`].
    known: [usize; KNOWN.len()],
    differences: Vec<String>,
}

impl Asked {
    fn policy(&mut self, seed: u64) {
        let (data, input) = (documents::data(seed), documents::input(seed));
        let case = |modules: &[Tree]| Case {
            modules: modules.iter().map(Tree::text).collect(),
            data: data.clone(),
            input: input.clone(),
            is_strict: seed.is_multiple_of(2),
        };
        let Some(policy) = accepted(generate::policy(seed), case) else { return };
        let pair = Pair::new(&case(&policy.modules));
        let Some(pair) = pair else { return };
        for path in &policy.asked {
            let Some((ours, theirs)) = pair.ask(path) else { continue };
            match &ours {
                Said::Undefined => {}
                Said::Value(_) => self.values += 1,
                Said::Error(_) => self.errors += 1,
            }
            self.questions += 1;
            if !ours.is_same(&theirs) {
                let before = self.differences.len();
                self.difference(&policy, path, case, (&ours, &theirs), seed);
                if self.differences.len() > before {
                    // What differs once differs in all that asks for it.
                    return;
                }
            }
        }
    }

    fn difference(
        &mut self,
        policy: &Policy,
        path: &str,
        case: impl Fn(&[Tree]) -> Case,
        (ours, theirs): (&Said, &Said),
        seed: u64,
    ) {
        let has_other_error = || {
            let pair = Pair::new(&case(&policy.modules));
            pair.is_some_and(|pair| policy.asked.iter().any(|path| matches!(pair.ours.ask(path), Some(Said::Error(_)))))
        };
        let known = |text: &str, ours: &Said, theirs: &Said| {
            let found =
                Found { text, ours, theirs, has_other_error: has_other_error(), is_strict: seed.is_multiple_of(2) };
            KNOWN.iter().position(|known| (known.is_it)(&found))
        };
        // What an error says is not changed by making the policy small.
        let at = if matches!(theirs, Said::Error(_)) { known("", ours, theirs) } else { None };
        if let Some(at) = at {
            self.known[at] += 1;
            return;
        }
        let apart =
            |tree: &Tree| tree.text().split(BETWEEN).map(|text| Tree::from(text.to_owned())).collect::<Vec<Tree>>();
        let mut tries = 2_000;
        let small = joined(policy.modules.clone(), BETWEEN).smallest(&mut |tree| {
            tries -= 1;
            tries > 0
                && Pair::new(&case(&apart(tree))).and_then(|pair| pair.ask(path)).is_some_and(|(own, other)| {
                    !own.is_same(&other) && are_alike(&own, ours) && are_alike(&other, theirs)
                })
        });
        let modules = apart(&small);
        let text: String = modules.iter().map(Tree::text).collect();
        let Some((ours, theirs)) = Pair::new(&case(&modules)).and_then(|pair| pair.ask(path)) else { return };
        if let Some(at) = known(&text, &ours, &theirs) {
            self.known[at] += 1;
            return;
        }
        let Case { data, input, .. } = case(&modules);
        self.differences.push(format!(
            "seed {seed}, {path}\n{text}\ninput {input}\ndata {data}\nours:   {ours:?}\ntheirs: {theirs:?}\n"
        ));
    }

    fn summary(&self) -> String {
        let mut text = format!("{} questions, {} values, {} errors\n", self.questions, self.values, self.errors);
        for (known, count) in KNOWN.iter().zip(self.known) {
            let _ = writeln!(text, "{count} times, known: {}", known.reason);
        }
        text
    }
}

/// The policy without what our checks refuse, and what stands with it.
fn accepted(mut policy: Policy, case: impl Fn(&[Tree]) -> Case) -> Option<Policy> {
    loop {
        let Err(refused) = Ours::read(&case(&policy.modules)) else { return Some(policy) };
        let mut has_changed = false;
        for (at, module) in policy.modules.iter_mut().enumerate() {
            let lines: Vec<u32> = refused.iter().filter(|(module, _)| *module == at).map(|(_, line)| *line).collect();
            if let Some(without) = module.without_lines(&lines) {
                *module = without;
                has_changed = true;
            }
        }
        if !has_changed {
            return None;
        }
    }
}

/// Both engines with the same modules.
struct Pair {
    ours: Ours,
    theirs: Theirs,
}

impl Pair {
    /// None where one of them refuses the modules: what regorus cannot read is no difference of answers.
    fn new(case: &Case) -> Option<Self> {
        Some(Self { ours: Ours::read(case).ok()?, theirs: Theirs::new(case).ok()? })
    }

    /// None where there is no such rule.
    fn ask(&self, path: &str) -> Option<(Said, Said)> {
        Some((self.ours.ask(path)?, self.theirs.ask(path)))
    }
}
