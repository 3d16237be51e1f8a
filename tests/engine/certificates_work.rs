//! Certificates that are large in one part: what is looked at costs steps, and grows with that part alone. They are put together here, and
//! nobody has signed them: all of it is done before a signature is looked at, or where a certificate is its own root.

use super::certificates::{base64, der, refusal};
use super::*;
use serde_json::{Value, json};

/// A value of DER.
fn part(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len().to_be_bytes();
    let digits = &length[length.iter().position(|digit| *digit != 0).unwrap_or(7)..];
    let mut bytes = vec![tag];
    if content.len() < 128 {
        bytes.push(digits[0]);
    } else {
        bytes.push(0x80 | u8::try_from(digits.len()).unwrap());
        bytes.extend(digits);
    }
    bytes.extend(content);
    bytes
}

/// An extension by the bytes of its identifier.
fn extension(id: &[u8], value: &[u8]) -> Vec<u8> {
    part(0x30, &[&part(6, &[id]), &part(4, &[value])])
}

/// A certificate with these extensions.
fn certificate(extensions: &[Vec<u8>]) -> Vec<u8> {
    let algorithm = part(0x30, &[&[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]]);
    let name = part(0x30, &[&part(0x31, &[&part(0x30, &[&[6, 3, 0x55, 4, 3], &part(0x0c, &[b"Large"])])])]);
    let times = part(0x30, &[&part(0x17, &[b"200101000000Z"]), &part(0x17, &[b"400101000000Z"])]);
    let extensions: Vec<&[u8]> = extensions.iter().map(Vec::as_slice).collect();
    let key = der(include_str!("pem/p256.public.pem"));
    let signed = part(
        0x30,
        &[
            &[0xa0, 3, 2, 1, 2, 2, 1, 1],
            &algorithm,
            &name,
            &times,
            &name,
            &key,
            &part(0xa3, &[&part(0x30, &extensions)]),
        ],
    );
    part(0x30, &[&signed, &algorithm, &part(3, &[&[0, 0x30, 0]])])
}

/// The extension of other names, which are hosts.
fn hosts<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let names: Vec<Vec<u8>> = names.into_iter().map(|name| part(0x82, &[name.as_bytes()])).collect();
    extension(&[0x55, 0x1d, 0x11], &part(0x30, &names.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

/// Whether a certificate that is its own root is all that is asked, and the steps that it takes to say so.
fn is_as_asked(certificate: &[u8], options: &Value) -> (bool, u64) {
    let source = "package policy\n\nx := crypto.x509.parse_and_verify_certificates_with_options(input.bytes, input.options)[0]\n";
    let input = json!({"bytes": base64(&[certificate, certificate].concat()), "options": options});
    let input = Document::read(input.to_string().as_bytes()).unwrap();
    let allowance = Allowance { now_ms: Some(1_893_456_000_000), ..Allowance::default() };
    let evaluation = program(source).evaluate("policy/x", Some(&input), allowance).unwrap();
    (evaluation.answer == Answer::Value("true".into()), evaluation.steps)
}

#[test]
fn names_of_a_certificate_cost_steps_where_a_host_is_asked_and_no_host_is_longer_than_any_is() {
    let many = certificate(&[hosts(vec!["a"; 60_000])]);
    let asked = |options: Value| {
        let (holds, steps) = is_as_asked(&many, &options);
        assert!(!holds, "{options}");
        steps
    };
    // Where it is out of date the names are not looked at.
    let least = asked(json!({"DNSName": "a.example.com", "CurrentTime": 0}));
    let steps = asked(json!({"DNSName": "a.example.com"}));
    assert!((75_000..80_000).contains(&(steps - least)), "{steps} {least}");
    // A host of many labels is compared with none.
    assert!(asked(json!({"DNSName": "a.".repeat(100_000)})) < steps + 50_000);
    let longest = format!("{}a", "a.".repeat(126));
    for host in [longest.clone(), format!("{longest}b")] {
        let certificate = certificate(&[hosts([host.as_str()])]);
        assert_eq!(is_as_asked(&certificate, &json!({"DNSName": host})).0, host == longest, "{host}");
        assert_eq!(is_as_asked(&certificate, &json!({"DNSName": format!("{host}.")})).0, host == longest, "{host}");
    }
}

#[test]
fn a_host_is_compared_with_patterns_label_by_label() {
    for (name, host, holds) in [
        ("*", "a", true),
        ("*", "a.b", false),
        ("*.b", "a.b", true),
        ("*.b", "b", false),
        ("*.b", "a.b.b", false),
        ("*.B", "a.b", true),
        ("a.*", "a.b", false),
        ("*.*", "a.b", false),
        ("a", "a.b", false),
        ("a.b", "a", false),
        ("*a.b", "aa.b", false),
    ] {
        let certificate = certificate(&[hosts([name])]);
        assert_eq!(is_as_asked(&certificate, &json!({"DNSName": host})).0, holds, "{name} {host}");
    }
}

#[test]
fn as_many_uses_as_there_may_be_are_compared_with_as_many_that_are_asked() {
    let id = |last: u8| vec![6, 8, 0x2b, 6, 1, 5, 5, 7, 3, last];
    let with = |uses: &[Vec<u8>]| {
        let uses = part(0x30, &uses.iter().map(Vec::as_slice).collect::<Vec<_>>());
        certificate(&[extension(&[0x55, 0x1d, 0x25], &uses)])
    };
    let many = with(&vec![id(2); 100_000]);
    assert!(!is_as_asked(&many, &json!({"KeyUsages": vec!["KeyUsageCodeSigning"; 100_000]})).0);
    assert!(is_as_asked(&many, &json!({"KeyUsages": ["KeyUsageCodeSigning", "KeyUsageClientAuth"]})).0);
    for (uses, asked, holds) in [
        (vec![id(1), id(3)], json!(["KeyUsageCodeSigning"]), true),
        (vec![id(1), id(3)], json!([]), true),
        (vec![id(3)], json!([]), false),
        (vec![id(3)], json!(["KeyUsageAny"]), true),
        (vec![vec![6, 4, 0x55, 0x1d, 0x25, 0]], json!(["KeyUsageOCSPSigning"]), true),
        // One that nobody knows is no other.
        (vec![id(99)], json!(["KeyUsageServerAuth"]), false),
        (vec![id(99)], json!(["KeyUsageAny"]), true),
    ] {
        assert_eq!(is_as_asked(&with(&uses), &json!({"KeyUsages": asked})).0, holds, "{asked}");
    }
}

#[test]
fn an_extension_is_there_once_however_long_its_identifier_is() {
    let id = |last: u8| [vec![0x2a], vec![3; 10_000], vec![last]].concat();
    let many: Vec<Vec<u8>> = (0..120).map(|last| extension(&id(last), &[])).collect();
    assert!(is_as_asked(&certificate(&many), &json!({})).0);
    assert!(!is_as_asked(&certificate(&[many.clone(), vec![extension(&id(7), &[1])]].concat()), &json!({})).0);
    let twice = certificate(&[extension(&[0x2a, 3], &[]), extension(&[0x2a, 3, 1], &[]), extension(&[0x2a, 3], &[1])]);
    let refusal = |bytes: &[u8]| refusal("crypto.x509.parse_certificates(input)", &json!(base64(bytes)));
    let words = refusal(&twice);
    assert!(words.contains("x509: certificate contains duplicate extension with OID \"1.2.3\""), "{words}");
    let policy = |id: &[u8]| part(0x30, &[&part(6, &[id])]);
    let policies = |all: &[Vec<u8>]| {
        let all = part(0x30, &all.iter().map(Vec::as_slice).collect::<Vec<_>>());
        certificate(&[extension(&[0x55, 0x1d, 0x20], &all)])
    };
    let words = refusal(&policies(&[policy(&[0x2a, 3]), policy(&[0x2a, 4]), policy(&[0x2a, 3])]));
    assert!(words.contains("x509: invalid certificate policies"), "{words}");
    assert!(is_as_asked(&policies(&[policy(&[0x2a, 3]), policy(&[0x2a, 4])]), &json!({})).0);
}
