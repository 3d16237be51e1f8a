//! Functions: that they exist, what they take, and which may be called.

use super::{COMPILE, Dialect, NOT_ALLOWED, NOT_AVAILABLE, Options, TYPE, accepted, refused, refused_with};
use crate::rego::builtins::HostFunctionDeclaration;

#[test]
fn a_function_that_is_called_exists() {
    refused("q if ‹f›(1)", &[(TYPE, "undefined function f")]);
    refused("q if { x := 1 + ‹no.such.fn›(2); x > 0 }", &[(TYPE, "undefined function no.such.fn")]);
    refused("import data.lib\nq if ‹lib.f›(1)", &[(TYPE, "undefined function data.lib.f")]);
    refused("import data.lib as l\nq if ‹l[\"a b\"]›(1)", &[(TYPE, "undefined function data.lib[\"a b\"]")]);
    refused("q if ‹data.p.g›(1)\nf(x) := x", &[(TYPE, "undefined function data.p.g")]);
    refused("q := [x | x := ‹f›(1)]", &[(TYPE, "undefined function f")]);
    refused("q if { every x in [1] { ‹f›(x) } }", &[(TYPE, "undefined function f")]);
    refused("q if { x := \"f\"; ‹data.p[x]›(1) }\nf(x) := x", &[(TYPE, "undefined function data.p[x]")]);
    accepted("q if { f(1); data.p.f(1); p.f(1) }\nf(x) := x\nimport data.p");
    accepted("import data.lib.f as g\nq if g(1)\n===\npackage lib\nf(x) := x");
    accepted("q if a.b.f(1)\na.b.f(x) := x");
}

#[test]
fn what_an_unknown_function_gives_is_not_unsafe_as_well() {
    refused("q if { x := ‹f›(1); y := x + 1; y > x }", &[(TYPE, "undefined function f")]);
    refused("q contains x if ‹f›(1, x)", &[(TYPE, "undefined function f")]);
}

#[test]
fn a_variable_is_not_called() {
    refused("q := [‹f(1)› | f := 2; f > 1]", &[(COMPILE, "called function f shadowed")]);
    refused("q if { f := 1; ‹f(f)› }", &[(COMPILE, "called function f shadowed")]);
    refused("q if { f := 1; ‹f(f)› }\nf(x) := x", &[(COMPILE, "called function f shadowed")]);
    refused("q if { some count in [1]; ‹count(input)› }", &[(COMPILE, "called function count shadowed")]);
    refused("f(count) := ‹count(input)›", &[(COMPILE, "called function count shadowed")]);
    refused("q if { a := 1; x := ‹a.b(2)›; x > a }", &[(COMPILE, "called function a.b shadowed")]);
}

#[test]
fn a_function_takes_its_number_of_arguments() {
    refused("q if ‹f(1)› == 1\nf(x, y) := x + y", &[(TYPE, "function data.p.f has arity 2, got 1 argument")]);
    refused("q if ‹f(1, 2, 3, 4)›\nf(x, y) := x + y", &[(TYPE, "function data.p.f has arity 2, got 4 arguments")]);
    refused("q if ‹f()›\nf(x) := x", &[(TYPE, "function data.p.f has arity 1, got 0 arguments")]);
    refused("q if { x := ‹count([1], 2)›; x > 0 }", &[(TYPE, "count: arity mismatch")]);
    refused("q if ‹count()›", &[(TYPE, "count: arity mismatch")]);
    refused("q if ‹io.jwt.decode(1, 2, 3)›", &[(TYPE, "io.jwt.decode: arity mismatch")]);
    accepted("q if { f(1, 2, x); x > 0 }\nf(x, y) := x + y");
    accepted("q if { count([1], 1); plus(1, 2, 3) }");
}

#[test]
fn what_prints_is_no_value() {
    refused("q := ‹print(1)›", &[(TYPE, "print(1) used as value")]);
    refused("q if { x := [‹print(1, 2)›]; x != [] }", &[(TYPE, "print(1, 2) used as value")]);
    refused("q := $\"{‹print(1)›}\"", &[(TYPE, "print(1) used as value")]);
    accepted("q if { print(); print(1, 2, 3); not print(1) }");
}

#[test]
fn a_host_adds_functions() {
    let host = |name: &str, arguments: &[&str]| {
        let declaration = HostFunctionDeclaration {
            name: name.to_owned(),
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            result: "any".to_owned(),
        };
        declaration.read().expect("a declaration that can be read")
    };
    let options =
        Options { host_functions: vec![host("acme.lookup", &["any", "any"]), host("now", &[])], ..Options::default() };
    let check = |text: &str, expected: &[(&str, &str)]| {
        refused_with(&format!("package p\n{text}"), Dialect::V1, &options, expected);
    };
    check("q if { acme.lookup(1, 2, x); x > now() }", &[]);
    check("q if ‹acme.lookup(1)›", &[(TYPE, "acme.lookup: arity mismatch")]);
    check("q if ‹acme.other›(1)", &[(TYPE, "undefined function acme.other")]);
    check("q if { true with acme.lookup as f }\nf(x, y) := x + y", &[]);
}

#[test]
fn a_host_refuses_builtins_and_an_engine_may_lack_some() {
    let list = |name: &str| vec![name.to_owned()];
    let options = Options { refused: list("http.send"), absent: list("yaml.marshal"), ..Options::default() };
    let check = |text: &str, expected: &[(&str, &str)]| {
        refused_with(&format!("package p\n{text}"), Dialect::V1, &options, expected);
    };
    check("q := ‹http.send›({})", &[(NOT_ALLOWED, "the builtin http.send is not allowed in this kind of policy")]);
    check("q := ‹yaml.marshal›({})", &[(NOT_AVAILABLE, "the builtin yaml.marshal is not available in this engine")]);
    check(
        "q if { true with count as ‹yaml.marshal› }",
        &[(NOT_AVAILABLE, "the builtin yaml.marshal is not available in this engine")],
    );
    check("q if { true with yaml.marshal as 1 }", &[]);
    check(
        "q if { true with ‹http.send› as 1 }",
        &[(COMPILE, "with keyword replacing built-in function: target must not be unsafe: \"http.send\"")],
    );
    check(
        "q if { true with count as ‹http.send› }",
        &[(COMPILE, "with keyword replacing built-in function: target must not be unsafe: \"http.send\"")],
    );
}

#[test]
fn old_builtins_are_for_old_policies() {
    let deprecated = [(TYPE, "deprecated built-in function calls in expression: any")];
    refused("q := ‹any›([true])", &deprecated);
    refused("q if { not ‹any›([true]) }", &deprecated);
    refused_with("package p\nq = any([true])", Dialect::V0, &Options::default(), &[]);
    let strict = Options { strict: true, ..Options::default() };
    refused_with("package p\nq = ‹any›([true])", Dialect::V0, &strict, &deprecated);
    refused_with(
        "package p\nimport data.lib.any\nq = any([true])\n===\npackage lib\nany(x) = x",
        Dialect::V0,
        &strict,
        &[],
    );
}
