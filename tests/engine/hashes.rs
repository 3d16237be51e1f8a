//! Hashes and message authentication codes, by the vectors of their standards.

use super::*;

/// The answer of a term, in JSON; nothing where it is undefined.
fn ask(term: &str) -> Option<String> {
    let program = program(format!("package policy\n\nx := {term}\n"));
    match program.evaluate("policy/x", None, Allowance::default()) {
        Ok(evaluation) => match evaluation.answer {
            Answer::Value(text) => Some(text.into_owned()),
            Answer::Undefined => None,
        },
        Err(error) => panic!("{term}: {error}"),
    }
}

#[test]
fn each_hash_and_code_is_that_of_its_standard() {
    let jefe = "\"what do ya want for nothing?\", \"Jefe\"";
    for (term, code) in [
        ("crypto.md5(\"\")".to_owned(), "d41d8cd98f00b204e9800998ecf8427e"),
        ("crypto.md5(\"abc\")".to_owned(), "900150983cd24fb0d6963f7d28e17f72"),
        ("crypto.sha1(\"abc\")".to_owned(), "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("crypto.sha256(\"abc\")".to_owned(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (format!("crypto.hmac.md5({jefe})"), "750c783e6ab0b503eaa86e310a5db738"),
        (format!("crypto.hmac.sha1({jefe})"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        (format!("crypto.hmac.sha256({jefe})"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            format!("crypto.hmac.sha512({jefe})"),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
        // A key that is longer than a block, and none.
        (
            "crypto.hmac.sha256(\"x\", concat(\"\", [\"k\" | some _ in numbers.range(1, 200)]))".to_owned(),
            "a34abd1b081e75091b5f15447fb45ea6a1a7d624c190b880750d5d0f52ca715e",
        ),
        (
            "crypto.hmac.sha256(\"\", \"\")".to_owned(),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
        ),
    ] {
        assert_eq!(ask(&term), Some(format!("\"{code}\"")), "{term}");
    }
}

#[test]
fn codes_are_equal_where_every_byte_is() {
    for (term, answer) in [
        ("{crypto.hmac.equal(\"ab\", \"ab\")}", "[true]"),
        ("{crypto.hmac.equal(\"\", \"\")}", "[true]"),
        ("{crypto.hmac.equal(\"ab\", \"aB\")}", "[false]"),
        ("{crypto.hmac.equal(\"ab\", \"abc\")}", "[false]"),
        ("{crypto.hmac.equal(\"ab\", \"\")}", "[false]"),
    ] {
        assert_eq!(ask(term).as_deref(), Some(answer), "{term}");
    }
}

#[test]
fn what_is_no_text_has_no_hash() {
    for call in ["crypto.sha256(x)", "crypto.hmac.sha256(x, \"k\")", "crypto.hmac.sha256(\"k\", x)"] {
        let source = format!("package policy\n\ny := z if {{ x := json.unmarshal(\"1\"); z := {call} }}\n");
        let program = program(source);
        let allowance = Allowance { strict_builtin_errors: true, ..Allowance::default() };
        let error = program.evaluate("policy/y", None, allowance).unwrap_err();
        assert_eq!(error.code.as_str(), "eval_type_error", "{call}");
        assert!(matches!(program.evaluate("policy/y", None, Allowance::default()).unwrap().answer, Answer::Undefined));
    }
}

#[test]
#[cfg(not(feature = "signatures"))]
fn a_build_without_signatures_says_so_when_a_policy_is_compiled() {
    for call in [
        "io.jwt.verify_rs256(\"\", \"\")",
        "io.jwt.decode_verify(\"\", {})",
        "io.jwt.encode_sign({}, {}, {})",
        "crypto.x509.parse_certificates(\"\")",
        "crypto.parse_private_keys(\"\")",
    ] {
        assert_eq!(codes(format!("package policy\n\nx := {call}\n")), ["builtin_not_available"], "{call}");
    }
    assert!(ask("io.jwt.decode(\"e30.e30.\")").is_some());
    assert_eq!(ask("{io.jwt.verify_hs256(\"e30.e30.\", \"s\")}").as_deref(), Some("[false]"));
}
