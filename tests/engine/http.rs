//! `http.send` and `net.lookup_ip_addr`: a host grants them, is asked in one form, and gives what they are made of.

use super::host::loaded;
use regate::api::Engine;
use serde_json::{Value, json};

const GRANTED: [&str; 2] = ["http.send", "net.lookup_ip_addr"];

fn call(engine: &mut Engine, operation: &str, request: &Value) -> Value {
    let answer: Value = serde_json::from_str(&engine.call(operation, &request.to_string(), None)).unwrap();
    answer.get("ok").cloned().unwrap_or(answer)
}

fn request_of(source: &str, granted: &[&str]) -> Value {
    json!({ "modules": [{ "path": "p.rego", "source": format!("package p\n\n{source}\n") }], "host_builtins": granted })
}

/// What `p/x` gives, and the requests that the host was asked, round by round.
fn asked(source: &str, options: &Value, host: impl Fn(&Value) -> Value) -> (Value, Vec<Vec<Value>>) {
    let mut engine = Engine::new();
    let program = call(&mut engine, "compile", &request_of(source, &GRANTED));
    assert!(program["handle"].is_u64(), "{source}: {program}");
    let (mut answers, mut rounds) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        let mut request = json!({ "handle": program["handle"], "entrypoint": "p/x", "host_answers": answers });
        for (name, value) in options.as_object().unwrap() {
            request[name] = value.clone();
        }
        let answer = call(&mut engine, "evaluate", &request);
        let Some(needs) = answer["needs"].as_array() else { return (answer, rounds) };
        let mut round = Vec::new();
        for need in needs {
            let arguments: Value = serde_json::from_str(need["arguments"].as_str().unwrap()).unwrap();
            let mut given = host(&arguments[0]);
            given["function"] = need["function"].clone();
            given["arguments"] = need["arguments"].clone();
            answers.push(given);
            round.push(arguments[0].clone());
        }
        rounds.push(round);
    }
    panic!("there is no end of needs");
}

/// The same for one request, with what comes of it.
fn sent(request: &str, response: &Value) -> (Value, Value) {
    let host = |_: &Value| json!({ "value": response });
    let (answer, rounds) = asked(&format!("x := http.send({request})"), &json!({}), host);
    assert_eq!(rounds.iter().map(Vec::len).collect::<Vec<_>>(), [1], "{request}: {answer}");
    (rounds[0][0].clone(), answer["value"].clone())
}

const PLAIN: &str = r#"{"method": "get", "url": "http://a.test"}"#;

#[test]
fn without_the_grant_the_compiler_says_how_it_is_granted() {
    for (source, granted) in [
        ("x := http.send({})", vec![]),
        ("x := http.send({})", vec!["net.lookup_ip_addr"]),
        ("x := net.lookup_ip_addr(\"a\")", vec!["http.send"]),
        ("x if numbers.range(1, 2) with numbers.range as http.send", vec![]),
    ] {
        let request = request_of(source, &granted);
        for operation in ["compile", "check"] {
            let answer = call(&mut Engine::new(), operation, &request);
            let diagnostic = &answer["diagnostics"][0];
            assert_eq!(diagnostic["code"], "builtin_not_available", "{source}: {answer}");
            assert!(diagnostic["help"].as_str().unwrap().contains("`hostBuiltins: [\""), "{answer}");
        }
    }
    for operation in ["compile", "check"] {
        let answer =
            call(&mut Engine::new(), operation, &request_of("x := http.send({})", &["http.send", "http.send"]));
        assert_eq!(answer["diagnostics"], json!([]), "{answer}");
    }
}

#[test]
fn only_what_a_host_can_answer_is_granted() {
    for name in ["count", "http.sen", ""] {
        for operation in ["compile", "check", "test"] {
            let answer = call(&mut Engine::new(), operation, &request_of("x := 1", &["http.send", name]));
            assert_eq!(answer["error"]["code"], "malformed_request", "{answer}");
            assert_eq!(answer["error"]["path"], "/host_builtins/1", "{answer}");
            assert!(answer["error"]["help"].as_str().unwrap().contains("`http.send` and `net.lookup_ip_addr`"));
        }
    }
}

#[test]
fn what_a_contract_refuses_is_not_granted() {
    let source = "package forgecroft.policy\n\nimport rego.v1\n\ndeny contains http.send({}).x if true\n";
    let request = json!({
        "modules": [{ "path": "p.rego", "source": source }], "contract": "governance", "host_builtins": GRANTED,
    });
    for operation in ["compile", "check", "test"] {
        let answer = call(&mut Engine::new(), operation, &request);
        let message = answer["diagnostics"][0]["message"].as_str().unwrap_or_default();
        assert_eq!(message, "the builtin http.send is not allowed in this kind of policy", "{answer}");
    }
}

#[test]
fn its_types_are_checked_as_those_of_every_builtin() {
    for (source, code) in [
        ("x := http.send(1)", "rego_type_error"),
        ("x := http.send()", "rego_type_error"),
        ("x := count(net.lookup_ip_addr(\"a\")) + net.lookup_ip_addr(\"b\")", "rego_type_error"),
    ] {
        let answer = call(&mut Engine::new(), "compile", &request_of(source, &GRANTED));
        assert_eq!(answer["diagnostics"][0]["code"], code, "{source}: {answer}");
    }
}

#[test]
fn a_program_says_what_it_needs_also_from_bytes() {
    let mut engine = Engine::new();
    let source = "x := http.send({\"method\": \"GET\", \"url\": \"http://a.test\"}).status_code";
    let program = call(&mut engine, "compile", &request_of(source, &GRANTED));
    assert_eq!(program["host_functions"], json!(["http.send"]));
    assert_eq!(program["builtins"], json!([]));
    let bytes = call(&mut engine, "to_bytes", &json!({ "handle": program["handle"] }));
    let loaded = loaded(&mut engine, &bytes);
    assert_eq!(loaded["host_functions"], json!(["http.send"]));
    let answer = call(&mut engine, "evaluate", &json!({ "handle": loaded["handle"], "entrypoint": "p/x" }));
    let mut need = answer["needs"][0].clone();
    need["value"] = json!({ "status_code": 204 });
    let request = json!({ "handle": loaded["handle"], "entrypoint": "p/x", "host_answers": [need] });
    assert_eq!(call(&mut engine, "evaluate", &request)["value"], 204);
    let query = json!({ "handle": loaded["handle"], "query": "net.lookup_ip_addr(\"a\")" });
    assert_eq!(call(&mut engine, "query", &query)["needs"][0]["function"], "net.lookup_ip_addr");
}

#[test]
fn tests_replace_them_with_and_without_the_grant() {
    let source = "x := http.send({\"method\": \"GET\", \"url\": \"http://a.test\"}).status_code\n\n\
        y := net.lookup_ip_addr(\"a\")\n\n\
        test_value if x == 7 with http.send as {\"status_code\": 7}\n\n\
        test_function if x == 4 with http.send as own\n\n\
        own(request) := {\"status_code\": count(request) * 2}\n\n\
        test_addresses if y == {\"::1\"} with net.lookup_ip_addr as {\"::1\"}\n\n\
        test_asked if x";
    for granted in [&GRANTED[..], &[]] {
        let report = call(&mut Engine::new(), "test", &request_of(source, granted));
        assert_eq!((&report["passed"], &report["errors"]), (&json!(3), &json!(1)), "{report}");
        assert!(report["results"][3]["message"].as_str().unwrap().contains("`http.send`"), "{report}");
    }
}

#[test]
fn the_host_is_asked_in_one_form() {
    let (request, _) = sent(PLAIN, &json!({ "status_code": 200 }));
    let expected = json!({
        "method": "GET", "url": "http://a.test", "headers": {}, "body": null, "timeout_ms": 5000,
        "enable_redirect": false, "max_retry_attempts": 0, "tls": {}, "cache": false, "force_cache_seconds": null,
        "cache_ignored_headers": [],
    });
    assert_eq!(request, expected);
    let all = r#"{
        "method": "post", "url": "\"https://a.test/b?c=d\"", "headers": {"content-TYPE": "text/plain", "x y": "1", "x-id": "2"},
        "body": {"b": [1.50, "<"], "a": {2, 1}}, "timeout": "1500us", "enable_redirect": true, "max_retry_attempts": 3,
        "tls_server_name": "b.test", "tls_insecure_skip_verify": true, "tls_ca_cert": "", "tls_use_system_certs": false,
        "force_cache": true, "force_cache_duration_seconds": 60, "caching_mode": "deserialized",
        "cache_ignored_headers": ["x-id", "X-Other"], "raise_error": false, "force_json_decode": true, "force_yaml_decode": false,
    }"#;
    let (request, _) = sent(all, &json!({ "status_code": 200 }));
    let expected = json!({
        "method": "POST", "url": "https://a.test/b?c=d",
        "headers": { "Content-Type": "text/plain", "X-Id": "2", "x y": "1" },
        "body": "{\"a\":[1,2],\"b\":[1.50,\"\\u003c\"]}", "timeout_ms": 2, "enable_redirect": true,
        "max_retry_attempts": 3, "tls": { "insecure_skip_verify": true, "server_name": "b.test" }, "cache": true,
        "force_cache_seconds": 60, "cache_ignored_headers": ["X-Id"],
    });
    assert_eq!(request, expected);
}

#[test]
fn each_field_means_what_it_means_in_opa() {
    for (fields, name, expected) in [
        (r#""raw_body": "\"a=b\"", "body": 1"#, "body", json!("a=b")),
        (r#""body": null"#, "body", json!("null")),
        (r#""timeout": 1000001"#, "timeout_ms", json!(2)),
        (r#""timeout": "2000000""#, "timeout_ms", json!(2)),
        (r#""timeout": "1m""#, "timeout_ms", json!(60_000)),
        (r#""timeout": 0"#, "timeout_ms", json!(0)),
        (r#""timeout": -5"#, "timeout_ms", json!(0)),
        (r#""enable_redirect": 1"#, "enable_redirect", json!(true)),
        (r#""cache": true"#, "cache", json!(true)),
        (r#""force_cache": true, "force_cache_duration_seconds": 0"#, "cache", json!(true)),
        (r#""force_cache": true, "force_cache_duration_seconds": 0"#, "force_cache_seconds", json!(null)),
        (r#""force_cache_duration_seconds": "never""#, "force_cache_seconds", json!(null)),
        (r#""headers": {"a": "1", "A": "2"}"#, "headers", json!({ "A": "1" })),
        (r#""cache_ignored_headers": 7"#, "cache_ignored_headers", json!([])),
        (r#""tls_client_cert_file": "/a""#, "tls", json!({ "client_cert_file": "/a" })),
    ] {
        let request = format!(r#"{{"method": "", "url": "u", {fields}}}"#);
        let (request, _) = sent(&request, &json!({ "status_code": 200 }));
        assert_eq!((&request["method"], &request[name]), (&json!("GET"), &expected), "{fields}");
    }
}

#[test]
fn what_is_wrong_with_a_request_is_said_in_the_words_of_opa() {
    for (fields, code, message) in [
        (
            r#""bad_key": 1, "other": 2"#,
            "eval_type_error",
            r#"operand 1 invalid request parameters(s): {"bad_key", "other"}"#,
        ),
        (r#""method": 1"#, "eval_builtin_error", r#""method" must be a string"#),
        (r#""tls_ca_cert": {}"#, "eval_builtin_error", r#""tls_ca_cert" must be a string"#),
        (r#""raw_body": null"#, "eval_builtin_error", r#""raw_body" must be a string"#),
        (r#""method": "A B""#, "eval_builtin_error", r#"net/http: invalid method "A B""#),
        (r#""headers": []"#, "eval_builtin_error", "invalid type for headers key"),
        (r#""headers": {"a": 1}"#, "eval_builtin_error", r#"invalid type for headers value "1""#),
        (r#""headers": {"a": ["1"]}"#, "eval_builtin_error", "invalid type for headers value: array"),
        (
            r#""headers": {}, "cache_ignored_headers": [1]"#,
            "eval_builtin_error",
            r#"invalid value for "cache_ignored_headers" field"#,
        ),
        (
            r#""enable_redirect": "true""#,
            "eval_builtin_error",
            r#"strconv.ParseBool: parsing "\"true\"": invalid syntax"#,
        ),
        (
            r#""timeout": true"#,
            "eval_type_error",
            "operand 1 'timeout' must be one of {string, number} but got boolean",
        ),
        (r#""timeout": 1.5"#, "eval_builtin_error", "invalid timeout number value 1.5, must be int64"),
        (
            r#""timeout": "soon""#,
            "eval_builtin_error",
            r#"invalid timeout value "soon": time: invalid duration "soon""#,
        ),
        (r#""cache": 1"#, "eval_builtin_error", r#"invalid value for "cache" field"#),
        (
            r#""force_cache": true"#,
            "eval_builtin_error",
            "'force_cache' set but 'force_cache_duration_seconds' parameter is missing",
        ),
        (
            r#""force_cache": true, "force_cache_duration_seconds": "1""#,
            "eval_builtin_error",
            r#"strconv.ParseInt: parsing "\"1\"": invalid syntax"#,
        ),
        (
            r#""force_cache": true, "force_cache_duration_seconds": 5000000000"#,
            "eval_builtin_error",
            r#"strconv.ParseInt: parsing "5000000000": value out of range"#,
        ),
        (r#""max_retry_attempts": -1"#, "eval_builtin_error", r#"invalid value -1 for field "max_retry_attempts""#),
        (r#""force_json_decode": "yes""#, "eval_builtin_error", r#"invalid value for "force_json_decode" field"#),
    ] {
        let request = format!(r#"object.union({PLAIN}, {{{fields}}})"#);
        let host = |_: &Value| panic!("the host is asked {fields}");
        let strict = json!({ "strict_builtin_errors": true });
        let (answer, _) = asked(&format!("x := http.send({request})"), &strict, host);
        assert_eq!(answer["error"]["code"], code, "{fields}: {answer}");
        let said = answer["error"]["message"].as_str().unwrap();
        assert!(said.starts_with(&format!("http.send: {message}")), "{fields}: {said}");
        let (answer, _) = asked(&format!("default x := 7\n\nx := http.send({request})"), &json!({}), host);
        assert_eq!(answer["value"], 7, "{fields}: {answer}");
        let quiet = format!(r#"x := http.send(object.union({request}, {{"raise_error": false}}))"#);
        let (answer, _) = asked(&quiet, &strict, host);
        let error =
            json!({ "code": "eval_http_send_internal_error", "message": format!("{code}: http.send: {message}") });
        assert_eq!(answer["value"], json!({ "status_code": 0, "error": error }), "{fields}: {answer}");
    }
    for (request, message) in [
        ("{}", r#"operand 1 missing required request parameters(s): {"method", "url"}"#),
        (r#"{"url": "u"}"#, r#"operand 1 missing required request parameters(s): {"method"}"#),
        (r#"{"raise_error": 1}"#, "invalid value for raise_error field"),
    ] {
        let strict = json!({ "strict_builtin_errors": true });
        let (answer, _) = asked(&format!("x := http.send({request})"), &strict, |_| json!({}));
        let said = answer["error"]["message"].as_str().unwrap();
        assert!(said.starts_with(&format!("http.send: {message}")), "{request}: {said}");
    }
}

#[test]
fn a_response_has_the_shape_that_opa_gives_it() {
    let given = json!({
        "status_code": 201, "headers": { "Content-Type": "application/json", "X-ID": ["1", "2"], "x-id": "3" },
        "raw_body": "{\"a\": [1, 1.50]}",
    });
    let (_, response) = sent(PLAIN, &given);
    let expected = r#"{"body":{"a":[1,1.50]},"headers":{"content-type":["application/json"],"x-id":["1","2","3"]},"raw_body":"{\"a\": [1, 1.50]}","status":"201 Created","status_code":201}"#;
    assert_eq!(response.to_string(), expected);
    let (_, response) = sent(PLAIN, &json!({ "status_code": 299, "status": "299 Fine" }));
    let expected = json!({ "body": null, "headers": {}, "raw_body": "", "status": "299 Fine", "status_code": 299 });
    assert_eq!(response, expected);
    assert_eq!(sent(PLAIN, &json!({ "status_code": 299 })).1["status"], "299");
}

#[test]
fn a_body_is_decoded_by_its_type_or_by_force() {
    for (force, content_type, raw_body, body) in [
        ("", "application/json; charset=utf-8", "[1]", json!([1])),
        ("", "Application/Problem+JSON", "[1]", json!([1])),
        ("", "application/json", "[1", json!(null)),
        ("", "application/json", "", json!(null)),
        ("", "text/json", "[1]", json!(null)),
        ("", "text/plain", "[1]", json!(null)),
        ("", "application/yaml", "a: 1", json!({ "a": 1 })),
        ("", "application/x-yaml;charset=utf-8", "- a\n- b", json!(["a", "b"])),
        ("", "application/yaml", "a: [", json!(null)),
        (r#", "force_json_decode": true"#, "text/plain", "[1]", json!([1])),
        (r#", "force_yaml_decode": true"#, "text/plain", "a: 1", json!({ "a": 1 })),
        (r#", "force_json_decode": true"#, "application/yaml", "a: 1", json!(null)),
        (r#", "force_yaml_decode": true"#, "application/json", "[1]", json!([1])),
    ] {
        let request = format!(r#"{{"method": "GET", "url": "u"{force}}}"#);
        let given = json!({ "status_code": 200, "headers": { "content-type": content_type }, "raw_body": raw_body });
        let (_, response) = sent(&request, &given);
        assert_eq!(
            (&response["body"], &response["raw_body"]),
            (&body, &json!(raw_body)),
            "{force} {content_type} {raw_body}"
        );
    }
}

#[test]
fn a_request_is_asked_once_whatever_differs_but_what_is_sent() {
    let host = |request: &Value| json!({ "value": { "status_code": 200, "raw_body": request["url"] } });
    let get = |more: &str| format!(r#"http.send({{"method": "GET", "url": "u"{more}}}).raw_body"#);
    for (others, requests) in [
        (vec![get(""), get("")], 1),
        (vec![get(r#", "method": "get""#), get(r#", "raise_error": false"#), get(r#", "force_json_decode": true"#)], 1),
        (vec![get(r#", "headers": {"a": "1"}"#), get(r#", "headers": {"A": "1"}"#)], 1),
        (vec![get(r#", "headers": {"a": "1"}"#), get(r#", "headers": {"a": "2"}"#)], 2),
        (vec![get(""), get(r#", "body": 1"#), get(r#", "timeout": 1"#)], 3),
        (
            vec![
                get(r#", "headers": {"a": "1", "b": "1"}, "cache_ignored_headers": ["a"]"#),
                get(r#", "headers": {"a": "2", "b": "1"}, "cache_ignored_headers": ["a", "c"]"#),
                get(r#", "headers": {"b": "1"}"#),
                get(r#", "headers": {"b": "2"}"#),
            ],
            2,
        ),
        (vec![get(r#", "headers": {"a": "1"}, "cache_ignored_headers": ["A"]"#), get("")], 2),
    ] {
        let source = format!("x := [{}]", others.join(", "));
        let (answer, rounds) = asked(&source, &json!({}), host);
        assert_eq!(answer["value"], json!(vec!["u"; others.len()]), "{source}");
        assert_eq!(rounds.concat().len(), requests, "{source}");
    }
    // The host is told the headers of the first call all the same.
    let source = format!("x := {}", get(r#", "headers": {"a": "1"}, "cache_ignored_headers": ["a"]"#));
    assert_eq!(asked(&source, &json!({}), host).1[0][0]["headers"], json!({ "A": "1" }));
}

#[test]
fn a_request_may_follow_from_a_response() {
    let host = |request: &Value| json!({ "value": { "status_code": 200, "raw_body": format!("{}!", request["url"].as_str().unwrap()) } });
    let source = r#"get(url) := http.send({"method": "GET", "url": url}).raw_body
x := get(get("a"))"#;
    let (answer, rounds) = asked(source, &json!({}), host);
    assert_eq!((&answer["value"], rounds.len()), (&json!("a!!"), 2));
}

#[test]
fn a_network_that_fails_is_undefined_an_error_or_an_answer_as_in_opa() {
    let why = "Get \"http://a.test\": connection refused";
    let call = format!("http.send({PLAIN})");
    let quiet = format!("http.send(object.union({PLAIN}, {{\"raise_error\": false}}))");
    let strict = json!({ "strict_builtin_errors": true });
    for (refused, code, message) in [
        (false, "eval_http_send_network_error", why.to_owned()),
        (true, "eval_http_send_internal_error", format!("eval_builtin_error: http.send: {why}")),
    ] {
        let host = |_: &Value| json!({ "error": why, "refused": refused });
        assert_eq!(asked(&format!("default x := 7\n\nx := {call}"), &json!({}), host).0["value"], 7);
        // Documented: what OPA gives is given, also where that lets a negation hold.
        assert_eq!(
            asked(&format!("x if not denied\n\ndenied if {call}.body.denied"), &json!({}), host).0["value"],
            true
        );
        let (answer, _) = asked(&format!("x if not denied\n\ndenied if {call}.body.denied"), &strict, host);
        assert_eq!(answer["error"]["code"], "eval_builtin_error", "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().starts_with(&format!("http.send: {why}")), "{answer}");
        for options in [&json!({}), &strict] {
            let (answer, _) = asked(&format!("x := {quiet}"), options, host);
            assert_eq!(answer["value"], json!({ "status_code": 0, "error": { "code": code, "message": message } }));
        }
    }
}

#[test]
fn what_is_no_response_ends_the_evaluation() {
    for given in [
        json!({}),
        json!({ "value": null }),
        json!({ "value": {} }),
        json!({ "value": { "status_code": "200" } }),
        json!({ "value": { "status_code": 20 } }),
        json!({ "value": { "status_code": 200.5 } }),
        json!({ "value": { "status_code": 200, "status": 1 } }),
        json!({ "value": { "status_code": 200, "headers": [] } }),
        json!({ "value": { "status_code": 200, "headers": { "a": 1 } } }),
        json!({ "value": { "status_code": 200, "headers": { "a": [null] } } }),
        json!({ "value": { "status_code": 200, "raw_body": {} } }),
        json!({ "value": { "status_code": 200, "body": {} } }),
    ] {
        for x in
            ["http.send(r)", "true if not http.send(r)", "[1 | http.send(object.union(r, {\"raise_error\": false}))]"]
        {
            let source = format!("r := {PLAIN}\n\ndefault x := 0\n\nx := {x}");
            let (answer, _) = asked(&source, &json!({}), |_| given.clone());
            assert_eq!(answer["error"]["code"], "eval_builtin_error", "{given}, {x}: {answer}");
            assert!(answer["error"]["message"].as_str().unwrap().starts_with("http.send: "), "{answer}");
        }
    }
}

#[test]
fn an_answer_is_refused_only_with_an_error() {
    let mut engine = Engine::new();
    let program = call(&mut engine, "compile", &request_of(&format!("x := http.send({PLAIN})"), &GRANTED));
    for given in
        [json!({ "refused": true }), json!({ "refused": true, "value": 1 }), json!({ "error": "", "value": 1 })]
    {
        let mut answer = given.clone();
        answer["function"] = json!("http.send");
        answer["arguments"] = json!("[{}]");
        let request = json!({ "handle": program["handle"], "entrypoint": "p/x", "host_answers": [answer] });
        let answer = call(&mut engine, "evaluate", &request);
        assert_eq!(answer["error"]["code"], "malformed_request", "{given}: {answer}");
    }
}

#[test]
fn the_addresses_of_a_name_are_a_set() {
    let source = "x := [net.lookup_ip_addr(\"b.test\"), net.lookup_ip_addr(\"b.test\") == {\"::1\", \"10.0.0.1\"}]";
    let (answer, rounds) = asked(source, &json!({}), |_| json!({ "value": ["::1", "10.0.0.1", "::1"] }));
    assert_eq!(answer["value"], json!([["10.0.0.1", "::1"], true]));
    assert_eq!(rounds, [[json!("b.test")]]);
}

#[test]
fn a_name_without_addresses_is_a_builtin_that_fails() {
    let source = "default x := 7\n\nx := net.lookup_ip_addr(input.name)";
    let strict = json!({ "strict_builtin_errors": true });
    let source = source.replace("input.name", "\"b.test\"");
    let host = |_: &Value| json!({ "error": "lookup b.test: no such host" });
    assert_eq!(asked(&source, &json!({}), host).0["value"], 7);
    let (answer, _) = asked(&source, &strict, host);
    assert!(
        answer["error"]["message"].as_str().unwrap().starts_with("net.lookup_ip_addr: lookup b.test: no such host")
    );
    for given in [
        json!({ "error": "lookup b.test: i/o timeout" }),
        json!({ "value": "::1" }),
        json!({ "value": [1] }),
        json!({}),
    ] {
        let (answer, _) = asked(&source, &json!({}), |_| given.clone());
        assert_eq!(answer["error"]["code"], "eval_builtin_error", "{given}: {answer}");
    }
    let wrong = "default x := 7\n\nx := net.lookup_ip_addr(y)\n\ny := json.unmarshal(\"1\")";
    let (answer, _) = asked(wrong, &strict, |_| json!({}));
    let said = answer["error"]["message"].as_str().unwrap();
    assert!(said.starts_with("net.lookup_ip_addr: operand 1 must be string but got number"), "{said}");
}

#[test]
fn what_is_too_much_is_a_limit_before_it_is_made() {
    let doubled: String = (1..19).map(|level| format!("s{level} := concat(\"\", [s{0}, s{0}])\n", level - 1)).collect();
    let url = format!("s0 := \"01234567\"\n{doubled}x := http.send({{\"method\": \"GET\", \"url\": s18}})");
    let mut engine = Engine::new();
    let program = call(&mut engine, "compile", &request_of(&url, &GRANTED));
    let answer = call(&mut engine, "evaluate", &json!({ "handle": program["handle"], "entrypoint": "p/x" }));
    assert_eq!(answer["error"]["limit"]["name"], "host_argument_bytes", "{answer}");
    let host = |_: &Value| json!({ "value": { "status_code": 200, "headers": { "content-type": "application/json" }, "raw_body": "[1,2,3]".repeat(99) } });
    for limits in [json!({ "steps": 100 }), json!({ "memory_units": 2_000 })] {
        let (answer, _) = asked(&format!("x := http.send({PLAIN})"), &json!({ "limits": limits }), host);
        assert_eq!(answer["error"]["code"], "limit_exceeded", "{limits}: {answer}");
    }
}

#[test]
fn tests_may_ask_the_host_where_it_answers() {
    let source = format!(
        "x := http.send({PLAIN})\n\ntest_one if x.status_code == 201\n\ntest_two if net.lookup_ip_addr(\"a\") == {{\"::1\"}}\n\n\
         test_table[note] if {{\n\tsome note in [\"a\", \"b\"]\n\tx.body == note\n}}\n\ntest_mocked if x.status_code == 1 with http.send as {{\"status_code\": 1}}"
    );
    let mut request = request_of(&source, &GRANTED);
    for coverage in [false, true] {
        request["coverage"] = json!(coverage);
        request["host_answers"] = json!([]);
        let needs = call(&mut Engine::new(), "test", &request)["needs"].clone();
        let names: Vec<&str> =
            needs.as_array().unwrap().iter().map(|need| need["function"].as_str().unwrap()).collect();
        assert_eq!(names, GRANTED);
        let mut answers = needs;
        answers[0]["value"] =
            json!({ "status_code": 201, "headers": { "content-type": "application/json" }, "raw_body": "\"a\"" });
        answers[1]["value"] = json!(["::1"]);
        request["host_answers"] = answers;
        let report = call(&mut Engine::new(), "test", &request);
        assert_eq!(
            (&report["passed"], &report["failed"], &report["errors"]),
            (&json!(4), &json!(1), &json!(0)),
            "{report}"
        );
    }
}
