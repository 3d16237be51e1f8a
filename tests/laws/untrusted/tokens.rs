//! Tokens: a text, or parts that are made one, or are signed. The first byte says what the others are.

use super::asked::{Asked, Found, document, is_input};
use super::unfolded::unfolded;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Enough for one operation with a key of 2,048 bits.
const STEPS: u64 = 1_000_000;

const RULES: &str = r#"
decoded := io.jwt.decode(input.token)

verify_hs256 := io.jwt.verify_hs256(input.token, input.secret)

verify_hs384 := io.jwt.verify_hs384(input.token, input.secret)

verify_hs512 := io.jwt.verify_hs512(input.token, input.secret)

verify_rs256 := io.jwt.verify_rs256(input.token, input.rsa)

verify_rs512 := io.jwt.verify_rs512(input.token, input.rsa)

verify_ps256 := io.jwt.verify_ps256(input.token, input.rsa)

verify_es256 := io.jwt.verify_es256(input.token, input.p256)

verify_eddsa := io.jwt.verify_eddsa(input.token, input.ed25519)

decode_verify_secret := io.jwt.decode_verify(input.token, {"secret": input.secret})

decode_verify_keys := io.jwt.decode_verify(input.token, {"cert": json.marshal({"keys": input.keys})})

decode_verify_as_asked := io.jwt.decode_verify(input.token, input.constraints)

signed_raw := io.jwt.encode_sign_raw(input.header, input.payload, json.marshal(input.key))

signed := io.jwt.encode_sign(json.unmarshal(input.header), json.unmarshal(input.payload), input.key)

header := json.unmarshal(input.header)

payload := json.unmarshal(input.payload)
"#;

/// Between the parts of a token.
const BETWEEN_PARTS: char = '\u{1e}';
const SECRET: &str = "a secret that is long enough";
const RSA: &str = include_str!("../../engine/pem/rsa.public.pem");
const P256: &str = include_str!("../../engine/pem/p256.public.pem");
const ED25519: &str = include_str!("../../engine/pem/ed25519.public.pem");
const KEYS: &str = include_str!("../../engine/pem/keys.json");

thread_local! {
    static ASKED: Asked = Asked::of(RULES, STEPS);
    static KEYS_READ: Value = serde_json::from_str(KEYS).unwrap();
}

/// Any token is taken or refused; what was signed is verified and read back; what was changed is not verified.
pub fn check(bytes: &[u8]) {
    let bytes = &*unfolded(bytes);
    ASKED.with(|asked| {
        KEYS_READ.with(|keys| match bytes {
            // Parts that stand for themselves, so that they are JSON more often than what base64 says.
            [b'u', parts @ ..] => {
                let parts = String::from_utf8_lossy(parts);
                let parts: Vec<String> = parts.split(BETWEEN_PARTS).map(|part| URL_SAFE_NO_PAD.encode(part)).collect();
                check_token(asked, keys, &parts.join("."));
            }
            [b's', parts @ ..] => {
                let parts = String::from_utf8_lossy(parts);
                let mut parts = parts.split(BETWEEN_PARTS);
                let [header, payload, constraints] = [(); 3].map(|()| parts.next().unwrap_or_default());
                check_signed(asked, keys, header, payload, constraints, bytes);
            }
            text => check_token(asked, keys, &String::from_utf8_lossy(text)),
        })
    });
}

fn check_token(asked: &Asked, keys: &Value, token: &str) {
    let all = json!([keys["p256"], keys["ed25519"], keys["rsa"], secret_key()]);
    let input = document(&json!({
        "token": token, "secret": SECRET, "rsa": RSA, "p256": P256, "ed25519": ED25519, "keys": all,
    }));
    let decoded = asked.ask_document("decoded", &input);
    for rule in [
        "verify_hs256",
        "verify_hs384",
        "verify_hs512",
        "verify_rs256",
        "verify_rs512",
        "verify_ps256",
        "verify_es256",
        "verify_eddsa",
    ] {
        asked.ask_document(rule, &input);
    }
    for rule in ["decode_verify_secret", "decode_verify_keys"] {
        if let Some(found) = asked.ask_document(rule, &input).value()
            && found[0] == true
        {
            // A token in a token is told of by the innermost in both.
            let Found::Value(decoded) = &decoded else { panic!("{rule}: what is verified cannot be decoded: {token}") };
            let decoded: Value = serde_json::from_str(decoded).unwrap();
            assert_eq!([&found[1], &found[2]], [&decoded[0], &decoded[1]], "{rule}: {token}");
        }
    }
}

fn secret_key() -> Value {
    json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode(SECRET)})
}

fn check_signed(asked: &Asked, keys: &Value, header: &str, payload: &str, constraints: &str, bytes: &[u8]) {
    let header_read = asked.ask("header", &json!({"header": header}));
    let alg = header_read.value().and_then(|header| header["alg"].as_str().map(str::to_owned)).unwrap_or_default();
    let (key, rule) = match alg.as_str() {
        "ES256" => (keys["p256"].clone(), Some("verify_es256")),
        "ES384" => (keys["p384"].clone(), None),
        "EdDSA" => (keys["ed25519"].clone(), Some("verify_eddsa")),
        "HS256" => (secret_key(), Some("verify_hs256")),
        "HS384" => (secret_key(), Some("verify_hs384")),
        "HS512" => (secret_key(), Some("verify_hs512")),
        // Signing with RSA is slow: it is tried as often as a text has a length that 16 divides.
        "RS256" | "PS256" if bytes.len().is_multiple_of(16) => {
            (keys["rsa"].clone(), Some(if alg == "RS256" { "verify_rs256" } else { "verify_ps256" }))
        }
        _ => (secret_key(), None),
    };
    let input = document(&json!({"header": header, "payload": payload, "key": key}));
    let token = asked.ask_document("signed_raw", &input);
    let again = asked.ask_document("signed", &input);
    let Found::Value(token) = token else { return };
    let token: String = serde_json::from_str(&token).unwrap();
    let mut asks =
        json!({"token": token, "secret": SECRET, "rsa": RSA, "p256": P256, "ed25519": ED25519, "keys": [key]});
    if let Some(rule) = rule {
        let verified = asked.ask(rule, &asks);
        // A header with a member of a wrong type is refused by what looks into it.
        assert!(verified.is_true() || !matches!(verified, Found::Value(_)), "{rule}: {token}: {verified:?}");
        asks["token"] = json!(tampered(&token, bytes));
        assert!(!asked.ask(rule, &asks).is_true(), "{rule}: {asks}");
        asks["token"] = json!(token);
    }
    check_decoded(asked, &header_read, payload, &token);
    check_token(asked, keys, &token);
    if let Found::Value(again) = again {
        check_token(asked, keys, &serde_json::from_str::<String>(&again).unwrap());
    }
    if let Ok(Value::Object(mut constraints)) = serde_json::from_str(constraints) {
        let (name, with) =
            if alg.starts_with("HS") { ("secret", json!(SECRET)) } else { ("cert", json!(key.to_string())) };
        constraints.entry(name).or_insert(with);
        asks["constraints"] = Value::Object(constraints);
        if !is_input(&asks["constraints"]) {
            return;
        }
        asked.ask("decode_verify_as_asked", &asks);
        asks["token"] = json!(tampered(&token, bytes));
        let found = asked.ask("decode_verify_as_asked", &asks).value();
        // Whoever asks with a key of their own may trust another one.
        assert!(found.is_none_or(|found| found[0] == false), "{asks}");
    }
}

/// What was signed is what is read.
fn check_decoded(asked: &Asked, header: &Found, payload: &str, token: &str) {
    let payload = asked.ask("payload", &json!({"payload": payload}));
    let (Some(header), Some(payload)) = (header.value(), payload.value()) else { return };
    let is_read =
        header.is_object() && payload.is_object() && header.get("cty").is_none() && header.get("enc").is_none();
    let decoded = asked.ask("decoded", &json!({"token": token}));
    if is_read && !decoded.is_too_much() {
        let decoded = decoded.value().unwrap_or_else(|| panic!("{token}: {decoded:?}"));
        assert_eq!([&decoded[0], &decoded[1]], [&header, &payload], "{token}");
    }
}

/// The same token with another character in what is signed.
fn tampered(token: &str, bytes: &[u8]) -> String {
    let signed = token.rfind('.').unwrap();
    let at = bytes.iter().fold(bytes.len(), |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte))) % signed;
    let other = match token.as_bytes()[at] {
        b'.' | b'A' => 'B',
        _ => 'A',
    };
    token.char_indices().map(|(index, c)| if index == at { other } else { c }).collect()
}
