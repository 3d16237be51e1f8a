//! What is a mistake of types, how it is told, and what is none.
#![allow(clippy::panic, reason = "a test says what is wrong by failing")]

use super::annotated::{GivenSchemas, schemas_of};
use super::check_types;
use super::schemas::{Described, Schemas};
use crate::rego::analysis::lowered::Root;
use crate::rego::analysis::types::Type;
use crate::rego::analysis::{ModuleInput, Options, Told, check};
use crate::rego::builtins::host::HostFunctionDeclaration;
use crate::rego::source::Dialect;
use crate::rego::stage::Stage;
use crate::rego::syntax;
use serde_json::json;

/// The mistakes in some modules: the row and the message of each, and the lines behind it.
fn mistakes_under(sources: &[&str], schemas: &Schemas) -> Vec<String> {
    let parsed: Vec<_> = sources.iter().map(|source| syntax::parse(source, Dialect::V1)).collect();
    let inputs: Vec<_> =
        sources.iter().zip(&parsed).map(|(source, parsed)| ModuleInput { path: "m.rego", source, parsed }).collect();
    let checked = check(&inputs, &Options::default());
    let earlier: Vec<_> = checked.findings.iter().filter(|finding| finding.stage < Stage::CheckTypes).collect();
    assert!(earlier.is_empty(), "{sources:?}: {earlier:?}");
    let mut told: Vec<_> = check_types(&checked.bundle, &[], schemas)
        .into_iter()
        .filter(|finding| finding.told != Told::ByOpa)
        .map(|finding| {
            let (module, byte) = finding.opa_place();
            let source = sources.get(module).copied().unwrap_or_default();
            let row = 1 + source.bytes().take(byte as usize).filter(|&byte| byte == b'\n').count();
            let lines = finding.help.unwrap_or_default().replace('\n', "|");
            (module, row, format!("{row}: {}|{lines}", finding.message))
        })
        .collect();
    told.sort();
    told.into_iter().map(|(_, _, told)| told).collect()
}

/// The mistakes in the rules of one package.
fn mistakes(rules: &str) -> Vec<String> {
    mistakes_under(&[&format!("package test\n{rules}")], &Schemas::default())
}

/// The only mistake in a rule with this body.
fn mistake(body: &str) -> String {
    let told = mistakes(&format!("p if {{ {body} }}"));
    match told.as_slice() {
        [one] => one.strip_prefix("2: ").unwrap_or(one).to_owned(),
        _ => panic!("{body}: {told:?}"),
    }
}

#[track_caller]
fn right(rules: &str) {
    let none: [&str; 0] = [];
    assert_eq!(mistakes(rules), none, "{rules}");
}

#[test]
fn both_sides_of_a_match_can_be_one_value() {
    for (body, wanted) in [
        ("x := 1; x == \"a\"", "match error|left  : number|right : string"),
        ("x := [1, 2]; x == [1]", "match error|left  : array<number, number>|right : array<number>"),
        ("x := {\"a\": 1}; x == {\"b\": 1}", "match error|left  : object<a: number>|right : object<b: number>"),
        ("x := {1, \"a\"}; x == {null}", "match error|left  : set[any<number, string>]|right : set[null]"),
        ("[1, x] = [\"a\", 2]; x > 1", "match error|left  : array<number, ???>|right : array<string, number>"),
        ("null = false", "match error|left  : null|right : boolean"),
        ("x := count(\"a\"); x == \"1\"", "match error|left  : number|right : string"),
        ("x := {}; x == []", "match error|left  : object[any: any]|right : array[any]"),
        ("x := {k: v | some k, v in [\"a\"]}; x == 1", "match error|left  : object[number: string]|right : number"),
    ] {
        assert_eq!(mistake(body), wanted, "{body}");
    }
    right("p if { x := input.a; x == 1; x == \"a\" }");
    right("p if { [x, \"a\"] = [1, y]; x > 0; y != \"\" }");
    right("p if { {\"a\": x} = {\"a\": 1}; x == 1 }");
    right("p if { x := {\"a\": 1, input.k: null}; x == {\"a\": 2, input.k: null} }");
}

#[test]
fn a_builtin_gets_what_it_takes() {
    for (body, wanted) in [
        (
            "count(1)",
            "count: invalid argument(s)|have: (number)|want: (collection: any<string, array[any], object[any: any], \
             set[any]>, n: number)",
        ),
        (
            "count(1) > 0",
            "count: invalid argument(s)|have: (number, ???)|want: (collection: any<string, array[any], \
             object[any: any], set[any]>, n: number)",
        ),
        (
            "x := 1 + \"a\"; x > 0",
            "plus: invalid argument(s)|have: (number, string, ???)|want: (x: number, y: number, z: number)",
        ),
        (
            "concat(\",\", [\"a\", 1], x); x != \"\"",
            "concat: invalid argument(s)|have: (string, array<string, number>, ???)|want: (delimiter: string, \
             collection: any<array[string], set[string]>, output: string)",
        ),
        (
            "startswith(\"a\", \"b\", 1)",
            "startswith: invalid argument(s)|have: (string, string, number)|want: (search: string, base: string, \
             result: boolean)",
        ),
        ("walk([1], [path, value]); path == 1; value == 1", "match error|left  : array[any]|right : number"),
    ] {
        assert_eq!(mistake(body), wanted, "{body}");
    }
    right("p if { count(input.a) > 0; x := lower(input.b); x == \"b\" }");
    right("p if { y := json.unmarshal(\"1\"); y == 1; y != \"a\" }");
    right("p if { xs := [x | x := input.a[_]]; sum(xs) == 1 }");
    right("p if { print(1, \"a\", [input.a]); true }");
}

#[test]
fn a_reference_leads_somewhere() {
    for (body, wanted) in [
        ("x := {\"a\": 1}; x.b", "undefined ref: x.b|x.b|  ^|  have: \"b\"|  want (one of): [\"a\"]"),
        ("x := 1; x.b", "undefined ref: x.b|x.b|^|have: number"),
        ("x := {\"a\": {\"b\": \"\"}}; x.a.b.c", "undefined ref: x.a.b.c|x.a.b.c|^^^^^|have: string"),
        ("x := [1, 2]; x.a", "undefined ref: x.a|x.a|  ^|  have: \"a\"|  want (type): number"),
        ("x := [1, 2]; x[2]", "undefined ref: x[2]|x[2]|  ^|  have: 2|  want (type): number"),
        ("x := [1, 2]; k := \"a\"; x[k]", "undefined ref: x[k]|x[k]|  ^|  have (type): string|  want (type): number"),
        (
            "x := {\"a\": 1, \"b c\": 2}; k := 1; x[k]",
            "undefined ref: x[k]|x[k]|  ^|  have (type): number|  want (one of): [\"a\" \"b c\"]",
        ),
        ("data[1]", "undefined ref: data[1]|data[1]|     ^|     have (type): number|     want (one of): [\"test\"]"),
    ] {
        let rules = format!("q := 1\np if {{ {body} }}");
        assert_eq!(mistakes(&rules), [format!("3: {wanted}")], "{body}");
    }
    right("p if { x := {\"a\": {\"b\": 1}}; x.a.b; x[k][l] == 1; k == \"a\"; l == \"b\" }");
    right("p if { input.a[x].b; x == 1 } q if { input.a[x].b; x == \"1\" }");
    right("p if { data.other.a.b; data.test.r.s } r.s := 1 r.t := \"a\"");
}

#[test]
fn a_variable_is_what_it_is_first_used_as() {
    assert_eq!(mistake("{\"a\": 1}[i] == 1; input.a[i] == 1; i == 1"), "match error|left  : string|right : number",);
    assert_eq!(mistake("some i; [1, 2][i] == 1; i == \"a\""), "match error|left  : number|right : string");
    assert_eq!(mistake("some k, v in {\"a\": 1}; v == \"a\"; k == \"a\""), "match error|left  : number|right : string");
}

#[test]
fn comprehensions_are_bodies_of_their_own() {
    assert_eq!(mistake("x := [y | y := 1; y == \"a\"]; count(x) > 0"), "match error|left  : number|right : string");
    assert_eq!(mistake("x := {y | y := 1}; x == [1]"), "match error|left  : set[number]|right : array<number>");
    assert_eq!(mistake("y := \"a\"; x := [z | z := 1; y == z]; x == [1]"), "match error|left  : string|right : number");
    right("p if { xs := [x | x := 1]; ys := [x | x := \"a\"]; xs == [1]; ys == [\"a\"] }");
    right("p if { xs := [x | x = 1]; ys := [x | x = \"a\"]; xs == [1]; ys == [\"a\"] }");
}

#[test]
fn what_is_inside_of_every_is_asked_for_its_references_alone() {
    right("p if { every x in [1, 2] { x == \"a\" } }");
    assert_eq!(
        mistake("y := {\"a\": 1}; every x in [1, 2] { y.b == x }"),
        "undefined ref: y.b|y.b|  ^|  have: \"b\"|  want (one of): [\"a\"]"
    );
}

#[test]
fn a_function_gets_what_its_rules_take() {
    let told = mistakes("f(x) := y if { y := x + 1 }\np if { f(\"a\") == 1 }\nq if { f(1) == \"a\" }");
    assert_eq!(
        told,
        [
            "3: data.test.f: invalid argument(s)|have: (string, ???)|want: (number, number)",
            "4: match error|left  : number|right : string",
        ]
    );
    right("f(1) := 1\nf(\"a\") := \"b\"\np if { f(input.x) == 1; f(1) == \"b\" }");
    right("f(x) := x\np if { f(1) == 1; f(\"a\") == \"a\" }");
    right("default f(_) := 1\nf([a, {\"b\": c}]) := a + c\np if { f([1, {\"b\": 2}]) == 3 }");
    assert_eq!(
        mistakes("f(x) := 1\np if { f == 1 }"),
        ["3: undefined ref: data.test.f|data.test.f|^^^^^^^^^^^|have: (any) => number"]
    );
}

#[test]
fn rules_give_their_types_to_their_paths() {
    for (rules, wanted) in [
        ("p := 1\nq if { p == \"a\" }", "3: match error|left  : number|right : string"),
        (
            "p := 1 if input.a\np := null if input.b\nq if { p == \"a\" }",
            "4: match error|left  : any<null, number>|right : string",
        ),
        ("p if { input.a }\nq if { p == \"a\" }", "3: match error|left  : boolean|right : string"),
        (
            "p := 1 if { input.a } else := \"b\"\nq if { p == null }",
            "3: match error|left  : any<number, string>|right : null",
        ),
        (
            "p contains 1\np contains \"a\"\nq if { p[x]; x == null }",
            "4: match error|left  : any<number, string>|right : null",
        ),
        ("p.a := 1\np.b := \"x\"\nq if { p.a == \"x\" }", "4: match error|left  : number|right : string"),
        (
            "p[x] := y if { some x, y in [\"a\"] }\nq if { p[k] == 1; k == 0 }",
            "3: match error|left  : string|right : number",
        ),
        ("default p := 1\np := 2 if input.a\nq if { p == \"a\" }", "4: match error|left  : number|right : string"),
    ] {
        assert_eq!(mistakes(rules), [wanted], "{rules}");
    }
    right("p[x].b[y] := 1 if { some x, y in [\"a\"] }\nq if { p[0].c[\"a\"] == 1 }");
    right("p := 1 if input.a\np := \"a\" if input.b\nq if { p == \"a\"; p == 1 }");
    right("p[x] := y if { some x, y in [\"a\"] }\np.c := 1\nq if { p.c == 1; p[0] == \"a\" }");
}

/// The type of a reference under some rules.
fn type_of(rules: &str, reference: &str) -> String {
    let told = mistakes(&format!("{rules}\ncompared if {{ {reference} == {{null: {{null: null}}}} }}"));
    let [told] = told.as_slice() else { panic!("{rules}: {told:?}") };
    let left = told.split('|').nth(1).and_then(|line| line.strip_prefix("left  : "));
    left.unwrap_or_else(|| panic!("{told}")).to_owned()
}

#[test]
fn rules_of_one_path_are_joined() {
    let overlapping = "p.q[x] := y if { some x, y in [\"a\"] }\np.q.r := true\np.q.r := \"b\" if input.a\np.q[7] := 1";
    for (rules, reference, wanted) in [
        (overlapping, "p.q", "object[any<number, string>: any<boolean, number, string>]"),
        (overlapping, "p.q.r", "any<boolean, string>"),
        (overlapping, "p.q[7]", "number"),
        (overlapping, "p.q[8]", "any<boolean, number, string>"),
        (overlapping, "p", "object<q: object[any<number, string>: any<boolean, number, string>]>[string: any]"),
        ("p.a.b := 1\np.a.c := null", "p.a", "object<b: number, c: null>[string: any]"),
        (
            "p[x] := 1 if { x := \"a\" }\np[x] := null if { x := 7 }",
            "p",
            "object[any<number, string>: any<null, number>]",
        ),
        (
            "p[x][y] := 1 if { x := \"a\"; y := 7 }\np[x].b := null if { x := \"b\" }",
            "p",
            "object[string: object[any<number, string>: any<null, number>]]",
        ),
        (
            "p.q[x] := \"a\" if { x := \"b\" }\np.q.r[x] := 1 if { x := 0 }\np.q[x].s := true if { x := false }",
            "p.q",
            "object[any<boolean, string>: any<string, object[any<number, string>: any<boolean, number>]>]",
        ),
        (
            "p := {\"a\": 1} if input.a\np := {\"a\": 2, \"b\": 3}",
            "p",
            "any<object<a: number>, object<a: number, b: number>>",
        ),
        ("p.q contains 1\np.q contains \"a\"", "p.q", "set[any<number, string>]"),
        ("p.q.r := 1\np.q.s := [1]", "p", "object<q: object<r: number, s: array<number>>[string: any]>[string: any]"),
    ] {
        assert_eq!(type_of(rules, reference), wanted, "{reference} of {rules}");
    }
}

#[test]
fn what_rules_do_not_give_may_be_in_a_document() {
    for reference in ["data.test.other", "data.other.p", "data.test.p[x].y", "input.p", "data.test.q.r.s"] {
        let rules = "p.q.r := 1\nq.s contains 1\nx := \"a\"";
        right(&format!("{rules}\nnone if {{ not {reference} == null; not {reference} == [1] }}"));
    }
}

#[test]
fn a_mistake_is_told_once() {
    let told = mistakes("p := x if { x := 1 + \"a\" }\nq if { p == \"a\"; p == 1 }\nr if { q == 1 }");
    assert_eq!(told.len(), 2, "{told:?}");
    let told = mistakes("f(x) := y if { x == 1; y := x + \"a\" }\nf(x) := 1 if { x == 2 }\np if { f(\"a\") == null }");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(mistakes("p if { x := {\"a\": 1}; y := x.b; z := y + 1; z == 1 }").len(), 1);
    assert_eq!(mistakes("p if { xs := [y | y := {\"a\": 1}.b]; count(xs) == 1; xs == [1] }").len(), 1);
}

#[test]
fn no_text_makes_the_checker_slow() {
    let lines = |line: &dyn Fn(usize) -> String| (1..2_000).map(line).collect::<String>();
    right(&format!("p if {{\nx0 := 1\n{} }}", lines(&|at| format!("x{at} := [x{0}, x{0}]\n", at - 1))));
    right(&format!("p if {{\nx0 := 1\n{} }}", lines(&|at| format!("x{at} := {{\"a\": x{}}}\n", at - 1))));
    right(&lines(&|at| format!("p contains {{\"k{at}\": 1}}\nq{at} if p[_].k{at} == 1\n")));
    let nested: String = (0..100).map(|at| format!("[x{at} | x{at} := ")).collect();
    right(&format!("p if {{ y := {nested}1{}; y == [] }}", "]".repeat(100)));
}

#[test]
fn functions_are_replaced_by_functions_that_take_the_same() {
    assert_eq!(
        mistakes("f(x) := x + 1\np if { count([1]) == 2 with count as f }"),
        ["3: count: arity mismatch|have: (number)|want: (collection: any<string, array[any], object[any: any], \
             set[any]>)"]
    );
    right("f(x) := 1\np if { count([1]) == 2 with count as f; count([1]) == 2 with count as 3 }");
}

#[test]
fn a_function_of_the_host_has_the_type_that_is_declared() {
    let declaration = HostFunctionDeclaration {
        name: "acme.lookup".into(),
        arguments: vec!["id: string".into()],
        result: "object<name: string>".into(),
    };
    let function = declaration.read().unwrap_or_else(|error| panic!("{error}"));
    let source = "package test\np if { acme.lookup(1).name == 1 }\nq if { acme.lookup(\"a\").name == 1 }";
    let parsed = syntax::parse(source, Dialect::V1);
    let options = Options { host_functions: vec![function.clone()], ..Options::default() };
    let checked = check(&[ModuleInput { path: "m.rego", source, parsed: &parsed }], &options);
    let told: Vec<_> = check_types(&checked.bundle, &[function], &Schemas::default())
        .into_iter()
        .map(|finding| (finding.message, finding.help.unwrap_or_default()))
        .collect();
    let told: Vec<_> = told.iter().map(|(message, lines)| (message.as_str(), lines.as_str())).collect();
    assert_eq!(
        told,
        [
            ("acme.lookup: invalid argument(s)", "have: (number, ???)\nwant: (id: string, object<name: string>)"),
            ("match error", "left  : string\nright : number"),
        ]
    );
}

fn described(root: Root, names: &[&str], of: &str) -> Described {
    Described {
        root,
        names: names.iter().map(|&name| name.into()).collect(),
        of: of.parse().unwrap_or_else(|error| panic!("{error}")),
    }
}

#[test]
fn schemas_say_what_documents_are() {
    let source = "package test\np if { input.user.nane == \"a\" }\nq if { data.names.a == 1 }";
    let input: Type = "object<user: object<name: string>>".parse().unwrap_or_else(|error| panic!("{error}"));
    let mut schemas = Schemas { input: Some(input), ..Schemas::default() };
    let on_input = "2: undefined ref: input.user.nane|input.user.nane|           ^|           have: \"nane\"|\
                    \x20          want (one of): [\"name\"]";
    assert_eq!(mistakes_under(&[source], &schemas), [on_input]);
    schemas.of_rules.insert(1, vec![described(Root::Data, &["names"], "object<b: string>")]);
    assert_eq!(
        mistakes_under(&[source], &schemas),
        [
            on_input,
            "3: undefined ref: data.names.a|data.names.a|           ^|           have: \"a\"|\
             \x20          want (one of): [\"b\"]"
        ]
    );
    schemas.of_rules.insert(0, vec![described(Root::Input, &["user"], "object<nane: number>")]);
    schemas.of_rules.remove(&1);
    assert_eq!(mistakes_under(&[source], &schemas), ["2: match error|left  : number|right : string"]);
    schemas.input = None;
    assert_eq!(mistakes_under(&[source], &schemas), ["2: match error|left  : number|right : string"]);
}

#[test]
fn annotations_say_what_documents_are() {
    let schema = |of: &str| format!("{{properties: {{a: {{type: {of}}}}}}}");
    let sources = [
        format!("# METADATA\n# scope: subpackages\n# schemas:\n# - input: {}\npackage a", schema("string")),
        "package a.b\np if { input.a == 1 }".to_owned(),
        format!(
            "# METADATA\n# schemas:\n# - input: {}\npackage a.c\np if {{ input.a == null }}\n# METADATA\n# schemas:\n\
             # - input: schema.mine[\"a b\"]\n# - data.d: {}\nq if {{ input.a == null; data.d.b }}\nr := input.a",
            schema("number"),
            schema("boolean"),
        ),
        "package other\np if { input.a == 1; input.a == null }".to_owned(),
    ];
    let parsed: Vec<_> = sources.iter().map(|source| syntax::parse(source, Dialect::V1)).collect();
    let blocks: Vec<_> = sources
        .iter()
        .zip(&parsed)
        .map(|(source, parsed)| syntax::annotations::annotations(source, &parsed.tree, &[], &[]).0)
        .collect();
    let blocks: Vec<_> = blocks.iter().map(Vec::as_slice).collect();
    let inputs: Vec<_> =
        sources.iter().zip(&parsed).map(|(source, parsed)| ModuleInput { path: "m.rego", source, parsed }).collect();
    let bundle = check(&inputs, &Options::default()).bundle;
    let told = |given: Option<&GivenSchemas>| {
        let (schemas, mut findings) = schemas_of(&bundle, &blocks, given);
        findings.extend(check_types(&bundle, &[], &schemas));
        let told = findings.iter().map(|finding| {
            let lines = finding.help.clone().unwrap_or_default().replace('\n', "|");
            format!("{} {}|{lines}", finding.module, finding.message)
        });
        let mut told: Vec<_> = told.collect();
        told.sort();
        told
    };
    let in_all = [
        "1 match error|left  : string|right : number",
        "2 match error|left  : number|right : null",
        "2 undefined ref: data.d.b|data.d.b|       ^|       have: \"b\"|       want (one of): [\"a\"]",
    ];
    let mut without = in_all.to_vec();
    without.insert(2, "2 match error|left  : number|right : null");
    assert_eq!(told(None), without);
    let given = GivenSchemas::from([(vec!["mine".into(), "a b".into()], json!({"properties": {"a": {}}}))]);
    assert_eq!(told(Some(&given)), in_all);
    let mut with_error = without.clone();
    with_error.insert(4, "2 undefined schema: schema.mine[\"a b\"]|");
    assert_eq!(told(Some(&GivenSchemas::new())), with_error);
}

#[test]
fn what_takes_no_arguments_is_no_function() {
    let told = "3: undefined function data.test.x|`data.test.x` takes no arguments: write it without brackets";
    for rule in ["x := 1", "x contains 1", "x[a] := a if some a in [1]", "x if input.a"] {
        assert_eq!(mistakes(&format!("{rule}\nq if x(1)")), [told], "{rule}");
    }
    right("x(a) if a\nq if x(1)");
    right("x(a) := a\nq if x(1, 2)");
}
