//! Functions of the host: a program that calls them needs answers, and is asked again with those.

use regate::api::Engine;
use serde_json::{Value, json};

fn call(engine: &mut Engine, operation: &str, request: &Value) -> Value {
    let answer: Value = serde_json::from_str(&engine.call(operation, &request.to_string(), None)).unwrap();
    answer.get("ok").cloned().unwrap_or(answer)
}

fn compiled(engine: &mut Engine, source: &str) -> Value {
    let lookup = json!({ "name": "acme.lookup", "arguments": ["id: string"], "result": "object[string: any]" });
    let add = json!({ "name": "acme.add", "arguments": ["number", "number"], "result": "number" });
    let request = json!({
        "modules": [{ "path": "p.rego", "source": format!("package p\n\n{source}\n") }],
        "host_functions": [lookup, add],
    });
    call(engine, "compile", &request)
}

mod asked {
    use super::{call, compiled};
    use regate::api::Engine;
    use serde_json::{Value, json};

    /// What `p/x` gives when the host answers, and how many rounds it takes. Each need is asked once.
    fn ask(source: &str, host: impl Fn(&str, &Value) -> Value) -> (Value, usize) {
        let mut engine = Engine::new();
        let program = compiled(&mut engine, source);
        assert!(program["handle"].is_u64(), "{program}");
        let mut answers: Vec<Value> = Vec::new();
        for round in 1..9 {
            let request = json!({ "handle": program["handle"], "entrypoint": "p/x", "host_answers": answers });
            let answer = call(&mut engine, "evaluate", &request);
            let Some(needs) = answer["needs"].as_array() else { return (answer, round) };
            for need in needs {
                let is_new = answers
                    .iter()
                    .all(|known| known["function"] != need["function"] || known["arguments"] != need["arguments"]);
                assert!(is_new, "{need}");
                let arguments: Value = serde_json::from_str(need["arguments"].as_str().unwrap()).unwrap();
                let mut given = host(need["function"].as_str().unwrap(), &arguments);
                given["function"] = need["function"].clone();
                given["arguments"] = need["arguments"].clone();
                answers.push(given);
            }
        }
        panic!("there is no end of needs");
    }

    fn names(_: &str, arguments: &Value) -> Value {
        json!({ "value": { "name": format!("the {}", arguments[0].as_str().unwrap()) } })
    }

    #[test]
    fn the_calls_of_a_loop_are_one_round() {
        let source = "x := [acme.lookup(id).name | some id in [\"a\", \"b\", \"a\"]]";
        let (answer, rounds) = ask(source, names);
        assert_eq!((&answer["value"], rounds), (&json!(["the a", "the b", "the a"]), 2), "{answer}");
    }

    #[test]
    fn what_needs_an_answer_waits_for_it() {
        let source = "x := acme.lookup(acme.lookup(\"a\").name).name";
        let (answer, rounds) = ask(source, names);
        assert_eq!((&answer["value"], rounds), (&json!("the the a"), 3), "{answer}");
    }

    #[test]
    fn nothing_follows_from_an_answer_that_is_missing() {
        for source in [
            "default x := \"allowed\"\n\nx := \"denied\" if acme.lookup(\"a\").name == \"the a\"",
            "x := \"denied\" if acme.lookup(\"a\")\nelse := \"allowed\"",
            "x := \"allowed\" if not acme.lookup(\"a\")\n\nx := \"denied\" if acme.lookup(\"a\")",
            "x := y if y := {\"denied\" | acme.lookup(\"a\")} | {\"\" | false}",
        ] {
            let (answer, _) = ask(source, names);
            assert!(answer["value"].to_string().contains("denied"), "{source}: {answer}");
        }
    }

    #[test]
    fn the_host_may_have_no_value_and_may_fail() {
        for (given, expected) in [
            (json!({}), json!("none")),
            (json!({ "error": "out of order" }), json!("none")),
            (json!({ "value": null }), json!(null)),
            (json!({ "value": false }), json!(false)),
        ] {
            let (answer, _) = ask("default x := \"none\"\n\nx := acme.add(1, 2)", |_, _| given.clone());
            assert_eq!(answer["value"], expected, "{given}");
        }
    }

    #[test]
    fn numbers_stay_exact_on_the_way_to_the_host() {
        let (answer, _) = ask("x := acme.add(1.10, 123456789012345678901234567890)", |_, _| json!({ "value": 1 }));
        assert_eq!(answer["value"], 1);
        let mut engine = Engine::new();
        let program = compiled(&mut engine, "x := acme.add(1.10, 123456789012345678901234567890)");
        let answer = call(&mut engine, "evaluate", &json!({ "handle": program["handle"], "entrypoint": "p/x" }));
        assert_eq!(
            answer["needs"],
            json!([{ "function": "acme.add", "arguments": "[1.10,123456789012345678901234567890]" }])
        );
    }

    #[test]
    fn a_test_replaces_what_the_host_would_say() {
        let source = "x := acme.lookup(\"a\").name\n\ntest_x if x == \"me\" with acme.lookup as {\"name\": \"me\"}\n\n\
            test_function if x == \"a!\" with acme.lookup as own\n\nown(id) := {\"name\": sprintf(\"%s!\", [id])}\n\ntest_asked if x == 1";
        let request = json!({
            "modules": [{ "path": "p.rego", "source": format!("package p\n\n{source}\n") }],
            "host_functions": [{ "name": "acme.lookup", "arguments": ["string"], "result": "any" }],
        });
        let mut engine = Engine::new();
        let program = call(&mut engine, "compile", &request);
        for (entrypoint, expected) in
            [("p/test_x", json!(true)), ("p/test_function", json!(true)), ("p/test_asked", json!(null))]
        {
            let answer =
                call(&mut engine, "evaluate", &json!({ "handle": program["handle"], "entrypoint": entrypoint }));
            assert_eq!(answer["value"], expected, "{entrypoint}: {answer}");
        }
    }

    #[test]
    fn the_tests_of_modules_know_the_functions_too() {
        let source = "package p\n\nx := acme.lookup(\"a\")\n\ntest_x if x == \"me\" with acme.lookup as \"me\"\n\ntest_asked if x\n";
        let request = json!({
            "modules": [{ "path": "p.rego", "source": source }],
            "host_functions": [{ "name": "acme.lookup", "arguments": ["string"], "result": "any" }],
        });
        let report = call(&mut Engine::new(), "test", &request);
        assert_eq!((&report["passed"], &report["errors"]), (&json!(1), &json!(1)), "{report}");
        assert!(report["results"][1]["message"].as_str().unwrap().contains("`acme.lookup`"), "{report}");
    }

    #[test]
    fn where_the_host_is_not_asked_it_is_an_error() {
        let mut engine = Engine::new();
        let program = compiled(&mut engine, "x := acme.add(1, 2)");
        let answer = call(&mut engine, "query", &json!({ "handle": program["handle"], "query": "y := data.p.x" }));
        assert_eq!(answer["error"]["code"], "host_not_asked", "{answer}");
    }

    #[test]
    fn a_program_says_which_functions_it_calls() {
        for (source, expected) in [
            ("x := 1", json!([])),
            ("x := acme.add(1, 2)", json!(["acme.add"])),
            ("x := acme.lookup(\"a\")\n\ny := acme.add(1, acme.add(1, 2))", json!(["acme.add", "acme.lookup"])),
            ("x := numbers.range(1, 2)\n\ny := z if z := x with numbers.range as acme.add", json!(["acme.add"])),
        ] {
            let program = compiled(&mut Engine::new(), source);
            assert_eq!(program["host_functions"], expected, "{source}: {program}");
        }
    }

    #[test]
    fn the_bytes_of_a_program_know_what_the_host_offers() {
        let mut engine = Engine::new();
        let program = compiled(&mut engine, "x := acme.add(1, 2)");
        let bytes = call(&mut engine, "to_bytes", &json!({ "handle": program["handle"] }));
        let bytes =
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, bytes["bytes"].as_str().unwrap())
                .unwrap();
        let loaded: Value = serde_json::from_str(&engine.call("from_bytes", "{}", Some(&bytes))).unwrap();
        let handle = &loaded["ok"]["handle"];
        assert_eq!(loaded["ok"]["host_functions"], json!(["acme.add"]));
        let answer = call(&mut engine, "evaluate", &json!({ "handle": handle, "entrypoint": "p/x" }));
        assert_eq!(answer["needs"][0]["arguments"], "[1,2]", "{answer}");
        let answer = call(&mut engine, "query", &json!({ "handle": handle, "query": "acme.add(1, \"a\")" }));
        assert_eq!(answer["error"]["code"], "rego_type_error", "{answer}");
    }
}
