//! Signatures and keys at the edges of their arithmetic and of how they are written. Those in `pem/edges.json` were made by arithmetic of their
//! own, and what is to be said of each follows from its equation; for Ed25519 it is what Go says.

use super::tokens::{answer, decode_verify, verifies};
use serde_json::{Value, json};

fn edges(family: &str) -> Vec<Value> {
    let edges: Value = serde_json::from_str(include_str!("pem/edges.json")).unwrap();
    let edges = edges[family].as_array().unwrap().clone();
    assert!(edges.len() > 10, "{family}");
    edges
}

fn text<'a>(edge: &'a Value, name: &str) -> &'a str {
    edge[name].as_str().unwrap()
}

/// The builtin that verifies by the algorithm of an edge.
fn builtin(edge: &Value) -> String {
    format!("verify_{}", text(edge, "alg").to_lowercase())
}

fn public(der: &str) -> String {
    format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n")
}

fn is_verified(token: &str, key: &str) -> bool {
    decode_verify(token, &json!({"cert": key, "aud": "tests"}))[0] == json!(true)
}

#[test]
fn signatures_on_curves() {
    for edge in edges("ecdsa") {
        let (token, key) = (text(&edge, "token"), public(text(&edge, "key")));
        assert_eq!(verifies(&builtin(&edge), token, &key), Some(edge["loose"].clone()), "{}", edge["why"]);
        assert_eq!(json!(is_verified(token, &key)), edge["exact"], "{}", edge["why"]);
    }
}

#[test]
fn points_that_are_no_keys() {
    for edge in edges("points") {
        let (token, key) = (text(&edge, "token"), public(text(&edge, "key")));
        // Most are malformed, and so undefined.
        assert_ne!(verifies(&builtin(&edge), token, &key), Some(json!(true)), "{}", edge["why"]);
        let input = json!({"token": token, "key": key});
        let decoded = answer("io.jwt.decode_verify(input.token, {\"cert\": input.key, \"aud\": \"tests\"})[0]", &input);
        assert_ne!(decoded, Some(json!(true)), "{}", edge["why"]);
    }
}

#[test]
fn signatures_of_rsa() {
    let key = include_str!("pem/rsa.public.pem");
    for edge in edges("rsa") {
        let token = text(&edge, "token");
        assert_eq!(verifies(&builtin(&edge), token, key), Some(edge["loose"].clone()), "{}", edge["why"]);
        assert_eq!(json!(is_verified(token, key)), edge["exact"], "{}", edge["why"]);
    }
}

#[test]
fn keys_of_rsa_that_verify_nothing_though_their_equation_holds() {
    for edge in edges("rsa_keys") {
        let (token, key) = (text(&edge, "token"), edge["key"].to_string());
        let found = verifies("verify_rs256", token, &key);
        assert_eq!(json!(found == Some(json!(true))), edge["holds"], "{}: {found:?}", edge["why"]);
    }
}

#[test]
fn signatures_of_ed25519() {
    for edge in edges("ed25519") {
        let key = json!({"kty": "OKP", "crv": "Ed25519", "x": edge["x"]}).to_string();
        let token = text(&edge, "token");
        assert_eq!(verifies("verify_eddsa", token, &key), Some(edge["holds"].clone()), "{}", edge["why"]);
        assert_eq!(json!(is_verified(token, &key)), edge["holds"], "{}", edge["why"]);
    }
}
