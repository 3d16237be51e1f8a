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

/// The program that bytes hold.
pub fn loaded(engine: &mut Engine, written: &Value) -> Value {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(written["bytes"].as_str().unwrap()).unwrap();
    let answer: Value = serde_json::from_str(&engine.call("from_bytes", "{}", Some(&bytes))).unwrap();
    answer["ok"].clone()
}

mod asked {
    use super::{call, compiled};
    use regate::api::Engine;
    use serde_json::{Value, json};

    /// What `p/x` gives when the host answers, and how many rounds it takes. Each need is asked once.
    fn ask(source: &str, host: impl Fn(&str, &Value) -> Value) -> (Value, usize) {
        answered(source, "evaluate", &json!({ "entrypoint": "p/x" }), host)
    }

    /// The same for a query.
    fn ask_query(source: &str, query: &str, host: impl Fn(&str, &Value) -> Value) -> (Value, usize) {
        answered(source, "query", &json!({ "query": query }), host)
    }

    fn answered(
        source: &str,
        operation: &str,
        question: &Value,
        host: impl Fn(&str, &Value) -> Value,
    ) -> (Value, usize) {
        let mut engine = Engine::new();
        let program = compiled(&mut engine, source);
        assert!(program["handle"].is_u64(), "{program}");
        let mut answers: Vec<Value> = Vec::new();
        for round in 1..9 {
            let mut request = question.clone();
            request["handle"] = program["handle"].clone();
            request["host_answers"] = json!(answers);
            let answer = call(&mut engine, operation, &request);
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
    fn a_query_is_asked_again_as_an_entrypoint_is() {
        let source = "x := acme.lookup(\"a\").name\n\ny := 1";
        for (query, expected, most) in [
            ("y := data.p.x", json!([{ "y": "the a" }]), 2),
            (
                "some id in [\"a\", \"b\"]; n := acme.lookup(id).name",
                json!([{ "id": "a", "n": "the a" }, { "id": "b", "n": "the b" }]),
                2,
            ),
            ("n := acme.lookup(acme.lookup(\"a\").name).name; n != data.p.x", json!([{ "n": "the the a" }]), 4),
            ("not data.p.x", json!([]), 2),
            ("not acme.lookup(\"a\")", json!([]), 2),
            ("data.p.x == \"b\"", json!([]), 2),
            ("y := data.p.y", json!([{ "y": 1 }]), 1),
            ("y := data.p.x with acme.lookup as {\"name\": 7}", json!([{ "y": 7 }]), 1),
        ] {
            let (answer, rounds) = ask_query(source, query, names);
            assert_eq!(answer["bindings"], expected, "{query}: {answer}");
            assert!(answer["steps"].as_u64() > Some(0) && answer["memory_units"].is_u64(), "{query}: {answer}");
            assert!(rounds <= most && (rounds == 1) == (most == 1), "{query}: {rounds} rounds");
        }
        for given in [json!({ "error": "out of order" }), json!({ "value": 3 })] {
            for query in ["not acme.lookup(\"a\")", "data.p.x", "x := [1 | acme.lookup(\"a\").name]"] {
                let (answer, _) = ask_query(source, query, |_, _| given.clone());
                assert_eq!(answer["error"]["code"], "eval_builtin_error", "{query}, {given}: {answer}");
            }
        }
        let (answer, _) = ask_query(source, "not acme.lookup(\"a\")", |_, _| json!({}));
        assert_eq!(answer["bindings"], json!([{}]), "{answer}");
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

    /// What the host is asked, all rounds together.
    fn asked_of_host(source: &str, host: impl Fn(&Value) -> Value) -> (Value, Vec<String>) {
        let asked = std::cell::RefCell::new(Vec::new());
        let (answer, _) = ask(source, |function, arguments| {
            asked.borrow_mut().push(format!("{function}{arguments}"));
            json!({ "value": host(arguments) })
        });
        (answer, asked.into_inner())
    }

    #[test]
    fn nothing_is_asked_because_an_answer_is_missing() {
        let lookup = |of: &str| format!(r#"acme.lookup["{of}"]"#);
        for (source, answer, asked) in [
            // What is denied, and holds, keeps the rest from being asked.
            ("x if {\n\tnot acme.lookup(\"a\").ok\n\tacme.lookup(\"b\")\n}", json!(null), vec![lookup("a")]),
            ("x := 1 if acme.lookup(\"a\").ok\nelse := 2 if acme.lookup(\"b\")", json!(1), vec![lookup("a")]),
            (
                "x := s if {\n\tfound := [n | some id in [\"a\", \"b\"]; n := acme.lookup(id).n]\n\ts := acme.add(count(found), 1)\n}",
                json!(3),
                vec![lookup("a"), lookup("b"), "acme.add[2,1]".to_owned()],
            ),
            (
                "x := n if {\n\tn := count({id | some id in [\"a\"]; acme.lookup(id).ok})\n\tn < 1\n\tacme.lookup(\"b\")\n}",
                json!(null),
                vec![lookup("a")],
            ),
            // Nobody asks for what stands under other keys.
            (
                "x := [f | some u in [\"a\"]; f := [n | some t in [[\"a\", 1], [\"b\", 2]]; t[0] == u; n := acme.lookup(t[0]).n]]",
                json!([[3]]),
                vec![lookup("a")],
            ),
            ("p[k] := acme.lookup(k) if some k in [\"a\", \"b\"]\n\nx := p.a.n", json!(3), vec![lookup("a")]),
            (
                "p[[k, 1]] := acme.lookup(k) if some k in [\"a\", \"b\"]\n\nx := p[[\"a\", 1]].n",
                json!(3),
                vec![lookup("a")],
            ),
            (
                "x := 1 if acme.lookup(\"a\").n == 4\n\nx := 2 if {\n\tf(\"b\") == 0\n\tacme.lookup(\"c\")\n}\n\n\
                 default f(_) := 0\n\nf(id) := 1 if acme.lookup(id).ok",
                json!(null),
                vec![lookup("a"), lookup("b")],
            ),
            // Rules are alternatives: all that could hold are asked at once.
            ("x if acme.lookup(\"a\").ok\n\nx if acme.lookup(\"b\").ok", json!(true), vec![lookup("a"), lookup("b")]),
        ] {
            let (found, of_host) = asked_of_host(source, |arguments| match arguments[1].as_i64() {
                Some(_) => json!(3),
                None => json!({ "ok": true, "n": 3 }),
            });
            assert_eq!((&found["value"], of_host), (&answer, asked), "{source}: {found}");
        }
    }

    #[test]
    fn what_holds_without_the_host_keeps_no_calls_from_being_one_round() {
        let source = "x := {id | some id in [\"a\", \"b\", \"c\"]; not odd(id); n := count([c | some c in [id]; c != \"z\"]); acme.lookup(id).ok; n == 1}\n\n\
                      odd(id) if {\n\tnot even[id]\n}\n\neven contains id if {\n\tsome id in [\"a\", \"b\", \"c\"]\n\tnot id == \"d\"\n}";
        let (answer, rounds) = ask(source, |_, _| json!({ "value": { "ok": true } }));
        assert_eq!((&answer["value"], rounds), (&json!(["a", "b", "c"]), 2), "{answer}");
    }

    #[test]
    fn one_round_gathers_the_calls_of_negations_comprehensions_functions_and_rules() {
        let twenty = "numbers.range(1, 20)";
        let rules = |rule: &dyn Fn(usize) -> String| (1..=20).map(rule).collect::<Vec<_>>().join("\n\n");
        for (source, expected) in [
            (format!("x := count([o | some o in {twenty}; not acme.add(o, 1) > 11])"), json!(10)),
            (format!("x := count([o | some o in {twenty}; count([1 | acme.add(o, 1) > 11]) == 1])"), json!(10)),
            (format!("x := count([o | some o in {twenty}; f(o) > 11])\n\nf(o) := acme.add(o, 1)"), json!(10)),
            (
                format!(
                    "x := count([o | some o in {twenty}; f(o) == \"low\"])\n\nf(o) := \"high\" if {{\n\tacme.add(o, 1) > 11\n}} else := \"low\""
                ),
                json!(10),
            ),
            (
                format!(
                    "default x := 0\n\nx := 1 if {{\n\tevery o in {twenty} {{\n\t\tnot acme.add(o, 1) > 21\n\t}}\n}}"
                ),
                json!(1),
            ),
            (
                format!(
                    "x := count([1 | some o in {twenty}; p[[o, 1]]])\n\np contains [o, 1] if {{\n\tsome o in {twenty}\n\tnot acme.add(o, 1) > 11\n}}"
                ),
                json!(10),
            ),
            (
                format!(
                    "x := count(deny)\n\n{}",
                    rules(&|at| format!("deny contains {at} if {{\n\tnot acme.add({at}, 1) > 11\n}}"))
                ),
                json!(10),
            ),
        ] {
            let (answer, rounds) = ask(
                &source,
                |_, arguments| json!({ "value": arguments[0].as_f64().unwrap() + arguments[1].as_f64().unwrap() }),
            );
            assert_eq!(answer["value"], expected, "{source}: {answer}");
            assert_eq!(rounds, 2, "{source}");
        }
    }

    #[test]
    fn what_lacks_an_answer_is_evaluated_once_in_a_round_however_often_it_is_asked() {
        // Each of these rules asks the next one twice: without what is known of it the last would be asked a million times.
        let chain = (0..20).map(|at| format!("r{at} contains 1 if r{0}[2]\n\nr{at} contains 2 if r{0}[2]", at + 1));
        let chain = chain.collect::<Vec<_>>().join("\n\n");
        let source = format!("x := count(r0)\n\n{chain}\n\nr20 contains 2 if acme.add(1, 1) == 2");
        let (answer, rounds) = ask(&source, |_, _| json!({ "value": 2 }));
        assert_eq!((&answer["value"], rounds), (&json!(2), 2), "{answer}");
        assert!(answer["steps"].as_u64().unwrap() < 10_000, "{answer}");
    }

    #[test]
    fn the_host_may_have_no_value() {
        for (given, expected) in [(json!({}), json!("none")), (json!({ "value": 0.5 }), json!(0.5))] {
            let (answer, _) = ask("default x := \"none\"\n\nx := acme.add(1, 2)", |_, _| given.clone());
            assert_eq!(answer["value"], expected, "{given}");
        }
    }

    #[test]
    fn a_host_that_fails_or_gives_another_type_ends_the_evaluation() {
        for given in [
            json!({ "error": "out of order" }),
            json!({ "value": null }),
            json!({ "value": "3" }),
            json!({ "value": [3] }),
        ] {
            for x in ["acme.add(1, 2)", "1 if not acme.add(1, 2) > 5", "[1 | acme.add(1, 2) > 5]"] {
                let (answer, _) = ask(&format!("default x := 0\n\nx := {x}"), |_, _| given.clone());
                assert_eq!(answer["error"]["code"], "eval_builtin_error", "{given}, {x}: {answer}");
                assert!(answer["error"]["message"].as_str().unwrap().starts_with("acme.add: "), "{answer}");
            }
        }
    }

    #[test]
    fn the_type_of_what_the_host_gives_is_looked_at_in_every_part_also_of_a_program_from_bytes() {
        for (result, right, wrong) in [
            ("boolean", json!([true]), json!([0, "true"])),
            ("null", json!([null]), json!([false])),
            ("array[number]", json!([[], [1, 2.5]]), json!([[1, "2"], {}, "1"])),
            ("array<string, number>", json!([["a", 1]]), json!([["a"], ["a", 1, 2], [1, "a"]])),
            ("object[string: string]", json!([{}, { "a": "b" }]), json!([{ "a": 1 }, [], null])),
            (
                "object<name: string, age: number>[any: any]",
                json!([{ "name": "a", "age": 1 }, { "name": "a", "age": 1, "more": [] }]),
                json!([{ "name": "a" }, { "name": "a", "age": "1" }]),
            ),
            ("any<string, array[number]>", json!(["a", [1]]), json!([1, ["a"], null])),
            ("any", json!([null, 1, "a", [], {}]), json!([])),
        ] {
            let mut engine = Engine::new();
            let declared = json!({ "name": "acme.get", "arguments": [], "result": result });
            let modules =
                json!([{ "path": "p.rego", "source": "package p\n\nx := 1 if not acme.get() == input.other\n" }]);
            let program = call(&mut engine, "compile", &json!({ "modules": modules, "host_functions": [declared] }));
            let bytes = call(&mut engine, "to_bytes", &json!({ "handle": program["handle"] }));
            let loaded: Value = super::loaded(&mut engine, &bytes);
            for handle in [&program["handle"], &loaded["handle"]] {
                for (values, is_right) in [(&right, true), (&wrong, false)] {
                    for value in values.as_array().unwrap() {
                        let answers = json!([{ "function": "acme.get", "arguments": "[]", "value": value }]);
                        let request = json!({ "handle": handle, "entrypoint": "p/x", "host_answers": answers });
                        let answer = call(&mut engine, "evaluate", &request);
                        assert_eq!(answer["value"] == 1, is_right, "{result}, {value}: {answer}");
                        assert_eq!(
                            answer["error"]["code"] == "eval_builtin_error",
                            !is_right,
                            "{result}, {value}: {answer}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn what_no_policy_can_call_and_what_is_declared_twice_is_refused() {
        let declared = |name: &str| json!({ "name": name, "arguments": ["string"], "result": "any" });
        let mut with_sets = declared("acme.get");
        with_sets["result"] = json!("array[set[string]]");
        for (functions, path) in [
            (json!([declared("data.x")]), "/host_functions/0/name"),
            (json!([declared("acme.a"), declared("input.f")]), "/host_functions/1/name"),
            (json!([declared("if")]), "/host_functions/0/name"),
            (json!([declared("acme.a"), declared("acme.a")]), "/host_functions/1/name"),
            (json!([with_sets]), "/host_functions/0/result"),
        ] {
            let request =
                json!({ "modules": [{ "path": "p.rego", "source": "package p\n" }], "host_functions": functions });
            let answer = call(&mut Engine::new(), "compile", &request);
            assert_eq!(answer["error"]["code"], "malformed_request", "{functions}: {answer}");
            assert_eq!(answer["error"]["path"], path, "{functions}: {answer}");
        }
    }

    #[test]
    fn an_argument_that_is_too_long_or_has_keys_too_deep_is_a_limit_by_its_name() {
        let doubled: String =
            (1..18).map(|level| format!("s{level} := concat(\"\", [s{0}, s{0}])\n", level - 1)).collect();
        let long = format!("s0 := \"0123456789\"\n{doubled}x := acme.lookup(s17)");
        let keys: String = (1..70).map(|level| format!("k{level} := {{k{}: 1}}\n", level - 1)).collect();
        let deep = format!("k0 := 1\n{keys}x := acme.lookup(k69)");
        for (source, limit) in [(long, "host_argument_bytes"), (deep, "key_nesting")] {
            let mut engine = Engine::new();
            let lookup = json!({ "name": "acme.lookup", "arguments": ["any"], "result": "any" });
            let modules = json!([{ "path": "p.rego", "source": format!("package p\n\n{source}\n") }]);
            let program = call(&mut engine, "compile", &json!({ "modules": modules, "host_functions": [lookup] }));
            let answer = call(&mut engine, "evaluate", &json!({ "handle": program["handle"], "entrypoint": "p/x" }));
            assert_eq!(answer["error"]["limit"]["name"], limit, "{answer}");
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
    fn what_a_query_is_told_of_the_host_is_held_to_the_same_rules() {
        let mut engine = Engine::new();
        let program = compiled(&mut engine, "x := acme.add(1, 2)");
        let asked =
            |answers: Value| json!({ "handle": program["handle"], "query": "y := data.p.x", "host_answers": answers });
        let answer = call(&mut engine, "query", &asked(json!([])));
        assert_eq!(answer, json!({ "needs": [{ "function": "acme.add", "arguments": "[1,2]" }] }));
        let both = json!([{ "function": "acme.add", "arguments": "[1,2]", "value": 3, "error": "" }]);
        let answer = call(&mut engine, "query", &asked(both));
        assert_eq!(
            (&answer["error"]["code"], &answer["error"]["path"]),
            (&json!("malformed_request"), &json!("/host_answers"))
        );
        let other = json!([{ "function": "acme.add", "arguments": "[2,1]", "value": 3 }]);
        assert!(call(&mut engine, "query", &asked(other))["needs"].is_array());
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
