//! Tokens and keys that others made are read and verified, and ours by them; what was tampered with never is. Keys, tokens and certificates
//! in `pem/` were made with OpenSSL for these tests, and are used for nothing else.

use super::*;
use serde_json::{Value, json};

const TOKENS: &str = include_str!("pem/tokens.json");
const KEYS: &str = include_str!("pem/keys.json");
const SECRET: &str = "a secret that is long enough";
const RSA: &str = include_str!("pem/rsa.public.pem");
const P256: &str = include_str!("pem/p256.public.pem");
const P384: &str = include_str!("pem/p384.public.pem");
const P521: &str = include_str!("pem/p521.public.pem");
const ED25519: &str = include_str!("pem/ed25519.public.pem");

fn token(name: &str) -> String {
    let tokens: Value = serde_json::from_str(TOKENS).unwrap();
    let (group, name) = name.split_once('/').unwrap_or(("", name));
    let tokens = if group.is_empty() { &tokens } else { &tokens[group] };
    tokens[name].as_str().unwrap_or_else(|| panic!("no token {name}")).to_owned()
}

fn key(name: &str) -> Value {
    let keys: Value = serde_json::from_str(KEYS).unwrap();
    keys[name].clone()
}

/// A key without what signs.
fn public(name: &str) -> Value {
    let mut key = key(name);
    let fields = key.as_object_mut().unwrap();
    fields.retain(|name, _| !matches!(name.as_str(), "d" | "p" | "q" | "dp" | "dq" | "qi"));
    key
}

/// What a call on an input answers; nothing where it is undefined.
fn answer_of(call: &str, input: &Value, allowance: Allowance) -> Result<Option<Value>, regate::error::Error> {
    let program = program(format!("package policy\n\nx := {call}\n"));
    let input = Document::read(input.to_string().as_bytes()).unwrap();
    let evaluation = program.evaluate("policy/x", Some(&input), allowance)?;
    Ok(match evaluation.answer {
        Answer::Value(text) => Some(serde_json::from_str(&text).unwrap()),
        Answer::Undefined => None,
    })
}

fn answer(call: &str, input: &Value) -> Option<Value> {
    answer_of(call, input, Allowance::default()).unwrap_or_else(|error| panic!("{call}: {error}"))
}

/// The words of a builtin that fails.
fn refusal(call: &str, input: &Value) -> String {
    let allowance = Allowance { strict_builtin_errors: true, now_ms: Some(0), ..Allowance::default() };
    match answer_of(call, input, allowance) {
        Err(error) => error.message,
        Ok(found) => panic!("{call}: {found:?}"),
    }
}

fn verifies(builtin: &str, token: &str, key: &str) -> Option<Value> {
    answer(&format!("io.jwt.{builtin}(input.token, input.key)"), &json!({"token": token, "key": key}))
}

fn decode_verify(token: &str, constraints: &Value) -> Value {
    let input = json!({"token": token, "constraints": constraints});
    answer("io.jwt.decode_verify(input.token, input.constraints)", &input).unwrap_or_else(|| panic!("undefined"))
}

fn is_verified(token: &str, constraints: &Value) -> bool {
    decode_verify(token, constraints)[0] == json!(true)
}

/// A token of texts, with a signature that is none.
fn unsigned(header: &str, payload: &str) -> String {
    let input = json!({"header": header, "payload": payload});
    let call = "concat(\".\", [base64url.encode_no_pad(input.header), base64url.encode_no_pad(input.payload), \"\"])";
    answer(call, &input).unwrap().as_str().unwrap().to_owned()
}

/// The same token with a bit of the signature changed, and with one of the payload.
fn tampered(token: &str) -> Vec<String> {
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let changed = |text: &str, at: usize| -> String {
        let other = if text.as_bytes()[at] == b'A' { 'B' } else { 'A' };
        text.char_indices().map(|(index, c)| if index == at { other } else { c }).collect()
    };
    vec![
        format!("{header}.{payload}.{}", changed(signature, 0)),
        format!("{header}.{payload}.{}", changed(signature, signature.len() / 2)),
        format!("{header}.{}.{signature}", changed(payload, 8)),
        format!("{header}.{payload}."),
        format!("{header}.{payload}.{signature}AAAA"),
        format!("{header}.{payload}.{}", signature.get(..signature.len() - 4).unwrap()),
    ]
}

#[test]
fn a_token_of_each_algorithm_is_verified_by_its_key_alone() {
    for (name, key, jwk) in [
        ("RS256", RSA, "rsa"),
        ("RS384", RSA, "rsa"),
        ("RS512", RSA, "rsa"),
        ("PS256", RSA, "rsa"),
        ("PS384", RSA, "rsa"),
        ("PS512", RSA, "rsa"),
        ("ES256", P256, "p256"),
        ("ES384", P384, "p384"),
        ("ES512", P521, "p521"),
        ("EdDSA", ED25519, "ed25519"),
    ] {
        let (builtin, token) = (format!("verify_{}", name.to_lowercase()), token(name));
        assert_eq!(verifies(&builtin, &token, key), Some(json!(true)), "{name}");
        assert_eq!(verifies(&builtin, &token, &public(jwk).to_string()), Some(json!(true)), "{name}");
        assert!(is_verified(&token, &json!({"cert": key, "aud": "tests"})), "{name}");
        assert!(is_verified(&token, &json!({"cert": public(jwk).to_string(), "aud": "tests"})), "{name}");
        for tampered in tampered(&token) {
            assert_eq!(verifies(&builtin, &tampered, key), Some(json!(false)), "{name} {tampered}");
            assert!(!is_verified(&tampered, &json!({"cert": key, "aud": "tests"})), "{name} {tampered}");
        }
        // Keys of every kind, of which none made it.
        let keys =
            [include_str!("pem/other.public.pem"), RSA, P256, P384, P521, ED25519, include_str!("pem/p224.public.pem")];
        for other in keys.into_iter().filter(|other| *other != key) {
            assert_eq!(verifies(&builtin, &token, other), Some(json!(false)), "{name} {other}");
            assert!(!is_verified(&token, &json!({"cert": other, "aud": "tests"})), "{name} {other}");
        }
    }
    for (builtin, name) in [("verify_hs256", "HS256"), ("verify_hs384", "HS384"), ("verify_hs512", "HS512")] {
        let token = token(name);
        assert_eq!(verifies(builtin, &token, SECRET), Some(json!(true)), "{name}");
        assert!(is_verified(&token, &json!({"secret": SECRET, "aud": "tests"})), "{name}");
        assert_eq!(verifies(builtin, &token, "another"), Some(json!(false)), "{name}");
        assert_eq!(verifies(builtin, &token, ""), Some(json!(false)), "{name}");
        for tampered in tampered(&token) {
            assert_eq!(verifies(builtin, &tampered, SECRET), Some(json!(false)), "{name} {tampered}");
        }
    }
}

#[test]
fn an_algorithm_is_that_of_the_call_or_of_what_is_trusted() {
    for (builtin, name, key, is_verified) in [
        ("verify_rs384", "RS256", RSA, false),
        ("verify_ps256", "RS256", RSA, false),
        ("verify_rs256", "PS256", RSA, false),
        ("verify_es256", "ES256_on_P384", P384, true),
        ("verify_es512", "ES512_on_P256", P256, true),
        ("verify_es384", "ES256_on_P384", P384, false),
        ("verify_eddsa", "ES256", ED25519, false),
        // A salt of any length is taken here, as in OPA.
        ("verify_ps256", "PS256_long_salt", RSA, true),
        // Too short to be a key.
        ("verify_rs256", "RS512_small", include_str!("pem/rsa512.public.pem"), false),
    ] {
        assert_eq!(verifies(builtin, &token(name), key), Some(json!(is_verified)), "{builtin} {name}");
    }
    assert!(!is_verified(&token("PS256_long_salt"), &json!({"cert": RSA, "aud": "tests"})));
    assert!(is_verified(&token("ES256_on_P384"), &json!({"cert": P384, "aud": "tests"})));
    assert!(!is_verified(&token("RS256"), &json!({"cert": RSA, "aud": "tests", "alg": "RS512"})));
    assert!(is_verified(&token("RS256"), &json!({"cert": RSA, "aud": "tests", "alg": "RS256"})));
}

#[test]
fn nothing_is_verified_by_a_key_that_everybody_knows() {
    // Signed with the text of the public key as a secret.
    let confused = token("confused");
    assert!(!is_verified(&confused, &json!({"cert": RSA, "aud": "tests"})));
    let input = json!({"token": confused, "key": RSA});
    for call in [
        "io.jwt.verify_hs256(input.token, input.key)",
        "io.jwt.decode_verify(input.token, {\"secret\": input.key, \"aud\": \"tests\"})",
    ] {
        assert_eq!(answer(call, &input), None, "{call}");
        assert!(refusal(call, &input).contains("the secret is a public key or a certificate"), "{call}");
    }
    for header in [
        "{\"alg\":\"none\"}",
        "{\"alg\":\"None\"}",
        "{\"alg\":\"\"}",
        "{}",
        "{\"alg\":\"ES256K\"}",
        "{\"alg\":\"HS256 \"}",
    ] {
        let token = unsigned(header, "{\"aud\":\"tests\"}");
        for constraints in [json!({"cert": RSA, "aud": "tests"}), json!({"secret": SECRET, "aud": "tests"})] {
            assert_eq!(decode_verify(&token, &constraints), json!([false, {}, {}]), "{header}");
        }
        for key in [RSA, P256, ED25519] {
            for builtin in ["verify_rs256", "verify_ps256", "verify_es256", "verify_eddsa"] {
                assert_eq!(verifies(builtin, &token, key), Some(json!(false)), "{builtin} {header}");
            }
        }
        assert_eq!(verifies("verify_hs256", &token, SECRET), Some(json!(false)), "{header}");
    }
    // The secret is none for a token that is signed with a key, and no key is one for a token with a code.
    assert!(!is_verified(&token("RS256"), &json!({"secret": SECRET, "aud": "tests"})));
    assert!(!is_verified(&token("HS256"), &json!({"cert": RSA, "aud": "tests"})));
}

#[test]
fn what_is_asked_of_a_token_has_to_hold() {
    let times = token("times");
    let second = 1_000_000_000_u64;
    let asked = |more: Value| {
        let mut asked = json!({"cert": RSA, "aud": "tests", "time": 1_500 * second});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        asked
    };
    for (more, holds) in [
        (json!({}), true),
        (json!({"time": 1_000 * second}), true),
        (json!({"time": 1_000 * second - 1}), false),
        (json!({"time": 2_000 * second - 1_000}), true),
        (json!({"time": 2_000 * second}), false),
        (json!({"time": 0}), false),
        (json!({"iss": "regate"}), true),
        (json!({"iss": "other"}), false),
        (json!({"aud": "others"}), false),
        (json!({"aud": ""}), false),
        (json!({"alg": "RS256"}), true),
        (json!({"alg": "PS256"}), false),
    ] {
        assert_eq!(is_verified(&times, &asked(more.clone())), holds, "{more}");
    }
    let verified = decode_verify(&times, &asked(json!({})));
    assert_eq!(verified[1], json!({"alg": "RS256", "typ": "JWT"}));
    assert_eq!(verified[2]["sub"], json!("you"));
    for (constraints, words) in [
        (json!({"cert": RSA, "secret": "s"}), "duplicate key constraints"),
        (json!({"aud": "tests"}), "no key constraint"),
        (json!({"secret": ""}), "no key constraint"),
        (json!({"cert": RSA, "what": 1}), "unknown token validation constraint: what"),
        (json!({"cert": 1}), "cert constraint: must be a string"),
        (json!({"secret": 1}), "secret constraint: must be a string"),
        (json!({"secret": "s", "time": "1"}), "token time constraint: must be a number"),
        (json!({"secret": "s", "time": -1}), "token time constraint: must not be negative"),
    ] {
        let input = json!({"token": times, "constraints": constraints});
        let refusal = refusal("io.jwt.decode_verify(input.token, input.constraints)", &input);
        assert!(refusal.contains(words), "{constraints}: {refusal}");
    }
}

#[test]
fn the_time_is_that_of_the_request_where_none_is_asked() {
    let input = json!({"token": token("times"), "key": RSA});
    let call = "io.jwt.decode_verify(input.token, {\"cert\": input.key, \"aud\": \"tests\"})[0]";
    for (now_ms, holds) in [(1_500_000, true), (999_999, false), (2_000_000, false), (0, false)] {
        let allowance = Allowance { now_ms: Some(now_ms), ..Allowance::default() };
        assert_eq!(answer_of(call, &input, allowance).unwrap(), Some(json!(holds)), "{now_ms}");
    }
    let error = answer_of(call, &input, Allowance::default()).unwrap_err();
    assert!(error.message.contains("the request carries no time"), "{error}");
    // Undefined would be an answer to a `not`.
    let error = answer_of(&format!("1 if not {call}\n"), &input, Allowance::default()).unwrap_err();
    assert!(error.message.contains("the request carries no time"), "{error}");
}

#[test]
fn of_several_keys_the_named_one_counts_and_else_those_for_the_algorithm() {
    let with = |name: &str, more: Value| {
        let mut key = public(name);
        key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        key
    };
    let set = |keys: Vec<Value>| json!({"keys": keys}).to_string();
    let es256 = token("ES256");
    for (keys, holds) in [
        (set(vec![with("rsa", json!({})), with("p384", json!({})), with("p256", json!({}))]), true),
        (set(vec![with("p256", json!({"alg": "ES256", "use": "sig"}))]), true),
        (set(vec![with("p256", json!({"alg": "ES384"}))]), false),
        // Keys for what nobody knows are left out.
        (set(vec![with("p256", json!({"alg": "ES256K"}))]), false),
        (set(vec![]), false),
        (set(vec![with("rsa", json!({})), with("ed25519", json!({}))]), false),
    ] {
        assert_eq!(verifies("verify_es256", &es256, &keys), Some(json!(holds)), "{keys}");
        assert_eq!(is_verified(&es256, &json!({"cert": keys, "aud": "tests"})), holds, "{keys}");
    }
    // A private key verifies as its public one where a token is decoded as well, as in OPA.
    assert_eq!(verifies("verify_es256", &es256, &key("p256").to_string()), Some(json!(false)));
    assert!(is_verified(&es256, &json!({"cert": key("p256").to_string(), "aud": "tests"})));
    for (keys, words) in [
        ("", "failed to parse a JWK key (set)"),
        ("[]", "expected object"),
        ("{}", "invalid key type from JSON ()"),
        ("{\"kty\":\"RSA\"}", "required field n is missing"),
        ("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}", "it is no point of its curve"),
        ("{\"kty\":\"EC\",\"crv\":\"P-224\",\"x\":\"AA\",\"y\":\"AA\"}", "invalid curve"),
        ("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}", "has 32 bytes"),
        ("{\"kty\":\"oct\",\"k\":\"*\"}", "is no base64"),
        ("{\"keys\":1}", "it is no array"),
        ("-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n", "failed to parse a PEM public key"),
        ("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", "x509: malformed certificate"),
        ("-----BEGIN KEY-----\nAA==\n-----END KEY-----\n", "failed to extract a Key from the PEM certificate"),
    ] {
        let input = json!({"token": es256, "key": keys});
        let refusal = refusal("io.jwt.verify_es256(input.token, input.key)", &input);
        assert!(refusal.contains(words), "{keys}: {refusal}");
    }
}

#[test]
fn what_is_malformed_is_refused_in_the_words_of_opa() {
    for (token, words) in [
        ("", "encoded JWT had no period separators"),
        ("a.b", "encoded JWT must have 3 sections, found 2"),
        ("a.b.c.d", "encoded JWT must have 3 sections, found 4"),
        ("****.e30.", "JWT header had invalid encoding: illegal base64 data at input byte 0"),
        ("e30.****.", "JWT payload had invalid encoding: illegal base64 data at input byte 0"),
        ("e30.e30.****", "JWT signature had invalid encoding: illegal base64 data at input byte 0"),
        ("W10.e30.", "bad JWT header: decoded JSON type was not an Object"),
        ("e30.W10.", "decoded JSON type was not an Object"),
        ("eA.e30.", "bad JWT header: invalid JSON"),
        ("eyJlbmMiOjF9.e30.", "JWT is a JWE object, which is not supported"),
    ] {
        let refusal = refusal("io.jwt.decode(input)", &json!(token));
        assert!(refusal.contains(words), "{token}: {refusal}");
    }
    for (header, words) in [
        ("{\"alg\":1}", "alg: must be a string"),
        ("{\"alg\":\"RS256\",\"kid\":1}", "kid: must be a string"),
        ("{\"alg\":\"RS256\",\"typ\":1}", "typ: must be a string"),
        ("{\"alg\":\"RS256\",\"crit\":\"x\"}", "crit: must be a list"),
        ("{\"alg\":\"RS256\",\"crit\":[]}", "crit: must be a nonempty list"),
        ("{\"alg\":\"RS256\",\"crit\":[1]}", "crit: must be a list of strings"),
    ] {
        let input = json!({"token": unsigned(header, "{}"), "key": RSA});
        let refusal = refusal("io.jwt.decode_verify(input.token, {\"cert\": input.key})", &input);
        assert!(refusal.contains(words), "{header}: {refusal}");
    }
}

#[test]
fn the_last_of_equal_members_counts_and_bits_behind_the_last_byte_do_not() {
    let token = unsigned("{\"alg\":\"RS256\",\"alg\":\"none\"}", "{\"a\":1,\"a\":2}");
    assert_eq!(answer("io.jwt.decode(input)", &json!(token)), Some(json!([{"alg": "none"}, {"a": 2}, ""])));
    assert_eq!(decode_verify(&token, &json!({"cert": RSA})), json!([false, {}, {}]));
    // As in OPA: the last character of base64 may say more than the last byte needs. What is signed is the text.
    let signed = self::token("ES256");
    let (rest, last) = signed.split_at(signed.len() - 1);
    let other = format!("{rest}{}", if last == "A" { "B" } else { "A" });
    assert_eq!(verifies("verify_es256", &signed, P256), Some(json!(true)));
    let decoded = |token: &str| answer("io.jwt.decode(input)[2]", &json!(token));
    assert_eq!(verifies("verify_es256", &other, P256), Some(json!(decoded(&signed) == decoded(&other))));
}

#[test]
fn a_token_in_a_token_is_opened() {
    let nested = token("nested");
    let opened = decode_verify(&nested, &json!({"cert": RSA, "aud": "tests"}));
    assert_eq!(opened, json!([true, {"alg": "RS256", "typ": "JWT"}, {"aud": "tests", "iss": "regate", "sub": "you"}]));
    // To decode alone the word has to be written as the standard has it.
    assert_eq!(answer("io.jwt.decode(input)", &json!(nested)), None);
}

#[test]
fn critical_members_that_nobody_knows_are_refused() {
    let sign = |header: Value| {
        let input = json!({"header": header, "payload": {"aud": "tests"}, "key": key("rsa")});
        let token = answer("io.jwt.encode_sign(input.header, input.payload, input.key)", &input).unwrap();
        token.as_str().unwrap().to_owned()
    };
    for (header, holds) in [
        (json!({"alg": "RS256"}), true),
        (json!({"alg": "RS256", "x": 1}), true),
        (json!({"alg": "RS256", "x": 1, "crit": ["x"]}), false),
        (json!({"alg": "RS256", "crit": ["kid"]}), true),
    ] {
        assert_eq!(is_verified(&sign(header.clone()), &json!({"cert": RSA, "aud": "tests"})), holds, "{header}");
    }
}

#[test]
fn what_is_signed_here_is_what_others_sign() {
    let payload = json!({"iss": "regate", "aud": "tests", "sub": "you"});
    for (name, jwk) in [("RS256", "rsa"), ("ES256", "p256"), ("ES384", "p384"), ("ES512", "p521"), ("EdDSA", "ed25519")]
    {
        let input = json!({"header": {"alg": name}, "payload": payload, "key": key(jwk)});
        let made = answer("io.jwt.encode_sign(input.header, input.payload, input.key)", &input);
        assert_eq!(made, Some(json!(token(&format!("made/{name}")))), "{name}");
    }
    // A salt is nobody else's, and is the same each time.
    for name in ["PS256", "PS384", "PS512"] {
        let input = json!({"header": {"alg": name}, "payload": payload, "key": key("rsa")});
        let call = "io.jwt.encode_sign(input.header, input.payload, input.key)";
        let made = answer(call, &input).unwrap();
        assert_eq!(answer(call, &input), Some(made.clone()), "{name}");
        assert!(is_verified(made.as_str().unwrap(), &json!({"cert": RSA, "aud": "tests"})), "{name}");
    }
}

#[test]
fn what_cannot_be_signed_is_told_without_the_key() {
    let texts = |header: &str, payload: &str, key: &Value| json!({"h": header, "p": payload, "k": key.to_string()});
    let secret = json!({"kty": "oct", "k": "c2VjcmV0"});
    let rsa = key("rsa");
    let mut broken = rsa.clone();
    broken["d"] = json!("AQAB");
    for (input, words) in [
        (texts("{}", "{}", &secret), "missing or invalid 'alg' header: jwsbb: header \"alg\" not found"),
        (texts("x", "{}", &secret), "missing or invalid 'alg' header"),
        (texts("{\"alg\":\"none\"}", "{}", &secret), "unknown JWS algorithm: none"),
        (texts("{\"alg\":\"HS256\"}", "x", &secret), "type is JWT but payload is not JSON"),
        (texts("{\"alg\":\"RS256\"}", "{}", &secret), "the key is of another kind"),
        (texts("{\"alg\":\"HS256\"}", "{}", &rsa), "the key is of another kind"),
        (texts("{\"alg\":\"RS256\"}", "{}", &public("rsa")), "the key is of another kind"),
        (texts("{\"alg\":\"ES256\"}", "{}", &rsa), "the key is of another kind"),
        (texts("{\"alg\":\"HS256\"}", "{}", &json!({"kty": "oct", "k": ""})), "missing key"),
        (texts("{\"alg\":\"HS256\"}", "{}", &json!({"keys": []})), "no keys found in JWK set"),
        (texts("{\"alg\":\"RS256\"}", "{}", &broken), "crypto/rsa: invalid private key"),
    ] {
        let refusal = refusal("io.jwt.encode_sign_raw(input.h, input.p, input.k)", &input);
        assert!(refusal.contains(words), "{input}: {refusal}");
        assert!(!refusal.contains("c2VjcmV0") && !refusal.contains(rsa["d"].as_str().unwrap()), "{refusal}");
    }
    let call = "io.jwt.encode_sign_raw(\"{\\\"alg\\\":\\\"HS256\\\",\\\"typ\\\":\\\"text\\\"}\", \"x\", input)";
    assert!(answer(call, &json!(secret.to_string())).is_some());
}

#[test]
fn signatures_cost_steps_and_too_much_of_them_ends_the_evaluation() {
    let input = json!({
        "rs": token("RS256"), "es": token("ES256"), "es384": token("ES384"), "es512": token("ES512"), "ed": token("EdDSA"),
        "rsa": RSA, "p256": P256, "p384": P384, "p521": P521, "ed25519": ED25519,
        "key": key("rsa"), "p384_key": key("p384"), "p521_key": key("p521"),
        "p224_pem": include_str!("pem/p224.pkcs8.pem"), "p256_pem": include_str!("pem/p256.pkcs8.pem")
    });
    let document = Document::read(input.to_string().as_bytes()).unwrap();
    for (call, least, most) in [
        // A power takes a table first, however short its exponent is.
        ("io.jwt.verify_rs256(input.rs, input.rsa)", 7_000, 20_000),
        ("io.jwt.verify_es256(input.es, input.p256)", 25_000, 40_000),
        // Curves whose arithmetic is ours take longer, and to verify there are two points to multiply.
        ("io.jwt.verify_es384(input.es384, input.p384)", 110_000, 130_000),
        ("io.jwt.verify_es512(input.es512, input.p521)", 220_000, 260_000),
        ("io.jwt.encode_sign({\"alg\": \"ES384\"}, {}, input.p384_key)", 70_000, 90_000),
        ("io.jwt.encode_sign({\"alg\": \"ES512\"}, {}, input.p521_key)", 150_000, 180_000),
        ("crypto.parse_private_keys(input.p224_pem)", 40_000, 60_000),
        ("crypto.parse_private_keys(input.p256_pem)", 50_000, 70_000),
        ("io.jwt.verify_eddsa(input.ed, input.ed25519)", 20_000, 30_000),
        ("io.jwt.encode_sign({\"alg\": \"RS256\"}, {}, input.key)", 200_000, 1_000_000),
    ] {
        let source =
            format!("package policy\n\nx := {call}\n\ny := [1 | some i in numbers.range(1, 5000); {call}; i > 0]\n");
        let program = program(source);
        let steps = program.evaluate("policy/x", Some(&document), Allowance::default()).unwrap().steps;
        assert!((least..most).contains(&steps), "{call}: {steps}");
        let again = program.evaluate("policy/x", Some(&document), Allowance::default()).unwrap().steps;
        assert_eq!(steps, again, "{call}");
        let error = program.evaluate("policy/y", Some(&document), Allowance::default()).map(|_| ()).unwrap_err();
        assert_eq!(error.limit.unwrap().name, "steps", "{call}");
    }
    // A key that is longer than any may be, and one whose power would take hours.
    let huge = |bytes: usize| answer("base64url.encode_no_pad(input)", &json!("\u{7f}".repeat(bytes))).unwrap();
    let key = json!({"kty": "RSA", "n": huge(4_000), "e": "AQAB"});
    let refused =
        refusal("io.jwt.verify_rs256(input.rs, input.key)", &json!({"rs": token("RS256"), "key": key.to_string()}));
    assert!(refused.contains("more than 16384 bits"), "{refused}");
    let key = json!({"kty": "RSA", "n": huge(2_000), "e": huge(2_000)});
    assert_eq!(verifies("verify_rs256", &token("RS256"), &key.to_string()), Some(json!(false)));
}
