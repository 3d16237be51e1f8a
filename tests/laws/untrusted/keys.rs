//! Keys: PEM with one, the bytes of one, or JSON web keys. The first byte says what the others are.

use super::asked::{Asked, Found, document};
use super::unfolded::unfolded;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Enough for two operations with keys of 2,048 bits.
const STEPS: u64 = 2_000_000;

const RULES: &str = r#"
private_keys := crypto.parse_private_keys(input.text)

rsa_private_key := crypto.x509.parse_rsa_private_key(input.text)

keypair := crypto.x509.parse_keypair(input.certificate, input.text)

keypair_of_one := crypto.x509.parse_keypair(input.text, input.text)

verify_hs256 := io.jwt.verify_hs256(input.token, input.text)

verify_rs256 := io.jwt.verify_rs256(input.token, input.text)

verify_ps384 := io.jwt.verify_ps384(input.token, input.text)

verify_es256 := io.jwt.verify_es256(input.token, input.text)

verify_es384 := io.jwt.verify_es384(input.token, input.text)

verify_es512 := io.jwt.verify_es512(input.token, input.text)

verify_eddsa := io.jwt.verify_eddsa(input.token, input.text)

decode_verify := io.jwt.decode_verify(input.token, {"cert": input.text})

signed := io.jwt.encode_sign_raw(sprintf(`{"alg":"%s"}`, [input.alg]), "{}", input.text)

signed_of_object := io.jwt.encode_sign({"alg": input.alg}, {}, input.key)
"#;

const RSA_CERTIFICATE: &str = include_str!("../../engine/pem/rsa.certificate.pem");
const P224_CERTIFICATE: &str = include_str!("../../engine/pem/p224.certificate.pem");
const ED25519_CERTIFICATE: &str = include_str!("../../engine/pem/ed25519.certificate.pem");
const TOKENS: &str = include_str!("../../engine/pem/tokens.json");

thread_local! {
    static ASKED: Asked = Asked::of(RULES, STEPS);
    static TOKENS_READ: Value = serde_json::from_str(TOKENS).unwrap();
}

/// Any key is taken or refused; what is signed with one is verified by it, and nothing else is.
pub fn check(bytes: &[u8]) {
    ASKED.with(|asked| TOKENS_READ.with(|tokens| check_text(asked, tokens, &text(bytes), bytes.first())));
}

/// The text of a key. Bytes of one are put in PEM, under the label that the first byte stands for.
fn text(bytes: &[u8]) -> String {
    let label = match bytes.first() {
        Some(b'r') => "RSA PRIVATE KEY",
        Some(b'k') => "PRIVATE KEY",
        Some(b'e') => "EC PRIVATE KEY",
        Some(b'p') => "PUBLIC KEY",
        Some(b'c') => "CERTIFICATE",
        _ => return String::from_utf8_lossy(&unfolded(bytes)).into_owned(),
    };
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(&bytes[1..]))
}

fn check_text(asked: &Asked, tokens: &Value, text: &str, form: Option<&u8>) {
    let certificate = match form {
        Some(b'r') => RSA_CERTIFICATE,
        Some(b'e') => P224_CERTIFICATE,
        _ => ED25519_CERTIFICATE,
    };
    let input = document(&json!({"text": text, "certificate": certificate}));
    let keys = asked.ask_document("private_keys", &input);
    let key = asked.ask_document("rsa_private_key", &input);
    asked.ask_document("keypair", &input);
    asked.ask_document("keypair_of_one", &input);
    if let Some(key) = key.value().filter(Value::is_object) {
        let keys = keys.value().unwrap_or_else(|| panic!("{key} is the first of {keys:?}"));
        assert!(keys.as_array().is_some_and(|keys| !keys.is_empty()), "{key} is the first of {keys}");
        check_private_key(asked, &key);
    }
    for (rule, name) in [
        ("verify_hs256", "HS256"),
        ("verify_rs256", "RS256"),
        ("verify_ps384", "PS384"),
        ("verify_es256", "ES256"),
        ("verify_es384", "ES384"),
        ("verify_es512", "ES512"),
        ("verify_eddsa", "EdDSA"),
    ] {
        let token = tokens[name].as_str().unwrap();
        if asked.ask(rule, &json!({"text": text, "token": token})).is_true() {
            let forged = token.replacen("J9.e", "J9.f", 1);
            assert_ne!(token, forged);
            assert!(!asked.ask(rule, &json!({"text": text, "token": forged})).is_true(), "{rule}: {text}");
        }
    }
    if let Ok(key) = serde_json::from_str::<Value>(text)
        && key.is_object()
    {
        check_web_key(asked, text, &key);
    }
}

/// A key that was read from PEM signs, if it is of a kind and a size that may, and verifies what it signed.
fn check_private_key(asked: &Asked, key: &Value) {
    let alg = algorithm(key);
    let token = match asked.ask("signed_of_object", &json!({"alg": alg, "key": key})) {
        Found::Value(token) => serde_json::from_str::<String>(&token).unwrap(),
        // There are no web keys on P-224, and numbers of RSA need not be a key.
        Found::Refused(_) if key["crv"] == "P-224" || key["kty"] == "RSA" => return,
        Found::TooMuch(_) if key["kty"] == "RSA" => return,
        found => panic!("{key} signs nothing: {found:?}"),
    };
    check_verifies(asked, &key.to_string(), &token);
}

/// What a web key signs it verifies. That of a point on a curve may belong to another key.
fn check_web_key(asked: &Asked, text: &str, key: &Value) {
    let alg = algorithm(key);
    let Found::Value(token) = asked.ask("signed", &json!({"alg": alg, "text": text})) else { return };
    let token = serde_json::from_str::<String>(&token).unwrap();
    if key["kty"] == "EC" || key.get("keys").is_some() || key.get("alg").is_some_and(|of| of != alg) {
        asked.ask("decode_verify", &json!({"token": token, "text": text}));
    } else {
        check_verifies(asked, text, &token);
    }
}

fn check_verifies(asked: &Asked, key: &str, token: &str) {
    let verified = match asked.ask("decode_verify", &json!({"token": token, "text": key})) {
        Found::Refused(why) if why.contains("the secret is a public key or a certificate") => return,
        found => found,
    };
    assert!(
        verified.is_too_much() || verified.value().is_some_and(|found| found[0] == true),
        "{key} does not verify {token}: {verified:?}"
    );
}

fn algorithm(key: &Value) -> &'static str {
    match (key["kty"].as_str(), key["crv"].as_str()) {
        (Some("RSA"), _) if key["n"].as_str().is_some_and(|n| n.len() % 2 == 1) => "PS384",
        (Some("RSA"), _) => "RS256",
        (Some("EC"), Some("P-384")) => "ES384",
        (Some("EC"), Some("P-521")) => "ES512",
        (Some("EC"), _) => "ES256",
        (Some("OKP"), _) => "EdDSA",
        _ => "HS256",
    }
}
