//! Claims at their edges, and which of several keys counts. The tokens are made here, with a secret.

use super::tokens::{answer, coded, decode_verify, refusal, unsigned, verifies};
use serde_json::{Value, json};

const SECRET: &str = "a secret that is long enough";
const OTHER: &str = "another secret that is long enough";
const HS256: &str = "{\"alg\":\"HS256\"}";

/// The constraints with a time of 10^9 seconds.
fn asked(more: &Value) -> Value {
    let mut asked = json!({"secret": SECRET, "time": 1_000_000_000_000_000_000_u64});
    asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    asked
}

fn is_verified(token: &str, more: &Value) -> bool {
    decode_verify(token, &asked(more))[0] == json!(true)
}

#[test]
fn times_are_numbers_of_any_size_and_digits() {
    let nines = "9".repeat(300);
    for (moment, is_before, is_at_least) in [
        ("1000000000", false, true),
        ("1000000001", true, false),
        ("999999999", false, true),
        ("1000000000.0", false, true),
        ("1e9", false, true),
        ("1000000000.0000001", true, false),
        ("999999999.9999999", false, true),
        ("1.0000000001e9", true, false),
        ("1e400", true, false),
        ("-1e400", false, true),
        ("1e-400", false, true),
        ("-1", false, true),
        ("-0", false, true),
        ("0", false, true),
        ("18446744073709551617", true, false),
        (nines.as_str(), true, false),
    ] {
        let token = coded(HS256, &format!("{{\"exp\":{moment}}}"), SECRET);
        assert_eq!(is_verified(&token, &json!({})), is_before, "exp {moment}");
        let token = coded(HS256, &format!("{{\"nbf\":{moment}}}"), SECRET);
        assert_eq!(is_verified(&token, &json!({})), is_at_least, "nbf {moment}");
    }
    for name in ["exp", "nbf"] {
        for value in ["null", "true", "\"2000000000\"", "[]", "{}"] {
            let token = coded(HS256, &format!("{{\"{name}\":{value}}}"), SECRET);
            let input = json!({"token": token, "asked": asked(&json!({}))});
            let refusal = refusal("io.jwt.decode_verify(input.token, input.asked)", &input);
            assert!(refusal.contains(&format!("{name} value must be a number")), "{name} {value}: {refusal}");
        }
    }
    // Of members with the same name the last one counts, however it is written. Other names are other members.
    for (payload, holds) in [
        ("{\"exp\":2000000000,\"exp\":1}", false),
        ("{\"exp\":1,\"exp\":2000000000}", true),
        ("{\"exp\":2000000000,\"\\u0065xp\":1}", false),
        ("{\"\\u0065xp\":1}", false),
        ("{\"EXP\":1,\"exp \":1}", true),
        ("{\"iat\":2000000000}", true),
    ] {
        assert_eq!(is_verified(&coded(HS256, payload, SECRET), &json!({})), holds, "{payload}");
    }
}

#[test]
fn whom_a_token_is_for_and_from_is_compared_as_texts() {
    for (payload, more, holds) in [
        ("{}", json!({}), true),
        ("{}", json!({"aud": "x"}), false),
        ("{\"aud\":\"x\"}", json!({"aud": "x"}), true),
        ("{\"aud\":\"x\"}", json!({}), false),
        ("{\"aud\":[\"y\",\"x\"]}", json!({"aud": "x"}), true),
        ("{\"aud\":[\"y\",[\"x\"]]}", json!({"aud": "x"}), false),
        ("{\"aud\":[]}", json!({"aud": "x"}), false),
        ("{\"aud\":[]}", json!({}), false),
        ("{\"aud\":{\"x\":\"x\"}}", json!({"aud": "x"}), false),
        ("{\"aud\":null}", json!({}), false),
        ("{\"aud\":\"x y\"}", json!({"aud": "x"}), false),
        ("{\"aud\":\"X\"}", json!({"aud": "x"}), false),
        // As in OPA: nobody is asked for, and nobody is named.
        ("{\"aud\":\"\"}", json!({}), true),
        ("{\"aud\":[\"\"]}", json!({}), true),
        ("{\"aud\":\"\"}", json!({"aud": "x"}), false),
        ("{\"iss\":\"b\"}", json!({"iss": "b"}), true),
        ("{\"iss\":[\"b\"]}", json!({"iss": "b"}), false),
        ("{\"iss\":\"B\"}", json!({"iss": "b"}), false),
        ("{\"iss\":\"b \"}", json!({"iss": "b"}), false),
        ("{\"iss\":\"b\\u0000\"}", json!({"iss": "b"}), false),
        ("{\"iss\":null}", json!({"iss": "b"}), false),
        ("{}", json!({"iss": "b"}), false),
        ("{\"iss\":\"b\",\"iss\":\"a\"}", json!({"iss": "b"}), false),
        ("{\"iss\":\"a\"}", json!({"iss": ""}), true),
    ] {
        assert_eq!(is_verified(&coded(HS256, payload, SECRET), &more), holds, "{payload} {more}");
    }
}

#[test]
fn a_key_that_a_token_names_counts_alone_and_whatever_it_is_for() {
    let key = |secret: &str, more: Value| {
        let k = answer("base64url.encode_no_pad(input)", &json!(secret)).unwrap();
        let mut key = json!({"kty": "oct", "k": k});
        key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        key
    };
    let named = "{\"alg\":\"HS256\",\"kid\":\"a\"}";
    let right = |more: Value| key(SECRET, more);
    let wrong = |more: Value| key(OTHER, more);
    for (header, keys, holds) in [
        (HS256, vec![right(json!({}))], true),
        (HS256, vec![right(json!({"alg": "HS256"}))], true),
        (HS256, vec![right(json!({"alg": "HS512"}))], false),
        (HS256, vec![right(json!({"alg": "RS256"}))], false),
        (HS256, vec![wrong(json!({})), right(json!({}))], true),
        (HS256, vec![right(json!({"use": "enc", "key_ops": ["encrypt"]}))], true),
        // Its algorithm is not looked at where it is named, as in OPA.
        (named, vec![right(json!({"kid": "a", "alg": "HS512"}))], true),
        (named, vec![right(json!({"kid": "a", "alg": "RS256"}))], true),
        (named, vec![wrong(json!({"kid": "a"})), right(json!({}))], false),
        // Of two with one name the first one counts.
        (named, vec![wrong(json!({"kid": "a"})), right(json!({"kid": "a"}))], false),
        (named, vec![right(json!({"kid": "a"})), wrong(json!({"kid": "a"}))], true),
        (named, vec![right(json!({"kid": "b"}))], true),
        ("{\"alg\":\"HS256\",\"kid\":\"\"}", vec![wrong(json!({"kid": ""})), right(json!({}))], true),
    ] {
        let token = coded(header, "{}", SECRET);
        let keys = json!({"keys": keys}).to_string();
        assert_eq!(is_verified(&token, &json!({"cert": keys, "secret": ""})), holds, "{header} {keys}");
    }
}

#[test]
fn members_that_are_critical_and_not_known_are_refused_where_they_are_there() {
    for (header, holds) in [
        ("{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", true),
        ("{\"alg\":\"HS256\",\"crit\":[\"b64\"]}", true),
        ("{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}", false),
        ("{\"alg\":\"HS256\",\"crit\":[\"x\",\"x\"],\"x\":1}", false),
        ("{\"alg\":\"HS256\",\"crit\":[\"\\u0078\"],\"x\":1}", false),
        ("{\"alg\":\"HS256\",\"crit\":[\"X\"],\"x\":1}", true),
        ("{\"alg\":\"HS256\",\"crit\":[\"x\"],\"crit\":[\"kid\"],\"x\":1}", true),
        ("{\"Alg\":\"HS256\"}", false),
        ("{\"alg\":\"hs256\"}", false),
        ("{\"alg\":\"HS256\\u0000\"}", false),
        ("{\"alg\":\"HS256\",\"alg\":\"none\"}", false),
    ] {
        let token = coded(header, "{}", SECRET);
        assert_eq!(is_verified(&token, &json!({})), holds, "{header}");
        // There only the code counts, as in OPA.
        assert_eq!(verifies("verify_hs256", &token, SECRET), Some(json!(true)), "{header}");
    }
}

#[test]
fn a_token_in_a_token_has_to_verify_too() {
    let sound = coded(HS256, "{\"a\":1}", SECRET);
    let forged = coded(HS256, "{\"a\":1}", OTHER);
    let none = unsigned("{\"alg\":\"none\"}", "{\"a\":1}");
    let outer = |inner: &str, secret: &str, cty: &str| {
        coded(&format!("{{\"alg\":\"HS256\",\"cty\":\"{cty}\"}}"), inner, secret)
    };
    for (token, holds) in [
        (outer(&sound, SECRET, "JWT"), true),
        (outer(&sound, SECRET, "jwt"), true),
        (outer(&outer(&sound, SECRET, "JWT"), SECRET, "JWT"), true),
        (outer(&forged, SECRET, "JWT"), false),
        (outer(&none, SECRET, "JWT"), false),
        (outer(&sound, OTHER, "JWT"), false),
        (outer(&outer(&forged, SECRET, "JWT"), SECRET, "JWT"), false),
    ] {
        assert_eq!(is_verified(&token, &json!({})), holds, "{token}");
    }
}
