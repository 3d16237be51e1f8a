//! Laws of integers as bits: what processors say of words of 128 bits holds of integers that fit into one, and two negations are none.

use crate::tries;
use proptest::prelude::*;
use regate::rego::{Allowance, Answer, Capabilities, DialectRule, Document, Module, Program, compile};

fn program() -> Program {
    let terms = [
        "bits.and(input.a, input.b)",
        "bits.or(input.a, input.b)",
        "bits.xor(input.a, input.b)",
        "bits.negate(input.a)",
    ];
    let source = format!("package policy\n\nx := [{}]\n", terms.join(", "));
    let modules = vec![Module { path: "policy.rego".into(), source }];
    compile(modules, None, DialectRule::V1, &Capabilities::default()).unwrap().program.unwrap()
}

/// Integers of all lengths.
fn integer() -> impl Strategy<Value = i128> {
    (any::<i128>(), 0_u32..127).prop_map(|(integer, by)| integer >> by)
}

proptest! {
    #![proptest_config(tries(300))]

    #[test]
    fn integers_have_the_bits_of_words(a in integer(), b in integer()) {
        let program = program();
        let input = Document::read(format!(r#"{{"a":{a},"b":{b}}}"#).as_bytes()).unwrap();
        let answer = program.evaluate("policy/x", Some(&input), Allowance::default()).unwrap().answer;
        let expected = format!("[{},{},{},{}]", a & b, a | b, a ^ b, !a);
        prop_assert_eq!(answer, Answer::Value(expected.into()));
    }
}
