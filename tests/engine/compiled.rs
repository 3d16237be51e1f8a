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

#[test]
fn what_stands_behind_a_comparison_with_the_loop_is_for_its_value_alone() {
    let input = r#"{"people": ["u0", "u1", "u0"], "things": [{"id": "1", "owner": "u0"}, {"id": "x", "owner": "u2"},
        {"id": "2", "owner": "u1"}, {"id": "3", "owner": "u0"}]}"#;
    let helpers =
        "h(id) := 1 if id\n\nh(id) := 2 if id == \"x\"\n\nr[t.owner] := h(t.id) if some t in input.things\n\n";
    for (comprehension, expected) in [
        ("[n | some t in input.things; t.owner == u; n := to_number(t.id)]", "[[1,3],[2],[1,3]]"),
        ("{n | some t in input.things; t.owner == u; n := h(t.id)}", "[[1],[1],[1]]"),
        ("[r[t.owner] | some t in input.things; t.owner == u]", "[[1,1],[1],[1,1]]"),
        (
            "[t.id | some t in input.things; u == t.owner; r[t.owner] == 1; startswith(t.id, \"3\")]",
            r#"[["3"],[],["3"]]"#,
        ),
        ("{t.id: n | some t in input.things; t.owner == u; n := h(t.id)}", r#"[{"1":1,"3":1},{"2":1},{"1":1,"3":1}]"#),
        (
            "[[u, t.id] | some t in input.things; t.owner == u; u != \"u1\"]",
            r#"[[["u0","1"],["u0","3"]],[],[["u0","1"],["u0","3"]]]"#,
        ),
        (
            "[m | some t in input.things; t.owner == u; m := {s.id | some s in input.things; s.owner == t.owner}]",
            r#"[[["1","3"],["1","3"]],[["2"]],[["1","3"],["1","3"]]]"#,
        ),
        (
            "[c | some t in input.things; t.owner == u; c := count([1 | some s in input.things; s.id == t.id; h(s.id) == 1])]",
            "[[1,1],[1],[1,1]]",
        ),
        (
            "[m | some t in input.things; t.owner == u; n := {\"1\": 1, \"2\": 1, \"3\": 1, \"x\": 1000000000}[t.id]; m := count(numbers.range(1, n))]",
            "[[1,1],[1],[1,1]]",
        ),
    ] {
        let source = format!("package p\n\n{helpers}x := [found | some u in input.people; found := {comprehension}]\n");
        let input = Document::read(input.as_bytes()).unwrap();
        let strict = Allowance { strict_builtin_errors: true, ..Allowance::default() };
        let found = program(source)
            .evaluate("p/x", Some(&input), strict)
            .unwrap_or_else(|error| panic!("{comprehension}: {error}"));
        assert_eq!(found.answer, Answer::Value(expected.to_owned().into()), "{comprehension}");
    }
}

#[test]
fn a_part_that_several_steps_lead_to_is_what_it_is_in_the_whole() {
    let source =
        "package p\n\nroles[user][org] := r if {\n\tsome user, orgs in input.roles\n\tsome org, r in orgs\n}\n\n"
            .to_owned()
            + "may[user] contains [verb, on] if {\n\tsome user, verb, on\n\tinput.may[user][verb][_] = on\n}\n\n\
           mixed.fixed := 1\n\nmixed[x].deep[y] := z if {\n\tsome x, inner in input.roles\n\tsome y, z in inner\n}\n\n\
           mixed.ada.other := 7\n\n\
           pairs[[a, {\"b\": b}]] := v if {\n\tsome a, inner in input.roles\n\tsome b, v in inner\n}\n\n\
           sets[{a}] := b if some a, b in input.roles.ada\n\n";
    let input = r#"{"roles": {"ada": {"x": 1, "y": 2}, "bob": {"x": 3}}, "may": {"ada": {"read": ["a", "b"]}, "bob": {"write": ["c"]}}}"#;
    let all = r#"[u | some u in ["ada", "eve", "bob", 1, 2, 3, 4, 5, 6, 7, 8, 9, "ada", "bob"]; "#;
    for (term, expected) in [
        (r#"[roles.ada.x, roles["bob"], roles.ada]"#.to_owned(), r#"[1,{"x":3},{"x":1,"y":2}]"#),
        (format!("{all}roles[u].x]"), r#"["ada","bob","ada","bob"]"#),
        (format!("{all}roles[u]]"), r#"["ada","bob","ada","bob"]"#),
        (format!("{all}roles[u].x.z]"), "[]"),
        (format!("{all}not roles[u].y]"), r#"["eve","bob",1,2,3,4,5,6,7,8,9,"bob"]"#),
        (format!(r#"{all}may[u][["read", "b"]]]"#), r#"["ada","ada"]"#),
        (format!(r#"{all}count(may[u]) > 1]"#), r#"["ada","ada"]"#),
        (r#"[may.bob, [x | some x in may.ada]]"#.to_owned(), r#"[[["write","c"]],[["read","a"],["read","b"]]]"#),
        (r#"[k | some k in ["fixed", "ada", "bob", "eve"]; mixed[k]]"#.to_owned(), r#"["fixed","ada","bob"]"#),
        (r#"[mixed.fixed, mixed.ada, mixed.bob.deep.x]"#.to_owned(), r#"[1,{"deep":{"x":1,"y":2},"other":7},3]"#),
        (r#"[v | some k in ["ada", "bob"]; v := mixed[k].other]"#.to_owned(), "[7]"),
        (r#"[v | some k in ["ada", "bob"]; v := mixed[k].deep.x]"#.to_owned(), "[1,3]"),
        (
            r#"[pairs[["ada", {"b": "y"}]], {v | some b in ["x", "y"]; v := pairs[["bob", {"b": b}]]}]"#.to_owned(),
            "[2,[3]]",
        ),
        (
            r#"[v | some i in numbers.range(1, 12); some b in ["x", "y"]; v := pairs[["bob", {"b": b}]]; i > 10]"#
                .to_owned(),
            "[3,3]",
        ),
        (r#"[sets[{"x"}], [1 | sets[{"z"}]]]"#.to_owned(), "[1,[]]"),
        // Numbers are equal however they are written.
        (r#"[1 | some k in [1, 1.0]; {[x, 1.0] | some x in [1, 2]}[[k, 1]]]"#.to_owned(), "[1,1]"),
        (r#"[v | some u in ["ada", "bob"]; v := roles[u].x with input.roles as {"ada": {"x": 9}}]"#.to_owned(), "[9]"),
        (r#"[v | some u in ["ada", "bob"]; v := roles[u].x with data.p.roles as {"bob": {"x": 8}}]"#.to_owned(), "[8]"),
        (r#"[v | some k in ["ada", "fixed"]; v := mixed[k] with data.p.mixed as {"fixed": 8}]"#.to_owned(), "[8]"),
    ] {
        answers(&format!("{source}x := {term}\n"), input, expected);
    }
}

mod work {
    use super::{ask, people};
    use regate::error::ErrorCode;
    use regate::rego::{Allowance, Carried};

    #[test]
    fn it_grows_with_the_input_and_not_with_its_square() {
        for rule in [
            "x := {u: count(found) | some u in input.people; found := [1 | some t in input.things; t.owner == u]}",
            "x := {u: n | some u in input.people; n := count([1 | some t in input.things])}",
            "owners contains t.owner if some t in input.things\n\nx := [u | some u in input.people; owners[u]]",
            "owners contains [t.owner] if some t in input.things\n\nx := [u | some u in input.people; owners[[u]]]",
            "owner[t.id] := t.owner if some t in input.things\n\nx := [o | some t in input.things; o := owner[t.id]]",
            "owner[t.id].is := t.owner if some t in input.things\n\nx := [o | some t in input.things; o := owner[t.id].is]",
            "of[t.owner] contains t.id if some t in input.things\n\nx := [o | some u in input.people; o := of[u]]",
            "of[t.owner] contains t.id if some t in input.things\n\nx := [1 | some t in input.things; of[t.owner][t.id]]",
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

    /// The code of the error, or the value.
    fn outcome(source: &str, path: &str, input: &str) -> String {
        let input = super::Document::read(input.as_bytes()).unwrap();
        match super::program(source).evaluate(path, Some(&input), Allowance::default()) {
            Ok(found) => format!("{:?}", found.answer),
            Err(error) => format!("{}: {}", error.code.as_str(), error.message),
        }
    }

    #[test]
    fn only_what_is_asked_for_contradicts_itself_whatever_the_key_and_the_steps() {
        let source = "package p\n\no[[k, 1]] := v if {\n\tsome k in [\"a\", \"b\"]\n\tsome v in input[k]\n}\n\n\
            t[k][v] := w if {\n\tsome k in [\"a\", \"b\"]\n\tsome v, w in input[k]\n}\n\n\
            t[k][v] := w if {\n\tsome k in [\"b\"]\n\tsome v in [0, 1]\n\tw := 5\n}\n\n\
            m[k].x := 1 if some k in [\"a\", \"b\"]\n\nm.b.x := 2\n\n\
            n[k] := {} if some k in [\"b\"]\n\nn[k].x := 1 if some k in [\"a\", \"b\"]\n\n\
            y := [o[[\"a\", 1]], t.a, t.a[0], m.a, m.a.x, n.a, n.a.x]\n\n";
        let input = r#"{"a": [1], "b": [1, 2]}"#;
        assert_eq!(
            ask(&format!("{source}x := y\n"), "p/x", input).0,
            super::Answer::Value(r#"[1,[1],1,{"x":1},1,{"x":1},1]"#.replace("[1,[1],1", r#"[1,{"0":1},1"#).into())
        );
        for term in [r#"o[["b", 1]]"#, "o", "t.b", "t.b[0]", "t", "m.b", "m.b.x", "m", "n.b", "n.b.x", "n"] {
            let found = outcome(&format!("{source}x := {term}\n"), "p/x", input);
            assert!(found.starts_with("eval_conflict_error"), "{term}: {found}");
        }
    }

    #[test]
    fn how_many_were_asked_before_shows_in_no_answer_and_no_error() {
        let source = |last: usize, asked: &str| {
            format!(
                "package p\n\no[k] := v if {{\n\tsome k in numbers.range(1, 30)\n\tsome v in input[k % 10]\n}}\n\n\
                 d[k].x := v if {{\n\tsome k in numbers.range(1, 30)\n\tsome v in input[k % 10]\n}}\n\n\
                 s contains k if {{\n\tsome k in numbers.range(1, 30)\n\tc := {{1: v | some v in input[k % 10]}}\n\tcount(c) == 1\n}}\n\n\
                 x := [v | some k in numbers.range(1, {last}); v := {asked}]\n"
            )
        };
        // Nothing stands under what ends in 9 but values that contradict each other.
        let input = "[[0], [1], [2, 2], [3], [4], [5], [6], [7], [8], [1, 2]]";
        for asked in ["o[k]", "d[k].x", "d[k]", "s[k]"] {
            assert!(outcome(&source(8, asked), "p/x", input).starts_with("Value"), "{asked}");
            for last in [9, 12, 19, 30] {
                let found = outcome(&source(last, asked), "p/x", input);
                assert!(found.starts_with("eval_conflict_error"), "{asked} to {last}: {found}");
            }
            // Those that are asked late are no other ones, and those that nobody asks for are no errors.
            let late =
                source(8, asked).replace("numbers.range(1, 8)", "[1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 2, 40]");
            let found = outcome(&late, "p/x", input);
            assert!(found.starts_with("Value"), "{asked}: {found}");
            let last = source(8, asked).replace("numbers.range(1, 8)", "[1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 29]");
            let first = source(8, asked).replace("numbers.range(1, 8)", "[29]");
            assert_eq!(outcome(&last, "p/x", input), outcome(&first, "p/x", input), "{asked}");
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

    #[test]
    fn what_nobody_asks_for_ends_no_evaluation_however_many_are_asked() {
        let input = format!("[{}]", (0..30).map(|at| at.to_string()).collect::<Vec<_>>().join(", "));
        let too_large = "(a{1000}){1000}";
        for never in [
            r#"p[x] := rand.intn(y, 5) if some x, y in {"zz": "b"}"#.to_owned(),
            r#"p[x] := uuid.rfc4122(y) if some x, y in {"zz": "b"}"#.to_owned(),
            r#"p[x] := time.now_ns() if some x in ["zz"]"#.to_owned(),
            r#"p[x] := sprintf(y, [1]) if some x, y in {"zz": "%0999999999d"}"#.to_owned(),
            format!(r#"p[x] := regex.match(y, "b") if some x, y in {{"zz": "{too_large}"}}"#),
            r#"p[x] := numbers.range(1, y) if some x, y in {"zz": 999999999999}"#.to_owned(),
            r#"p[x] := [y | some z in [1]; y := [w | w := rand.intn("a", z)]] if some x in ["zz"]"#.to_owned(),
        ] {
            for last in [7, 8, 9, 29] {
                let source = format!(
                    "package p\n\n{never}\n\np[x] := 1 if some x in input\n\n\
                     x := count([v | some i in numbers.range(0, {last}); v := p[i]])\n"
                );
                let found = outcome(&source, "p/x", &input);
                assert_eq!(found, format!("Value(\"{}\")", last + 1), "{never}, to {last}");
            }
        }
    }

    #[test]
    fn a_function_that_replaces_another_contradicts_itself_for_who_asks_alone() {
        let input = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]";
        for over in ["input", "numbers.range(0, 14)"] {
            let source = |last: usize| {
                format!(
                    "package p\n\nbad(_) := 1\n\nbad(x) := 2 if x == [14]\n\np[x] := count([x]) if some x in {over}\n\n\
                     q := [p[i] | some i in numbers.range(0, {last})]\n\nx := count([1 | some v in w; v == 1])\n\n\
                     w := v if v := q with count as bad\n"
                )
            };
            assert_eq!(outcome(&source(12), "p/x", input), "Value(\"13\")", "{over}");
            let found = outcome(&source(14), "p/x", input);
            assert!(found.starts_with("eval_conflict_error"), "{over}: {found}");
        }
    }

    #[test]
    fn a_program_grows_with_its_rules_and_its_references_and_not_with_their_product() {
        let bytes = |rules: usize, references: usize| {
            let mut source = format!("package p\n\np[x].k0{} := 0 if some x in input\n\n", ".a".repeat(198));
            for at in 1..rules {
                source.push_str(&format!("p[x].k{at} := {at} if some x in input\n\n"));
            }
            for at in 0..references {
                let steps = if at == 0 { String::new() } else { format!(".k0{}", ".a".repeat(at - 1)) };
                source.push_str(&format!("r{at} := p.u{steps}\n\n"));
            }
            super::program(source).to_bytes(Carried { sources: false, positions: false }).unwrap().len()
        };
        // A procedure for each of a few numbers of steps has all of the rules, and so has the whole.
        let (all, rules, references) = (bytes(200, 200), bytes(200, 1), bytes(1, 200));
        assert!(all < 4 * rules + references, "{all} bytes, {rules} with one reference, {references} with one rule");
    }

    #[test]
    fn what_long_references_lead_to_is_the_same() {
        let source = "package p\n\np[x].a.b.c.d.e.f[y].g := z if {\n\tsome x in [\"k\", \"l\"]\n\tsome y, z in input\n}\n\n\
            x := [p.k.a.b.c.d.e.f[1].g, p.k.a.b.c.d.e.f[0], p.l.a.b.c.d.e, [1 | p.k.a.b.c.d.e.f[2].g], [1 | p.k.a.b.c.d.e.x]]\n";
        assert_eq!(
            ask(source, "p/x", "[7, 8]").0,
            super::Answer::Value(r#"[8,{"g":7},{"f":{"0":{"g":7},"1":{"g":8}}},[],[]]"#.into())
        );
    }
}

#[test]
fn a_comparison_that_is_replaced_is_what_replaces_it() {
    let source = "package p\n\nno(_, _) := false\n\nyes(_, _) := true\n\ng if 1 < 2\n\nl if 2 <= 2\n\nm if 3 > 2\n\nn if 3 >= 2\n\n\
        o if 1 != 2\n\ne if 1 == 1\n\nv := 1 < 2\n\nc := [i | some i in [1, 2, 3]; i < 3]\n\n";
    for (term, expected) in [
        ("[1 | g with lt as no]", "[]"),
        ("[[1 | g with lt as false], [1 | g with lt as true], [1 | g]]", "[[],[1],[1]]"),
        ("[1 | 1 < 2 with lt as no]", "[]"),
        ("[1 | not g with lt as no]", "[1]"),
        ("[[1 | l with lte as no], [1 | l with lt as no]]", "[[],[1]]"),
        ("[[1 | m with gt as no], [1 | m with gte as no]]", "[[],[1]]"),
        ("[[1 | n with gte as no], [1 | n with gt as no]]", "[[],[1]]"),
        ("[[1 | o with neq as no], [1 | o with lt as no]]", "[[],[1]]"),
        ("[y | y := v with lt as no]", "[false]"),
        ("[y | y := v with lt as 7]", "[7]"),
        ("[y | y := c with lt as yes]", "[[1,2,3]]"),
        ("[y | y := c with lt as gt]", "[[]]"),
        ("[y | y := c with lt as gte]", "[[3]]"),
        // It is no call of `equal`, but the same as `=`.
        ("[1 | e with equal as no]", "[1]"),
    ] {
        answers(&format!("{source}x := {term}\n"), "{}", expected);
    }
    // Where it is replaced by the way: in a comprehension of what takes the place of something.
    let source = format!("{source}x := [y | y := input with input as [1 | g with lt as no]]\n");
    answers(&source, "{}", "[[]]");
}
