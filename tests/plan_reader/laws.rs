//! Laws over generated plans: nothing marked is shown, and everything else is.

use regate::governance::plan::MARKER;
use serde_json::{Value, json};

use crate::{detail_of, entry, plan_of, read, with};

/// A small generator with a fixed seed: the same cases in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// A value, its mask and what it has unknown. Every marked part carries the word `SECRET`, every other `open`.
    fn value(&mut self, depth: u64) -> (Value, Value, Value) {
        if self.roll(4) == 0 {
            let (secret, _, unknown) = self.parts(depth, "SECRET");
            return (secret, json!(true), unknown);
        }
        self.parts(depth, "open")
    }

    fn parts(&mut self, depth: u64, word: &str) -> (Value, Value, Value) {
        let secret = word == "SECRET";
        let number = self.roll(1_000);
        let sides = if depth == 0 { 1 } else { 3 };
        let count = self.roll(4);
        let below = |dice: &mut Self| {
            if secret { dice.parts(depth - 1, word) } else { dice.value(depth - 1) }
        };
        match self.roll(sides) {
            0 => (json!(format!("{word}{number}")), json!(false), json!(number.is_multiple_of(2))),
            1 => {
                let parts: Vec<_> = (0..count).map(|_| below(self)).collect();
                let pick = |f: fn(&(Value, Value, Value)) -> Value| Value::Array(parts.iter().map(f).collect());
                (pick(|p| p.0.clone()), pick(|p| p.1.clone()), pick(|p| p.2.clone()))
            }
            _ => {
                let (mut values, mut masks, mut unknown) = (json!({}), json!({}), json!({}));
                for index in 0..count {
                    let (value, mask, flags) = below(self);
                    let key = format!("{word}_key{index}");
                    values[&key] = value;
                    // Terraform leaves out what it does not mark.
                    if mask != json!(false) {
                        masks[&key] = mask;
                    }
                    unknown[&key] = flags;
                }
                (values, masks, unknown)
            }
        }
    }
}

#[test]
fn no_marked_value_leaves_whatever_the_plan() {
    let mut hidden = 0;
    let mut shown = 0;
    for seed in 0..2_000 {
        let mut dice = Dice(seed);
        let mut changes = Vec::new();
        let mut outputs = json!({});
        for index in 0..4 {
            let (before, before_mask, _) = dice.value(4);
            let (after, after_mask, unknown) = dice.value(4);
            let change = match dice.roll(4) {
                0 => {
                    json!({"actions": ["create"], "before": null, "before_sensitive": false, "after": after, "after_sensitive": after_mask, "after_unknown": unknown})
                }
                1 => {
                    json!({"actions": ["delete"], "before": before, "before_sensitive": before_mask, "after": null, "after_sensitive": false, "after_unknown": {}})
                }
                2 => {
                    json!({"actions": ["update"], "before": before, "before_sensitive": before_mask, "after": after, "after_sensitive": after_mask, "after_unknown": unknown})
                }
                // One mask is missing: that whole side is a secret then.
                _ => {
                    let (secret, _, _) = dice.parts(4, "SECRET");
                    json!({"actions": ["update"], "before": secret, "after": after, "after_sensitive": after_mask})
                }
            };
            outputs[format!("o{index}")] = change.clone();
            changes.push(with(entry("aws_a.a", &["update"]), "/change", change));
        }
        let plan = with(plan_of(&json!(changes)), "/output_changes", outputs);
        let read = read(&plan);
        let detail = read.detail().unwrap().to_string();
        let summary = serde_json::to_string(&read.summary()).unwrap();
        assert!(!detail.contains("SECRET"), "seed {seed}: {detail}");
        assert!(!summary.contains("SECRET") && !summary.contains("open"), "seed {seed}");
        hidden += usize::from(detail.contains(MARKER));
        shown += usize::from(detail.contains("open"));
    }
    // The law would hold for a reader that shows nothing: most plans have both.
    assert!(hidden > 1_000 && shown > 1_000, "{hidden} {shown}");
}

#[test]
fn an_unmarked_value_is_shown_as_it_is() {
    let mut compared = 0;
    for seed in 0..500 {
        let (value, mask, _) = Dice(seed).parts(4, "open");
        if mask.to_string().contains("true") {
            continue;
        }
        let change = detail_of(json!({
            "before": value, "before_sensitive": mask, "after": value, "after_sensitive": mask,
        }));
        assert_eq!(change["before"], value, "seed {seed}");
        assert_eq!(change["after"], value, "seed {seed}");
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
}
