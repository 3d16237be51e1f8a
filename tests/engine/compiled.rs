//! What the compiler makes of rules that would otherwise be evaluated again and again. Answers stay as they are, and the work grows with
//! the size of the input alone.

use super::program;
use regate::rego::{Allowance, Answer, Document};

fn ask(source: &str, path: &str, input: &str) -> (Answer, u64) {
    let input = Document::read(input.as_bytes()).unwrap();
    let found = program(source).evaluate(path, Some(&input), Allowance::default());
    let found = found.unwrap_or_else(|error| panic!("{source}: {error}"));
    (found.answer, found.steps)
}

fn answers(source: &str, input: &str, expected: &str) {
    assert_eq!(ask(source, "p/x", input).0, Answer::Value(expected.to_owned().into()), "{source}");
}

/// People, each the owner of two things.
fn people(count: usize) -> String {
    let people: Vec<String> = (0..count).map(|at| format!("\"u{at}\"")).collect();
    let things: Vec<String> = (0..2 * count).map(|at| format!(r#"{{"id": {at}, "owner": "u{}"}}"#, at / 2)).collect();
    format!(r#"{{"people": [{}], "things": [{}]}}"#, people.join(", "), things.join(", "))
}

#[test]
fn comprehensions_that_only_compare_with_the_loop_answer_as_any() {
    let of = |comprehension: &str| {
        format!("package p\n\nx := {{u: found | some u in input.people; found := {comprehension}}}\n")
    };
    let input = people(2);
    for (comprehension, expected) in [
        ("[t.id | some t in input.things; t.owner == u]", r#"{"u0":[0,1],"u1":[2,3]}"#),
        ("{t.id | some t in input.things; u == t.owner; t.id > 0}", r#"{"u0":[1],"u1":[2,3]}"#),
        ("[t.id | some t in input.things; t.owner == u; t.id > 5]", r#"{"u0":[],"u1":[]}"#),
        ("{t.id | some t in input.things; t.owner == u; t.id > 5}", r#"{"u0":[],"u1":[]}"#),
        ("[t.id | some t in input.things; t.owner != u]", r#"{"u0":[2,3],"u1":[0,1]}"#),
        (
            "[[u, t.id] | some t in input.things; t.owner == u]",
            r#"{"u0":[["u0",0],["u0",1]],"u1":[["u1",2],["u1",3]]}"#,
        ),
        ("{t.id: u | some t in input.things; t.owner == u}", r#"{"u0":{"0":"u0","1":"u0"},"u1":{"2":"u1","3":"u1"}}"#),
        ("[t.id | some t in input.things; not t.owner == u]", r#"{"u0":[2,3],"u1":[0,1]}"#),
        ("[t.id | some t in input.things; t.owner == u; t.owner == u]", r#"{"u0":[0,1],"u1":[2,3]}"#),
        ("[y | y := u]", r#"{"u0":["u0"],"u1":["u1"]}"#),
        ("count([1 | some t in input.things; t.owner == u])", r#"{"u0":2,"u1":2}"#),
        (
            "[n | some t in input.things; n := count([1 | some s in input.things; s.owner == t.owner]); t.owner == u]",
            r#"{"u0":[2,2],"u1":[2,2]}"#,
        ),
        ("[p | some p in input.people; p in {q | some q in input.people}]", r#"{"u0":["u0","u1"],"u1":["u0","u1"]}"#),
    ] {
        answers(&of(comprehension), &input, expected);
    }
}

#[test]
fn nothing_is_kept_where_it_may_differ() {
    for (source, expected) in [
        (
            "x := [c | some i in [1, 2, 3]; c := count([1 | some t in input.xs]) with input.xs as numbers.range(1, i)]",
            "[1,2,3]",
        ),
        ("x := [f(i) | some i in [1, 2]]\n\nf(n) := [y | some j in [1, 2]; y := [n | j > 0]]", "[[[1],[1]],[[2],[2]]]"),
        (
            "x := {i | some i in [1, 2, 3]; every j in [1, 2] { count([k | some k in [1, 2, 3]; k == i; j > 0]) == j - j + 1 }}",
            "[1,2,3]",
        ),
        ("x := [c | some i in [1, 2]; c := [q | some q in input.q; q == i] with input.q as [i, i]]", "[[1,1],[2,2]]"),
        ("x := [a | some i in [1, 2]; some j in [[1], [2, 2]]; a := [k | some k in j; k == i]]", "[[1],[],[],[2,2]]"),
    ] {
        answers(&format!("package p\n\n{source}\n"), "{}", expected);
    }
}

#[test]
fn one_element_of_partial_rules_is_what_it_is_among_all() {
    let source = "package p\n\nnames contains n if some n in input.names\n\nnames contains n if n := \"root\"\n\n\
        ages[n] := a if {\n\tsome n, a in input.ages\n\ta > 1\n}\n\nages.root := 0 if input.with_root\n\n\
        pairs contains [a, b] if {\n\tsome a in input.names\n\tsome b in input.names\n}\n\n";
    let input = r#"{"names": ["ada", "bob"], "ages": {"ada": 7, "bob": 1}, "with_root": true}"#;
    for (term, expected) in [
        (r#"[names["ada"], names["root"]]"#, r#"["ada","root"]"#),
        (r#"[n | some n in ["ada", "eve", "root", 1]; names[n]]"#, r#"["ada","root"]"#),
        (r#"[n | some n in ["ada", "eve"]; not names[n]]"#, r#"["eve"]"#),
        (r#"[ages[n] | some n in ["ada", "bob", "root"]]"#, "[7,0]"),
        (r#"{n: a | some n in ["ada", "bob"]; a := ages[n]}"#, r#"{"ada":7}"#),
        (r#"[p | some p in [["ada", "bob"], ["ada", "eve"]]; pairs[p]]"#, r#"[["ada","bob"]]"#),
        (
            r#"[n | some i in numbers.range(1, 20); n := sprintf("n%d", [i]); names[n] with input.names as ["n3", "n19"]]"#,
            r#"["n3","n19"]"#,
        ),
        (r#"[c | some n in ["ada", "bob"]; c := count([1 | names[n]]) with data.p.names as {"ada"}]"#, "[1,0]"),
    ] {
        answers(&format!("{source}x := {term}\n"), input, expected);
    }
}

mod work {
    use super::{ask, people};
    use regate::error::ErrorCode;
    use regate::rego::Allowance;

    #[test]
    fn it_grows_with_the_input_and_not_with_its_square() {
        for rule in [
            "x := {u: count(found) | some u in input.people; found := [1 | some t in input.things; t.owner == u]}",
            "x := {u: n | some u in input.people; n := count([1 | some t in input.things])}",
            "owners contains t.owner if some t in input.things\n\nx := [u | some u in input.people; owners[u]]",
        ] {
            let steps = |count| ask(&format!("package p\n\n{rule}\n"), "p/x", &people(count)).1;
            let (few, many) = (steps(100), steps(400));
            assert!(many < 6 * few, "{rule}: {few} steps, then {many}");
        }
    }

    #[test]
    fn a_key_that_nobody_asks_for_contradicts_nobody() {
        let source = "package p\n\no[k] := v if {\n\tsome k in [\"a\", \"b\"]\n\tsome v in input[k]\n}\n\nx := o.a\n\ny := o.b\n\nz := o\n";
        let input = r#"{"a": [1], "b": [1, 2]}"#;
        assert_eq!(ask(source, "p/x", input).0, super::Answer::Value("1".into()));
        for path in ["p/y", "p/z"] {
            let input = super::Document::read(input.as_bytes()).unwrap();
            let error = super::program(source).evaluate(path, Some(&input), Allowance::default()).unwrap_err();
            assert_eq!(error.code, ErrorCode::EvalConflictError, "{path}");
        }
    }

    #[test]
    fn elements_that_ask_for_elements_are_asked_once() {
        let mut source = "package p\n\nr0 contains x if some x in input.xs\n\n".to_owned();
        for at in 1..60 {
            let below = at - 1;
            source.push_str(&format!(
                "r{at} contains x if {{\n\tsome x in input.xs\n\tr{below}[x]\n\tr{below}[x]\n}}\n\n"
            ));
        }
        source.push_str("x if r59[\"a\"]\n");
        assert!(ask(&source, "p/x", r#"{"xs": ["a", "b"]}"#).1 < 5_000);
    }
}
