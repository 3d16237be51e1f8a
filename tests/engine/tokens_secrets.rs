//! Secrets that are none: everybody may know them, so that a token with a code by one says nothing.

use super::tokens::{answer, coded, is_verified, refusal, verifies};
use serde_json::json;

const RSA: &str = include_str!("pem/rsa.public.pem");
const LEAF: &str = include_str!("pem/leaf.pem");

#[test]
fn what_is_public_is_no_secret_however_it_is_written() {
    let set = "the secret is a JSON web key of another kind, or a set of keys";
    let block = "the secret is a public key or a certificate";
    let web_key = include_str!("pem/keys.json");
    let rsa = serde_json::from_str::<serde_json::Value>(web_key).unwrap()["rsa"].clone();
    let public = json!({"kty": "RSA", "n": rsa["n"], "e": rsa["e"]});
    for (secret, words) in [
        (RSA.to_owned(), block),
        (LEAF.to_owned(), block),
        (format!("\n \t{RSA}"), block),
        (format!("\u{feff}{RSA}"), block),
        (format!("# the key of the issuer\n{RSA}"), block),
        (format!("key: |\n  {}", RSA.replace('\n', "\n  ")), block),
        (RSA.replace('\n', "\r\n"), block),
        (RSA.replace('\n', "\\n"), block),
        (RSA.replace("PUBLIC", "RSA PUBLIC"), block),
        (RSA.replace("PUBLIC", "EC PUBLIC"), block),
        (LEAF.replace("CERTIFICATE", "TRUSTED CERTIFICATE"), block),
        (LEAF.replace("CERTIFICATE", "X509 CERTIFICATE"), block),
        (format!("{}{LEAF}", include_str!("pem/p256.pkcs8.pem")), block),
        (public.to_string(), set),
        (format!("\u{feff} {public}"), set),
        (rsa.to_string(), set),
        (json!({"keys": [public]}).to_string(), set),
        (json!({"kty": "EC"}).to_string(), set),
        (json!({"kty": 1}).to_string(), set),
        (json!({"keys": []}).to_string(), set),
    ] {
        let token = coded("{\"alg\":\"HS256\"}", "{}", &secret);
        let web_key = json!({"kty": "oct", "k": answer("base64url.encode_no_pad(input)", &json!(secret))}).to_string();
        let input = json!({"token": token, "secret": secret, "key": web_key});
        for call in [
            "io.jwt.verify_hs256(input.token, input.secret)",
            "io.jwt.decode_verify(input.token, {\"secret\": input.secret})",
            "io.jwt.decode_verify(input.token, {\"cert\": input.key})",
        ] {
            assert_eq!(answer(call, &input), None, "{call} {secret}");
            let refusal = refusal(call, &input);
            assert!(refusal.contains(words), "{call} {secret}: {refusal}");
        }
    }
}

#[test]
fn a_secret_may_look_like_anything_else() {
    for secret in [
        "a public key",
        "CERTIFICATE",
        "-----BEGIN",
        "{",
        "{}",
        "{\"a\":1}",
        "[{\"kty\":\"RSA\"}]",
        "{\"kty\":\"oct\",\"k\":\"AAAA\"}",
        "-----BEGIN SECRET-----\nPUBLIC KEY",
        include_str!("pem/p256.pkcs8.pem"),
    ] {
        let token = coded("{\"alg\":\"HS256\"}", "{}", secret);
        assert_eq!(verifies("verify_hs256", &token, secret), Some(json!(true)), "{secret}");
        assert!(is_verified(&token, &json!({"secret": secret})), "{secret}");
    }
}

#[test]
fn an_empty_secret_verifies_nothing() {
    // With a code by the empty key.
    let token = "eyJhbGciOiJIUzI1NiJ9.e30.4E_Bsx-pJi3kOW9wVXN8CgbATwP09D9V5gxh9-9zSZ0";
    let call = "io.jwt.verify_hs256(input, \"\")";
    assert_eq!(answer(call, &json!(token)), None);
    let refusal = refusal(call, &json!(token));
    assert!(refusal.contains("the secret is empty"), "{refusal}");
    assert!(!is_verified(token, &json!({"cert": "{\"kty\":\"oct\",\"k\":\"\"}"})));
    assert!(!is_verified(token, &json!({"cert": "{\"keys\":[{\"kty\":\"oct\",\"k\":\"\"}]}"})));
}
