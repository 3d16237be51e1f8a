//! Certificates, requests for them and keys: what they say, which of them lead to a root, and that nothing malformed is taken for one.

use super::*;
use serde_json::{Value, json};

const CHAIN: &str = include_str!("pem/chain.pem");
const LEAF: &str = include_str!("pem/leaf.pem");

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

/// The first second of 2030.
const NOW_MS: u64 = 1_893_456_000_000;

fn answer(call: &str, input: &Value) -> Option<Value> {
    let allowance = Allowance { now_ms: Some(NOW_MS), ..Allowance::default() };
    answer_of(call, input, allowance).unwrap_or_else(|error| panic!("{call}: {error}"))
}

/// The words of a builtin that fails.
pub fn refusal(call: &str, input: &Value) -> String {
    let allowance = Allowance { strict_builtin_errors: true, now_ms: Some(NOW_MS), ..Allowance::default() };
    match answer_of(call, input, allowance) {
        Err(error) => error.message,
        Ok(found) => panic!("{call}: {found:?}"),
    }
}

/// The common names of the chain that certificates are, or nothing where they are none.
pub fn chain(certificates: &str, options: &Value) -> Option<Vec<String>> {
    let input = json!({"certificates": certificates, "options": options});
    let call = "crypto.x509.parse_and_verify_certificates_with_options(input.certificates, input.options)";
    let found = answer(call, &input).unwrap();
    let names =
        found[1].as_array().unwrap().iter().map(|one| one["Subject"]["CommonName"].as_str().unwrap().to_owned());
    if found[0] == json!(true) {
        Some(names.collect())
    } else {
        assert_eq!(found, json!([false, []]));
        None
    }
}

/// The bytes of the first block of a text in PEM.
pub fn der(pem: &str) -> Vec<u8> {
    use base64::Engine as _;
    let body: String = pem.lines().skip(1).take_while(|line| !line.starts_with('-')).collect();
    base64::engine::general_purpose::STANDARD.decode(body).unwrap()
}

pub fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn a_certificate_is_the_object_that_go_makes_of_it() {
    let found = answer("crypto.x509.parse_certificates(input)[0]", &json!(LEAF)).unwrap();
    let name = |common: &str| {
        json!({
            "Country": ["CH"], "Organization": ["Regate"], "OrganizationalUnit": ["Tests"], "Locality": null, "Province": null,
            "StreetAddress": null, "PostalCode": null, "SerialNumber": "", "CommonName": common, "ExtraNames": null,
            "Names": [
                {"Type": [2, 5, 4, 6], "Value": "CH"}, {"Type": [2, 5, 4, 10], "Value": "Regate"},
                {"Type": [2, 5, 4, 11], "Value": "Tests"}, {"Type": [2, 5, 4, 3], "Value": common}
            ]
        })
    };
    for (field, value) in [
        ("Version", json!(3)),
        ("SignatureAlgorithm", json!(11)),
        ("PublicKeyAlgorithm", json!(3)),
        ("Subject", name("Leaf")),
        ("Issuer", name("Between")),
        ("NotBefore", json!("2020-01-01T00:00:00Z")),
        ("NotAfter", json!("2040-01-01T00:00:00Z")),
        ("KeyUsage", json!(0)),
        ("ExtKeyUsage", json!([1, 2])),
        ("UnknownExtKeyUsage", json!(null)),
        ("BasicConstraintsValid", json!(true)),
        ("IsCA", json!(false)),
        ("MaxPathLen", json!(-1)),
        ("MaxPathLenZero", json!(false)),
        ("OCSPServer", json!(["http://ocsp.example.com"])),
        ("IssuingCertificateURL", json!(["http://ca.example.com/ca.crt"])),
        ("CRLDistributionPoints", json!(["http://crl.example.com/a.crl"])),
        ("PolicyIdentifiers", json!([[2, 23, 140, 1, 2, 1]])),
        ("Policies", json!(["2.23.140.1.2.1"])),
        ("DNSNames", json!(["example.com", "*.example.org"])),
        ("EmailAddresses", json!(["a@example.com"])),
        ("IPAddresses", json!(["192.0.2.1", "2001:db8::1"])),
        ("URIStrings", json!(["spiffe://example.com/a%20b?q=1#f"])),
        (
            "URIs",
            json!([{
                "Scheme": "spiffe", "Opaque": "", "User": null, "Host": "example.com", "Path": "/a b", "RawPath": "",
                "OmitHost": false, "ForceQuery": false, "RawQuery": "q=1", "Fragment": "f", "RawFragment": ""
            }]),
        ),
        ("UnhandledCriticalExtensions", json!(null)),
        ("PermittedDNSDomains", json!(null)),
        ("ExtraExtensions", json!(null)),
        ("Raw", json!(base64(&der(LEAF)))),
    ] {
        assert_eq!(found[field], value, "{field}");
    }
    assert_eq!(found["SerialNumber"].to_string(), "1234567890123456789012345678901234567890");
    assert_eq!(found["Extensions"][0]["Id"], json!([2, 5, 29, 19]));
    assert_eq!(found["Extensions"][0]["Critical"], json!(true));
    assert_eq!(found["PublicKey"]["Curve"], json!({}));
    let fields = found.as_object().unwrap();
    assert_eq!(fields.len(), 53, "{:?}", fields.keys());
}

#[test]
fn certificates_are_read_in_every_form_that_they_are_given_in() {
    let first = der(CHAIN);
    let names =
        |input: &Value| answer("[one.Subject.CommonName | some one in crypto.x509.parse_certificates(input)]", input);
    for (text, common) in [
        (CHAIN.to_owned(), json!(["Root", "Between", "Leaf"])),
        (base64(CHAIN.as_bytes()), json!(["Root", "Between", "Leaf"])),
        (base64(&first), json!(["Root"])),
        (base64(&[first.clone(), first.clone()].concat()), json!(["Root", "Root"])),
        (include_str!("pem/rsa.certificate.pem").to_owned(), json!(["Rsa"])),
        (include_str!("pem/ed25519.certificate.pem").to_owned(), json!(["Ed"])),
        (include_str!("pem/p224.certificate.pem").to_owned(), json!(["P224"])),
        (format!("{CHAIN}\nsomething else"), json!(["Root", "Between", "Leaf"])),
        // Each line may end with a return, and the last one has no end that it could stand before.
        (CHAIN.replace('\n', "\r\n"), json!(["Root", "Between", "Leaf"])),
        (LEAF.trim_end().to_owned(), json!(["Leaf"])),
        (format!("{} \t", LEAF.trim_end()), json!(["Leaf"])),
        (format!("{}\r", LEAF.trim_end()), json!([])),
        (format!("{}\r\r\n", LEAF.trim_end()), json!([])),
        ("-----BEGIN".to_owned(), json!([])),
        (String::new(), json!([])),
    ] {
        assert_eq!(names(&json!(text)), Some(common), "{text}");
    }
    for (text, words) in [
        ("*".to_owned(), "illegal base64 data at input byte 0"),
        (base64(b"bad"), "x509: malformed certificate"),
        (include_str!("pem/rsa.public.pem").to_owned(), "PEM block type is 'PUBLIC KEY', expected CERTIFICATE"),
        (base64(&[&first[..], &[0]].concat()), "x509: malformed certificate"),
    ] {
        let refusal = refusal("crypto.x509.parse_certificates(input)", &json!(text));
        assert!(refusal.contains(words), "{text}: {refusal}");
    }
}

#[test]
fn no_cut_and_no_changed_byte_of_a_certificate_ends_in_anything_but_an_error_or_another_certificate() {
    let bytes = der(LEAF);
    let program = program("package policy\n\nx := [count(crypto.x509.parse_certificates(one)) | some one in input]\n");
    let ask = |texts: Vec<String>| {
        let input = Document::read(json!(texts).to_string().as_bytes()).unwrap();
        match program.evaluate("policy/x", Some(&input), Allowance::default()).unwrap().answer {
            Answer::Value(text) => serde_json::from_str::<Vec<u64>>(&text).unwrap(),
            Answer::Undefined => Vec::new(),
        }
    };
    // What is cut is none: only the empty text has no certificate.
    let cut = (1..bytes.len()).map(|at| base64(&bytes[..at])).collect();
    assert_eq!(ask(cut), Vec::<u64>::new());
    for value in [0_u8, 0x7f, 0x80, 0xff] {
        let changed = (0..bytes.len()).map(|at| {
            let mut changed = bytes.clone();
            changed[at] = value;
            base64(&changed)
        });
        for found in ask(changed.collect()) {
            assert_eq!(found, 1);
        }
    }
    // Lengths of lengths, lengths that are longer than all there is, and nesting without an end.
    for bytes in [
        &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff][..],
        &[0x30, 0x80, 0, 0],
        &[0x30, 0x81, 0x01, 0],
        &[0x30, 0x82, 0, 0x80],
        &[0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        &[0x30; 4_000],
        &[0x3f, 0x1f, 0],
    ] {
        let refusal = refusal("crypto.x509.parse_certificates(input)", &json!(base64(bytes)));
        assert!(refusal.contains("x509: malformed"), "{refusal}");
    }
}

#[test]
fn a_chain_leads_from_the_last_certificate_to_the_first() {
    let names = |names: &[&str]| Some(names.iter().map(ToString::to_string).collect::<Vec<_>>());
    let whole = names(&["Leaf", "Between", "Root"]);
    for (certificates, found) in [
        (CHAIN, whole.clone()),
        (include_str!("pem/chain.permitted.pem"), whole.clone()),
        (include_str!("pem/chain.ed25519.pem"), names(&["Leaf", "Ed"])),
        (include_str!("pem/chain.rsa.pem"), names(&["Leaf", "Rsa"])),
        (include_str!("pem/chain.rsa_pss.pem"), names(&["Leaf", "Rsa"])),
        (include_str!("pem/chain.p521.pem"), names(&["Leaf", "P521"])),
        (include_str!("pem/chain.no_between.pem"), None),
        (include_str!("pem/chain.expired.pem"), None),
        (include_str!("pem/chain.client.pem"), None),
        (include_str!("pem/chain.too_long.pem"), None),
        (include_str!("pem/chain.not_ca.pem"), None),
        (include_str!("pem/chain.may_not_sign.pem"), None),
        (include_str!("pem/chain.forged.pem"), None),
        (include_str!("pem/chain.not_permitted.pem"), None),
        (include_str!("pem/chain.excluded.pem"), None),
        (include_str!("pem/chain.excluded_address.pem"), None),
        (include_str!("pem/chain.excluded_mail.pem"), None),
        (include_str!("pem/chain.uri_address.pem"), None),
        (include_str!("pem/chain.critical.pem"), None),
        (LEAF, None),
        ("", None),
        ("no certificates", None),
    ] {
        assert_eq!(chain(certificates, &json!({})), found, "{certificates}");
        let call = "crypto.x509.parse_and_verify_certificates(input)[0]";
        assert_eq!(answer(call, &json!(certificates)), Some(json!(found.is_some())), "{certificates}");
    }
    // Every signature is looked at: with one byte of any changed there is no chain.
    let blocks: Vec<&str> = CHAIN.split_inclusive("-----END CERTIFICATE-----\n").collect();
    for changed in 1..3 {
        let mut bytes = der(blocks[changed]);
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        let all: Vec<Vec<u8>> = (0..3).map(|at| if at == changed { bytes.clone() } else { der(blocks[at]) }).collect();
        assert_eq!(chain(&base64(&all.concat()), &json!({})), None);
    }
    // The order says which is trusted.
    assert_eq!(chain(&blocks.iter().rev().copied().collect::<String>(), &json!({})), None);
}

#[test]
fn a_chain_is_held_to_what_is_asked() {
    let second = 1_000_000_000_u64;
    let client = include_str!("pem/chain.client.pem");
    for (certificates, options, holds) in [
        (CHAIN, json!({"DNSName": "example.com"}), true),
        (CHAIN, json!({"DNSName": "EXAMPLE.com."}), true),
        (CHAIN, json!({"DNSName": "a.example.org"}), true),
        (CHAIN, json!({"DNSName": "a.b.example.org"}), false),
        (CHAIN, json!({"DNSName": "example.org"}), false),
        (CHAIN, json!({"DNSName": "a.example.com"}), false),
        (CHAIN, json!({"DNSName": "*.example.org"}), true),
        (CHAIN, json!({"DNSName": "*.example.com"}), false),
        (CHAIN, json!({"DNSName": "192.0.2.1"}), true),
        (CHAIN, json!({"DNSName": "192.0.2.2"}), false),
        (CHAIN, json!({"DNSName": "[2001:db8::1]"}), true),
        (CHAIN, json!({"CurrentTime": 1_577_836_800 * second}), true),
        (CHAIN, json!({"CurrentTime": 1_577_836_800 * second - 1}), false),
        (CHAIN, json!({"CurrentTime": 2_208_988_800 * second}), true),
        (CHAIN, json!({"CurrentTime": 2_208_988_800 * second + 1}), false),
        (CHAIN, json!({"CurrentTime": 0}), false),
        (CHAIN, json!({"KeyUsages": ["KeyUsageClientAuth"]}), true),
        (CHAIN, json!({"KeyUsages": ["KeyUsageCodeSigning"]}), false),
        (CHAIN, json!({"KeyUsages": ["KeyUsageCodeSigning", "KeyUsageServerAuth"]}), true),
        (CHAIN, json!({"KeyUsages": ["KeyUsageAny"]}), true),
        (client, json!({"KeyUsages": ["KeyUsageClientAuth"]}), true),
        (client, json!({"KeyUsages": []}), false),
        (include_str!("pem/chain.permitted.pem"), json!({"MaxConstraintComparisons": 4}), true),
        (include_str!("pem/chain.permitted.pem"), json!({"MaxConstraintComparisons": 3}), false),
    ] {
        assert_eq!(chain(certificates, &options).is_some(), holds, "{options}");
    }
    for (options, words) in [
        (json!({"DNSName": 1}), "'DNSName' should be a string"),
        (json!({"CurrentTime": "1"}), "'CurrentTime' should be a number"),
        (json!({"CurrentTime": 1.5}), "'CurrentTime' should be a valid int64 number"),
        (json!({"MaxConstraintComparisons": []}), "'MaxConstraintComparisons' should be a number"),
        (json!({"KeyUsages": "KeyUsageAny"}), "'KeyUsages' should be an Array or Set"),
        (json!({"KeyUsages": ["Any", "None"]}), "invalid entries for 'KeyUsages' found: [Any None]"),
        (json!({"Other": 1}), "invalid key option"),
    ] {
        let input = json!({"certificates": CHAIN, "options": options});
        let call = "crypto.x509.parse_and_verify_certificates_with_options(input.certificates, input.options)";
        let refusal = refusal(call, &input);
        assert!(refusal.contains(words), "{options}: {refusal}");
    }
    let call = "crypto.x509.parse_and_verify_certificates(input)";
    let error = answer_of(call, &json!(CHAIN), Allowance::default()).unwrap_err();
    assert!(error.message.contains("the request carries no time"), "{error}");
}

#[test]
fn a_request_is_the_object_that_go_makes_of_it() {
    let request = include_str!("pem/request.pem");
    for text in [request.to_owned(), base64(&der(request)), base64(request.as_bytes())] {
        let found = answer("crypto.x509.parse_certificate_request(input)", &json!(text)).unwrap();
        for (field, value) in [
            ("Version", json!(0)),
            ("SignatureAlgorithm", json!(10)),
            ("PublicKeyAlgorithm", json!(3)),
            ("DNSNames", json!(["example.com", "*.example.org"])),
            ("IPAddresses", json!(["192.0.2.1", "2001:db8::1"])),
        ] {
            assert_eq!(found[field], value, "{field}");
        }
        assert_eq!(found["Subject"]["CommonName"], json!("Asked"));
        // Of a critical extension Go shows here that it is critical, and not what it says.
        let attributes = &found["Attributes"];
        assert_eq!(attributes[0]["Type"], json!([1, 2, 840, 113_549, 1, 9, 14]));
        assert_eq!(attributes[0]["Value"][0][0]["Type"], json!([2, 5, 29, 17]));
        assert_eq!(attributes[0]["Value"][0][0]["Value"], found["Extensions"][0]["Value"]);
        assert_eq!(attributes[0]["Value"][0][1], json!({"Type": [2, 5, 29, 19], "Value": true}));
        assert_eq!(found["Extensions"].as_array().unwrap().len(), 2);
    }
    for (text, words) in [
        (LEAF.to_owned(), "illegal base64"),
        (base64(LEAF.as_bytes()), "invalid PEM-encoded certificate signing request"),
        (base64(b"x"), "malformed certificate request"),
    ] {
        let refusal = refusal("crypto.x509.parse_certificate_request(input)", &json!(text));
        assert!(refusal.contains(words), "{refusal}");
    }
}

#[test]
fn private_keys_are_read_in_every_form() {
    let keys: Value = serde_json::from_str(include_str!("pem/keys.json")).unwrap();
    for (pem, key) in [
        (include_str!("pem/rsa.traditional.pem"), "rsa"),
        (include_str!("pem/rsa.pkcs8.pem"), "rsa"),
        (include_str!("pem/p256.traditional.pem"), "p256"),
        (include_str!("pem/p256.pkcs8.pem"), "p256"),
        (include_str!("pem/p384.traditional.pem"), "p384"),
        (include_str!("pem/p521.pkcs8.pem"), "p521"),
        (include_str!("pem/ed25519.pkcs8.pem"), "ed25519"),
    ] {
        for text in [pem.to_owned(), base64(pem.as_bytes())] {
            let call = "crypto.x509.parse_rsa_private_key(input)";
            assert_eq!(answer(call, &json!(text)), Some(keys[key].clone()), "{key}");
            assert_eq!(answer("count(crypto.parse_private_keys(input))", &json!(text)), Some(json!(1)), "{key}");
        }
    }
    let rsa = answer("crypto.parse_private_keys(input)[0]", &json!(include_str!("pem/rsa.pkcs8.pem"))).unwrap();
    assert_eq!((&rsa["E"], rsa["Primes"].as_array().unwrap().len()), (&json!(65_537), 2));
    assert_eq!(rsa["Precomputed"]["CRTValues"], json!([]));
    let p224 = answer("crypto.parse_private_keys(input)[0]", &json!(include_str!("pem/p224.pkcs8.pem"))).unwrap();
    assert_eq!(p224.as_object().unwrap().keys().collect::<Vec<_>>(), ["Curve", "D", "X", "Y"]);
    let both = format!("{}{LEAF}{}", include_str!("pem/rsa.pkcs8.pem"), include_str!("pem/ed25519.pkcs8.pem"));
    assert_eq!(answer("count(crypto.parse_private_keys(input))", &json!(both)), Some(json!(2)));
    for (text, found) in [("", json!(null)), ("x", json!([])), (LEAF, json!([]))] {
        assert_eq!(answer("crypto.parse_private_keys(input)", &json!(text)), Some(found), "{text}");
    }
    let block =
        |label: &str, bytes: &[u8]| format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", base64(bytes));
    for (text, words) in [
        (block("RSA PRIVATE KEY", b"x"), "malformed RSA private key"),
        (block("PRIVATE KEY", b"x"), "malformed PKCS#8 private key"),
        (block("EC PRIVATE KEY", b"x"), "x509: failed to parse EC private key"),
    ] {
        let refusal = refusal("crypto.parse_private_keys(input)", &json!(text));
        assert!(refusal.contains(words), "{text}: {refusal}");
    }
    // No key in a message: the numbers of this one do not belong together.
    let mut bytes = der(include_str!("pem/rsa.traditional.pem"));
    bytes[20] ^= 0xff;
    let refusal = refusal("crypto.parse_private_keys(input)", &json!(block("RSA PRIVATE KEY", &bytes)));
    assert!(refusal.contains("crypto/rsa: invalid modulus"), "{refusal}");
}

#[test]
fn a_pair_is_a_certificate_with_its_own_key() {
    let rsa = include_str!("pem/rsa.certificate.pem");
    let pair = |certificate: &str, key: &str| json!({"certificate": certificate, "key": key});
    let call = "crypto.x509.parse_keypair(input.certificate, input.key)";
    for key in [include_str!("pem/rsa.pkcs8.pem"), include_str!("pem/rsa.traditional.pem")] {
        for input in [pair(rsa, key), pair(&base64(&der(rsa)), &base64(&der(key))), pair(&base64(rsa.as_bytes()), key)]
        {
            let found = answer(call, &input).unwrap();
            assert_eq!(found["Certificate"], json!([base64(&der(rsa))]));
            assert_eq!(found["PrivateKey"]["E"], json!(65_537));
            assert_eq!(found["Leaf"]["Subject"]["CommonName"], json!("Rsa"));
        }
    }
    let mut blocks: Vec<&str> = CHAIN.split_inclusive("-----END CERTIFICATE-----\n").collect();
    blocks.reverse();
    let leaf_first = blocks.concat();
    let found = answer(call, &pair(&leaf_first, include_str!("pem/p256.pkcs8.pem"))).unwrap();
    assert_eq!(found["Certificate"].as_array().unwrap().len(), 3);
    for (certificate, key, words) in [
        (rsa, include_str!("pem/p256.pkcs8.pem"), "tls: private key type does not match public key type"),
        (LEAF, include_str!("pem/p384.pkcs8.pem"), "tls: private key does not match public key"),
        (LEAF, LEAF, "tls: found a certificate rather than a key in the PEM for the private key"),
        (
            include_str!("pem/p256.pkcs8.pem"),
            LEAF,
            "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched",
        ),
        ("*", LEAF, "illegal base64 data at input byte 0"),
    ] {
        let refusal = refusal(call, &pair(certificate, key));
        assert!(refusal.contains(words), "{refusal}");
    }
}

#[test]
fn certificates_cost_steps_and_there_may_be_so_many() {
    let many = LEAF.repeat(100);
    let program = program("package policy\n\nx := count(crypto.x509.parse_certificates(input))\n");
    let input = Document::read(json!(many).to_string().as_bytes()).unwrap();
    let evaluation = program.evaluate("policy/x", Some(&input), Allowance::default()).unwrap();
    assert_eq!(evaluation.answer, Answer::Value("100".into()));
    assert!(evaluation.steps > 20_000, "{}", evaluation.steps);
    let limits = EvaluationLimits { steps: 10_000, ..EvaluationLimits::default() };
    let error = program.evaluate("policy/x", Some(&input), Allowance { limits, ..Allowance::default() }).unwrap_err();
    assert_eq!(error.limit.unwrap().name, "steps");
    let long = "A".repeat(5 << 20);
    assert!(refusal("crypto.x509.parse_certificates(input)", &json!(long)).contains("may have 4194304"));
    // Beginnings of blocks without ends: each would be followed to the end of the text.
    let open = "-----BEGIN CERTIFICATE-----\n".repeat(50_000);
    let input = Document::read(json!(open).to_string().as_bytes()).unwrap();
    let error = program.evaluate("policy/x", Some(&input), Allowance::default()).unwrap_err();
    assert_eq!(error.limit.unwrap().name, "steps");
}
