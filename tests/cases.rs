//! Every folder under `tests/cases` is a test: what goes in stands in `case.json`, what must come out in
//! `expected.json`. `BLESS=1` rewrites what must come out.
//! The same folders run through the package in Node, in Chromium and in workerd; `tests/js/run-case.mjs` is the other reader
//! of this form.
//!
//! `case.json` is `{"shows": "a sentence", "steps": [{"<operation>": {...}, "pick": ["/json/pointer", ...]}]}`. Wherever
//! a step has `{"$file": "name"}`, the text of that file of the folder stands. Operations: `validate`, `check`,
//! `evaluate`, `playground`, `read_plan`, `preview`, `test`, `compile_action_policy`, `merge_action_policies`, and those of
//! an organisation, which follow below. What comes out of a step is its answer, cut down to the pointers of `pick`; or `{"error": {...}}` or
//! `{"refused": {...}}`, cut down where `pick` has pointers below `/error/` or `/refused/`. An integer that a JS number cannot
//! hold stands in `expected.json` as a string of its digits, so that both readers compare every digit.
//!
//! Four more are about actions without a store: `check_action`, `simulate_actions`, `replay_action_decisions`, and
//! `replay_calls`, which opens a recording (`entries`, `run_id`) and plays it for `calls`.
//!
//! `test_config` runs `files` of tests against `policies`, with a `compiler` that gives an `output` or an `error`: the `results`, those of
//! `unit_tests`, and what was to be `compiled`.
//!
//! Three are about policies of configurations: `decide_config` and `query_config` load `policies` and ask them about an `input`, which
//! is YAML where it is a string, with `compiled`, `meta` and `query`; what refuses them comes out as `load_error`. `read_config` reads a
//! `text` in YAML by `rules`.
//!
//! These steps of a case share an organisation, whose store is empty at first:
//!
//! - `administer` and `run`: `as` says who asks, `operation` for what, as on the wire, and `plan` what is delivered.
//! - `sweep`: every run that waits is swept, as by the package's `sweep()`; `as` says who asks.
//! - `receive_check`: what a provider answers, `run_id`, `provider_id`, `decision` and `reason`, with the token that is
//!   right, or with that of `token_for`, another pair of ids. A wrong one is the host's refusal, natively this reader's.
//! - `provider_token`: the `token` of a `provider_id` and `run_id`; natively this reader's, for secrets stay with hosts.
//! - `action`: `as` says who asks, `operation` for what, as on the wire.
//! - `at_once`: `operations`, each `{as, operation}`, on actions that are all decided on before the first is committed; its
//!   `answers` come in the same order.
//! - `store`: `records`, each `{partition, kind, key, value}`, that an earlier release has left in the store.
//! - `told`: the `notices` that were told since the last such step.
//!
//! `org_id` stands in the case or in a step. `hours` or `now_ms`, since 1970, put the clock there; it stands until a later
//! step moves it, and is at 0 before. Operations have the ids `id-1`, `id-2` and so on, refused ones included; a sweep is
//! one for each run whose time is up, and a check with a wrong token is none.
//!
//! `as` is `{"id", "email", "org_role", "is_session", "may": {"project/shop": ["read", ...]}}`, or the name of one of the
//! `people` of the case, who are described in the same way, with `teams` but without the id, which is the name, and the
//! e-mail, `name@example.com`. The `secrets` of a case are those of its providers by their ids. `facts` of a step is what
//! the host knows besides: `{"user": {id: value}, "team": {id or name: value}, "files": {folder: value}, "moderation":
//! {action: value}}`; who is not named there exists, no folder does, and no moderator.
#![allow(
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what is wrong by failing"
)]

mod case_organisation;

use case_organisation::Organisation;
use regate::api::Engine;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const NEUTRAL_ID: &str = "00000000-0000-0000-0000-000000000000";

#[test]
fn every_case_gives_what_it_must() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders = Vec::new();
    find(&root, &mut folders);
    folders.sort();
    assert!(folders.len() > 40, "only {} cases were found under {}", folders.len(), root.display());
    let bless = std::env::var_os("BLESS").is_some();
    let mut failures = Vec::new();
    for folder in &folders {
        let name = folder.strip_prefix(&root).unwrap().display().to_string();
        let actual = run(folder);
        if bless {
            bless_with(folder, &actual);
            continue;
        }
        if expected(folder) != actual {
            failures.push(format!("{name}\n  expected {}\n  actual   {actual}", expected(folder)));
        }
    }
    assert!(failures.is_empty(), "{} of {} cases differ:\n{}", failures.len(), folders.len(), failures.join("\n"));
}

/// What must come out.
fn expected(folder: &Path) -> Value {
    read_json(&folder.join("expected.json"))
}

fn bless_with(folder: &Path, actual: &Value) {
    let text = serde_json::to_string_pretty(actual).unwrap() + "\n";
    fs::write(folder.join("expected.json"), text).unwrap();
}

fn read_json(file: &Path) -> Value {
    fs::read_to_string(file).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null)
}

fn find(folder: &Path, folders: &mut Vec<PathBuf>) {
    if folder.join("case.json").exists() {
        folders.push(folder.to_path_buf());
        return;
    }
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, folders);
        }
    }
}

fn run(folder: &Path) -> Value {
    let case: Value = serde_json::from_str(&fs::read_to_string(folder.join("case.json")).unwrap())
        .unwrap_or_else(|error| panic!("{}: case.json: {error}", folder.display()));
    assert!(case["shows"].is_string(), "{}: a case says what it shows", folder.display());
    let steps = case["steps"].as_array().expect("a case has steps");
    let mut organisation = Organisation::of(&case);
    steps.iter().map(|step| run_step(folder, step, &mut organisation)).collect()
}

fn run_step(folder: &Path, step: &Value, organisation: &mut Organisation) -> Value {
    let step = with_files(folder, step);
    let fields = step.as_object().unwrap();
    let (operation, request) =
        fields.iter().find(|(name, _)| name.as_str() != "pick").expect("a step names its operation");
    let answer = organisation.perform(operation, request).unwrap_or_else(|| perform(operation, request));
    with_digits(pick(&answer, step.get("pick")))
}

/// Puts the digits of an integer that a JS number cannot hold in its place.
fn with_digits(value: Value) -> Value {
    const LARGEST: i64 = 9_007_199_254_740_991;
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            let is_integer = text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit());
            let fits = number.as_i64().is_some_and(|integer| (-LARGEST..=LARGEST).contains(&integer));
            if is_integer && !fits { Value::String(text) } else { Value::Number(number) }
        }
        Value::Array(items) => items.into_iter().map(with_digits).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, with_digits(value))).collect(),
        other => other,
    }
}

/// Puts the texts of files where `{"$file": name}` stands.
fn with_files(folder: &Path, value: &Value) -> Value {
    match value {
        Value::Object(fields) => match fields.get("$file") {
            Some(Value::String(name)) => {
                let path = folder.join(name);
                Value::String(fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
            }
            _ => fields.iter().map(|(key, value)| (key.clone(), with_files(folder, value))).collect(),
        },
        Value::Array(items) => items.iter().map(|item| with_files(folder, item)).collect(),
        other => other.clone(),
    }
}

/// A document is JSON text where it is a string, else the value itself.
fn document(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone().into_bytes()),
        other => Some(other.to_string().into_bytes()),
    }
}

fn perform(operation: &str, request: &Value) -> Value {
    let mut engine = Engine::new();
    match operation {
        "validate" | "check" | "compile_action_policy" | "merge_action_policies" => {
            ok(&engine.call(operation, &request.to_string(), None))
        }
        "playground" => {
            let request_text = json!({ "rego_source": request["rego_source"], "now_ms": 0, "seed": 0 }).to_string();
            ok(&engine.call(operation, &request_text, document(&request["input"]).as_deref()))
        }
        "read_plan" => ok(&engine.call(operation, "{}", document(&request["plan"]).as_deref())),
        "test" => {
            let text = json!({ "modules": request["modules"], "now_ms": 0, "seed": 0 }).to_string();
            ok(&engine.call(operation, &text, document(&request["data"]).as_deref()))
        }
        "check_action" | "simulate_actions" | "replay_action_decisions" => {
            ok(&engine.call(operation, &request.to_string(), None))
        }
        "decide_config" | "query_config" => config(&mut engine, operation, request),
        "test_config" => test_config(&mut engine, request),
        "read_config" => {
            let text = json!({ "rules": request["rules"] }).to_string();
            ok(&engine.call(operation, &text, document(&request["text"]).as_deref()))
        }
        "replay_calls" => replay_calls(&mut engine, request),
        "evaluate" => evaluate(&mut engine, request),
        "preview" => preview(&mut engine, request),
        other => panic!("there is no operation `{other}` for cases"),
    }
}

/// Loads the policies of configurations, and asks them, where they are not refused.
fn config(engine: &mut Engine, operation: &str, request: &Value) -> Value {
    let policies = json!({ "policies": request["policies"] });
    let loaded = ok(&engine.call("load_config_policies", &policies.to_string(), None));
    if loaded["handle"].is_null() {
        return match loaded.get("stage").or(loaded["error"].get("stage")) {
            Some(_) => json!({ "load_error": loaded["error"], "diagnostics": loaded["diagnostics"] }),
            None => loaded,
        };
    }
    let is_text = request["input"].is_string();
    let mut asked = json!({
        "handle": loaded["handle"],
        "format": if is_text { "yaml" } else { "json" },
        "meta": request["meta"],
        "now_ms": 0,
        "seed": 0,
    });
    for optional in ["query", "compiled", "limits"] {
        if let Some(value) = request.get(optional) {
            asked[optional] = value.clone();
        }
    }
    let mut answer = ok(&engine.call(operation, &asked.to_string(), document(&request["input"]).as_deref()));
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("diagnostics".to_owned(), loaded["diagnostics"].clone());
    }
    answer
}

/// Runs the files of tests of one folder against policies.
fn test_config(engine: &mut Engine, request: &Value) -> Value {
    let loaded =
        ok(&engine.call("load_config_policies", &json!({ "policies": request["policies"] }).to_string(), None));
    let compiler = request.get("compiler");
    let open = json!({
        "handle": loaded["handle"],
        "files": request["files"],
        "run": request["run"],
        "debug": request.get("debug").cloned().unwrap_or(json!(false)),
        "has_compiler": compiler.is_some(),
    });
    let opened = ok(&engine.call("open_config_tests", &open.to_string(), None));
    if let Some(message) = opened.get("error").filter(|error| error.is_string()) {
        return json!({ "error": { "code": "config_tests_refused", "message": message } });
    }
    let (mut results, mut told) = (Vec::new(), Vec::new());
    let mut next = json!({ "handle": opened["handle"], "now_ms": 0, "seed": 0 });
    while opened.get("handle").is_some() {
        let turn = ok(&engine.call("next_config_test", &next.to_string(), None));
        next = json!({ "handle": opened["handle"], "now_ms": 0, "seed": 0 });
        if let Some(compile) = turn.get("compile") {
            told.push(compile.clone());
            match compiler.and_then(|compiler| compiler.get("error")) {
                Some(error) => next["compile_error"] = error.clone(),
                None => next["compiled"] = compiler.unwrap()["output"].clone(),
            }
        } else if let Some(result) = turn.get("result") {
            results.push(result.clone());
        } else {
            break;
        }
    }
    let units = json!({ "handle": loaded["handle"], "run": request["run"], "now_ms": 0, "seed": 0 });
    let units = ok(&engine.call("run_config_unit_tests", &units.to_string(), None));
    json!({ "results": results, "compiled": told, "unit_tests": units["results"] })
}

/// Opens a recording and plays it.
fn replay_calls(engine: &mut Engine, request: &Value) -> Value {
    let recording = json!({ "entries": request["entries"], "run_id": request["run_id"] });
    let opened = ok(&engine.call("open_replay", &recording.to_string(), None));
    if opened.get("error").is_some() {
        return opened;
    }
    let mut play = json!({ "recorded": opened["calls"], "calls": request["calls"] });
    if let Some(strict) = request.get("strict") {
        play["strict"] = strict.clone();
    }
    ok(&engine.call("replay_calls", &play.to_string(), None))
}

fn evaluate(engine: &mut Engine, request: &Value) -> Value {
    let compile = json!({ "modules": request["modules"], "dialect": request["dialect"] });
    let compiled = ok(&engine.call("compile", &compile.to_string(), document(&request["data"]).as_deref()));
    if compiled.get("error").is_some() {
        return compiled;
    }
    let Some(handle) = compiled["handle"].as_u64() else {
        return json!({ "diagnostics": compiled["diagnostics"] });
    };
    let mut evaluate = json!({ "handle": handle, "entrypoint": request["entrypoint"], "now_ms": 0, "seed": 0 });
    if !request["limits"].is_null() {
        evaluate["limits"] = request["limits"].clone();
    }
    if request["strict_builtin_errors"] == true {
        evaluate["strict_builtin_errors"] = json!(true);
    }
    ok(&engine.call("evaluate", &evaluate.to_string(), document(&request["input"]).as_deref()))
}

fn preview(engine: &mut Engine, request: &Value) -> Value {
    let prepared = ok(&engine.call("prepare_governance", &request["config"].to_string(), None));
    let Some(handle) = prepared["handle"].as_u64() else { return prepared };
    let mut question = json!({
        "handle": handle,
        "workspace": { "id": NEUTRAL_ID, "name": "stub", "attributes": {} },
        "run": { "id": NEUTRAL_ID, "run_type": "plan", "trigger": "push", "triggered_by": "stub@example.invalid" },
        "org": { "id": NEUTRAL_ID },
        "user": { "id": NEUTRAL_ID, "email": "stub@example.invalid" },
        "decision_id": "preview",
        "now_ms": 0,
        "seed": 0,
        "facts": [],
    });
    for (key, value) in request["context"].as_object().into_iter().flatten() {
        question[key] = value.clone();
    }
    let plan = document(&request["plan"]);
    for _ in 0..8 {
        let answer = ok(&engine.call("govern", &question.to_string(), plan.as_deref()));
        if answer.get("error").is_some() {
            return answer;
        }
        if let Some(outcome) = answer.get("outcome") {
            return outcome.clone();
        }
        for need in answer["needs"].as_array().unwrap() {
            let value = if need["kind"] == "run" { Value::Null } else { json!([]) };
            let fact = json!({ "need": need, "version": null, "value": value });
            question["facts"].as_array_mut().unwrap().push(fact);
        }
    }
    panic!("the needs did not converge");
}

/// The answer of an operation, or `{"error": …}`.
fn ok(answer: &str) -> Value {
    let answer: Value = serde_json::from_str(answer).unwrap();
    match answer.get("ok") {
        Some(ok) => ok.clone(),
        None => answer,
    }
}

fn pick(answer: &Value, pointers: Option<&Value>) -> Value {
    let Some(pointers) = pointers.and_then(Value::as_array) else { return answer.clone() };
    let ends = ["/error/", "/refused/"];
    let ended = ends.iter().find(|end| answer.get(end.trim_matches('/')).is_some_and(Value::is_object));
    let pointers = pointers.iter().map(|pointer| pointer.as_str().unwrap());
    let chosen: Vec<&str> =
        pointers.filter(|pointer| ends.iter().find(|end| pointer.starts_with(**end)) == ended).collect();
    if ended.is_some() && chosen.is_empty() {
        return answer.clone();
    }
    chosen
        .into_iter()
        .map(|pointer| (pointer.to_owned(), answer.pointer(pointer).cloned().unwrap_or(Value::Null)))
        .collect()
}
