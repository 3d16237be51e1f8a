//! Nesting: every construct of Rego 10,000 times inside itself or behind itself. Each such text has an answer, a limit or none.
//! The constructs stand in `nesting.json`, for the module in wasm as well.

use crate::table::Table;
use regate::rego::{self, Capabilities, Dialect, DialectRule, Module};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

const DEPTH: usize = 10_000;
/// Deep enough to show that a construct may stand in itself, and below every limit.
const SHALLOW: usize = 2;

/// One construct: `open`, and `close` behind what it is closed around, are repeated.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Construct {
    construct: String,
    before: String,
    open: String,
    middle: String,
    close: String,
    after: String,
    #[serde(default = "v1")]
    dialect: Dialect,
    /// Whether Rego does not have it. It is easily written all the same.
    #[serde(default)]
    is_mistake: bool,
}

fn v1() -> Dialect {
    Dialect::V1
}

impl Construct {
    fn module(&self, depth: usize) -> Module {
        let Self { before, open, middle, close, after, .. } = self;
        let source = format!("{before}{}{middle}{}{after}", open.repeat(depth), close.repeat(depth));
        Module { path: "nested.rego".to_owned(), source }
    }
}

/// What became of one text.
struct Answer {
    codes: BTreeSet<String>,
    check: Duration,
    format: Duration,
}

/// Prints the table; false where a text has no answer, or a construct is none.
pub fn report() -> Result<bool, String> {
    let constructs: Vec<Construct> =
        serde_json::from_str(include_str!("nesting.json")).map_err(|error| format!("nesting.json: {error}"))?;
    let mut table = Table::new(&["construct", "KiB", "check ms", "format ms", "answer"]);
    let mut all_answered = true;
    for construct in &constructs {
        let shallow = answer(construct, SHALLOW)?;
        if !construct.is_mistake && shallow.codes.contains("rego_parse_error") {
            println!("{}: not read {SHALLOW} deep either: {:?}", construct.construct, shallow.codes);
            all_answered = false;
        }
        let Answer { codes, check, format } = answer(construct, DEPTH)?;
        let answer = if codes.is_empty() { "accepted".to_owned() } else { Vec::from_iter(codes).join(", ") };
        let ms = |took: Duration| format!("{:.2}", took.as_secs_f64() * 1e3);
        let bytes = construct.module(DEPTH).source.len();
        table.row([construct.construct.clone(), (bytes / 1024).to_string(), ms(check), ms(format), answer]);
    }
    println!(
        "nesting: {} constructs, {DEPTH} deep; each is checked and formatted on a stack of 2 MiB.\n\n{}",
        constructs.len(),
        table.text()
    );
    Ok(all_answered)
}

/// Asks on a thread of its own, whose stack is as small as those of programs are.
fn answer(construct: &Construct, depth: usize) -> Result<Answer, String> {
    let module = construct.module(depth);
    let rule = DialectRule::Fixed(construct.dialect);
    let asked = thread::spawn(move || -> Result<Answer, String> {
        let start = Instant::now();
        let findings = rego::find(std::slice::from_ref(&module), rule, &Capabilities::default());
        let check = start.elapsed();
        let start = Instant::now();
        rego::format(&module, rule).map_err(|error| error.to_string())?;
        let format = start.elapsed();
        let findings = findings.map_err(|error| error.to_string())?;
        let errors = findings.diagnostics.into_iter().filter(|finding| finding.is_error());
        Ok(Answer { codes: errors.map(|finding| finding.code).collect(), check, format })
    });
    asked.join().map_err(|_| format!("{}, {depth} deep: a panic", construct.construct))?
}
