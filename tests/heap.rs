//! The heap of an evaluation against its limit. The count is one for the whole program, so nothing may run beside this test.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use regate::limits::EvaluationLimits;
use regate::rego::{Allowance, Capabilities, DialectRule, Module, compile};

#[test]
fn the_heap_is_looked_at_when_the_evaluation_ends() {
    let module =
        Module { path: "policy.rego".into(), source: "package policy\n\nx := numbers.range(1, 100000)\n".into() };
    let program = compile(vec![module], None, DialectRule::V1, &Capabilities::default()).unwrap().program.unwrap();
    let small = Allowance {
        limits: EvaluationLimits { memory_bytes: 500_000, ..EvaluationLimits::default() },
        ..Allowance::default()
    };
    let memory = if cfg!(feature = "own-engine") { "memory_units" } else { "memory_bytes" };
    assert_eq!(program.evaluate("policy/x", None, small).unwrap_err().limit.unwrap().name, memory);
    assert_eq!(program.query("y := numbers.range(1, 100000)", None, small).unwrap_err().limit.unwrap().name, memory);
    assert!(program.evaluate("policy/x", None, Allowance::default()).is_ok());
}
