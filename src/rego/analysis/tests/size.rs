//! Large and deep texts: a check ends, and the depth is bounded.

use super::{Dialect, Options, findings};
use crate::rego::syntax::parse;
use std::fmt::Write as _;

/// Checks what `of` writes: what took the square of a text of this size would not end in the time of a test run.
fn ends(what: &str, of: impl Fn(usize) -> String) {
    let text = of(8_000);
    let found = findings(&text, Dialect::V1, &Options { strict: true, ..Options::default() });
    assert!(found.len() <= 16_000, "{what}: {}", found.len());
}

fn repeated(size: usize, each: impl Fn(usize) -> String) -> String {
    (0..size).fold(String::from("package p\n"), |mut text, at| {
        let _ = writeln!(text, "{}", each(at));
        text
    })
}

fn body(size: usize, each: impl Fn(usize) -> String) -> String {
    let mut text = String::from("package p\nq if {\n");
    (0..size).for_each(|at| {
        let _ = writeln!(text, "{}", each(at));
    });
    text + "}\n"
}

#[test]
fn the_time_ends() {
    ends("rules", |size| repeated(size, |at| format!("r{at} if r{}", at + 1)));
    ends("a circle of rules", |size| repeated(size, |at| format!("r{at} if r{}", (at + 1) % size)));
    ends("rules of a path", |size| repeated(size, |at| format!("r contains {at} if input.x[{at}]")));
    ends("shapes of one path", |size| repeated(size, |at| format!("r := {{\"a{at}\": 1}} if input.x == {at}")));
    ends("shapes in one set", |size| repeated(size, |at| format!("r contains {{\"a{at}\": 1}} if input.x == {at}")));
    ends("shapes of results", |size| repeated(size, |at| format!("f(x) := {{\"a{at}\": 1}} if x == {at}")));
    ends("looks into many shapes", |size| {
        let shapes = repeated(size / 4, |at| format!("r := {{\"a{at}\": 1}} if input.x == {at}"));
        (0..size).fold(shapes, |mut text, at| {
            let _ = writeln!(text, "q{at} if r.a{} == 1", at % (size / 4));
            text
        })
    });
    ends("unsafe rules", |size| repeated(size, |at| format!("r{at} if x{at} > 1")));
    ends("statements in order", |size| body(size, |at| format!("x{} := x{at} + 1", at + 1)));
    ends("statements in the reverse order", |size| {
        body(size, |at| format!("x{at} = x{} + 1", at + 1)).replace("}\n", &format!("x{size} = 1\n}}\n"))
    });
    ends("one large pattern, one variable a round", |size| {
        let all: Vec<String> = (0..size).map(|at| format!("x{at}")).collect();
        let all = all.join(", ");
        format!(
            "package p\nq if {{\n[{all}] = [{all}]\n{}x{size} = 1 }}",
            body(size, |at| format!("x{at} = x{} + 1", at + 1)).replace("package p\nq if {\n", "").replace('}', "")
        )
    });
    ends("comprehensions", |size| body(size, |at| format!("x{at} := [y | y := input.z[{at}]]")));
    ends("things printed", |size| body(size, |at| format!("x{at} := {at}; print(x{at}, [y | y := x{at}])")));
    ends("branches", |size| {
        let branches = "else := 1 if { input.x }\n".repeat(size);
        format!("package p\nf(a, b, c) := 1 if {{ a; b; c }}\n{branches}")
    });
    ends("calls of a long path", |size| {
        let path = "a.".repeat(size / 4);
        format!("package p\nimport data.{path}b\n{}", "q if b(1)\n".repeat(size))
    });
    ends("rules below rules", |size| {
        let mut name = String::from("r");
        repeated(size / 16, |_| "# nothing".to_owned())
            + &(0..200).fold(String::new(), |mut text, at| {
                let _ = write!(name, ".s{at}");
                let _ = writeln!(text, "{name} := {at}");
                text
            })
    });
}

#[test]
fn modules_of_one_package() {
    let of = |size: usize| {
        let modules: Vec<String> = (0..size / 4).map(|at| format!("package p\nr{at} if r{}", at + 1)).collect();
        modules.join("\n===\n")
    };
    ends("modules", of);
}

#[test]
fn nesting_as_deep_as_a_text_may_be() {
    for (open, inner, close) in [
        ("[", "1", "]"),
        ("{\"a\": ", "1", "}"),
        ("f(", "1", ")"),
        ("[x | x := ", "1", "]"),
        ("count([1 | every y in [1] { y }; z := ", "1", "]; z])"),
        ("input[", "1", "]"),
        ("(1 + ", "1", ")"),
    ] {
        for depth in [10, 100, 200, 10_000] {
            let text = format!("package p\nf(x) := x\nq := {}{inner}{}", open.repeat(depth), close.repeat(depth));
            findings(&text, Dialect::V1, &Options::default());
            let reaches_limit = parse(&text, Dialect::V1).errors.iter().any(|error| error.limit.is_some());
            assert!(reaches_limit == (depth == 10_000) || depth == 100 || depth == 200, "{open} {depth}");
        }
    }
    let every =
        format!("package p\nq if {}{}", "{ every x in [1] ".repeat(120), "{ true }".to_owned() + &"}".repeat(120));
    findings(&every, Dialect::V1, &Options::default());
}
