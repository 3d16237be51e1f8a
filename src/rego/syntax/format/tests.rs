//! What the layout must be, rule by rule. Each case is a text and what it becomes, which must stay as it is then,
//! with the same comments.

use super::format;
use crate::rego::source::Dialect;
use crate::rego::syntax::parse;
use crate::rego::syntax::tokens;

fn formatted(source: &str, dialect: Dialect) -> String {
    format(source, &parse(source, dialect))
}

/// The comments of a text, sorted, since the layout may put one before another.
fn comments(source: &str) -> Vec<String> {
    let mut comments: Vec<String> =
        tokens::scan(source).comments.iter().map(|span| span.text(source).trim_end().to_owned()).collect();
    comments.sort();
    comments
}

/// Checks that a text has its comments after it was formatted, and that formatting it again changes nothing.
fn check_kept(dialect: Dialect, source: &str) {
    let once = formatted(source, dialect);
    assert_eq!(formatted(&once, dialect), once, "formatted again, of {source:?}");
    assert_eq!(comments(&once), comments(source), "comments of {source:?}");
}

fn check(dialect: Dialect, source: &str, expected: &str) {
    assert_eq!(formatted(source, dialect), expected, "{source:?}");
    check_kept(dialect, source);
    let is_module = |text: &str| parse(text, dialect).is_module();
    assert_eq!(is_module(expected), is_module(source), "whether {source:?} and {expected:?} are modules");
}

/// Checks statements, each behind a package.
fn check_all(dialect: Dialect, cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        check(dialect, &format!("package a\n\n{source}\n"), &format!("package a\n\n{expected}\n"));
    }
}

#[test]
fn a_module_begins_with_its_package() {
    let cases = [
        ("", ""),
        ("package a", "package a\n"),
        ("\n\n  package   a\n\n\n", "package a\n"),
        ("package a.b[\"c d\"][\"e\"]\n\n\n\np:=1", "package a.b[\"c d\"].e\n\np := 1\n"),
        ("package a # why\np := 1", "package a # why\n\np := 1\n"),
        ("# one\n# two\n\n\n# three\npackage a", "# one\n# two\n\n# three\npackage a\n"),
        ("package a\r\n\r\np := 1 # why\r\n", "package a\n\np := 1 # why\n"),
        ("# one\n\n\n# two\n", "# one\n\n# two\n"),
        ("p   :=   1\n", "p := 1\n"),
    ];
    for (source, expected) in cases {
        check(Dialect::V1, source, expected);
        check(Dialect::V0, source, expected);
    }
}

#[test]
fn imports_are_sorted_where_they_stand_together() {
    check_all(
        Dialect::V1,
        &[
            ("import data.b\nimport data.a", "import data.a\nimport data.b"),
            ("import data.b\n\n\nimport data.a", "import data.b\n\nimport data.a"),
            ("import input.x as y # why\nimport data.a", "import data.a\nimport input.x as y # why"),
            ("import data.b\n# about a\nimport data.a", "import data.b\n\n# about a\nimport data.a"),
            ("import data[\"if\"].x\nimport data[\"b\"]", "import data.b\nimport data[\"if\"].x"),
            ("import data.c\np := 1\nimport data.b", "import data.c\n\np := 1\n\nimport data.b"),
            ("import rego.v1\nimport future.keywords.in # gone\np := 1", "import rego.v1\n\n# gone\np := 1"),
            ("import rego.v1\np := 1\n\nimport future.keywords\n\nq := 1", "import rego.v1\n\np := 1\n\nq := 1"),
            ("import future.keywords.in", "import future.keywords.in"),
            ("import data.a as\n b # c\nimport data.c", "import data.a as b # c\n\nimport data.c"),
        ],
    );
}

#[test]
fn rules_stand_apart_but_for_short_ones_on_neighboring_rows() {
    check_all(
        Dialect::V1,
        &[
            ("p:=1\nq=2", "p := 1\nq := 2"),
            ("p := 1\n\n\n\nq := 2", "p := 1\n\nq := 2"),
            ("p if { x }\nq if y", "p if x\nq if y"),
            ("p := [\n1]\nq := 2", "p := [1]\n\nq := 2"),
            ("default p := 1\nq := 2", "default p := 1\n\nq := 2"),
            ("p if { x; y }\nq := 2", "p if {\n\tx\n\ty\n}\n\nq := 2"),
            ("p if x else := 2 if y\nq := 2", "p if x\n\nelse := 2 if y\n\nq := 2"),
            ("p := 1 q := 2", "p := 1\n\nq := 2"),
            ("p if {{x}}\nq := 2", "p if {\n\t{x}\n}\n\nq := 2"),
            ("p if x\nq if y\nelse := 2", "p if x\nq if y\n\nelse := 2"),
        ],
    );
    check_all(Dialect::V0, &[("p = 1\nq = 2", "p = 1\n\nq = 2")]);
}

#[test]
fn heads_are_written_as_their_dialect_has_them() {
    check_all(
        Dialect::V1,
        &[
            ("p = 1", "p := 1"),
            ("p=true if x", "p if x"),
            ("p if true", "p := true"),
            ("f(x) if { true }", "f(x) := true"),
            ("p contains   x", "p contains x"),
            ("p contains x if true", "p contains x"),
            ("p[x] if y", "p[x] if y"),
            ("p[x] if true", "p[x] := true"),
            ("p[x] := true if y", "p[x] := true if y"),
            ("p.x := 1", "p[\"x\"] := 1"),
            ("p.x := true if y", "p[\"x\"] if y"),
            ("p[\"x\"].y := 1\nq[\"z\"] := 2", "p.x.y := 1\nq.z := 2"),
            ("p.x contains y", "p.x contains y"),
            ("default f(_) = 1", "default f(_) := 1"),
            ("f( a,b ):=c", "f(a, b) := c"),
            ("f(a,\nb) := c if d", "f(\n\ta,\n\tb,\n) := c if {\n\td\n}"),
            ("p[[1, 2]] := 3", "p[[1, 2]] := 3"),
        ],
    );
    check_all(
        Dialect::V0,
        &[
            ("p = 1 { true }", "p = 1"),
            ("p { true }", "p = true"),
            ("p = true { x }", "p {\n\tx\n}"),
            ("p[x] { y }", "p[x] {\n\ty\n}"),
            ("p.x", "p[\"x\"]"),
            ("p[x] = true { y }", "p[x] = true {\n\ty\n}"),
            ("f(1)", "f(1)"),
            ("f() = 1", "f = 1"),
            ("a.b.c", "a.b.c"),
            ("p { x } { y }", "p {\n\tx\n}\n\np {\n\ty\n}"),
            ("f([a,\nb]) = c { x } { y }", "f([\n\ta,\n\tb,\n]) = c {\n\tx\n}\n\nf([a, b]) = c {\n\ty\n}"),
            ("p[{\"a\": 1,\n\"b\": 2}] { x }", "p[{\n\t\"a\": 1,\n\t\"b\": 2,\n}] {\n\tx\n}"),
        ],
    );
}

#[test]
fn keywords_of_v1_are_written_in_v0_where_they_are_imported() {
    check_all(
        Dialect::V0,
        &[
            ("import future.keywords\np { x }", "import future.keywords\n\np if x"),
            ("import future.keywords.if\np[x] { y }", "import future.keywords.if\n\np[x] {\n\ty\n}"),
            (
                "import future.keywords.contains\np[x] { y }",
                "import future.keywords.contains\n\np contains x {\n\ty\n}",
            ),
            ("p[x] { y }\nimport future.keywords", "p[x] {\n\ty\n}\n\nimport future.keywords"),
            ("import rego.v1\np = 1 if x", "import rego.v1\n\np := 1 if x"),
            ("import future.keywords\nin.x", "import future.keywords\n\nin[\"x\"]"),
        ],
    );
}

#[test]
fn a_body_stays_on_the_line_of_its_head_where_it_was_written_there() {
    check_all(
        Dialect::V1,
        &[
            ("p if {\n x\n}", "p if {\n\tx\n}"),
            ("p if { x }", "p if x"),
            ("p if\n x", "p if {\n\tx\n}"),
            ("p if { {x} }", "p if {\n\t{x}\n}"),
            ("p if { not {x} }", "p if {\n\tnot {x}\n}"),
            ("p if { x;y ; z}", "p if {\n\tx\n\ty\n\tz\n}"),
            ("p if {\n x\n\n\n y\n z }", "p if {\n\tx\n\n\ty\n\tz\n}"),
            ("p if { x\n # end\n}", "p if {\n\tx\n\t# end\n}"),
            ("p if { x # why\n}", "p if x # why"),
            ("p if { x } # why", "p if x # why"),
            ("p := f(a,\n b) if c", "p := f(\n\ta,\n\tb,\n) if {\n\tc\n}"),
        ],
    );
    check_all(Dialect::V0, &[("p { x }", "p {\n\tx\n}")]);
}

#[test]
fn branches_stand_behind_the_brace_or_on_lines_of_their_own() {
    check_all(
        Dialect::V1,
        &[
            ("p if {\n x\n} else := 2", "p if {\n\tx\n} else := 2"),
            ("p if {\n x\n}\nelse := 2", "p if {\n\tx\n}\n\nelse := 2"),
            ("p if x else if y else := true", "p if x\n\nelse if y\n\nelse := true"),
            ("p if {\n x\n} else = 2 if {\n y\n z }", "p if {\n\tx\n} else := 2 if {\n\ty\n\tz\n}"),
            ("p if {\n x\n} # no\nelse := 2", "p if {\n\tx\n} # no\n\nelse := 2"),
            ("p if {\n x\n}\n# no\nelse := 2", "p if {\n\tx\n}\n\n# no\nelse := 2"),
            ("p if {\n x\n} else := 2 # no", "p if {\n\tx\n} # no\n\nelse := 2"),
            ("p if {\n x\n} else := 2 if { # no\n y\n z\n}", "p if {\n\tx\n} # no\n\nelse := 2 if {\n\ty\n\tz\n}"),
            ("p if {\n x\n} else := 2 if f(y,\n z)", "p if {\n\tx\n} else := 2 if f(y, z)"),
            ("p if {\n x\n} else := [2,\n 3]", "p if {\n\tx\n} else := [\n\t2,\n\t3,\n]"),
            ("p if x\nelse := true if y", "p if x\n\nelse if y"),
        ],
    );
    check_all(
        Dialect::V0,
        &[
            ("p = 1 { x } else = 2 { y }", "p = 1 {\n\tx\n} else = 2 {\n\ty\n}"),
            ("p = 1 {\n x\n} else { true }", "p = 1 {\n\tx\n} else = true"),
            ("p {\n x } else =\n# two\n2 {\n y }", "p {\n\tx\n} else = 2 {\n\t# two\n\n\ty\n}"),
        ],
    );
}

#[test]
fn lists_follow_the_rows_of_their_elements() {
    check_all(
        Dialect::V1,
        &[
            ("p := [ 1,2 ,3 ]", "p := [1, 2, 3]"),
            ("p := [\n 1,2,3 ]", "p := [1, 2, 3]"),
            ("p := [1,2,\n 3,4]", "p := [\n\t1, 2,\n\t3, 4,\n]"),
            ("p := {\"a\":1,\n\"b\":\n2}", "p := {\n\t\"a\": 1,\n\t\"b\": 2,\n}"),
            ("p := [[1,\n2], 3]", "p := [\n\t[\n\t\t1,\n\t\t2,\n\t],\n\t3,\n]"),
            ("p := {\"a\": [1,\n2]}", "p := {\"a\": [\n\t1,\n\t2,\n]}"),
            ("p := f(\n x)", "p := f(x)"),
            ("p := f(x,\n y)", "p := f(\n\tx,\n\ty,\n)"),
            ("p := set( )", "p := set()"),
            ("p := {}", "p := {}"),
            ("p := [,1]", "p := [1]"),
            ("p := [1, [2,\n3]]", "p := [1, [\n\t2,\n\t3,\n]]"),
            ("p := {__local0__:1,\n2:3}", "p := {\n\t__local0__: 1,\n\t2: 3,\n}"),
            ("p := [__local0__,\n1]", "p := [__local0__, 1]"),
        ],
    );
}

#[test]
fn elements_that_are_there_already_are_left_out() {
    check_all(
        Dialect::V1,
        &[
            ("p := {1,2,1}", "p := {1, 2}"),
            ("p := {{1, 2}, {2, 1, 2}}", "p := {{1, 2}}"),
            ("p := {\"a\": 1, \"b\": 2, \"a\": 3}", "p := {\"a\": 3, \"b\": 2}"),
            ("p := {_ , _}", "p := {_, _}"),
            ("p := {{x | y}, {x | y}}", "p := {{x | y}, {x | y}}"),
            ("p := [1, 1]", "p := [1, 1]"),
            ("p := {a.b, a[\"b\"], f(x), f(x), 1 + 2, 1 + 2}", "p := {a.b, f(x), 1 + 2}"),
        ],
    );
}

#[test]
fn comprehensions_follow_the_rows_of_their_bodies() {
    check_all(
        Dialect::V1,
        &[
            ("p := [x|y]", "p := [x | y]"),
            ("p := {x|y;z}", "p := {x | y; z}"),
            ("p := {k:v|some k,v in x}", "p := {k: v | some k, v in x}"),
            ("p := {x |\n y}", "p := {x |\n\ty\n}"),
            ("p := {x | y\n z}", "p := {x |\n\ty\n\tz\n}"),
            ("p := {k:\n v | y}", "p := {k: v |\n\ty\n}"),
            ("p := {\n k: v | y}", "p := {k: v |\n\ty\n}"),
            ("p if {\n x := [\n y | z]\n}", "p if {\n\tx := [\n\ty | z]\n}"),
            ("p := [(x | y) | z]", "p := [(x | y) | z]"),
            ("p := {(x in y): (z in y) | z}", "p := {x in y: (z in y) | z}"),
            ("p := {(a | b): c | d}", "p := {(a | b): c | d}"),
        ],
    );
}

#[test]
fn operators_have_the_brackets_that_they_need() {
    check_all(
        Dialect::V1,
        &[
            ("p := a+b*c", "p := a + (b * c)"),
            ("p := (a)", "p := a"),
            ("p if a==b+c", "p if a == b + c"),
            ("p if a+\nb", "p if a + b"),
            ("p if (a==b)==c", "p if a == b == c"),
            ("p if a==(b==c)", "p if a == (b == c)"),
            ("p if (a | b) & c", "p if (a | b) & c"),
            ("p if x in y", "p if x in y"),
            ("p if (x in y) in z", "p if x in y in z"),
            ("p if x in (y in z)", "p if x in (y in z)"),
            ("p if x == (y in z)", "p if x == (y in z)"),
            ("p if k, v in y", "p if k, v in y"),
            ("p := [(k, v in y)]", "p := [(k, v in y)]"),
            ("p := [1, k in y]", "p := [1, k in y]"),
            ("p := {(a | b)}", "p := {(a | b)}"),
            ("p := {or(a, b)}", "p := {(a | b)}"),
            ("p := [1 + 2 | 3, 4]", "p := [((1 + 2) | 3), 4]"),
            ("p := f(a | b)", "p := f(a | b)"),
            ("p if {\n x := plus(1,2)\n mul(x, 2, 6)\n eq(x, 3)\n}", "p if {\n\tx := 1 + 2\n\t6 = x * 2\n\tx = 3\n}"),
            ("p if {\n or(a, b)\n c\n}", "p if {\n\t(a | b)\n\tc\n}"),
            ("p if {\n a; -1\n}", "p if {\n\ta\n\t(-1)\n}"),
            ("p if every x in (y in z) { x }", "p if every x in (y in z) { x }"),
            ("p := plus(1, 2).x", "p := plus(1, 2).x"),
            ("p := x in y", "p := x in y"),
        ],
    );
}

#[test]
fn references_are_written_with_dots_where_they_can_be() {
    check_all(
        Dialect::V1,
        &[
            ("p := a[\"b\"].c[`d`][\"e f\"]", "p := a.b.c.d[\"e f\"]"),
            ("p := a[\"if\"].else", "p := a[\"if\"].else"),
            ("p := a[ b ][0][_][f(x)]", "p := a[b][0][_][f(x)]"),
            ("p := a[\"\\u00e9\"]", "p := a[\"é\"]"),
            ("p := a[\"\\u0007\\n\"]", "p := a[\"\\u0007\\n\"]"),
            ("p := f( x ).y[\"z\"]", "p := f(x).y.z"),
            ("p := [1,2][ 0 ]", "p := [1, 2][0]"),
            ("p := (a | b)[x]", "p := (a | b)[x]"),
        ],
    );
    check_all(
        Dialect::V0,
        &[
            ("p = a[\"in\"]", "p = a.in"),
            ("import future.keywords.in\np = a[\"in\"]", "import future.keywords.in\n\np = a[\"in\"]"),
        ],
    );
}

#[test]
fn strings_and_numbers_stay_as_they_are_written() {
    check_all(
        Dialect::V1,
        &[
            ("p := \"\\u00e9\\/\"", "p := \"\\u00e9\\/\""),
            ("p := `a\n  b\\`", "p := `a\n  b\\`"),
            ("p := [-1, 1.50, 1e3, .5]", "p := [-1, 1.50, 1e3, .5]"),
            ("p := [null,true,false]", "p := [null, true, false]"),
        ],
    );
}

#[test]
fn templates_have_their_constants_in_the_text() {
    check_all(
        Dialect::V1,
        &[
            ("p := $\"\"", "p := $\"\""),
            ("p := $\"a {  x  } b\"", "p := $\"a {x} b\""),
            ("p := $\"{ \"a\" }{1}{`b`}{true}{null}\"", "p := $\"a1btruenull\""),
            ("p := $`{\"`\"}`", "p := $`{\"`\"}`"),
            ("p := $\"\\{x} {\"{\"}\"", "p := $\"\\{x} \\{\""),
            ("p := $\"\\u00e9\\n\"", "p := $\"é\\n\""),
            ("p := $`a\n\\{{f( x )}`", "p := $`a\n\\{{f(x)}`"),
            ("p := $\"{x with input.y as 1}\"", "p := $\"{x with input.y as 1}\""),
            ("p := $\"{[1,\n2]}\"", "p := $\"{[\n\t\t1,\n\t\t2,\n\t]}\""),
            ("p := $\"{{1,2}} {{\"a\":1}}\"", "p := $\"{{1, 2}} {{\"a\": 1}}\""),
            ("p := $\"{x}\" # why", "p := $\"{x}\" # why"),
            ("p := $\"{$\"{ y }\"}\"", "p := $\"{$\"{y}\"}\""),
            ("p := $\"{f(x)}{a + b}\"", "p := $\"{f(x)}{a + b}\""),
        ],
    );
}

#[test]
fn comments_in_templates_stay_in_their_braces() {
    check_all(
        Dialect::V1,
        &[
            ("p := $\"{# why\nx}\"", "p := $\"{ # why\n\tx}\""),
            ("p := $\"{\n# why\n1}\"", "p := $\"{ # why\n\t1}\""),
            ("p := $\"{x # why\n# more\n} end\"", "p := $\"{x # why\n\t# more\n\t} end\""),
            ("p := $\"{x # why\n} end\"", "p := $\"{x} end\" # why"),
            ("p := $\"{ # one\n # two\n x}\"", "p := $\"{ # one\n\t# two\n\tx}\""),
        ],
    );
}

#[test]
fn statements_have_their_modifiers_on_lines_as_in_the_text() {
    check_all(
        Dialect::V1,
        &[
            ("p if x with input as 1 with data.y as 2", "p if x with input as 1 with data.y as 2"),
            ("p if x\n with input as 1", "p if x with input as 1"),
            (
                "p if {\n x with a as 1\n with b as 2 with c as 3\n}",
                "p if {\n\tx with a as 1\n\t\twith b as 2 with c as 3\n}",
            ),
            ("p if {\n some a,b,\n c\n}", "p if {\n\tsome a, b,\n\t\tc\n}"),
            ("p if {\n some a,# one\n b # two\n}", "p if {\n\tsome a, # one\n\t\tb # two\n}"),
            ("p if {\n every x in y { z }\n}", "p if {\n\tevery x in y { z }\n}"),
            ("p if {\n every k,v in y {\n z }\n}", "p if {\n\tevery k, v in y {\n\t\tz\n\t}\n}"),
            ("p if {\n every x in y { z; w }\n}", "p if {\n\tevery x in y { z; w}\n}"),
            ("p if some x in y", "p if some x in y"),
        ],
    );
}

#[test]
fn comments_stay_where_they_are_written() {
    check_all(
        Dialect::V1,
        &[
            ("# one\n\n\n# two\np := 1 # three\n# four", "# one\n\n# two\np := 1 # three\n\n# four"),
            ("p := 1   #   three   ", "p := 1 #   three"),
            (
                "p if { # one\n x # two\n # three\n y\n\n # four\n} # five",
                "p if { # one\n\tx # two\n\n\t# three\n\ty\n\t# four\n} # five",
            ),
            ("p contains x if {\n x := 1\n # end\n} # behind", "p contains x if {\n\tx := 1\n\t# end\n} # behind"),
            (
                "p := [ # one\n 1, # two\n # three\n 2\n # four\n] # five",
                "p := [ # one\n 1, # two\n # three\n 2\n # four\n] # five",
            ),
            ("p := [ # one\n # two\n 1,\n 2]", "p := [ # one\n\t# two\n\t1,\n\t2,\n]"),
            ("p := f(a,\n b\n # end\n) # behind", "p := f(\n\ta,\n\tb,\n\t# end\n) # behind"),
            ("p := [x | # one\n y # two\n # three\n]", "p := [x | # one\n\ty # two\n\t# three\n]"),
            ("f(a, # one\n b # two\n) := 1", "f(\n\ta, # one\n\tb, # two\n) := 1"),
            (
                "p if {\n f(x,\n # why\n y) with input as 1 # two\n}",
                "p if {\n\tf(\n\t\tx,\n\t\t# why\n\t\ty,\n\t) with input as 1 # two\n}",
            ),
            ("p if {\n x := 1; y := 2 # why\n}", "p if {\n\tx := 1 # why\n\ty := 2\n}"),
            ("p if { a == # why\n b }", "p if a == b # why"),
            ("p if {\n f(\n x) # why\n}", "p if {\n\tf(x) # why\n}"),
            (
                "p := {\n \"a\": { # one\n \"b\": 1, # two\n \"c\": 2,\n },\n # three\n}",
                "p := {\n \"a\": { # one\n \"b\": 1, # two\n \"c\": 2,\n },\n # three\n}",
            ),
            ("p := 1\n\n# one\n\n# two", "p := 1\n\n# one\n# two"),
        ],
    );
    check_all(
        Dialect::V0,
        &[
            ("p { x } { # why\n y }", "p {\n\tx\n} # why\n\np {\n\ty\n}"),
            ("p {\n x\n} # one\n{\n y\n}", "p {\n\tx\n} # one\n\np {\n\ty\n}"),
        ],
    );
}

#[test]
fn what_holds_a_comment_without_a_place_is_left_as_it_was_written() {
    check_all(
        Dialect::V1,
        &[
            ("p if {\n x   ==   # one\n   y # two\n}", "p if {\n\tx   ==   # one\n   y # two\n}"),
            ("p if {\n x   :=\n # one\n   y\n z   ==   1\n}", "p if {\n\tx   :=\n # one\n   y\n\tz == 1\n}"),
            ("p := [ # one\n # two\n]", "p := [ # one\n # two\n]"),
            ("p   := # one\n  1 # two", "p   := # one\n  1 # two"),
            ("q := {\"a\":   # one\n  1 # two\n}\nr   :=   1", "q := {\"a\":   # one\n  1 # two\n}\n\nr := 1"),
            (
                "p   := [x   | y # one\n] if {   # two\n  z   ==\n  # three\n  1\n}",
                "p   := [x   | y # one\n] if {   # two\n  z   ==\n  # three\n  1\n}",
            ),
            (
                "f(x) := {\"a\": {   # one\n  # two\n  }} if   x",
                "f(x) := {\"a\": {   # one\n  # two\n  }} if {\n\tx\n}",
            ),
        ],
    );
}

#[test]
fn what_cannot_be_read_is_left_as_it_was_written() {
    check_all(
        Dialect::V1,
        &[
            ("p   :=   }\n\nq   :=   1", "p   :=   }\n\nq := 1"),
            (
                "p if {\n x   ==\n   y   := := 1   # why\n}   # end\n\n# about q\nq   :=   1",
                "p if {\n x   ==\n   y   := := 1   # why\n} # end\n\n# about q\nq := 1",
            ),
            ("q   :=   1\n\n   p   if   { x   (\n", "q := 1\n\n   p   if   { x   ("),
            ("p   :=   f(1,   ,)\nq   := 1", "p   :=   f(1,   ,)\n\nq := 1"),
            ("p   { x }\n\nq   :=   1", "p   { x }\n\nq := 1"),
            ("p   := 1   q   := }\nr   := 1", "p   := 1   q   := }\n\nr := 1"),
            ("p   :=   }\n\n\n# why\nq   :=   }\n\n\nr   := 1", "p   :=   }\n\n\n# why\nq   :=   }\n\nr := 1"),
        ],
    );
}

/// A text with every construct and with comments in every place.
const SAMPLE: &str = r#"# one
package a.b # two

# three
import data.x as y # four
import data.c

# five
default allow   :=   false # six

allow if { # seven
	x := {"a": 1, # eight
	# nine
	"b": [1, 2 # ten
	, 3], "c": {4 |
	# eleven
	some i, v in input.xs # twelve
	v == -1 }} # thirteen
	not f(x, # fourteen
	y) with input.z as 1 # fifteen
	 with data.z as [ # sixteen
	 2,3 ] # seventeen
	every k, v in x { k != v # eighteen
	} # nineteen
	some a, # twenty
	b
	$"{a} # none {b # twenty-one
	}" == `# none
	 # none` # twenty-two
	x[{"a": # twenty-three
	1}].b ==
	# twenty-four
	y
} else := 1 if { # twenty-five
	true; false # twenty-six
} # twenty-seven
# twenty-eight
else := [1, # twenty-nine
2] if z
deny contains msg if { msg := (1 + 2) * 3 } # thirty
f(a, # thirty-one
b) := c # thirty-two
# thirty-three
"#;

#[test]
fn whatever_stands_in_a_text_is_kept_and_stays() {
    for dialect in [Dialect::V0, Dialect::V1] {
        let mut without_row = SAMPLE.to_owned();
        for (end, character) in SAMPLE.char_indices() {
            let (before, behind) = SAMPLE.split_at(end);
            check_kept(dialect, before);
            if character == '\n' {
                check_kept(dialect, &without_row);
                without_row = format!("{before}\n:= }} # broken{behind}");
            }
        }
    }
}

#[test]
fn a_part_that_cannot_be_read_keeps_its_statement_as_it_is() {
    let rows: Vec<&str> = SAMPLE.lines().collect();
    let first = rows.iter().position(|row| row.starts_with("allow")).unwrap_or(0);
    let last = rows.iter().position(|row| row.starts_with("} # twenty-seven")).unwrap_or(0);
    let (before, behind) = ("p   :=   1\n\n", "\n\nq   :=   1\n");
    for at in first + 1..last {
        let mut statement: Vec<&str> = rows.iter().skip(first).take(last - first).copied().collect();
        statement.insert(at - first, ") broken");
        let statement = statement.join("\n") + "\n}";
        let text = format!("package a\n\n{before}{statement}{behind}");
        // Behind some rows it is a comment or a part of a string.
        if !parse(&text, Dialect::V1).is_module() {
            check(Dialect::V1, &text, &format!("package a\n\np := 1\n\n{statement}\n\nq := 1\n"));
        }
    }
}

#[test]
fn rules_on_neighboring_rows_stay_together_whatever_is_wrong_behind_them() {
    check_kept(Dialect::V0, "import rego.v1\ne()\n\tt(d)\n\tg(d)\n\tr\n)");
    check_kept(Dialect::V0, "import rego.v1\n\nt(d)\ng(d)\n\nr\n");
    check_kept(Dialect::V1, "package a\n\np := 1\nq := 2\nr :=\ns := 3\n");
}

#[test]
fn statements_that_are_found_only_when_others_were_laid_out_are_laid_out_as_well() {
    for dialect in [Dialect::V0, Dialect::V1] {
        check_kept(dialect, "l\n\te{\"\"}\n\to\n\ts.t n{\"\"}\n t s.");
        check_kept(dialect, "l\n\te{\"\"}\n\n\ts l\n\to{\"\"}\n.");
    }
}

#[test]
fn imports_of_keywords_stay_where_something_cannot_be_read() {
    let broken = "import future.keywords\n\n[p\nin\nimport rego.v1\n";
    check(Dialect::V0, &format!("package a\n\n{broken}"), &format!("package a\n\n{broken}"));
    check(
        Dialect::V0,
        "package a\n\nimport future.keywords\nimport rego.v1\n\np   if   true\n",
        "package a\n\nimport rego.v1\n\np := true\n",
    );
}

#[test]
fn a_comment_with_a_forbidden_character_keeps_its_statement_as_it_is() {
    for character in ['\0', '\u{feff}'] {
        let statement = format!("p {{# {character}\n x   ==   1\n}}");
        let text = format!("package a\n\n{statement}\n\nq   =   1\n");
        check(Dialect::V0, &text, &format!("package a\n\n{statement}\n\nq = 1\n"));
    }
}

#[test]
fn terms_deep_inside_one_another_are_formatted() {
    let around = |open: &str, inner: &str, close: &str, depth: usize| {
        let text = format!("package a\n\np := {}{inner}{}\n", open.repeat(depth), close.repeat(depth));
        assert!(parse(&text, Dialect::V1).is_module(), "{open}");
        check_kept(Dialect::V1, &text);
    };
    around("[\n1,", "1", "]", 250);
    around("{\"a\": # why\n", "1", "}", 250);
    around("{1, ", "1", "}", 250);
    around("f(", "1", ")", 240);
    around("1 + (", "1", ")", 120);
    around("[x |\n x := ", "1", "]", 80);
    around("$\"{", "x", "}\"", 80);
}
