//! What loading refuses, in which stage and words, where it says so, and what it takes.

use crate::{Policies, Rows, call, policy};
use regate::api::Engine;
use serde_json::{Value, json};

#[test]
fn the_first_stage_that_finds_something_is_told_whole_by_path() {
    let good = "package org\npolicy_name[\"good\"]\n";
    let nameless = "package org\n";
    let broken = "package org\npolicy_name[\"n\"]\nr = [\n";
    let elsewhere = "package other\npolicy_name[\"elsewhere\"]\n";
    let unused = "package org\npolicy_name[\"unused\"]\nr { x := 1 }\n";
    let mut rows = Rows::default();
    for (row, files, stage, message) in [
        ("good", vec![("a.rego", good)], Value::Null, ""),
        (
            "empty",
            vec![("a.rego", "")],
            json!("parse"),
            "failed to parse policy file(s): failed to parse file \"a.rego\": a.rego:0: rego_parse_error: empty module",
        ),
        (
            "only a comment",
            vec![("a.rego", "# a\n")],
            json!("parse"),
            "failed to parse policy file(s): failed to parse file \"a.rego\": a.rego:0: rego_parse_error: empty module",
        ),
        (
            "no package",
            vec![("a.rego", "policy_name[\"n\"] { true }")],
            json!("parse"),
            "failed to parse policy file(s): failed to parse file \"a.rego\": 1 error occurred: a.rego:1: rego_parse_error: package expected",
        ),
        (
            "no name",
            vec![("a.rego", nameless)],
            json!("parse"),
            "failed to parse policy file(s): failed to parse file: \"a.rego\": must declare rule \"policy_name\" but module contains no rules",
        ),
        (
            "two without names, by path",
            vec![("c.rego", nameless), ("b.rego", good), ("a.rego", nameless)],
            json!("parse"),
            "failed to parse policy file(s): 2 error(s) occurred: failed to parse file: \"a.rego\": must declare rule \"policy_name\" but module contains no rules; failed to parse file: \"c.rego\": must declare rule \"policy_name\" but module contains no rules",
        ),
        (
            "a path that is quoted",
            vec![("a \"b\".rego", nameless)],
            json!("parse"),
            "failed to parse policy file(s): failed to parse file: \"a \\\"b\\\".rego\": must declare rule \"policy_name\" but module contains no rules",
        ),
        (
            "one name twice",
            vec![("a.rego", good), ("b.rego", good)],
            json!("names"),
            "failed to parse bundle: policy \"good\" declared 2 times",
        ),
        (
            "two names twice",
            vec![("a.rego", elsewhere), ("b.rego", elsewhere), ("c.rego", good), ("d.rego", good), ("e.rego", good)],
            json!("names"),
            "failed to parse bundle: 2 error(s) occurred: policy \"elsewhere\" declared 2 times; policy \"good\" declared 3 times",
        ),
        (
            "another package",
            vec![("a.rego", elsewhere)],
            json!("lint"),
            "failed policy linting: \"elsewhere\": invalid package name: expected one of packages [org] but got \"package other\"",
        ),
        (
            "a part of the package",
            vec![("a.rego", "package org.team\npolicy_name[\"n\"]\n")],
            json!("lint"),
            "failed policy linting: \"n\": invalid package name: expected one of packages [org] but got \"package org.team\"",
        ),
        (
            "a package with a quoted part",
            vec![("a.rego", "package org[\"a-b\"]\npolicy_name[\"n\"]\n")],
            json!("lint"),
            "failed policy linting: \"n\": invalid package name: expected one of packages [org] but got \"package org[\\\"a-b\\\"]\"",
        ),
        (
            "a test package",
            vec![("a_test.rego", "package org_test\npolicy_name[\"n\"]\n")],
            json!("lint"),
            "failed policy linting: \"n\": invalid package name: expected one of packages [org] but got \"package org_test\"",
        ),
        (
            "the package of the library",
            vec![("a.rego", "package circleci.config\npolicy_name[\"n\"]\n")],
            json!("lint"),
            "failed policy linting: \"n\": invalid package name: expected one of packages [org] but got \"package circleci.config\"",
        ),
        (
            "package and branch, and another file",
            vec![("a.rego", "package p\npolicy_name[\"n\"]\nr { data.meta.branch == \"x\" }\n"), ("b.rego", elsewhere)],
            json!("lint"),
            "failed policy linting: 3 error(s) occurred: \"n\": invalid package name: expected one of packages [org] but got \"package p\"; \"n\": a.rego:3: invalid use of data.meta.branch use data.meta.vcs.branch instead; \"elsewhere\": invalid package name: expected one of packages [org] but got \"package other\"",
        ),
        (
            "what does not compile",
            vec![("a.rego", unused)],
            json!("compile"),
            "failed to compile policy: 1 error occurred: a.rego:3: rego_compile_error: assigned var x unused",
        ),
        (
            "two that do not",
            vec![("b.rego", unused), ("a.rego", "package org\npolicy_name[\"a\"]\nr { y := 1 }\n")],
            json!("compile"),
            "failed to compile policy: 2 errors occurred:\na.rego:3: rego_compile_error: assigned var y unused\nb.rego:3: rego_compile_error: assigned var x unused",
        ),
        (
            "names before the package",
            vec![("a.rego", elsewhere), ("b.rego", elsewhere)],
            json!("names"),
            "failed to parse bundle: policy \"elsewhere\" declared 2 times",
        ),
        (
            "parsing before names",
            vec![("a.rego", good), ("b.rego", good), ("c.rego", nameless)],
            json!("parse"),
            "failed to parse policy file(s): failed to parse file: \"c.rego\": must declare rule \"policy_name\" but module contains no rules",
        ),
        (
            "the package before compiling",
            vec![("a.rego", elsewhere), ("b.rego", unused)],
            json!("lint"),
            "failed policy linting: \"elsewhere\": invalid package name: expected one of packages [org] but got \"package other\"",
        ),
    ] {
        let policies = Policies::load(&files);
        rows.same(row, &json!(policies.refused()), &json!(message));
        rows.same(&format!("the stage of: {row}"), &policies.loaded["error"]["stage"], &stage);
        rows.same(
            &format!("a handle for: {row}"),
            &json!(policies.loaded["handle"].is_u64()),
            &json!(message.is_empty()),
        );
    }
    let syntax = Policies::load(&[("a.rego", broken)]).refused();
    rows.holds(
        "a text with a mistake",
        &syntax,
        "failed to parse policy file(s): failed to parse file \"a.rego\": 1 error occurred: a.rego:",
    );
    rows.holds("a text with a mistake", &syntax, ": rego_parse_error: ");
    rows.end();
}

#[test]
fn findings_of_all_stages_are_told_with_help() {
    let files = [
        ("a.rego", "package p\npolicy_name[\"n\"]\nr { data.meta.branch == \"x\" }\n"),
        ("b.rego", "package org\npolicy_name[\"n\"]\nr { x := 1 }\n"),
        ("c.rego", "package org\nr = 1\n"),
    ];
    let policies = Policies::load(&files);
    let name = "error config_policy_name_repeated";
    let twice = "policy \"n\" declared 2 times";
    assert_eq!(
        policies.findings(),
        [
            "error config_package a.rego:1 invalid package name: expected one of packages [org] but got \"package p\"",
            &format!("{name} a.rego:2 {twice}"),
            "error config_branch_path a.rego:3 invalid use of data.meta.branch use data.meta.vcs.branch instead",
            &format!("{name} b.rego:2 {twice}"),
            "error rego_compile_error b.rego:3 assigned var x unused",
            "error config_policy_name c.rego:2 first rule declaration must be \"policy_name\" but found \"r\"",
        ]
    );
    for found in policies.loaded["diagnostics"].as_array().unwrap() {
        let is_ours = found["code"].as_str().unwrap().starts_with("config_");
        assert!(!is_ours || found["help"].is_string(), "{found}");
    }
}

#[test]
fn the_old_path_of_the_branch_is_refused_where_it_is_an_operand_of_a_statement() {
    let mut rows = Rows::default();
    const TEXT: &str = "invalid use of data.meta.branch use data.meta.vcs.branch instead";
    for (rules, line) in [
        ("r { data.meta.branch == \"x\" }", 7),
        ("r { not data.meta.branch == \"x\" }", 7),
        ("r { \"x\" == data.meta.branch }", 7),
        ("r { b := data.meta.branch; b == 1 }", 7),
        ("r { b = data.meta.branch; b == 1 }", 7),
        ("r { data.meta.branch != \"x\" }", 7),
        ("r { startswith(data.meta.branch, \"x\") }", 7),
        ("r { data.meta[\"branch\"] == \"x\" }", 7),
        ("r { data.meta.branch in {\"x\"} }", 7),
        ("r { \"x\" in data.meta.branch }", 7),
        ("r { input.x } { data.meta.branch == \"x\" }", 7),
        ("r { input.x }\n\nr { input.y\n data.meta.branch == \"x\" }", 10),
        ("r { data.meta.branch == \"x\"; data.meta.branch == \"y\" }", 7),
        ("r { data.meta.branch == \"x\" with input as 1 }", 7),
        ("f(x) = x { data.meta.branch == x }", 7),
        ("r[x] { x := 1; data.meta.branch > x }", 7),
    ] {
        let policies = Policies::of(&policy(rules));
        let wanted = format!("failed policy linting: \"demo\": a.rego:{line}: {TEXT}");
        rows.same(rules, &json!(policies.refused()), &json!(wanted));
    }
    for rules in [
        "r { data.meta.branch }",
        "r { not data.meta.branch }",
        "r = data.meta.branch",
        "r[data.meta.branch]",
        "r = 1 { input.x } else = 2 { data.meta.branch == \"x\" }",
        "r { startswith(lower(data.meta.branch), \"x\") }",
        "r { [data.meta.branch] == [\"x\"] }",
        "r { {data.meta.branch} == {\"x\"} }",
        "r { count([1 | data.meta.branch == \"x\"]) > 0 }",
        "r { some x in data.meta.branch; x == 1 }",
        "r { data.meta.branch.sub == 1 }",
        "r { every x in [1] { data.meta.branch == x } }",
    ] {
        let policies = Policies::of(&policy(rules));
        rows.same(rules, &json!(policies.refused()), &json!(""));
        let found = policies.findings();
        let wanted = "warning config_branch_path a.rego:7 there is no `data.meta.branch`: it is always undefined";
        rows.same(&format!("the warning of {rules}"), &json!(found), &json!([wanted]));
    }
    let imported = Policies::of("package org\nimport data.meta\npolicy_name[\"n\"]\nr { meta.branch == \"x\" }\n");
    rows.same("through an import", &json!(imported.refused()), &json!(""));
    let other = Policies::of(&policy("r { data.meta.vcs.branch == \"x\"; data.meta.branches == 1 }"));
    rows.same("other paths", &json!([other.refused(), other.findings()]), &json!(["", []]));
    rows.end();
}

#[test]
fn what_does_not_compile_is_refused_in_the_words_of_opa() {
    let mut rows = Rows::default();
    let deprecated: Vec<(String, String)> = [
        ("all([true])", "all"),
        ("any([true])", "any"),
        ("cast_array([])", "cast_array"),
        ("cast_boolean(true)", "cast_boolean"),
        ("cast_null(null)", "cast_null"),
        ("cast_object({})", "cast_object"),
        ("cast_set(set())", "cast_set"),
        ("cast_string(\"\")", "cast_string"),
        ("net.cidr_overlap(\"10.0.0.0/8\", \"10.0.0.1\")", "net.cidr_overlap"),
        ("re_match(\"a\", \"a\")", "re_match"),
        ("set_diff({1}, {1})", "set_diff"),
    ]
    .map(|(text, name)| {
        (
            format!("r = {text}"),
            format!("a.rego:7: rego_type_error: deprecated built-in function calls in expression: {name}"),
        )
    })
    .into();
    let listed: Vec<(&str, &str)> = vec![
        (
            "r = http.send({\"method\": \"get\", \"url\": \"u\"})",
            "a.rego:7: rego_type_error: undefined function http.send",
        ),
        ("r = net.lookup_ip_addr(\"a\")", "a.rego:7: rego_type_error: undefined function net.lookup_ip_addr"),
        ("r = array.flatten([[1]])", "a.rego:7: rego_type_error: undefined function array.flatten"),
        ("r = internal.template_string([])", "a.rego:7: rego_type_error: undefined function internal.template_string"),
        ("r = nothing(1)", "a.rego:7: rego_type_error: undefined function nothing"),
        ("r = data.org.nothing(1)", "a.rego:7: rego_type_error: undefined function data.org.nothing"),
        (
            "r = data.circleci.config.ban_orbs([])",
            "a.rego:7: rego_type_error: undefined function data.circleci.config.ban_orbs",
        ),
        (
            "r = data.circleci.utils.to_set([])",
            "a.rego:7: rego_type_error: undefined function data.circleci.utils.to_set",
        ),
        ("r { x := 1 }", "a.rego:7: rego_compile_error: assigned var x unused"),
        ("r = [1 | x := 1]", "a.rego:7: rego_compile_error: assigned var x unused"),
        ("r { [x, y] := [1, 2]; x == 1 }", "a.rego:7: rego_compile_error: assigned var y unused"),
        ("r { some i; input.x }", "a.rego:7: rego_compile_error: declared var i unused"),
        ("r { every x in [1] { input.x } }", "a.rego:7: rego_compile_error: declared var x unused"),
        ("f(x) = 1", "a.rego:7: rego_compile_error: unused argument x. (hint: use _ (wildcard variable) instead)"),
        (
            "f(x) = 1 { input.x }\nf(x) = x",
            "a.rego:7: rego_compile_error: unused argument x. (hint: use _ (wildcard variable) instead)",
        ),
        ("input = 1", "a.rego:7: rego_compile_error: rules must not shadow input (use a different rule name)"),
        ("data = 1", "a.rego:7: rego_compile_error: rules must not shadow data (use a different rule name)"),
        (
            "f(input) = input",
            "a.rego:7: rego_compile_error: args must not shadow input (use a different variable name)",
        ),
        (
            "r { data := 1; data == 1 }",
            "a.rego:7: rego_compile_error: variables must not shadow data (use a different variable name)",
        ),
        ("r { x := 1; x := 2; x == 1 }", "a.rego:7: rego_compile_error: var x assigned above"),
        ("r { x == 1 }", "a.rego:7: rego_unsafe_var_error: var x is unsafe"),
        ("r = x", "a.rego:7: rego_unsafe_var_error: var x is unsafe"),
        ("a { a }", "a.rego:7: rego_recursion_error: rule data.org.a is recursive: data.org.a -> data.org.a"),
        ("r = 1\nr[x] { x := 1 }", "rego_type_error: conflicting rules data.org.r found"),
        ("f(x) = x\nf(x, y) = x + y", "rego_type_error: conflicting rules data.org.f found"),
        (
            "default r = 1\ndefault r = 2",
            "rego_type_error: multiple default rules data.org.r found at a.rego:7, a.rego:8",
        ),
        ("r { 1 == \"a\" }", "a.rego:7: rego_type_error: match error\n\tleft  : number\n\tright : string"),
        (
            "r = 1 + \"a\"",
            "a.rego:7: rego_type_error: plus: invalid argument(s)\n\thave: (number, string, ???)\n\twant: (x: number, y: number, z: number)",
        ),
    ];
    let all = listed.into_iter().map(|(rules, text)| (rules.to_owned(), text.to_owned())).chain(deprecated);
    for (rules, text) in all {
        let refused = Policies::of(&policy(&rules)).refused();
        rows.holds(&rules, &refused, "failed to compile policy: 1 error occurred: ");
        rows.same(
            &format!("the end of {rules}"),
            &json!(if refused.ends_with(&text) { &text } else { &refused }),
            &json!(text),
        );
    }
    let circle = Policies::of(&policy("a { b }\nb { a }\n")).refused();
    rows.same(
        "a circle",
        &json!(circle),
        &json!("failed to compile policy: 2 errors occurred:\na.rego:7: rego_recursion_error: rule data.org.a is recursive: data.org.a -> data.org.b -> data.org.a\na.rego:8: rego_recursion_error: rule data.org.b is recursive: data.org.b -> data.org.a -> data.org.b"),
    );
    for (imports, text) in [
        ("import data.foo", "a.rego:2: rego_compile_error: import data.foo unused"),
        ("import input.foo", "a.rego:2: rego_compile_error: import input.foo unused"),
        ("import data.circleci.config", "a.rego:2: rego_compile_error: import data.circleci.config unused"),
        ("import data.circleci.utils", "a.rego:2: rego_compile_error: import data.circleci.utils unused"),
        ("import data.foo as bar", "a.rego:2: rego_compile_error: import data.foo as bar unused"),
        ("import data.circleci.config as cc", "a.rego:2: rego_compile_error: import data.circleci.config as cc unused"),
    ] {
        let refused = Policies::of(&format!("package org\n{imports}\npolicy_name[\"n\"]\n")).refused();
        rows.same(imports, &json!(refused), &json!(format!("failed to compile policy: 1 error occurred: {text}")));
    }
    for (imports, text) in [
        ("import data.foo\nimport data.foo", "rego_compile_error: import must not shadow import data.foo"),
        (
            "import data.foo as x\nimport data.bar as x",
            "rego_compile_error: import must not shadow import data.foo as x",
        ),
    ] {
        let rule = if imports.contains("as x") { "r = x" } else { "r = foo" };
        let refused = Policies::of(&format!("package org\n{imports}\npolicy_name[\"n\"]\n{rule}\n")).refused();
        rows.holds(imports, &refused, text);
    }
    let file = |name: &str, rules: &str| format!("package org\npolicy_name[\"{name}\"]\n{rules}\n");
    let (one, other) = (file("a", "r = 1"), file("b", "r[x] { x := 1 }"));
    rows.holds(
        "rules of two kinds in two files",
        &Policies::load(&[("a.rego", &one), ("b.rego", &other)]).refused(),
        "rego_type_error: conflicting rules data.org.r found",
    );
    rows.end();
}

#[test]
fn what_compiles_is_taken() {
    let mut rows = Rows::default();
    for source in [
        policy("r { print(\"a\", input.x) }"),
        policy("r { trace(\"a\") }"),
        policy("r = opa.runtime()"),
        policy("r = rand.intn(\"a\", 10)"),
        policy("r = time.now_ns()"),
        policy("r { some x in [1] }"),
        policy("r { x = 1 }"),
        policy("f(x) = 1 { input.y } else = x"),
        policy("f(_) = 1"),
        policy("walked[path] { walk(input, [path, _]) }"),
        policy("r { data.meta.vcs.branch == \"main\" with data.meta.vcs as {\"branch\": \"main\"} }"),
        "package org\nimport future.keywords\npolicy_name[\"n\"]\n".to_owned(),
        "package org\nimport future.keywords.in\nimport future.keywords.every\npolicy_name[\"n\"]\n".to_owned(),
        "package org\npolicy_name[\"n\"]\nif = 1\nin = 2\nevery = 3\ncontains = 4\nr = [if, in, every]\n".to_owned(),
        "package org\npolicy_name[\"n\"]\nr { in := 1; every := in; if := every; if == 1 }\n".to_owned(),
        "package org\nimport rego.v1\npolicy_name contains \"n\"\nr contains x if some x in input.xs\n".to_owned(),
    ] {
        rows.same(&source, &json!(Policies::of(&source).refused()), &json!(""));
    }
    let of_v1 = "package org\nimport rego.v1\npolicy_name contains \"m\"\nr if s\n";
    let mixed = Policies::load(&[("a.rego", of_v1), ("b.rego", "package org\npolicy_name[\"n\"]\ns { true }\n")]);
    rows.same("a file of each version", &json!(mixed.refused()), &json!(""));
    rows.end();
}

/// The builtins that the original permits.
const PERMITTED: &str = "abs and array.concat array.reverse array.slice assign base64.decode base64.encode base64.is_valid base64url.decode base64url.encode base64url.encode_no_pad bits.and bits.lsh bits.negate bits.or bits.rsh bits.xor ceil concat contains count crypto.hmac.equal crypto.hmac.md5 crypto.hmac.sha1 crypto.hmac.sha256 crypto.hmac.sha512 crypto.md5 crypto.parse_private_keys crypto.sha1 crypto.sha256 crypto.x509.parse_and_verify_certificates crypto.x509.parse_and_verify_certificates_with_options crypto.x509.parse_certificate_request crypto.x509.parse_certificates crypto.x509.parse_keypair crypto.x509.parse_rsa_private_key div endswith eq equal floor format_int glob.match glob.quote_meta graph.reachable graph.reachable_paths graphql.is_valid graphql.parse graphql.parse_and_verify graphql.parse_query graphql.parse_schema graphql.schema_is_valid gt gte hex.decode hex.encode indexof indexof_n internal.member_2 internal.member_3 internal.print internal.test_case intersection io.jwt.decode io.jwt.decode_verify io.jwt.encode_sign io.jwt.encode_sign_raw io.jwt.verify_es256 io.jwt.verify_es384 io.jwt.verify_es512 io.jwt.verify_hs256 io.jwt.verify_hs384 io.jwt.verify_hs512 io.jwt.verify_ps256 io.jwt.verify_ps384 io.jwt.verify_ps512 io.jwt.verify_rs256 io.jwt.verify_rs384 io.jwt.verify_rs512 is_array is_boolean is_null is_number is_object is_set is_string json.filter json.is_valid json.marshal json.marshal_with_options json.match_schema json.patch json.remove json.unmarshal json.verify_schema lower lt lte max min minus mul neq net.cidr_contains net.cidr_contains_matches net.cidr_expand net.cidr_intersects net.cidr_is_valid net.cidr_merge numbers.range numbers.range_step object.filter object.get object.keys object.remove object.subset object.union object.union_n opa.runtime or plus print product providers.aws.sign_req rand.intn regex.find_all_string_submatch_n regex.find_n regex.globs_match regex.is_valid regex.match regex.replace regex.split regex.template_match rego.metadata.chain rego.metadata.rule rego.parse_module rem replace round semver.compare semver.is_valid sort split sprintf startswith strings.any_prefix_match strings.any_suffix_match strings.count strings.render_template strings.replace_n strings.reverse substring sum time.add_date time.clock time.date time.diff time.format time.now_ns time.parse_duration_ns time.parse_ns time.parse_rfc3339_ns time.weekday to_number trace trim trim_left trim_prefix trim_right trim_space trim_suffix type_name union units.parse units.parse_bytes upper urlquery.decode urlquery.decode_object urlquery.encode urlquery.encode_object uuid.parse uuid.rfc4122 walk yaml.is_valid yaml.marshal yaml.unmarshal";

#[test]
fn exactly_the_builtins_of_the_original_are_permitted() {
    let permitted: Vec<&str> = PERMITTED.split(' ').collect();
    assert_eq!(permitted.len(), 187);
    let mut rows = Rows::default();
    let answer = call(&mut Engine::new(), "capabilities", &json!({}), None);
    let known = answer["ok"]["builtins"].as_array().unwrap();
    for builtin in known {
        let name = builtin["name"].as_str().unwrap();
        let is_internal = name.starts_with("internal.");
        let arguments = if let Some(most) = builtin["arguments"].as_array() {
            most.len()
        } else {
            builtin["arguments"].as_u64().unwrap_or_default() as usize
        };
        let call = format!("r = {name}({})\n", vec!["input.x"; arguments].join(", "));
        let refused = Policies::of(&policy(&call)).refused();
        let is_refused = refused.contains("undefined function") || refused.contains("deprecated built-in");
        if !is_internal {
            rows.same(name, &json!(!is_refused), &json!(permitted.contains(&name)));
        }
    }
    for internal in
        ["internal.member_2(1, [1])", "internal.member_3(0, 1, [1])", "internal.print([])", "internal.test_case([])"]
    {
        let refused = Policies::of(&policy(&format!("r {{ {internal} }}\n"))).refused();
        rows.same(internal, &json!(refused.contains("undefined function")), &json!(false));
    }
    for name in permitted.iter().filter(|name| !name.starts_with("internal.")) {
        rows.same(name, &json!(known.iter().any(|builtin| builtin["name"] == **name)), &json!(true));
    }
    rows.end();
}

#[test]
fn a_refused_call_says_how_to_mend_it() {
    let mut rows = Rows::default();
    for (part, rules, help) in [
        ("config", "r = config.require_jobs([\"a\"])", "the library lost it in 2023"),
        ("config", "r = config.get_job_name(\"a\")", "`utils.get_element_name`"),
        ("config", "r = config.require_orbs([\"a\"])", "the library lost it in 2023"),
        ("config", "r = config.require_orbs_version([\"a\"])", "the library lost it in 2023"),
        ("config", "r = config.is_parameterized_expression(\"a\")", "import data.circleci.utils"),
        ("config", "r = config.to_set(\"a\")", "import data.circleci.utils"),
        ("config", "r = [config.orbs, http.send({})]", "no network"),
    ] {
        let policies = Policies::of(&policy_of(part, rules));
        rows.holds(rules, &policies.refused(), "rego_type_error: undefined function ");
        let found = policies.loaded["diagnostics"][0].clone();
        rows.holds(rules, found["help"].as_str().unwrap_or_default(), help);
        rows.same(rules, &json!([found["start"]["line"], found["severity"]]), &json!([6, "error"]));
    }
    let unlinked = Policies::of(&policy("r = data.circleci.config.ban_orbs([])\n"));
    rows.holds("not imported", &unlinked.loaded["diagnostics"][0]["help"].to_string(), "import data.circleci.config");
    rows.end();
}

fn policy_of(part: &str, rules: &str) -> String {
    format!("package org\n\nimport data.circleci.{part}\npolicy_name[\"demo\"]\n\n{rules}\n")
}

#[test]
fn the_library_is_linked_by_its_exact_path() {
    let with = |imports: &str, rules: &str| format!("package org\n{imports}\npolicy_name[\"n\"]\n{rules}\n");
    let mut rows = Rows::default();
    let undefined = |name: &str| format!("rego_type_error: undefined function data.circleci.{name}");
    for (imports, rules, refused) in [
        ("import data.circleci.config", "r = config.ban_orbs([])", String::new()),
        ("import data.circleci.config as cc", "r = cc.ban_orbs([])", String::new()),
        ("import data.circleci[\"config\"]", "r = config.ban_orbs([])", String::new()),
        ("import data.circleci.utils", "r = utils.to_set(1)", String::new()),
        ("import data.circleci.config", "r = [config.orbs, data.circleci.utils.to_set(1)]", String::new()),
        (
            "import data.circleci.utils",
            "r = [utils.to_set(1), data.circleci.config.ban_orbs([])]",
            undefined("config.ban_orbs"),
        ),
        ("import data.circleci.utils", "r = [utils.to_set(1), data.circleci.config.orbs]", String::new()),
        ("import data.circleci.config.ban_orbs", "r = ban_orbs([])", undefined("config.ban_orbs")),
        ("import data.circleci.config.orbs", "r = orbs", String::new()),
        ("import data.circleci", "r = circleci.config.ban_orbs([])", undefined("config.ban_orbs")),
        ("import data.circleci", "r = circleci.config.orbs", String::new()),
        ("", "r = data.circleci.config.orbs", String::new()),
        ("", "r = data.circleci.config.ban_orbs([])", undefined("config.ban_orbs")),
    ] {
        let row = format!("{imports} and {rules}");
        let given = Policies::of(&with(imports, rules)).refused();
        if refused.is_empty() {
            rows.same(&row, &json!(given), &json!(""));
        } else {
            rows.holds(&row, &given, &refused);
        }
    }
    for (imports, linked) in [
        ("import data.circleci.config", json!({ "config": { "orbs": {} }, "utils": {} })),
        ("import data.circleci.utils", json!({ "utils": {} })),
        ("import data.circleci", Value::Null),
    ] {
        let name = imports.rsplit('.').next().unwrap();
        let mut policies = Policies::of(&with(imports, &format!("r = 1 {{ {name}.a == 1 }}")));
        if !policies.refused().is_empty() {
            policies = Policies::of(&with(imports, &format!("r = 1 {{ {name} == 1 }}")));
        }
        let data = policies.query("data", &json!({}), &Value::Null);
        rows.same(&format!("all of data after {imports}"), &data["circleci"], &linked);
    }
    let (one, other) = (
        with("import data.circleci.config", "o = config.orbs"),
        "package org\npolicy_name[\"m\"]\nr = data.circleci.config.ban_orbs([\"a\"])\n",
    );
    rows.same(
        "the full path after another file's import",
        &json!(Policies::load(&[("a.rego", &one), ("b.rego", other)]).refused()),
        &json!(""),
    );
    // A policy keeps its path where a file of the library has the same.
    let path = "rego/config/orbs.rego";
    let mut own = Policies::load(&[(path, &one)]);
    rows.same(
        "a policy with the path of the library",
        &json!([own.refused(), own.loaded["policies"]]),
        &json!(["", [{ "name": "n", "path": path }]]),
    );
    rows.same(
        "it works",
        &own.query("data.org.o", &json!({ "orbs": { "a": "b@1" } }), &Value::Null),
        &json!({ "b": "1" }),
    );
    let wrong = Policies::load(&[(path, &with("import data.circleci.config", "r { x := config.orbs }"))]);
    rows.same(
        "it is named",
        &json!(wrong.refused()),
        &json!(format!(
            "failed to compile policy: 1 error occurred: {path}:4: rego_compile_error: assigned var x unused"
        )),
    );
    rows.end();
}

#[test]
fn what_is_too_much_is_a_clear_error() {
    let good = "package org\npolicy_name[\"n\"]\n";
    let twice = Policies::load(&[("a.rego", good), ("a.rego", good)]);
    assert_eq!(twice.loaded["error"]["code"], "malformed_request", "{}", twice.loaded);
    assert_eq!(twice.loaded["error"]["message"], "two modules are named `a.rego`");
    let large = format!("{good}# {}\n", "x".repeat(1024 * 1024));
    let large = Policies::of(&large);
    assert!(large.loaded["handle"].is_null());
    assert!(large.loaded.to_string().contains("source_bytes"), "{}", large.loaded);
    assert!(!large.loaded.to_string().contains("failed to parse file \\\"a.rego\\\": \""), "{}", large.loaded);
    let deep = Policies::of(&format!("{good}r = {}{}\n", "[".repeat(10_000), "]".repeat(10_000)));
    assert!(deep.loaded["handle"].is_null());
    assert!(deep.loaded.to_string().contains("source_nesting"), "{}", deep.loaded);
    let many = call(
        &mut Engine::new(),
        "load_config_policies",
        &json!({ "policies": [{ "path": "a.rego", "source": good, "more": 1 }] }),
        None,
    );
    assert_eq!(many["error"]["code"], "malformed_request", "{many}");
}
