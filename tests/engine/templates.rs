//! Templates: what `strings.render_template` writes and refuses, and that no template can hang or trap the engine.

use super::*;
use serde_json::{Value, json};

fn data() -> Value {
    json!({
        "s": "héllo <b>", "n": 0, "f": 1.5, "t": true, "no": false, "z": null, "e": "",
        "l": ["a", "b", 1], "o": {"k": "v", "m": {"q": [1, null]}}, "el": [],
    })
}

fn ask(template: &str) -> Result<Answer, regate::error::Error> {
    let program = program("package policy\n\nx := strings.render_template(input.template, input.data)\n");
    let input = json!({"template": template, "data": data()});
    let input = Document::read(input.to_string().as_bytes()).unwrap();
    let allowance = Allowance { strict_builtin_errors: true, ..Allowance::default() };
    program.evaluate("policy/x", Some(&input), allowance).map(|found| found.answer)
}

#[test]
fn templates_write_what_go_writes() {
    for (template, written) in [
        ("plain }} text", "plain }} text"),
        ("{{.s}} {{.n}} {{.f}} {{.t}}", "héllo <b> 0 1.5 true"),
        (
            "{{.}}",
            "map[e: el:[] f:1.5 l:[a b 1] n:0 no:false o:map[k:v m:map[q:[1 <nil>]]] s:héllo <b> t:true z:<nil>]",
        ),
        (
            "[{{.missing}}] [{{.missing.deep.er}}] [{{.z}}] <no value>",
            "[<undefined>] [<undefined>] [<undefined>] <undefined>",
        ),
        // Blanks and comments.
        ("a \n {{- .t -}} \n b {{/* nothing */}} {{- /* at all */ -}} c", "atrueb c"),
        // Conditions: numbers of the data are texts.
        ("{{if .n}}y{{else}}n{{end}}{{if 0}}y{{else}}n{{end}}", "yn"),
        ("{{if .e}}1{{else if .no}}2{{else if .l}}3{{else}}4{{end}}", "3"),
        ("{{with .o}}{{.k}}{{$.t}}{{end}}{{with .z}}a{{else with .s}}{{len .}}{{end}}", "vtrue10"),
        // Loops.
        ("{{range .l}}<{{.}}>{{end}}{{range .el}}x{{else}}-{{end}}", "<a><b><1>-"),
        ("{{range $i, $x := .l}}{{if $i}},{{end}}{{$x}}{{end}}", "a,b,1"),
        ("{{range $k, $v := .o}}{{$k}} {{end}}{{range 3}}{{.}}{{end}}", "k m 012"),
        ("{{range .l}}{{if eq . \"b\"}}{{continue}}{{end}}{{.}}{{end}}{{range .l}}{{break}}{{end}}", "a1"),
        // Variables.
        ("{{$x := 1}}{{if .t}}{{$x = 2}}{{$y := 3}}{{end}}{{$x}}", "2"),
        ("{{$x := .o}}{{$x.m.q}}{{(index $x.m \"q\")}}{{(.o.m).q}}", "[1 <nil>][1 <nil>][1 <nil>]"),
        // Functions.
        ("{{len .s}} {{len .l}} {{len .o}}", "10 3 2"),
        ("{{index .l 1}}{{index .o \"m\" \"q\" 0}}{{index .o \"none\"}}{{index \"abc\" 1}}", "b1<undefined>98"),
        ("{{slice .s 0 1}}{{slice .l 1 2}}", "h[b]"),
        ("{{and .t .s}}{{and .no 1}}{{or .e .no \"x\"}}{{not .e}}", "héllo <b>falsextrue"),
        (
            "{{eq .s \"a\" \"héllo <b>\"}}{{eq 1 1}}{{ne 1 2}}{{lt 1 2}}{{le \"a\" \"a\"}}{{gt 1.5 .5}}{{ge 1 2}}{{eq .z nil}}",
            "truetruetruetruetruetruefalsetrue",
        ),
        ("{{print 1 2 \"a\" .t}} {{print .z}} {{println 1 \"a\"}}", "1 2atrue <nil> 1 a\n"),
        ("{{printf \"%s|%5d|%.2f|%v|%t|%q\" .s 42 1.5 .l .t \"x\"}}", "héllo <b>|   42|1.50|[a b 1]|true|\"x\""),
        ("{{html .s}} {{js .s}} {{urlquery .s}}", "héllo &lt;b&gt; héllo \\u003Cb\\u003E h%C3%A9llo+%3Cb%3E"),
        ("{{.s | printf \"%s!\" | len}} {{\"a\" | print \"b\"}} {{.t |}} {{(.z).a}}", "11 ba true <undefined>"),
        // Templates.
        (
            "{{define \"a\"}}[{{.}}]{{end}}{{template \"a\" .n}}{{template \"a\"}}{{block \"b\" .o}}{{.k}}{{end}}",
            "[0][<undefined>]v",
        ),
        // Constants.
        (
            "{{\"\\ta\\u00e9\\x41\"}}{{`\\n`}}{{'a'}} {{0x1F}} {{1_000}} {{-.5}} {{1e3}} {{0b11}} {{017}}",
            "\taéA\\n97 31 1000 -0.5 1000 3 15",
        ),
    ] {
        let found = ask(template).unwrap_or_else(|error| panic!("{template}: {error}"));
        assert_eq!(found, Answer::Value(serde_json::to_string(written).unwrap().into()), "{template}");
    }
}

#[test]
fn as_many_variables_may_be_declared_and_named_as_there_is_text_for() {
    let (declared, named) =
        ((0..20_000).map(|at| format!("{{{{$v{at}:=1}}}}")).collect::<String>(), "{{$v19999}}".repeat(20_000));
    let never = format!("{{{{if .no}}}}{declared}{named}{{{{end}}}}end");
    assert_eq!(ask(&never).unwrap(), Answer::Value("\"end\"".into()));
    // Each is known as long as what it was declared in, also under a name that was known before.
    let shadowed = "{{$a := 1}}{{if .t}}{{$a := 2}}{{$a}}{{end}}{{$a}}{{range $i, $a := .l}}{{end}}{{$a}}{{$ | len}}";
    assert_eq!(ask(shadowed).unwrap(), Answer::Value("\"21110\"".into()));
    for forgotten in ["{{if .t}}{{$a := 1}}{{end}}{{$a}}", "{{$b := 1}}{{with $a := .t}}{{$a := 2}}{{end}}{{$b}}{{$a}}"]
    {
        assert!(ask(forgotten).unwrap_err().message.contains("undefined variable \"$a\""), "{forgotten}");
    }
}

#[test]
fn what_is_no_template_is_refused() {
    for template in [
        "{{",
        "{{.s",
        "{{}}",
        "{{|}}",
        "{{end}}",
        "{{else}}",
        "{{if}}x{{end}}",
        "{{if .t}}",
        "{{nope}}",
        "{{$x}}",
        "{{break}}",
        "{{/* a}}",
        "{{\"a}}",
        "{{'ab'}}",
        "{{?}}",
        "{{1a}}",
        "{{08}}",
        "{{1i}}",
        "{{(1).x}}",
        "{{(.s}}",
        "{{.s)}}",
        "{{define \"a\"}}",
        "{{define .s}}{{end}}",
        "{{template .s}}",
        "{{range .l}}{{define \"z\"}}{{end}}{{end}}",
        "{{$a, $b := .l}}",
        "{{define \"a\"}}1{{end}}{{define \"a\"}}2{{end}}",
        "{{1 | 2}}",
        "{{if .t}}a{{else}}b{{else}}c{{end}}",
        "{{.s.}}",
        // What cannot be while it runs.
        "{{.s.a}}",
        "{{.z.a}}",
        "{{1 | .s}}",
        "{{.s 1}}",
        "{{nil}}",
        "{{range .s}}x{{end}}",
        "{{range .n}}x{{end}}",
        "{{len .z}}",
        "{{len 3}}",
        "{{index .l 9}}",
        "{{index .l -1}}",
        "{{index .l .n}}",
        "{{index .o 1}}",
        "{{slice .s 3 1}}",
        "{{eq .n 0}}",
        "{{eq 1 1.0}}",
        "{{eq .l .l}}",
        "{{lt .l 1}}",
        "{{lt .t .t}}",
        "{{eq}}",
        "{{not}}",
        "{{and}}",
        "{{lt 1}}",
        "{{call .s}}",
        "{{printf 1}}",
        "{{template \"nope\"}}",
        "{{range $i, $j := 3}}{{end}}",
    ] {
        let error = ask(template).map(|found| panic!("{template}: {found:?}")).unwrap_err();
        assert!(error.message.starts_with("strings.render_template: template: "), "{template}: {error}");
    }
    let error = ask("a\n{{nope}}").unwrap_err();
    assert!(error.message.contains("template: template:2: function \"nope\" not defined"), "{error}");
    for call in ["strings.render_template(\"\", {\"a\": {1}})", "strings.render_template(\"\", {\"a\": {1: 2}})"] {
        let program = program(format!("package policy\n\nx := {call}\n"));
        assert_eq!(
            program.evaluate("policy/x", None, Allowance::default()).unwrap().answer,
            Answer::Undefined,
            "{call}"
        );
    }
}

#[test]
fn hostile_templates_end_with_a_limit() {
    let loops =
        |count: usize, of: &str| format!("{}x{}", format!("{{{{range {of}}}}}").repeat(count), "{{end}}".repeat(count));
    for (template, limit) in [
        (format!("{}{}", "{{if .t}}".repeat(5_000), "{{end}}".repeat(5_000)), "template_nesting"),
        (format!("{{{{if .t}}}}{}{{{{end}}}}", "{{else if .t}}".repeat(5_000)), "template_nesting"),
        (format!("{{{{{}1{}}}}}", "(".repeat(5_000), ")".repeat(5_000)), "template_nesting"),
        ("{{define \"a\"}}{{template \"a\" .}}{{end}}{{template \"a\" .}}".to_owned(), "template_nesting"),
        ("{{define \"a\"}}{{template \"b\" .}}{{template \"b\" .}}{{end}}{{define \"b\"}}{{template \"a\" .}}{{end}}{{template \"a\"}}".to_owned(), "template_nesting"),
        ("{{range 9000000000000000000}}{{end}}".to_owned(), "steps"),
        (loops(20, "$.l"), "steps"),
        (loops(3, "1000"), "steps"),
        ("{{$x := print .s .s}}{{range 100}}{{$x = print $x $x}}{{end}}{{$x}}".to_owned(), "memory_units"),
        ("{{printf \"%1000000d\" 1}}".to_owned(), "format_width"),
        (format!("{}{{{{template \"t0\"}}}}{{{{define \"t40\"}}}}x{{{{end}}}}", (0..40).map(|at| format!("{{{{define \"t{at}\"}}}}{{{{template \"t{0}\"}}}}{{{{template \"t{0}\"}}}}{{{{end}}}}", at + 1)).collect::<String>()), "steps"),
    ] {
        let error = ask(&template).map(|found| panic!("{found:?}")).unwrap_err();
        assert_eq!(error.code, ErrorCode::LimitExceeded, "{error}");
        let reached = error.limit.unwrap().name;
        let is_it = reached == limit || limit == "memory_units" && reached == "steps";
        assert!(is_it, "{}: {reached}", template.chars().take(100).collect::<String>());
    }
}
