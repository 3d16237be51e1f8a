//! What the help says where something else was probably meant.

use super::{Dialect, Options, Told, findings};

/// The help of the one finding.
#[track_caller]
fn helps(text: &str, wanted: &str) {
    let found = findings(&format!("package p\n{text}"), Dialect::V1, &Options::default());
    let told: Vec<_> = found.iter().filter(|finding| finding.told != Told::ByOpa).collect();
    let help: Vec<_> = told.iter().map(|finding| finding.help.as_deref()).collect();
    assert_eq!(help, [Some(wanted)], "{text}\n{told:?}");
}

#[test]
fn a_builtin_that_is_called_otherwise() {
    helps("q if starts_with(input.x, \"a\")", "write `startswith`, or import the package that defines `starts_with`");
    helps("q := len(input.x)", "write `count`, or import the package that defines `len`");
    helps("q := strings.upper(input.x)", "write `upper`, or import the package that defines `strings.upper`");
    helps(
        "q := json.unmarshall(input.x)",
        "write `json.unmarshal`, or import the package that defines `json.unmarshall`",
    );
    helps("q := toUpper(input.x)", "write `upper`, or import the package that defines `toUpper`");
    helps(
        "q if string.contains(input.x, \"a\")",
        "write `contains`, or import the package that defines `string.contains`",
    );
    for (written, meant) in [
        ("regex.matches(input.x, `a`)", "regex.match"),
        ("array.append([1], 2)", "array.concat"),
        ("sets.union({1}, {2})", "union"),
        ("Math.max([1, 2])", "max"),
    ] {
        let name = written.split('(').next().unwrap_or("");
        helps(&format!("q := {written}"), &format!("write `{meant}`, or import the package that defines `{name}`"));
    }
    helps("q := lookup(input.x)", "check the name, or import the package that defines it");
    helps("q := data.lib.len(input.x)", "check the name, or import the package that defines it");
    helps(
        "q if input.x.startswith(\"a\")",
        "a value has no functions: write `startswith(…)` with the value as an argument",
    );
    helps("q if { x := \"a\"; y := x.upper(); y == x }", "a value has no functions: write `upper(x, …)`");
    helps(
        "q := sprintf(\"%v %v\", 1, 2)",
        "it takes 2 arguments, and 3 are given; the values stand in an array: `sprintf(\"%v: %v\", [x, y])`",
    );
}

#[test]
fn a_name_that_is_written_otherwise() {
    let or_value =
        |meant: &str, name: &str| format!("write `{meant}` if that is meant, or give `{name}` a value in the body");
    helps("q if imput.x", &or_value("input", "imput"));
    helps("q if Input.x", &or_value("input", "Input"));
    helps("q := True", &or_value("true", "True"));
    helps("q if alowed\nallowed if input.x", &or_value("allowed", "alowed"));
    helps("q if input.x == None", "write `null`");
    helps("q if input.my-field == 1", "a name has no `-`; as a key it stands in brackets: `[\"my-field\"]`");
    helps("q if { x := 10-y; x > 1 }", "give `y` a value in the body, or declare it with `some y in …`");
    helps("q if { input.a-alowed > 1 }\nallowed := 1", &or_value("allowed", "alowed"));
    helps("q := {a: 1}", "a key that is a text stands in quotation marks: `\"a\"`");
    helps("q if x == 1", "`==` compares: give `x` a value with `:=`, or with `some x in …`");
    helps("q if x > 1", "give `x` a value in the body, or declare it with `some x in …`");
    helps("q := x if input.y", "give `x` a value in the body of the rule");
}
