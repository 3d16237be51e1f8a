//! Encodings, broken text and limits.

use regate::error::ErrorCode;
use regate::governance::plan::{MARKER, Plan};
use regate::limits;
use serde_json::json;

use crate::{entry, plan_of, refused, utf16, with};

#[test]
fn every_encoding_reads_the_same() {
    let plan = plan_of(&json!([with(entry("aws_a.a", &["create"]), "/address", json!("aws_a.a[\"größe-😀\"]"))]));
    let text = plan.to_string();
    let plain = Plan::read(text.as_bytes()).unwrap();
    assert_eq!(plain.plan_changes.added[0].address, "aws_a.a[\"größe-😀\"]");
    for document in [
        format!("\u{feff}{text}").into_bytes(),
        utf16(&text, true, u16::to_le_bytes),
        utf16(&text, true, u16::to_be_bytes),
    ] {
        let plan = Plan::read(&document).unwrap();
        assert_eq!(plan.summary(), plain.summary());
        assert_eq!(plan.digest(), plain.digest());
        assert_eq!(plan.detail(), plain.detail());
    }
    let other = Plan::read(format!("{text} ").as_bytes()).unwrap();
    assert_ne!(other.digest(), plain.digest());
}

#[test]
fn the_digest_is_sha256_in_hexadecimal() {
    let text = r#"{"format_version":"1.2","resource_changes":[]}"#;
    assert_eq!(
        Plan::read(text.as_bytes()).unwrap().digest(),
        "18a48a259db54cdede0560e9b59f4b872297d7128f7af04a922550cf9b46b0a7"
    );
}

#[test]
fn broken_text_is_not_json_at_its_byte() {
    let text = plan_of(&json!([])).to_string();
    let marked = |bytes: &[u8]| [&[0xEF, 0xBB, 0xBF], bytes].concat();
    let wide = utf16(&text, true, u16::to_le_bytes);
    for (document, byte) in [
        (vec![], None),
        (b" \n ".to_vec(), None),
        (b"{\"a\":\xff}".to_vec(), Some(5)),
        (marked(b"{\"a\":\xff}"), Some(8)),
        (b"{\"a\":\"\xe2\x82".to_vec(), Some(6)),
        (text.as_bytes()[..40].to_vec(), Some(40)),
        (marked(&text.as_bytes()[..40]), Some(43)),
        (wide[..2 + 80].to_vec(), Some(82)),
        (wide[..2 + 81].to_vec(), Some(82)),
        ([utf16("{\"a", true, u16::to_le_bytes), vec![0x00, 0xd8, 0x22, 0x00]].concat(), Some(8)),
        (b"{\"a\":1,}".to_vec(), Some(7)),
        (b"{\n\"a\":SECRET}".to_vec(), Some(6)),
        (utf16("{\n\"ö\":!}", true, u16::to_be_bytes), Some(14)),
        (format!("{text} SECRET").into_bytes(), Some(text.len() + 1)),
        (b"Terraform will perform the following actions:".to_vec(), Some(0)),
        (utf16(&text, false, u16::to_le_bytes), Some(1)),
    ] {
        let error = refused(&document);
        assert_eq!(error.code, ErrorCode::InputNotJson, "{document:?}");
        assert!(error.help.is_some());
        assert!(!error.message.contains("SECRET"), "{}", error.message);
        match byte {
            None => assert!(error.message.contains("empty")),
            Some(byte) => assert!(
                error
                    .message
                    .split(|c: char| !c.is_ascii_alphanumeric())
                    .collect::<Vec<_>>()
                    .windows(2)
                    .any(|words| words == ["byte", byte.to_string().as_str()]),
                "byte {byte}: {}",
                error.message
            ),
        }
    }
}

#[test]
fn nesting_has_a_limit() {
    // The plan and its key are one level; brackets inside a string are none.
    let nested = |depth: usize| {
        format!("{{\"resource_changes\":[],\"variables\":{}\"[[[[{{\\\"[\"{}}}", "[".repeat(depth), "]".repeat(depth))
    };
    let most = usize::try_from(limits::DATA_NESTING).unwrap() - 1;
    Plan::read(nested(most).as_bytes()).unwrap();
    for depth in [most + 1, 10_000, 1_000_000] {
        let error = refused(nested(depth));
        assert_eq!(error.code, ErrorCode::LimitExceeded);
        let limit = error.limit.unwrap();
        assert_eq!((limit.name.as_str(), limit.value), ("data_nesting", limits::DATA_NESTING));
    }
    // As deep as it may be, where it is built: values and masks.
    let deep = |leaf: &str| format!("{}{leaf}{}", "[".repeat(most - 4), "]".repeat(most - 4));
    let plan = format!(
        r#"{{"resource_changes":[{{"address":"a.b","type":"a","change":{{"actions":["delete"],"before":[{}],"before_sensitive":[{}]}}}}]}}"#,
        deep("\"SECRET\""),
        deep("true")
    );
    let detail = Plan::read(plan.as_bytes()).unwrap().detail().unwrap();
    let text = detail.to_string();
    assert!(text.contains(MARKER) && !text.contains("SECRET"));
}

#[test]
fn size_has_a_limit_before_anything_is_read() {
    let most = usize::try_from(limits::INPUT_BYTES).unwrap();
    let mut document = plan_of(&json!([])).to_string().into_bytes();
    document.resize(most, b' ');
    Plan::read(&document).unwrap();
    let error = refused(vec![0xff; most + 1]);
    assert_eq!(error.code, ErrorCode::LimitExceeded);
    let limit = error.limit.unwrap();
    assert_eq!((limit.name.as_str(), limit.value), ("input_bytes", limits::INPUT_BYTES));
}
