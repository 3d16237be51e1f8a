//! What blocks of metadata say, where they begin and end, to what they belong, and what is wrong with them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use super::{Annotations, SchemaSource, Scope, Target};
use crate::rego::source::Dialect;
use crate::rego::syntax::{self, Parsed};
use serde_json::{Value, json};

/// A module with one block, whose lines are these, before a rule.
fn module(yaml: &str) -> String {
    let lines: String = yaml.lines().map(|line| format!("# {line}\n")).collect();
    format!("package a\n\n# METADATA\n{lines}p := 1\n")
}

/// The one block of a module, which must be right.
fn block(yaml: &str) -> Annotations {
    let source = module(yaml);
    let parsed = syntax::parse(&source, Dialect::V1);
    assert_eq!(messages(&parsed), [""; 0], "{source}");
    assert_eq!(parsed.annotations.len(), 1, "{source}");
    parsed.annotations.into_iter().next().unwrap()
}

fn messages(parsed: &Parsed<'_>) -> Vec<String> {
    parsed.errors.iter().map(|error| error.message.to_string()).collect()
}

fn line(source: &str, byte: u32) -> usize {
    source.get(..byte as usize).unwrap().matches('\n').count() + 1
}

#[test]
fn a_forbidden_character_of_several_bytes_is_the_whole_place_of_the_mistake() {
    let source = module("title: a\u{8c}b");
    let parsed = syntax::parse(&source, Dialect::V1);
    assert_eq!(messages(&parsed), ["this character may not stand in YAML"]);
    assert!(parsed.errors.iter().all(|error| error.span.text(&source) == "\u{8c}"));
}

#[test]
fn a_block_says_what_its_yaml_says() {
    let block = block(
        "scope: document\ntitle: A title\ndescription: |\n  Several\n  lines: so.\nentrypoint: true\n\
         organizations:\n- Acme Corp.\n- 7\nrelated_resources:\n- https://example.com/a?b=c#d\n\
         - ref: ' https://example.com '\n  description: ' A text '\nauthors:\n- John  Doe <john@example.com>\n\
         - name: Jane\n  email: jane@example.com\n- email: x@example.com\n- <only@example.com>\n\
         unknown: [1]",
    );
    assert_eq!((block.scope, block.scope.name()), (Scope::Document, "document"));
    assert_eq!(block.target, Target { statement: 1, chained: None });
    assert_eq!((block.title.as_str(), block.description.as_str()), ("A title", "Several\nlines: so.\n"));
    assert!(block.entrypoint);
    assert_eq!(block.organizations, ["Acme Corp.", "7"]);
    let resources: Vec<_> =
        block.related_resources.iter().map(|r| (r.address.as_str(), r.description.as_str())).collect();
    assert_eq!(resources, [("https://example.com/a?b=c#d", ""), ("https://example.com", "A text")]);
    let authors: Vec<_> = block.authors.iter().map(|author| (author.name.as_str(), author.email.as_str())).collect();
    assert_eq!(
        authors,
        [
            ("John Doe", "john@example.com"),
            ("Jane", "jane@example.com"),
            ("", "x@example.com"),
            ("", "only@example.com")
        ]
    );
    let keys: Vec<_> = block.keys.iter().map(|key| key.name.as_str()).collect();
    assert_eq!(keys.first(), Some(&"scope"));
    assert_eq!(keys.last(), Some(&"unknown"));
}

#[test]
fn schemas_are_references_or_definitions() {
    let yaml = "schemas:\n- input: schema.input\n- data.acl[\"x y\"]: schema[\"acl-schema\"]\n- input.x: schema\n\
                - input.y: {type: object, properties: {a: {type: string}}}";
    let source = module(yaml);
    let block = block(yaml);
    let found: Vec<_> = block
        .schemas
        .iter()
        .map(|schema| {
            let said = match &schema.source {
                SchemaSource::Reference(reference) => json!(reference.parts),
                SchemaSource::Definition(definition) => definition.clone(),
            };
            (json!(schema.path.parts), said, schema.path.span.text(&source), schema.schema_span.text(&source))
        })
        .collect();
    let definition = "{type: object, properties: {a: {type: string}}}";
    assert_eq!(
        found,
        [
            (json!(["input"]), json!(["schema", "input"]), "input", "schema.input"),
            (
                json!(["data", "acl", "x y"]),
                json!(["schema", "acl-schema"]),
                "data.acl[\"x y\"]",
                "schema[\"acl-schema\"]"
            ),
            (json!(["input", "x"]), json!(["schema"]), "input.x", "schema"),
            (
                json!(["input", "y"]),
                json!({"type": "object", "properties": {"a": {"type": "string"}}}),
                "input.y",
                definition
            ),
        ]
    );
}

#[test]
fn compile_says_what_is_unknown_and_masked() {
    let block = block(
        "scope: rule\ncompile:\n  unknowns: [input.fruits, 'data.x[\"y\"]', 1]\n  mask_rule: data.a.mask\n  x: y",
    );
    let compile = block.compile.unwrap();
    let unknowns: Vec<_> = compile.unknowns.iter().map(|reference| reference.parts.join("/")).collect();
    assert_eq!(unknowns, ["input/fruits", "data/x/y"]);
    assert_eq!(compile.mask_rule.unwrap().parts, ["data", "a", "mask"]);
    assert_eq!(super::tests::block("compile: {mask_rule: mask}").compile.unwrap().mask_rule.unwrap().parts, ["mask"]);
    assert_eq!(super::tests::block("title: x").compile, None);
}

#[test]
fn scalars_mean_what_they_mean_to_opa() {
    for (yaml, value) in [
        ("x", json!("x")),
        ("'1'", json!("1")),
        ("\"a\\u00e9\\n\"", json!("a\u{e9}\n")),
        ("", Value::Null),
        ("~", Value::Null),
        ("true", json!(true)),
        ("yes", json!("yes")),
        ("42", json!(42)),
        ("-0", json!(0)),
        ("+1_000", json!(1000)),
        ("0x1F", json!(31)),
        ("017", json!(15)),
        ("0o17", json!(15)),
        ("0b11", json!(3)),
        ("089", json!(89)),
        ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
        ("0.5", json!(0.5)),
        (".5e1", json!(5)),
        ("1e3", json!(1000)),
        ("1e999", json!("1e999")),
        ("1.2.3", json!("1.2.3")),
        ("2024-01-02", json!("2024-01-02T00:00:00Z")),
        ("2024-1-2T3:4:5.60+01:30", json!("2024-01-02T03:04:05.6+01:30")),
        ("2023-02-29", json!("2023-02-29")),
        ("12:30", json!("12:30")),
        ("!!str 1", json!("1")),
        ("!!float 1", json!(1)),
        ("!mine 1", json!("1")),
        ("[a, {b: c}, ]", json!(["a", {"b": "c"}])),
        ("a:b c", json!("a:b c")),
    ] {
        let block = block(&format!("custom:\n  key: {yaml}"));
        assert_eq!(block.custom.get("key"), Some(&value), "{yaml}");
    }
    // Deeper down OPA lets keys be what they want.
    let block = block("custom:\n  a: {b: {1: x, true: y}}");
    assert_eq!(block.custom.get("a"), Some(&json!({"b": {"1": "x", "true": "y"}})));
}

#[test]
fn words_of_yaml_1_1_are_flags_where_a_flag_must_be() {
    for (yaml, is_entrypoint) in
        [("yes", true), ("On", true), ("'y'", true), ("no", false), ("~", false), ("OFF", false)]
    {
        assert_eq!(block(&format!("entrypoint: {yaml}")).entrypoint, is_entrypoint, "{yaml}");
    }
}

#[test]
fn anchors_and_merges_are_written_out() {
    let block = block(
        "custom: &all\n  a: &x {b: 1, c: 2}\n  d: *x\n  e:\n    <<: *x\n    c: 3\n  f:\n    <<: [{b: 7}, *x]\n\
         \x20 g: [*x]\n  h: {'<<': 1}",
    );
    let x = json!({"b": 1, "c": 2});
    assert_eq!(
        Value::Object(block.custom),
        json!({"a": x, "d": x, "e": {"c": 3, "b": 1}, "f": {"b": 7, "c": 2}, "g": [x], "h": {"<<": 1}})
    );
    // What has no meaning is not written out.
    assert!(super::tests::block("foo: &a [*a]\ntitle: x").custom.is_empty());
}

#[test]
fn blocks_begin_and_end_where_opa_has_it() {
    for (source, titles) in [
        ("package a\n# METADATA\n# title: x\np := 1\n", vec!["x"]),
        ("package a\n#METADATA\n#title: x\np := 1\n", vec!["x"]),
        ("package a\n#   METADATA of the rule\n# title: x\np := 1\n", vec!["x"]),
        ("package a\n# METADATA\r\n# title: x\r\n# description: y\r\np := 1\r\n", vec!["x"]),
        ("package a # METADATA\n# title: x\np := 1\n", vec!["x"]),
        ("package a\n  # METADATA\n# title: x\np := 1\n", vec!["x"]),
        ("package a\n# METADATA\n# title: x\n\n# description: [\np := 1\n", vec!["x"]),
        ("package a\n# METADATA\n# title: x\n # description: [\np := 1\n", vec!["x"]),
        ("package a\n# METADATA\n# title: x\np := 1 # description: [\n", vec!["x"]),
        ("package a\n# METADATA\n# title: x\n# # METADATA\n# # title: y\np := 1\n", vec!["x"]),
        ("package a\n# METADATA\n# title: x\n\n# METADATA\n# title: y\np := 1\n", vec!["x", "y"]),
        ("package a\n# METADATA\n# title: x\n# ...\n# - what follows is not read\np := 1\n", vec!["x"]),
        ("package a\n# METADATA\n# title: x\n# ---\n# title: [\np := 1\n", vec!["x"]),
        ("package a\n# METADATA\n# # only a comment\np := 1\n", vec![""]),
        ("package a\n# Metadata\n# title: [\np := 1\n", vec![]),
        ("package a\n# x METADATA\n# title: [\np := 1\n", vec![]),
        ("package a\np := `\n# METADATA\n# title: [\n`\n", vec![]),
    ] {
        let parsed = syntax::parse(source, Dialect::V1);
        assert_eq!(messages(&parsed), [""; 0], "{source}");
        let found: Vec<_> = parsed.annotations.iter().map(|block| block.title.as_str()).collect();
        assert_eq!(found, titles, "{source}");
    }
}

#[test]
fn a_block_and_its_keys_have_places() {
    let source = "package a\n\n# METADATA\n#  title: \u{e9}x\n#  custom: {a: b}\n#  authors:\n#  - y\np := 1\n";
    let parsed = syntax::parse(source, Dialect::V1);
    let block = parsed.annotations.first().unwrap();
    assert_eq!(block.span.text(source), "# METADATA\n#  title: \u{e9}x\n#  custom: {a: b}\n#  authors:\n#  - y");
    let keys: Vec<_> = block.keys.iter().map(|key| (key.span.text(source), key.value.text(source))).collect();
    assert_eq!(keys, [("title", "\u{e9}x"), ("custom", "{a: b}"), ("authors", "y")]);
}

#[test]
fn a_block_belongs_to_the_next_statement() {
    let blocks = |source: &str, dialect| -> Vec<(Scope, usize, Option<usize>)> {
        let parsed = syntax::parse(source, dialect);
        assert_eq!(messages(&parsed), [""; 0], "{source}");
        let of = |block: &Annotations| (block.scope, block.target.statement, block.target.chained);
        parsed.annotations.iter().map(of).collect()
    };
    let head = "# METADATA\n# title: x\n";
    assert_eq!(blocks(&format!("{head}package a\n"), Dialect::V1), [(Scope::Package, 0, None)]);
    assert_eq!(
        blocks(&format!("# METADATA\n# scope: subpackages\n\n{head}package a\n"), Dialect::V1),
        [(Scope::Subpackages, 0, None), (Scope::Package, 0, None)]
    );
    assert_eq!(blocks(&format!("package a\nimport data.b\n{head}p := b\n"), Dialect::V1), [(Scope::Rule, 2, None)]);
    assert_eq!(
        blocks("package a\n# METADATA\n# entrypoint: true\np := 1\n", Dialect::V1),
        [(Scope::Document, 1, None)]
    );
    assert_eq!(blocks("# METADATA\n# entrypoint: true\npackage a\n", Dialect::V1), [(Scope::Package, 0, None)]);
    // Inside of a rule it belongs to the next one, and a further body of v0 is a rule.
    assert_eq!(
        blocks(&format!("package a\np if {{\n{head}\ttrue\n}}\nq := 1\n"), Dialect::V1),
        [(Scope::Rule, 2, None)]
    );
    let chained = format!("package a\n{head}\np {{\n\ttrue\n}} {{\n\tfalse\n{head}}} {{\n\t1\n}}\n");
    assert_eq!(blocks(&chained, Dialect::V0), [(Scope::Rule, 1, None), (Scope::Rule, 1, Some(1))]);
}

#[test]
fn scopes_must_suit_what_follows() {
    let invalid = "invalid annotation scope '%'. Use one of 'rule', 'document', 'package', or 'subpackages'";
    let entrypoint = "annotation entrypoint applied to non-document or package scope '%'";
    for (scope, rest, errors) in [
        (
            "scope: package",
            "p := 1",
            vec!["annotation scope 'package' must be applied to package (have rule)".to_owned()],
        ),
        ("scope: package", "", vec!["annotation scope 'package' must be applied to package".to_owned()]),
        ("scope: rule", "", vec!["annotation scope 'rule' must be applied to rule".to_owned()]),
        (
            "scope: rule",
            "import data.x",
            vec!["annotation scope 'rule' must be applied to rule (have import)".to_owned()],
        ),
        ("title: x", "import data.x", vec![invalid.replace('%', "import")]),
        ("title: x", "", vec![invalid.replace('%', "")]),
        ("scope: Rule", "p := 1", vec![invalid.replace('%', "Rule")]),
        ("scope: rule\n# entrypoint: true", "p := 1", vec![entrypoint.replace('%', "rule")]),
        ("scope: x\n# entrypoint: true", "p := 1", vec![entrypoint.replace('%', "x"), invalid.replace('%', "x")]),
    ] {
        let source = format!("package a\n\n# METADATA\n# {scope}\n{rest}\n");
        let parsed = syntax::parse(&source, Dialect::V1);
        let mut found = messages(&parsed);
        found.sort();
        assert_eq!(found, errors, "{source}");
        assert!(parsed.errors.iter().all(|error| line(&source, error.opa_byte()) == 3), "{source}");
        assert!(parsed.errors.iter().all(|error| error.help.is_some() && !error.is_beyond_opa), "{source}");
        assert!(parsed.annotations.is_empty(), "{source}");
    }
    let source = "# METADATA\n# scope: document\npackage a\n";
    let parsed = syntax::parse(source, Dialect::V1);
    assert_eq!(messages(&parsed), ["annotation scope 'document' must be applied to rule (have package)"]);
    assert_eq!(parsed.errors.first().unwrap().span.text(source), "scope: document");
}

/// The YAML, a part of the message, the line of OPA counted from that of the word, and the faulty text.
const MISTAKES: &[(&str, &str, usize, &str)] = &[
    ("", "expected METADATA block, found whitespace", 0, "# METADATA"),
    ("title: x\nauthors:\n+  - y", "a `:` must follow this key", 3, "+"),
    ("title: a: b", "a `:` may not stand here", 1, ":"),
    ("title: x\ndescription: a: b\nscope: rule", "a `:` may not stand here", 3, ":"),
    ("title: x\n bad", "", 0, ""),
    ("title: x\nbad\nscope: rule", "a `:` must follow this key", 3, "b"),
    ("a:\n  b: 1\n c: 2", "this line is no `key: value`", 3, "c"),
    ("title: x\n\tscope: rule", "a tab may not indent", 2, "\t"),
    ("\ttitle: x", "a tab may not indent", 1, "\t"),
    ("authors:\n\t- x", "a tab may not indent", 2, "\t"),
    ("description: |\n  x\n\ty", "a tab may not indent", 3, "\t"),
    ("title: 'x\nscope: rule", "never closed by its quotation mark", 2, "'"),
    ("title: \"a\\/b\"", "no such escape", 1, "\\/"),
    ("title: \"a\\\\b\\q\"", "no such escape", 1, "\\q"),
    ("authors: [x", "this `[` is never closed", 1, "["),
    ("title: @x", "no text begins with this character", 1, "@"),
    ("title: `x`", "no text begins with this character", 1, "`"),
    ("title: *x", "unknown anchor 'x' referenced", 1, "*x"),
    ("title: &a.b x", "the name of an anchor or alias", 1, "&a.b"),
    ("related_resources: [https://x/?q]", "a `?` may not stand in a text", 1, "?"),
    (": x", "a key is missing", 1, ":"),
    ("custom: {: x}", "a key is missing", 1, ":"),
    ("custom:\n  <<: x", "only an object or a list of objects can be merged", 1, "x"),
    ("custom: &a\n  b: *a", "inside of what it stands for", 1, "*a"),
    ("custom:\n  a: !!int x", "cannot decode !!str `x` as a !!int", 1, "x"),
    ("custom:\n  ? [a]\n  : b", "a key must be a text, not a list", 3, "[a]"),
    ("custom:\n  a: {[b]: c}", "a key must be a text", 1, "[b]"),
    ("title: x\ntitle: y\nscope: rule", "the key `title` stands twice", 3, "title"),
    ("custom:\n  a: 1\n  a: 2", "the key `a` stands twice", 3, "a"),
    ("just words", "metadata must be an object, not a text", 1, "just words"),
    ("- x", "metadata must be an object, not a list", 1, "- x"),
    ("title: [x]\nscope: rule", "`title` must be a text, not a list", 2, "[x]"),
    ("title:\n  a: b\nscope: rule", "`title` must be a text, not an object", 3, "a: b"),
    ("entrypoint: 'true'\nscope: rule", "`entrypoint` must be `true` or `false`, not a text", 2, "'true'"),
    ("entrypoint: 1", "`entrypoint` must be `true` or `false`, not a number", 1, "1"),
    ("organizations: Acme", "`organizations` must be a list, not a text", 1, "Acme"),
    ("organizations:\n- {a: b}", "an entry of `organizations` must be a text, not an object", 2, "{a: b}"),
    ("authors: {name: x}", "`authors` must be a list, not an object", 1, "{name: x}"),
    ("custom: [a]", "`custom` must be an object, not a list", 1, "[a]"),
    ("schemas:\n  input: schema.x", "`schemas` must be a list, not an object", 2, "input: schema.x"),
    ("schemas:\n- input", "an entry of `schemas` must be an object, not a text", 2, "input"),
    ("schemas:\n- foo: schema.x", "invalid document reference", 0, "foo"),
    ("schemas:\n- 'input x': schema.x", "invalid document reference", 0, "'input x'"),
    ("schemas:\n- {}", "invalid document reference", 0, "{}"),
    ("schemas:\n- input: input.x", "invalid schema reference", 0, "input.x"),
    ("schemas:\n- input: 'schema.x if y'", "invalid schema reference", 0, "'schema.x if y'"),
    ("schemas:\n- input: 1", "invalid schema declaration for path \"input\"", 0, "1"),
    ("schemas:\n- input: {1: x}", "invalid schema declaration for path \"input\"", 0, "{1: x}"),
    ("authors:\n- ''", "invalid author definition : author is an empty string", 0, "''"),
    ("authors:\n- 1", "invalid author definition %!s(int=1): invalid value type, must be string or map", 0, "1"),
    ("authors:\n-", "invalid author definition %!s(<nil>): invalid value type, must be string or map", 0, ""),
    (
        "authors:\n- {b: [1.5, ~], a: true}",
        "invalid author definition map[a:%!s(bool=true) b:[%!s(float64=1.5) <nil>]]: \
         'name' and/or 'email' values required in object",
        0,
        "{b: [1.5, ~], a: true}",
    ),
    (
        "authors:\n- [100000.0, 1000000.0, -0.00001]",
        "invalid author definition [%!s(float64=100000) %!s(float64=1e+06) %!s(float64=-1e-05)]: \
         invalid value type, must be string or map",
        0,
        "[100000.0, 1000000.0, -0.00001]",
    ),
    ("authors:\n- {1: x}", "invalid author definition map[%!s(int=1):x]: invalid map key type(s): ", 0, "{1: x}"),
    (
        "authors:\n- 2024-01-02",
        "invalid author definition 2024-01-02 00:00:00 +0000 UTC: invalid value type, must be string or map",
        0,
        "2024-01-02",
    ),
    ("custom:\n  a: {1: x}", "invalid map key type(s): ", 0, "{1: x}"),
    ("custom:\n  a: [b, [{1: x}]]", "invalid map key type(s): 1/0", 0, "[b, [{1: x}]]"),
    ("compile:\n  unknowns: [x]", "invalid unknowns element \"x\"", 0, "x"),
    ("compile:\n  mask_rule: 'a b'", "invalid mask_rule annotation \"a b\"", 0, "'a b'"),
    ("compile:\n  mask_rule: '1'", "invalid mask_rule annotation type \"1\": string", 0, "'1'"),
    ("related_resources:\n- ''", "invalid related-resource definition : ref URL may not be empty string", 0, "''"),
    (
        "related_resources:\n- description: x",
        "invalid related-resource definition map[description:x]: 'ref' value required in object",
        0,
        "description: x",
    ),
    ("related_resources:\n- [x]", "invalid value type, must be string or map", 0, "[x]"),
];

#[test]
fn a_mistake_has_its_place_and_that_of_opa() {
    for &(yaml, message, row, text) in MISTAKES {
        let source = module(yaml);
        let parsed = syntax::parse(&source, Dialect::V1);
        let of_opa: Vec<_> = parsed.errors.iter().filter(|error| !error.is_beyond_opa).collect();
        if message.is_empty() {
            assert!(parsed.errors.is_empty(), "{source}\n{of_opa:?}");
            continue;
        }
        let [error] = of_opa.as_slice() else { panic!("{source}\n{:?}", parsed.errors) };
        assert!(error.message.contains(message), "{source}\n{error:?}");
        assert_eq!(line(&source, error.opa_byte()), 3 + row, "{source}\n{error:?}");
        assert_eq!(error.span.text(&source), text, "{source}\n{error:?}");
        assert!(error.help.is_some(), "{source}\n{error:?}");
        assert!(parsed.annotations.is_empty(), "{source}");
    }
}

#[test]
fn addresses_are_such_as_opa_takes() {
    for (address, why) in [
        ("https://example.com/a b", ""),
        ("//x/y", ""),
        ("a/b:c", ""),
        ("mailto:x@y.z", ""),
        ("https://u:p@[::1]:80/%41?%zz", ""),
        ("*", ""),
        ("1:2", "parse \"1:2\": first path segment in URL cannot contain colon"),
        (":x", "parse \":x\": missing protocol scheme"),
        ("a_b:c", "parse \"a_b:c\": first path segment in URL cannot contain colon"),
        ("http://x:y", "parse \"http://x:y\": invalid port \":y\" after host"),
        ("http://[::1", "parse \"http://[::1\": missing ']' in host"),
        ("http://a b", "parse \"http://a b\": invalid character \" \" in host name"),
        ("http://a<b@c", "parse \"http://a<b@c\": net/url: invalid userinfo"),
        ("http://x/%4", "parse \"http://x/%4\": invalid URL escape \"%4\""),
        ("x#%zz", "parse \"x#%zz\": invalid URL escape \"%zz\""),
    ] {
        let source = module(&format!("related_resources:\n- '{address}'"));
        let expected = format!("invalid related-resource definition {address}: {why}");
        let expected = if why.is_empty() { vec![] } else { vec![expected] };
        assert_eq!(messages(&syntax::parse(&source, Dialect::V1)), expected, "{address}");
    }
}

#[test]
fn opa_reports_one_mistake_of_a_block_and_those_before_it_stops() {
    let reported = |source: &str| -> Vec<(String, bool)> {
        let parsed = syntax::parse(source, Dialect::V1);
        parsed.errors.iter().map(|error| (error.message.to_string(), error.is_beyond_opa)).collect()
    };
    let title = || "`title` must be a text, not a list".to_owned();
    let scope = || "`scope` must be a text, not a list".to_owned();
    assert_eq!(reported(&module("title: []\nscope: []")), [(title(), false), (scope(), true)]);
    let bad = "# METADATA\n# title: []\n";
    assert_eq!(reported(&format!("{bad}package a\n{bad}p := 1\n")), [(title(), false), (title(), false)]);
    let found = reported(&format!("{bad}package a\nimport foo\n{bad}p := 1\n"));
    assert_eq!(found.iter().map(|(_, is_beyond)| *is_beyond).collect::<Vec<_>>(), [false, false, true]);
    // What a block belongs to is looked at where nothing else is wrong.
    let unattached = "# METADATA\n# title: x\n";
    let found = reported(&format!("{bad}package a\np := 1\n{unattached}"));
    assert_eq!(found.iter().map(|(_, is_beyond)| *is_beyond).collect::<Vec<_>>(), [false, true]);
    // Nothing is said about a block before a statement that cannot be read.
    assert_eq!(reported(&format!("package a\n{unattached}p := := 1\n")).len(), 1);
}

#[test]
fn a_scope_is_told_once() {
    let told = |scope: &str| -> Vec<String> {
        let source = format!("package a\n\n# METADATA\n# scope: {scope}\n# entrypoint: true\np := 1\n");
        syntax::parse(&source, Dialect::V1).told().map(|error| error.message.to_string()).collect()
    };
    assert_eq!(told("subpackages"), ["annotation scope 'subpackages' must be applied to package (have rule)"]);
    assert_eq!(told("x"), ["invalid annotation scope 'x'. Use one of 'rule', 'document', 'package', or 'subpackages'"]);
    assert_eq!(told("rule"), ["annotation entrypoint applied to non-document or package scope 'rule'"]);
}

#[test]
fn what_unfolds_or_nests_without_end_is_refused() {
    let list = |at: usize| format!("  a{at}: &a{at} [{}]\n", vec![format!("*a{}", at - 1); 9].join(", "));
    let bomb = "custom:\n  a0: &a0 [x]\n".to_owned() + &(1..30).map(list).collect::<String>();
    let merge = |at: usize| format!("  a{at}: &a{at} {{k{at}: *a{0}, <<: [*a{0}, *a{0}]}}\n", at - 1);
    let merges = "custom:\n  a0: &a0 {k: v}\n".to_owned() + &(1..60).map(merge).collect::<String>();
    let chain = |at: usize| format!("  a{at}: &a{at} [*a{}]\n", at - 1);
    let chain = "custom:\n  a0: &a0 [x]\n".to_owned() + &(1..3000).map(chain).collect::<String>();
    for (yaml, limit) in [
        (bomb, "source_bytes"),
        (merges, "source_bytes"),
        (chain, "source_bytes"),
        (format!("custom:\n  a: {}{}", "[".repeat(5000), "]".repeat(5000)), "data_nesting"),
        (format!("custom:\n  a: {}", "{a: ".repeat(5000)), "data_nesting"),
        (format!("custom:\n  {}a", "- ".repeat(5000)), "data_nesting"),
    ] {
        let source = module(&yaml);
        let parsed = syntax::parse(&source, Dialect::V1);
        let [error] = parsed.errors.as_slice() else { panic!("{:?}", parsed.errors) };
        assert_eq!(error.limit.map(|(name, _)| name), Some(limit), "{}", error.message);
    }
}

#[test]
fn any_bytes_of_a_block_end_in_a_value_or_an_error() {
    for yaml in [
        "a\0b",
        "a: \u{1}",
        "a: \u{feff}b",
        "a\rb: c",
        "\u{1f600}: [\u{e9}?",
        "%YAML 9.9",
        "? ? ?",
        "- - : -",
        "&",
        "*",
        "!",
        "|",
        ">9",
    ] {
        let source = module(yaml);
        let parsed = syntax::parse(&source, Dialect::V1);
        for error in &parsed.errors {
            assert!(source.get(error.span.range()).is_some(), "{yaml:?} {error:?}");
        }
        assert_eq!(parsed.annotations.len(), usize::from(parsed.errors.is_empty()), "{yaml:?}");
    }
}
