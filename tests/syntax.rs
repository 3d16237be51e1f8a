//! What the parser takes and what it refuses: each mistake at its exact range, in OPA's words where OPA has some.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use regate::rego::Dialect::{self, V0, V1};
use regate::rego::diagnostic::Text;
use regate::rego::syntax::parse;

/// What an author hears of a text, as `line:column-line:column message`; behind those that OPA does not get to stands a `+`.
fn mistakes(dialect: Dialect, source: &str) -> Vec<String> {
    let text = Text::new("p.rego", source);
    let parsed = parse(source, dialect);
    let said = parsed.told().map(|error| {
        let (start, end) = text.places(error.span.range());
        let beyond = if error.is_beyond_opa { " +" } else { "" };
        format!("{}:{}-{}:{} {}{beyond}", start.line, start.column, end.line, end.column, error.message)
    });
    said.collect()
}

#[track_caller]
fn takes(dialect: Dialect, body: &str) {
    let source = format!("package p\n\n{body}\n");
    assert_eq!(mistakes(dialect, &source), [""; 0], "{source}");
}

/// `body` stands on line 3.
#[track_caller]
fn refuses(dialect: Dialect, body: &str, wanted: &[&str]) {
    let source = format!("package p\n\n{body}\n");
    assert_eq!(mistakes(dialect, &source), wanted, "{source}");
}

/// One mistake with this help; `body` stands on line 3.
#[track_caller]
fn helps(dialect: Dialect, body: &str, wanted: &str, help: &str) {
    let source = format!("package p\n\n{body}\n");
    assert_eq!(mistakes(dialect, &source), [wanted], "{source}");
    let parsed = parse(&source, dialect);
    assert_eq!(parsed.told().next().unwrap().help.as_deref(), Some(help), "{source}");
}

#[test]
fn a_line_of_a_module_is_told_once() {
    helps(V1, "p: 1", "3:2-3:3 unexpected : token", "write `p := 1`");
    helps(V1, "p.q : = [1, 2]", "3:5-3:6 unexpected : token", "write `p.q := [1, 2]`");
    helps(V1, "p: true if { input.x }", "3:2-3:3 unexpected : token", "write `p := true if { input.x }`");
    helps(V1, "p == 1", "3:1-3:7 rule name conflicts with built-in function", "write `p := 1`");
    helps(V1, "p == 1 if { input.x }", "3:8-3:10 unexpected if keyword", "write `p := 1 if { … }`");
    helps(V1, "imprt data.foo", "3:1-3:6 var cannot be used for rule name", "write `import`");
    helps(
        V1,
        "func f(x) { x }",
        "3:1-3:5 var cannot be used for rule name",
        "leave it out: a function is `f(x) := value if { … }`",
    );
    helps(V1, "f(x) -> y if { y := x }", "3:7-3:8 unexpected gt token", "a function is `f(x) := value if { … }`");
    helps(
        V1,
        "p := f\"{input.x}\"",
        "3:7-3:18 string cannot be used for rule name",
        "a template string is written `$\"… {x} …\"`",
    );
    helps(
        V1,
        "deny[msg] { msg := 1 }",
        "3:1-3:10 `contains` keyword is required for partial set rules",
        "write `deny contains msg if { … }`",
    );
    // Each line is one of its own, and so is what stands in the lines of a body.
    refuses(V1, "p: 1\nq: 2", &["3:2-3:3 unexpected : token", "4:2-4:3 unexpected : token +"]);
    refuses(
        V1,
        "a\nb c if {\n\tx := ]\n}",
        &[
            "3:1-3:2 var cannot be used for rule name +",
            "4:1-4:2 var cannot be used for rule name +",
            "5:7-5:8 unexpected ] token",
        ],
    );
}

#[test]
fn words_of_v1_in_an_older_module() {
    let of = |word: &str| format!("`{word}` is a keyword of v1: `import rego.v1`, or check the module as v1");
    let no_rule = "3:1-3:5 var cannot be used for rule name";
    helps(V0, "deny contains msg if { msg := \"no\" }", no_rule, &of("contains"));
    helps(
        V0,
        "deny contains {\"a\": msg} if { msg := 1 }",
        r"3:19-3:20 unexpected : token: expected \n or ; or }",
        &of("contains"),
    );
    helps(V0, "deny if { input.x }", no_rule, &of("if"));
    helps(V0, "deny if input.x", no_rule, &of("if"));
    helps(V0, "p := true if input.x", "3:11-3:13 unexpected `if` after a rule +", &of("if"));
    helps(
        V0,
        "p { some x in input.xs; x }",
        r"3:12-3:14 unexpected identifier token: expected \n or ; or }",
        &of("in"),
    );
    helps(V0, "p { 1 in input.xs }", r"3:7-3:9 unexpected identifier token: expected \n or ; or }", &of("in"));
    helps(
        V0,
        "p { every x in input.xs { x } }",
        r"3:11-3:12 unexpected identifier token: expected \n or ; or }",
        &of("every"),
    );
}

#[test]
fn habits_of_other_languages() {
    let ends = |column: &str, name: &str| format!(r"4:{column} unexpected {name}: expected \n or ; or }}");
    let in_body = |statement: &str, wanted: &str, help: &str| {
        helps(V1, &format!("p if {{\n\t{statement}\n}}"), wanted, help);
    };
    in_body(
        "x == 1 && y",
        "4:10-4:11 unexpected and token",
        "there is no `&&`: put each condition on a line of its own",
    );
    in_body(
        "x == 1 || y",
        "4:10-4:11 unexpected or token",
        "there is no `||`: write a rule of the same name for each case",
    );
    in_body("x == 'a'", "4:7-4:8 illegal token", "a string stands in double quotation marks: `\"…\"`");
    in_body("x === 1", "4:6-4:7 unexpected eq token", "write `==`");
    in_body("x <> 1", "4:5-4:6 unexpected gt token", "write `!=`");
    in_body("x => 1", "4:5-4:6 unexpected gt token", "write `>=`");
    let keeps = "a variable keeps its value: give the result a name of its own, as in `y := x + 1`";
    in_body("x += 1", "4:5-4:6 unexpected eq token", keeps);
    in_body("x++", "4:4-4:5 unexpected plus token", keeps);
    in_body(
        "return x",
        &ends("9-4:10", "identifier token"),
        "a function has its value in its head: `f(x) := value if { … }`",
    );
    let loops = "write `some x in xs`, or `every x in xs { … }` where it has to hold for all";
    in_body("for x in xs {\n\t\tx > 1\n\t}", &ends("6-4:7", "identifier token"), loops);
    in_body("for i := 0; i < 3; i++ {\n\t\ti\n\t}", &ends("6-4:7", "identifier token"), loops);
    in_body("let x = 1", &ends("6-4:7", "identifier token"), "leave `let` out: `x := value` gives a name a value");
    in_body("x not in xs", &ends("4-4:7", "not keyword"), "`not` stands before the whole condition: `not x in xs`");
    in_body("x;", "5:1-5:2 unexpected } token", "a statement follows each `;`: leave the last one out");
    helps(V1, "// a comment", "3:1-3:2 unexpected div token", "a comment begins with `#`");
    helps(V1, "my-rule := 1", "3:3-3:4 unexpected minus token", "a name has no `-`: write `my_rule`");
    helps(
        V1,
        "p := input.xs.0",
        "3:15-3:16 unexpected number token: expected identifier",
        "an element is looked up in brackets: `xs[0]`",
    );
    helps(
        V1,
        "p := [x | x := input.xs[_], x > 1]",
        r#"3:13-3:15 unexpected assign token: expected "," or "]""#,
        "the statements of a comprehension are separated by `;`, not by a comma",
    );
    helps(
        V1,
        "p := 1 if { x } else if x == 1 { x }",
        "3:32-3:33 expected else keyword",
        "a body in braces follows `if` alone: put the condition into it, `else if { … }`",
    );
    helps(
        V1,
        "p :=\n\nq := 1",
        "5:3-5:5 unexpected assign token",
        "the statement before lacks its end, for which `q` was taken",
    );
}

/// What an author writes because a help says so must not hold more often than what was meant: a set is never false, and a
/// condition that becomes a rule is none any more.
#[test]
fn no_help_makes_a_condition_of_none() {
    let set = "set cannot be used for rule name";
    for dialect in [V0, V1] {
        helps(dialect, "default allow { false }", &format!("3:15-3:24 {set}"), "write `default allow := false`");
        helps(dialect, "default allow {\n\tfalse\n}", &format!("3:15-5:2 {set}"), "write `default allow := false`");
        helps(dialect, "default p {1, 2}", &format!("3:11-3:17 {set}"), "write `default p := …`");
    }
    helps(
        V1,
        "default p {\"a\": 1}",
        "3:11-3:19 object cannot be used for rule name",
        "write `default p := {\"a\": 1}`",
    );
    let colon = "3:6-3:7 unexpected : token";
    helps(V1, "allow: {\n\tinput.x\n}", colon, "write `allow if { … }`");
    helps(V1, "allow: {input.x}", colon, "write `allow if { … }`");
    helps(V1, "allow: {}", colon, "write `allow if { … }`");
    helps(V1, "allow: if input.x", colon, "write `allow if { … }`");
    helps(V0, "allow: {\n\tinput.x\n}", colon, "write `allow { … }`");
    helps(V1, "allow: true if {\n\tinput.x\n}", colon, "write `allow := …`");
    helps(V1, "p.q: {\"a\": 1}", "3:4-3:5 unexpected : token", "write `p.q := {\"a\": 1}`");
    helps(V1, "p.q: {\"a\": 1,\n\t\"b\": 2}", "3:4-3:5 unexpected : token", "write `p.q := …`");
    let equal = "rule name conflicts with built-in function";
    helps(V1, "allow == true { input.x }", &format!("3:1-3:14 {equal}"), "write `allow := true if { … }`");
    helps(V0, "allow == true { input.x }", &format!("3:1-3:14 {equal}"), "write `allow := true { … }`");
    helps(V1, "allow == true if input.x", "3:15-3:17 unexpected if keyword", "write `allow := true if { … }`");
    helps(V1, "allow true if { input.x }", "3:12-3:14 unexpected if keyword", "write `allow := true if { … }`");
    helps(V1, "allow true { input.x }", "3:1-3:6 var cannot be used for rule name", "write `allow := true if { … }`");
    helps(V0, "allow true { input.x }", "3:1-3:6 var cannot be used for rule name", "write `allow := true { … }`");
    let braces = "what must hold stands in braces: `allow if { … }`";
    helps(V1, "input.x == 1 if { input.y }", "3:14-3:16 unexpected if keyword", braces);
    helps(V1, "allow == {input.x}", &format!("3:1-3:19 {equal}"), "write `allow := …`");
}

#[test]
fn conditions_without_braces_are_told_once() {
    let braces = "what must hold stands in braces: `allow if { … }`";
    let equal = "rule name conflicts with built-in function";
    let set = "`contains` keyword is required for partial set rules";
    helps(V1, "allow if\n\tuser == \"a\"\n\trole == \"x\"", &format!("5:2-5:13 {equal}"), braces);
    helps(V1, "allow if\nuser == \"a\"\nrole == \"x\"", &format!("5:1-5:12 {equal}"), braces);
    helps(V1, "allow if\n\tinput.x\n\tinput.y\n\tnot z\n\nq := 1", &format!("5:2-5:9 {set}"), braces);
    helps(V1, "allow if\n\tinput.x\n\trole: \"x\"", "5:6-5:7 unexpected : token", braces);
    helps(V1, "allow if input.x input.y", &format!("3:18-3:25 {set}"), braces);
    helps(V1, "allow := true user == \"x\"", &format!("3:15-3:26 {equal}"), braces);
    helps(V1, "input.x == 1", &format!("3:1-3:13 {equal}"), braces);
    helps(V1, "allow if {\n\tinput.x\n}\n\tinput.y", &format!("6:2-6:9 {set}"), braces);
    helps(
        V0,
        "allow = true\n\trole == \"x\"",
        &format!("4:2-4:13 {equal}"),
        "what must hold stands in braces: `allow { … }`",
    );
    let call = "the arguments of a call stand in brackets right behind its name: `count(…)`";
    helps(V1, "p := count input.xs", &format!("3:12-3:20 {set}"), call);
    helps(V1, "p := count (input.xs)", &format!("3:12-3:22 {set}"), call);
    let var = "var cannot be used for rule name";
    let and = "there is no `and`: conditions stand in braces, each on a line of its own";
    helps(V1, "allow if a and b", &format!("3:12-3:15 {var}"), and);
    helps(V1, "allow if a\n\tand b", &format!("4:2-4:5 {var}"), and);
    helps(
        V1,
        "allow if a or b",
        &format!("3:12-3:14 {var}"),
        "there is no `or`: write a rule of the same name for each case",
    );
    helps(V1, "allow if a is 1", &format!("3:12-3:14 {var}"), "compare with `==`");
    helps(
        V1,
        "switch input.x {\n\tcase 1: true\n}",
        &format!("3:1-3:7 {var} +"),
        "there is no `switch`: write a rule of the same name for each case",
    );
    // Two rules, and each has its own.
    refuses(
        V1,
        "a if\n\tinput.x\n\tinput.y\n\nb if\n\tinput.x\n\tinput.y",
        &[&format!("5:2-5:9 {set}"), &format!("9:2-9:9 {set}")],
    );
}

#[test]
fn signs_and_words_that_are_used_otherwise() {
    let keyword = |word: &str| format!("`{word}` is a keyword: give the rule or the variable another name");
    helps(V1, "default := 1", "3:1-3:8 unexpected default keyword", &keyword("default"));
    helps(V1, "import := 1", "3:8-3:10 unexpected assign token", &keyword("import"));
    helps(V1, "with := 1", "3:1-3:5 unexpected with keyword", &keyword("with"));
    helps(V1, "some := 1", "3:6-3:8 unexpected assign token: expected var", &keyword("some"));
    let semicolon = "a statement of the module ends with its line";
    helps(V1, "p := 1;\nq := 2;", "5:1-5:1 unexpected eof token", &format!("leave the last `;` out: {semicolon}"));
    helps(
        V1,
        "p := 1;\nq := 2",
        "3:1-4:7 multiple expressions cannot be used for rule head",
        &format!("leave the `;` out: {semicolon}"),
    );
    helps(
        V1,
        "{\"a: 1,\n\"b\": 2\n}",
        "3:2-3:8 non-terminated string",
        "close the string with `\"` in its line, or use back quotes for a text of several lines",
    );
    helps(
        V0,
        "allow { input.x } else if { input.y }",
        "3:24-3:26 unexpected identifier token: expected else value term or rule body",
        "`if` is a keyword of v1: `import rego.v1`, or check the module as v1",
    );
    helps(V1, "p if { x } elif { y }", "3:17-3:18 `if` keyword is required before rule body", "write `else if`");
    helps(
        V1,
        "p := [x, y | some x, y in xs]",
        "3:14-3:18 unexpected some keyword",
        "a comprehension has one term before its `|`: `[[x, y] | …]`, or `{k: v | …}` for an object",
    );
    helps(
        V1,
        "p if input.x with input.x as 1, input.y as 2",
        "3:31-3:32 unexpected , token",
        "each replacement has a `with` of its own: `with input.x as 1 with input.y as 2`",
    );
    helps(V1, "p := 1..10", "3:6-3:8 expected fraction", "a range is `numbers.range(1, 10)`");
    helps(
        V1,
        "p := [...xs]",
        "3:8-3:9 unexpected . token: expected number",
        "there is no `...`: join arrays with `array.concat`, sets with `|` and objects with `object.union`",
    );
    helps(
        V1,
        "p := [\"a, \"b\"]",
        r#"3:12-3:13 unexpected identifier token: expected "," or "]""#,
        "a string before this name has no quotation mark at its end",
    );
    helps(
        V1,
        "p := {\"a\": [1, 2}",
        r#"3:17-3:18 unexpected } token: expected "," or "]""#,
        "the `[` of line 3 is not closed",
    );
    helps(
        V1,
        "a.b-c := 1",
        "3:1-3:11 call cannot be used for rule name",
        "a name has no `-`; in a path such a part stands in brackets: `a[\"b-c\"]`",
    );
    helps(
        V1,
        "import data.a, data.b",
        "3:14-3:15 unexpected , token",
        "an import has one path: write another import on the next line",
    );
    helps(V1, "-- a comment", "3:2-3:3 unexpected minus token: expected number", "a comment begins with `#`");
    helps(
        V1,
        "p := 2024-01-01",
        "3:11-3:13 unexpected number token: expected number without leading zero",
        "a date is a text, in quotation marks",
    );
}

/// Where OPA goes on behind the line that lacks a quotation mark.
#[test]
fn the_place_of_opa_behind_an_open_string() {
    for body in ["p if \"a\nb\"\n\nq := 1", "p := x if \"a\nb\"  {\n\tinput.x\n}\n\nq := 1"] {
        let source = format!("package p\n\n{body}\n");
        let byte = parse(&source, V1).told().next().unwrap().opa_byte();
        assert_eq!(source.get(..byte as usize).unwrap().matches('\n').count(), 3, "{source}");
    }
}

/// What takes the place of OPA's mistake is one of OPA's as well.
#[test]
fn a_line_of_mistakes_has_that_of_opa() {
    refuses(V0, "zz_o if { 1 == 1 } if { 1 == 1 }", &["3:1-3:5 var cannot be used for rule name"]);
}

#[test]
fn what_is_typed_halfway() {
    helps(V1, "default p false", "3:11-3:16 boolean cannot be used for rule name", "write `default p := false`");
    helps(V1, "p true", "3:1-3:2 var cannot be used for rule name", "write `p := true`");
    helps(
        V1,
        "p := input.xs[]",
        "3:15-3:16 unexpected ] token",
        "something is looked up in brackets: `xs[0]`, or `xs[_]` for each element",
    );
    helps(
        V1,
        "p := [1; 2]",
        r#"3:8-3:9 unexpected ; token: expected "," or "]""#,
        "parts are separated by commas, and not by `;`",
    );
    helps(
        V1,
        "p := [\"a\", b\", \"c\"]",
        r#"3:13-3:17 unexpected string token: expected "," or "]""#,
        "a string has a quotation mark before it as well",
    );
    let end = "4:1-4:1 unexpected eof token";
    helps(V1, "p if { every x in", end, "the `{` of line 3 is not closed");
    helps(V1, "p if {", end, "the `{` of line 3 is not closed");
    helps(V1, "p := [", end, "the text ends inside a statement: close what was opened");
    helps(V1, "default", "3:1-3:8 unexpected default keyword", "write `default name := value`");
    helps(
        V1,
        "p if input.x then 1",
        "3:14-3:18 var cannot be used for rule name",
        "what must hold stands in braces: `allow if { … }`",
    );
    helps(
        V1,
        "if := 1",
        "3:1-3:3 unexpected if keyword",
        "`if` is a keyword: give the rule or the variable another name",
    );
    helps(
        V1,
        "p := $\"a {} b\"",
        "3:11-3:15 unexpected } token",
        "an expression stands in the braces; write `\\{` for one that is only a character",
    );
    helps(
        V1,
        "p := $\"a {input.x\"",
        "3:18-3:19 non-terminated string",
        "close the brace of the expression before the string: `{x}\"`",
    );
    helps(V1, "p := input.x\"", "3:13-3:14 non-terminated string", "a string has a quotation mark before it as well");
    helps(
        V1,
        "p if startswith (input.x, 1)",
        "3:25-3:26 non-terminated expression",
        "one expression stands in a bracket; a call has no gap before its own: `f(x)`",
    );
}

#[test]
fn a_bracket_that_is_not_closed() {
    let open = |sign: char, line: u32| format!("the `{sign}` of line {line} is not closed");
    helps(V1, "p if {\n\tcount(x\n}", r#"5:1-5:2 unexpected } token: expected "," or ")""#, &open('(', 4));
    helps(V1, "p := [1,\n\t2\n\nq := 1", r#"6:1-6:2 unexpected identifier token: expected "," or "]""#, &open('[', 3));
    helps(V1, "p := {\"a\": 1\n\nq := 1", "5:1-5:2 unexpected identifier token: non-terminated object", &open('{', 3));
    helps(V1, "p if {\n\tx[0\n}", "5:1-5:2 unexpected } token: expected [", &open('[', 4));
    helps(V1, "p if {\n\tx == (1\n}", "5:1-5:2 non-terminated expression", &open('(', 4));
    helps(
        V1,
        "p := {\n\t\"a\": 1\n\t\"b\": 2\n}",
        "5:2-5:5 unexpected string token: non-terminated object",
        "close it with `}`, or put a comma between its parts",
    );
}

#[test]
fn a_body_that_is_not_opened() {
    let help = "line 3 begins the body that this brace closes: it lacks its `{`";
    let brace = |line: u32| format!("{line}:1-{line}:2 unexpected }} token");
    helps(V1, "p\n\tinput.x\n\tnot input.y\n}", &brace(6), help);
    helps(V1, "p if\n\tinput.x\n\tinput.y\n}\n\nq := 1", &brace(6), help);
    helps(V1, "p := x\n\tx := 1\n\tx > 0\n}", &brace(6), help);
    helps(
        V1,
        "p if {\n\tinput.x\n}\n}",
        &brace(6),
        "there is no bracket that this `}` closes, or something is missing before it",
    );
    let closed = |line: u32| {
        format!("what begins in line 3 is closed in line {line} already: one of the two braces is too many")
    };
    helps(V1, "p if {\n\tinput.x\n}\n\tinput.y\n}", &brace(7), &closed(5));
    helps(V1, "p := {\"a\": 1}\n\tx := 1\n}", &brace(5), &closed(3));
    let other = "there is no bracket that this `}` closes, or something is missing before it";
    helps(V1, "import data.x\n\tx := 1\n}", &brace(5), other);
    assert_eq!(
        mistakes(V1, "package p\n\tx := 1\n}"),
        ["3:1-3:2 unexpected } token"],
        "a package has no body to be opened"
    );
    // A brace further out closes what an inner one closes as well.
    refuses(
        V1,
        "p\n\t\tq\n\t\t\t\tr\n\t\t\t}\n\tx := 1\n}",
        &[&brace(6).replace(":1-6:2", ":4-6:5"), &format!("{} +", brace(8))],
    );
}

#[test]
fn a_rule_that_begins_with_else() {
    takes(V1, "p := 1 if { input.x }\n\nelse.q := 1");
    takes(V1, "p := 1 if { input.x } else := 2\n\nelse.q := 1");
    takes(V1, "p := 1 if { input.x } else := 2 if input.y\n\nelse.q := 1");
    takes(V0, "p { input.x }\n\nelse[\"q\"] = 1");
    helps(
        V1,
        "p := 1 if { input.x } else := 2 if { input.y }\n\nelse.q := 1",
        "5:5-5:6 unexpected . token: expected else value term or rule body",
        "behind an `else` a line that begins with `else` goes on with it: put this rule before the other one",
    );
}

#[test]
fn template_strings() {
    takes(V1, r#"a := $"{input.x} and {count(input.y) + 1}""#);
    takes(V1, r#"a := $"" if $"no expression""#);
    takes(V1, r#"a := $"\{ is a brace, {"and } in a string is none"}""#);
    takes(V1, "a := $`of {input.lines}\nlines \\{`");
    takes(V1, r#"a := $"one in {$"another: {input.x}"}""#);
    takes(V1, r#"a := $"{[x | x := input.xs[_]]} {{"k": 1}} {input.x with input as {}}""#);
    takes(V1, "a := $\"a\t\\{\"");
    takes(V1, "a := $\"{input.x # a comment\n}\"");
    refuses(V1, r#"a := $"{not input.x}""#, &["3:9-3:20 unexpected negation ('not') in template-string expression"]);
    refuses(V1, r#"a := $"{x = 1}""#, &["3:9-3:14 unexpected unification ('=') in template-string expression"]);
    refuses(V1, r#"a := $"{x := 1}""#, &["3:9-3:15 unexpected assignment (':=') in template-string expression"]);
    refuses(
        V1,
        r#"a := $"{every x in input.xs { x }}""#,
        &["3:9-3:34 unexpected 'every' in template-string expression"],
    );
    refuses(V1, r#"a := $"{some x in input.xs}""#, &["3:9-3:27 unexpected 'some' in template-string expression"]);
    refuses(V1, r#"a := $"{}""#, &["3:9-3:11 unexpected } token"]);
    refuses(V1, r#"a := $"{input.x input.y}""#, &["3:17-3:22 expected } to end template string expression"]);
    refuses(V1, r#"a := $"open"#, &["3:6-3:12 non-terminated string"]);
    refuses(V1, r#"a := $"{input.x} open"#, &["3:16-3:22 non-terminated string"]);
    refuses(V1, r#"a := $"\q {1}""#, &["3:6-3:12 illegal escape sequence"]);
    refuses(V1, "a := $1", &["3:6-3:7 illegal $ character"]);
    refuses(V1, r#"a := $"x".y"#, &["3:6-3:10 illegal ref (head cannot be templatestring)"]);
}

#[test]
fn a_bracket_on_a_new_line_is_no_call() {
    takes(V1, "p if {\n\tinput.a\n\t(3 - 1) >= 2\n}");
    takes(V1, "p if {\n\tx := input.a\n\t[1, 2][x]\n}");
    refuses(V1, "p if {\n\tcount (input.a)\n}", &[r"4:8-4:9 unexpected ( token: expected \n or ; or }"]);
    refuses(V1, "p if input. a", &["3:12-3:13 unexpected whitespace token: expected identifier"]);
}

#[test]
fn one_forgotten_quotation_mark_is_told_once() {
    refuses(V1, "p := \"hello\nworld\"\n\nq := 1", &["3:6-3:12 non-terminated string"]);
    refuses(
        V1,
        "p contains msg if {\n\tmsg := sprintf(\"hello %v,\nthis is\n  no good\", [\"a\"])\n\tinput.x\n}",
        &["4:17-4:27 non-terminated string"],
    );
    refuses(V1, "p := \"hello\n\"\n\nq := ]", &["3:6-3:12 non-terminated string", "6:6-6:7 unexpected ] token +"]);
    refuses(V1, "p if {\n\tx := $\"hello {input.x}\n\tworld\"\n\ty := 1\n}", &["4:23-4:24 non-terminated string"]);
    refuses(V1, "p if {\n\tx := $\"hello {input.x\"\n\ty := 1\n}", &["4:23-4:24 non-terminated string"]);
    // What opens in a later line is another one.
    for statement in ["y := split(input.y, \",\")", "y := $\"{input.y}\"", "y := input[\"y\"]", "y := \"\""] {
        refuses(
            V1,
            &format!("p if {{\n\tx := \"a\n\t{statement}\n\tz := ]\n}}"),
            &["4:7-4:9 non-terminated string", "6:7-6:8 unexpected ] token +"],
        );
    }
    refuses(
        V1,
        "p := \"a\n\nq := \"b\n\nr := 1",
        &["3:6-3:8 non-terminated string", "5:6-5:8 non-terminated string +"],
    );
    refuses(
        V1,
        "p if {\n\tx := \"a\n\ty := \"b\"\n\tz := ]\n}",
        &["4:7-4:9 non-terminated string", "6:7-6:8 unexpected ] token +"],
    );
}

#[test]
fn keywords_in_references() {
    takes(V1, "p if {\n\tinput.if.else[0].not\n\tnot input.not\n\tif.x == 1\n}\n\nif.x := 1\n\ndefault with.y := 2");
    takes(V0, "p { input.some; input.default }");
    refuses(V1, "p := not.x", &["3:6-3:9 unexpected not keyword"]);
    refuses(V1, "import data.a.in", &["3:15-3:17 unexpected import path, must not end with a keyword, got: in"]);
    takes(V1, "import data.a.in as b");
}

#[test]
fn comprehensions_and_unions() {
    takes(V1, "p := [x | x := 1]\n\nq := {1 | 2, 3}\n\nr := {\"a\": 1 | 2, \"b\": 3}\n\ns := [a | b, c]");
    takes(V1, "p if {1, 2} == {x | x = 1; x}\n\nq if {\"a\": 1}\n\nr if { true }");
    refuses(V1, "p := [x | x := ]", &["3:16-3:17 unexpected ] token"]);
    refuses(V1, "p := {x: 1, y}", &["3:14-3:15 unexpected } token: expected \":\""]);
    refuses(V1, "p := {1, 2", &["4:1-4:1 unexpected eof token: expected \",\" or \"}\""]);
}

#[test]
fn the_words_of_the_newer_dialect() {
    refuses(V1, "p { true }", &["3:3-3:4 `if` keyword is required before rule body"]);
    refuses(V1, "p[x] { x := 1 }", &["3:1-3:5 `contains` keyword is required for partial set rules"]);
    refuses(V1, "p.a.b", &["3:1-3:6 rule must have value assignment and/or body declaration"]);
    takes(V0, "p { true } { false }\n\nq[x] { x := 1 } { x := 2 }\n\nr = 1 { true } else = 2 { false }");
    refuses(V0, "p contains 1", &["3:1-3:2 var cannot be used for rule name"]);
    refuses(V0, "p = 1 if input.x", &["3:7-3:9 unexpected `if` after a rule +"]);
    takes(V0, "p = 1 if { input.x }");
    takes(V0, "import future.keywords.every\n\np { every x in [1] { x } }");
    takes(V0, "import rego.v1\n\np contains x if some x in [1]");
    refuses(V0, "import rego.v1\n\np { true }", &["5:3-5:4 `if` keyword is required before rule body"]);
    refuses(V1, "import future.keywords.of", &["3:8-3:26 unexpected keyword, must be one of [contains every if in]"]);
    refuses(
        V1,
        "import foo.bar",
        &[
            "3:8-3:15 unexpected import path, must begin with one of: {data, future, input, rego}, got: foo (hint: if this is unexpected, try updating OPA)",
        ],
    );
}

#[test]
fn defaults() {
    takes(V1, "default p := {\"a\": [x | x := input.y]}\n\ndefault f(_, x) := 1");
    refuses(V1, "default p := input.x", &["3:1-3:21 illegal default rule (value cannot contain ref)"]);
    refuses(V1, "default p := 1 + 1", &["3:1-3:19 illegal default rule (value cannot contain call)"]);
    refuses(V1, "default f(x, x) := 1", &["3:1-3:21 illegal default rule (arguments cannot be repeated x)"]);
    refuses(V1, "default f(1) := 1", &["3:1-3:18 illegal default rule (arguments cannot contain number)"]);
}

#[test]
fn every_mistake_of_a_text_is_told_once() {
    refuses(
        V1,
        "p if {\n\tx := \n\ty := ]\n\tinput.z == = 1\n\tinput.fine\n}\n\nq := [1,\n\nr := 1\n\ns if { count(1 }",
        &[
            "5:4-5:6 unexpected assign token: expected \\n or ; or }",
            "6:13-6:14 unexpected eq token +",
            "12:3-12:5 unexpected assign token: expected \",\" or \"]\" +",
            "14:16-14:17 unexpected } token: expected \",\" or \")\" +",
        ],
    );
}

#[test]
fn what_is_too_deep_or_never_closed_is_told_once() {
    for (open, close) in [("1 + (", ")"), ("1 in (", ")"), ("[1 | some x in ", "]"), ("[1 | x := ", "]"), ("f(", ")")] {
        let source = format!("package p\n\np := {}[1]{}\n", open.repeat(1000), close.repeat(1000));
        let said = mistakes(V1, &source);
        assert_eq!(said.len(), 1, "{open}: {said:?}");
        assert!(said.iter().all(|words| words.ends_with("the limit is `source_nesting`")), "{open}: {said:?}");
    }
    refuses(V1, "p := 1 + (2 + (3", &["4:1-4:1 non-terminated expression"]);
    refuses(V1, "p := 1 + (2 + (3 + ]))", &["3:20-3:21 unexpected ] token"]);
    refuses(V1, "p := 1 in (2 in [3", &["4:1-4:1 unexpected eof token: expected \",\" or \"]\""]);
}

#[test]
fn a_set_is_no_condition() {
    takes(V1, "p if {1} == {1}\n\nq if { 1 }\n\nr if {x | x := 1}");
    refuses(V1, "p if set()", &["3:6-3:11 a set is no condition"]);
    refuses(V1, "p if ({1})", &["3:6-3:11 a set is no condition"]);
    refuses(V1, "p if not {1}", &["3:6-3:13 a set is no condition"]);
}

#[test]
fn names() {
    takes(V1, "x\u{663} := 1");
    refuses(V1, "x\u{b2} := 1", &["3:2-3:3 illegal token"]);
    refuses(V0, "if := 1\n\nimport rego.v1", &["3:1-3:8 if keyword cannot be used for rule name"]);
    refuses(V1, "f(x) = 1 { x }", &["3:10-3:11 `if` keyword is required before function body"]);
}

#[test]
fn empty_brackets() {
    takes(V1, "f() := 1\n\np := set()\n\nq := (set)()\n\nr := time.now_ns()");
    takes(V0, "p[\"x\"]() { true }");
    refuses(V1, "f()", &["3:1-3:4 rule argument list must take at least one argument"]);
    refuses(V1, "default a.b()", &["3:1-3:14 illegal default rule (must have a value)"]);
    refuses(V0, "b { false } else = true else = true { true }", &["3:25-3:29 unexpected else keyword"]);
}

#[test]
fn numbers() {
    takes(V1, "p := [0, -1, - 2, .5, -.5, 1.5e-3, 0e5, 0.10]");
    refuses(V1, "p := 01", &["3:6-3:8 unexpected number token: expected number without leading zero"]);
    refuses(V1, "p := 1.", &["3:6-3:8 expected fraction"]);
    refuses(V1, "p := 1e", &["3:6-3:8 expected exponent"]);
    refuses(V1, "p := 0x1", &["3:6-3:9 illegal number format"]);
    refuses(V1, "p := 1.x", &["3:6-3:9 expected fraction"]);
    refuses(V1, "p := 1[0]", &["3:6-3:7 illegal ref (head cannot be number)"]);
}

#[test]
fn order_of_a_module() {
    assert_eq!(mistakes(V1, ""), ["1:1-1:1 empty module"]);
    assert_eq!(mistakes(V1, "# only a comment\n"), ["2:1-2:1 empty module"]);
    assert_eq!(mistakes(V1, "p := 1\n"), ["1:1-1:7 package expected"]);
    refuses(V1, "package q", &["3:1-3:10 unexpected package"]);
    takes(V1, "p := 1\n\nimport data.a");
    assert_eq!(mistakes(V1, "package p.q[x]\n"), ["1:13-1:14 unexpected var token: expecting string"]);
    assert_eq!(mistakes(V1, "package p[\"a b\"].if\n"), [""; 0]);
}
