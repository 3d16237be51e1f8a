//! Certificates and requests for them: a text, or the bytes of some. The first byte says what the others are.

use super::asked::{Asked, Found, document, is_input};
use super::unfolded::unfolded;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Enough for a chain in which some signatures are checked.
const STEPS: u64 = 1_000_000;

const RULES: &str = r#"
parsed := crypto.x509.parse_certificates(input.text)

verified := crypto.x509.parse_and_verify_certificates(input.text)

verified_as_asked := crypto.x509.parse_and_verify_certificates_with_options(input.text, input.options)

verified_for_any_use := crypto.x509.parse_and_verify_certificates_with_options(input.text, {"KeyUsages": ["KeyUsageAny"]})

request := crypto.x509.parse_certificate_request(input.text)
"#;

/// What stands between the options and the certificates that are held to them.
const BEHIND_OPTIONS: u8 = 0x1e;

thread_local! {
    static ASKED: Asked = Asked::of(RULES, STEPS);
}

/// Any certificates are taken or refused by all who read them alike.
pub fn check(bytes: &[u8]) {
    ASKED.with(|asked| match bytes {
        [b'c', der @ ..] => check_certificates(asked, &STANDARD.encode(der), &json!({}), Some(der)),
        [b'o', rest @ ..] => {
            let at = rest.iter().position(|byte| *byte == BEHIND_OPTIONS).unwrap_or(rest.len());
            let (options, der) = rest.split_at(at);
            let der = der.get(1..).unwrap_or_default();
            let options = serde_json::from_slice(options)
                .ok()
                .filter(|options: &Value| options.is_object() && is_input(options))
                .unwrap_or_else(|| json!({}));
            check_certificates(asked, &STANDARD.encode(der), &options, Some(der));
        }
        [b'q', der @ ..] => {
            asked.ask("request", &json!({"text": STANDARD.encode(der)}));
        }
        text => {
            let text = unfolded(text);
            let text = String::from_utf8_lossy(&text);
            check_certificates(asked, &text, &json!({}), None);
            asked.ask("request", &json!({"text": text}));
        }
    });
}

fn check_certificates(asked: &Asked, text: &str, options: &Value, der: Option<&[u8]>) {
    let input = document(&json!({"text": text, "options": options}));
    let parsed = asked.ask_document("parsed", &input);
    let verified = asked.ask_document("verified", &input);
    let as_asked = asked.ask_document("verified_as_asked", &input);
    let for_any_use = asked.ask_document("verified_for_any_use", &input);
    if parsed.is_too_much() || verified.is_too_much() || for_any_use.is_too_much() {
        return;
    }
    let verified = verified.value().unwrap_or_else(|| panic!("{verified:?}"));
    let for_any_use = for_any_use.value().unwrap_or_else(|| panic!("{for_any_use:?}"));
    if verified[0] == true {
        let parsed = parsed.value().unwrap_or_else(|| panic!("a chain that is none: {text}"));
        let all = parsed.as_array().unwrap();
        let chain = verified[1].as_array().unwrap();
        assert!(!chain.is_empty() && chain.iter().all(|certificate| all.contains(certificate)), "{text}");
        assert_eq!(for_any_use[0], true, "what is for servers is for any use: {text}");
    } else {
        assert_eq!(verified, json!([false, []]), "{text}");
    }
    // No request for anything in particular.
    if options.as_object().is_some_and(serde_json::Map::is_empty)
        && let Some(as_asked) = as_asked.value()
    {
        assert_eq!(as_asked[0], verified[0], "{text}");
    }
    if let Some(parsed) = parsed.value() {
        check_parsed(asked, parsed.as_array().unwrap(), der);
    }
}

/// Certificates are the bytes that they were read from, and the first of them alone is the same as among others.
fn check_parsed(asked: &Asked, parsed: &[Value], der: Option<&[u8]>) {
    let raw: Vec<&str> = parsed.iter().map(|certificate| certificate["Raw"].as_str().unwrap()).collect();
    // Bytes that begin a block of PEM are read as that.
    if let Some(der) = der.filter(|der| !der.starts_with(b"-----BEGIN")) {
        let bytes: Vec<u8> = raw.iter().flat_map(|raw| STANDARD.decode(raw).unwrap()).collect();
        assert_eq!(bytes, der);
    }
    if let [first, ..] = raw.as_slice() {
        let alone = match asked.ask("parsed", &json!({"text": first})) {
            Found::TooMuch(_) => return,
            found => found.value().unwrap_or_else(|| panic!("{first}: {found:?}")),
        };
        assert_eq!(alone.as_array().unwrap().as_slice(), &parsed[..1]);
    }
}
