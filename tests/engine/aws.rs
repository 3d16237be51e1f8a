//! Requests signed for AWS: the signatures of its own examples, and what is refused.

use super::*;
use serde_json::{Value, json};

const CALL: &str = "providers.aws.sign_req(input.request, input.credentials, input.ns)";
/// 2015-08-30T12:36:00Z
const NS: i64 = 1_440_938_160_000_000_000;

fn credentials(more: &Value) -> Value {
    let mut all = json!({
        "aws_access_key": "AKIDEXAMPLE", "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "aws_region": "us-east-1", "aws_service": "service"
    });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

fn ask(request: &Value, credentials: &Value, ns: &Value) -> Result<Value, String> {
    let program = program(format!("package policy\n\nx := {CALL}\n"));
    let input = json!({"request": request, "credentials": credentials, "ns": ns}).to_string();
    let input = Document::read(input.as_bytes()).unwrap();
    let allowance = Allowance { strict_builtin_errors: true, ..Allowance::default() };
    match program.evaluate("policy/x", Some(&input), allowance).map_err(|error| error.message)?.answer {
        Answer::Value(text) => Ok(serde_json::from_str(&text).unwrap()),
        Answer::Undefined => panic!("undefined"),
    }
}

/// What is signed, and the signature.
fn signed(request: &Value, more: &Value) -> (Value, String) {
    let signed = ask(request, &credentials(more), &json!(NS)).unwrap();
    let header = signed["headers"]["Authorization"].as_str().unwrap().to_owned();
    let signature = header.rsplit_once("Signature=").unwrap().1.to_owned();
    (signed, signature)
}

#[test]
fn a_request_is_signed_as_aws_signs_it() {
    for (method, url, signature) in [
        ("GET", "https://example.amazonaws.com/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        (
            "GET",
            "https://example.amazonaws.com/?Param1=value1&Param2=value2",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        ("POST", "https://example.amazonaws.com/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ] {
        let (found, own) = signed(&json!({"method": method, "url": url}), &json!({}));
        assert_eq!(own, signature, "{method} {url}");
        assert_eq!(found["headers"]["host"], json!("example.amazonaws.com"));
        assert_eq!(found["headers"]["x-amz-date"], json!("20150830T123600Z"));
        assert_eq!((&found["method"], &found["url"]), (&json!(method), &json!(url)));
    }
}

#[test]
fn what_a_request_says_is_signed_and_kept() {
    let request = json!({"method": "put", "url": "https://a.b:8443/x%2Fy?q", "body": {"a": "<"}, "headers": {"A": "1", "User-Agent": "me"}});
    let (found, first) = signed(&request, &json!({"aws_service": "s3", "aws_session_token": "token"}));
    let headers = found["headers"].as_object().unwrap();
    let names: Vec<&str> = headers.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["A", "Authorization", "User-Agent", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"]
    );
    assert_eq!(headers["host"], json!("a.b:8443"));
    assert!(headers["Authorization"].as_str().unwrap().contains(
        "Credential=AKIDEXAMPLE/20150830/us-east-1/s3/aws4_request,SignedHeaders=a;host;x-amz-content-sha256;x-amz-date;x-amz-security-token,"
    ));
    assert_eq!(found["body"], json!({"a": "<"}));
    // Whatever is signed changes the signature, and nothing else does.
    let with = |field: &str, value: Value| {
        let mut changed = request.clone();
        changed[field] = value;
        signed(&changed, &json!({"aws_service": "s3", "aws_session_token": "token"})).1
    };
    assert_ne!(with("body", json!({"a": ">"})), first);
    assert_ne!(with("method", json!("PUT")), first);
    assert_ne!(with("url", json!("https://a.b:8443/x/y?q")), first);
    assert_ne!(with("headers", json!({"A": "2", "User-Agent": "me"})), first);
    assert_eq!(with("headers", json!({"A": "1", "User-Agent": "you"})), first);
    assert_eq!(with("timeout", json!("1s")), first);
    assert_eq!(with("raw_body", json!("{\"a\":\"\\u003c\"}")), first);
}

#[test]
fn what_cannot_be_signed_is_told_without_the_secret() {
    let request = json!({"method": "GET", "url": "https://a.b/"});
    for (request, more, ns, words) in [
        (json!([]), json!({}), json!(NS), "operand 1 must be object but got array"),
        (json!({"method": "GET"}), json!({}), json!(NS), "operand 1 missing required request parameters(s): {\"url\"}"),
        (
            json!({"method": 1, "url": "x"}),
            json!({}),
            json!(NS),
            "invalid values for required request parameters(s): {\"method\"}",
        ),
        (
            json!({"method": "GET", "url": "x", "what": 1}),
            json!({}),
            json!(NS),
            "invalid request parameters(s): {\"what\"}",
        ),
        (
            json!({"method": "GET", "url": "x", "headers": 1}),
            json!({}),
            json!(NS),
            "operand 0 must be object but got number",
        ),
        (json!({"method": "GET", "url": "http://a b/"}), json!({}), json!(NS), "invalid character"),
        (json!({"method": "GET", "url": ":"}), json!({}), json!(NS), "missing protocol scheme"),
        (json!({"method": "GET", "url": "/%zz"}), json!({}), json!(NS), "invalid URL escape"),
        (
            request.clone(),
            json!({"aws_region": 1}),
            json!(NS),
            "operand 2 invalid values for required AWS config parameters(s): {\"aws_region\"}",
        ),
        (
            request.clone(),
            json!({"disable_payload_signing": 1}),
            json!(NS),
            "invalid value for 'disable_payload_signing'",
        ),
        (request.clone(), json!({}), json!("now"), "operand 1 must be number but got string"),
        (request, json!({}), json!(1.5), "operand 3 could not convert time_ns value into a unix timestamp"),
    ] {
        let refusal = ask(&request, &credentials(&more), &ns).unwrap_err();
        assert!(refusal.contains(words) && !refusal.contains("wJalr"), "{refusal}");
    }
}
