//! Real plans, where a folder of them is at hand.

use regate::governance::plan::{Counts, Plan};
use serde_json::{Value, json};

/// The counts of a plan by another way: over the whole document, by words alone.
fn recount(document: &[u8]) -> Counts {
    let text = if document.starts_with(&[0xFF, 0xFE]) {
        let units: Vec<u16> = document[2..].chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        String::from_utf16(&units).unwrap()
    } else {
        String::from_utf8(document.to_vec()).unwrap()
    };
    let plan: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
    let mut counts = Counts::default();
    for entry in plan["resource_changes"].as_array().unwrap() {
        let actions = entry["change"]["actions"].as_array().unwrap();
        let counted = |word: &str| u64::from(entry["mode"] != "data" && actions.contains(&json!(word)));
        counts.added += counted("create");
        counts.changed += counted("update");
        counts.destroyed += counted("delete");
    }
    counts
}

#[test]
fn real_plans_read_without_error() {
    let folder = std::env::var("REGATE_PLANS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/plans").to_owned());
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: no folder of real plans (set REGATE_PLANS to one)");
        return;
    };
    let mut wide = 0;
    let mut plans = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".json") || name == "INDEX.json" {
            continue;
        }
        let document = std::fs::read(&path).unwrap();
        let plan = Plan::read(&document).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(plan.counts, recount(&document), "{name}");
        let detail = plan.detail().unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert!(plan.format_version.is_some(), "{name}");
        assert!(detail["resource_changes"].is_array(), "{name}");
        plans += 1;
        wide += usize::from(document.starts_with(&[0xFF, 0xFE]));
    }
    assert!(plans > 0, "the folder has no plan");
    eprintln!("read {plans} real plans, {wide} of them in UTF-16");
}
