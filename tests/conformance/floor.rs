//! What was reached and must not be lost: passes of each group in each dialect, equal compile errors of each mutation.

use crate::compile_errors::CompileErrors;
use crate::format::Formats;
use crate::suite::Suite;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

/// The figures of one run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// The digest of the data: figures of other data say nothing about these.
    data: String,
    suite: BTreeMap<String, BTreeMap<String, Passes>>,
    errors: BTreeMap<String, usize>,
    format: BTreeMap<String, usize>,
}

#[derive(Deserialize, Serialize, Clone, Copy, Default)]
#[serde(deny_unknown_fields)]
struct Passes {
    strict: usize,
    lenient: usize,
}

impl Floor {
    pub fn of(data: String, suite: &Suite, errors: &CompileErrors, formats: &Formats) -> Self {
        let mut groups = BTreeMap::new();
        for (group, tallies) in suite.groups() {
            let dialects = [("v0", tallies.v0), ("v1", tallies.v1)]
                .into_iter()
                .filter(|(_, tally)| tally.cases > 0)
                .map(|(dialect, tally)| (dialect.to_owned(), Passes { strict: tally.strict, lenient: tally.lenient }))
                .collect();
            groups.insert(group.to_owned(), dialects);
        }
        let all =
            [("messages equal".to_owned(), errors.messages_equal()), ("not refused".to_owned(), errors.not_refused())];
        let errors =
            errors.mutations().into_iter().map(|(mutation, equal)| (mutation.to_owned(), equal)).chain(all).collect();
        let format = BTreeMap::from([("equal".to_owned(), formats.equal()), ("stable".to_owned(), formats.stable())]);
        Self { data, suite: groups, errors, format }
    }

    /// Compares with `floor.json` and says what fell or rose; false where something fell. `BLESS=1` rewrites the file.
    pub fn compare_with_file(&self) -> Result<bool, String> {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/floor.json");
        if std::env::var_os("BLESS").is_some_and(|bless| bless == "1") {
            std::fs::write(&path, self.text())
                .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
            println!("floor: rewritten with these figures");
            return Ok(true);
        }
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("{} cannot be read: {error}; BLESS=1 writes it", path.display()))?;
        let floor: Self = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        if floor.data != self.data {
            println!("floor: not compared, because it was taken on other data; BLESS=1 takes it on this");
            return Ok(true);
        }
        let (now, then) = (self.figures(), floor.figures());
        let mut fallen = 0;
        let mut risen = 0;
        for (name, &floor) in &then {
            let reached = now.get(name).copied().unwrap_or(0);
            if reached < floor {
                println!("floor: {name} fell to {reached}, below {floor}");
                fallen += 1;
            } else if reached > floor {
                println!("floor: {name} rose to {reached}, above {floor}");
                risen += 1;
            }
        }
        match (fallen, risen) {
            (0, 0) => println!("floor: reached in every group"),
            (0, _) => println!("floor: {risen} figures rose; BLESS=1 raises the floor"),
            _ => println!("floor: {fallen} figures fell; the run fails"),
        }
        Ok(fallen == 0)
    }

    /// Every figure under the name that a message gives it.
    fn figures(&self) -> BTreeMap<String, usize> {
        let mut figures = BTreeMap::new();
        for (group, dialects) in &self.suite {
            for (dialect, passes) in dialects {
                figures.insert(format!("group {group}, {dialect}, strict"), passes.strict);
                figures.insert(format!("group {group}, {dialect}, lenient"), passes.lenient);
            }
        }
        for (mutation, &equal) in &self.errors {
            figures.insert(format!("errors of {mutation}"), equal);
        }
        for (what, &count) in &self.format {
            figures.insert(format!("format, {what}"), count);
        }
        figures
    }

    /// A line for each group, so that a change of the floor reads well as a difference.
    fn text(&self) -> String {
        let line = |key: &String, value: String| format!("    {}: {value}", serde_json::Value::from(key.as_str()));
        let of_group = |dialects: &BTreeMap<String, Passes>| serde_json::to_string(dialects).unwrap_or_default();
        let suite: Vec<String> = self.suite.iter().map(|(group, dialects)| line(group, of_group(dialects))).collect();
        let counts = |counts: &BTreeMap<String, usize>| {
            counts.iter().map(|(name, count)| line(name, count.to_string())).collect::<Vec<_>>().join(",\n")
        };
        let mut text = String::new();
        let _ = write!(
            text,
            "{{\n  \"data\": \"{}\",\n  \"suite\": {{\n{}\n  }},\n  \"errors\": {{\n{}\n  }},\n  \"format\": {{\n{}\n  }}\n}}\n",
            self.data,
            suite.join(",\n"),
            counts(&self.errors),
            counts(&self.format)
        );
        text
    }
}
