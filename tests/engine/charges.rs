//! Every family of builtins, called with as much work as one call can be given: it ends with a limit, by name, or by itself in as many
//! steps as its work is large. No test looks at a clock.

use super::*;

/// A document with something large of every kind.
fn large() -> Document {
    let list = |item: &str, count: usize| vec![item; count].join(",");
    let keys = (0..20_000).map(|key| format!("\"k{key}\":1")).collect::<Vec<_>>().join(",");
    let text = format!(
        r#"{{"text": "{a}", "other": "{a}x", "needle": "{half}b", "accents": "{accents}", "long": {long}, "tiny": [{tiny}], "small": [{small}],
            "formats": "{formats}", "ones": [{ones}],
            "keys": {{{keys}}}, "more": {{{keys}}}, "strings": [{strings}], "names": "1.2.3-{names}", "query": "{query}"}}"#,
        a = "a".repeat(100_000),
        half = "a".repeat(50_000),
        accents = "é".repeat(50_000),
        long = "7".repeat(9_999),
        tiny = list("1e-999", 10_000),
        small = list("5e-324", 10_000),
        formats = "%v".repeat(10_000),
        ones = list("1", 100_000),
        strings = list("\"b\"", 40_000),
        names = vec!["a"; 10_000].join("."),
        query = vec!["a=b"; 10_000].join("&"),
    );
    Document::read(text.as_bytes()).unwrap()
}

/// What one call costs that ends by itself.
fn steps(call: &str, input: &Document) -> u64 {
    let program = program(format!("package policy\n\nx := count([1 | y := {call}; y != \"never\"])\n"));
    let evaluation = program.evaluate("policy/x", Some(input), Allowance::default());
    evaluation.unwrap_or_else(|error| panic!("{call}: {error}")).steps
}

#[test]
fn one_call_of_each_family_costs_as_many_steps_as_its_work_is_large() {
    let input = large();
    for (call, least) in [
        // Numbers: the square of their digits.
        ("input.long + 1", 90_000),
        ("input.long * 3", 90_000),
        ("input.long % 7", 90_000),
        ("input.long / 7", 90_000),
        ("abs(0 - input.long)", 90_000),
        ("sum([input.long, 1])", 90_000),
        ("product([input.long, 1])", 90_000),
        ("format_int(input.long, 16)", 90_000),
        ("sprintf(\"%d\", [input.long])", 90_000),
        ("sprintf(\"%x\", [input.long])", 90_000),
        ("bits.and(input.long, 1)", 90_000),
        ("bits.lsh(1, 60000)", 300_000),
        ("numbers.range(input.long, input.long)", 90_000),
        ("sum(array.concat(input.tiny, [0.5]))", 1_000_000),
        // Floats: the digits that they have in full.
        ("sprintf(input.formats, input.small)", 1_000_000),
        ("yaml.marshal(input.small)", 1_000_000),
        ("json.match_schema(input.small, {\"uniqueItems\": true})", 1_000_000),
        ("units.parse(\"1e900Ki\")", 500),
        ("units.parse_bytes(\"1e900Ki\")", 500),
        ("to_number(concat(\"\", [\"0.\", substring(input.text, 0, 0), \"5\"]))", 1),
        // Arrays, sets, objects: their parts.
        ("sort(input.ones)", 100_000),
        ("max(input.ones)", 100_000),
        ("array.concat(input.ones, input.ones)", 200_000),
        ("array.flatten([input.ones, input.ones])", 200_000),
        ("array.reverse(input.ones)", 100_000),
        ("{2 in input.ones}", 25_000),
        ("object.keys(input.keys)", 20_000),
        ("object.union(input.keys, {\"a\": 1})", 20_000),
        ("object.union_n([input.keys, input.more])", 40_000),
        ("object.remove(input.keys, input.more)", 20_000),
        ("object.filter(input.keys, [\"k1\"])", 20_000),
        ("{object.subset(input.keys, input.more)}", 20_000),
        ("{input.keys == input.more}", 20_000),
        ("json.patch(input.keys, [{\"op\": \"add\", \"path\": \"/a\", \"value\": 1}])", 40_000),
        ("json.filter(input.keys, [\"k1\"])", 20_000),
        ("json.remove(input.keys, [\"k1\"])", 20_000),
        ("[path | walk(input.keys, [path, _])]", 20_000),
        ("graph.reachable(input.keys, input.strings)", 40_000),
        ("graph.reachable_paths(input.keys, input.strings)", 40_000),
        ("net.cidr_expand(\"10.0.0.0/16\")", 65_536),
        // Texts: their bytes.
        ("{contains(input.text, input.needle)}", 3_000),
        ("{input.text == input.other}", 300),
        ("indexof(input.text, input.needle)", 3_000),
        ("indexof_n(input.text, \"a\")", 10_000),
        ("split(input.text, \"\")", 100_000),
        ("split(input.text, \"a\")", 100_000),
        ("concat(input.needle, [\"a\", \"b\", \"c\"])", 3_000),
        ("replace(input.text, \"a\", \"b\")", 100_000),
        ("strings.replace_n({\"a\": \"b\", \"b\": \"c\"}, input.text)", 100_000),
        ("upper(input.text)", 10_000),
        ("lower(input.accents)", 10_000),
        ("trim(input.accents, \"é\")", 20_000),
        ("strings.reverse(input.text)", 3_000),
        ("strings.count(input.text, \"a\")", 3_000),
        ("{strings.any_prefix_match(input.strings, input.strings)}", 80_000),
        ("sprintf(\"%10000d%10000d%10000d\", [1, 2, 3])", 900),
        ("sprintf(\"%q\", [input.accents])", 50_000),
        ("sprintf(\"%x\", [input.text])", 100_000),
        ("sprintf(\"%v\", [input.ones])", 6_000),
        // Brackets that nothing closes are looked for once.
        ("sprintf(replace(input.text, \"a\", \"%[\"), [1])", 160_000),
        ("json.marshal(input.ones)", 25_000),
        ("json.marshal(input.keys)", 40_000),
        ("json.marshal_with_options(input.keys, {\"pretty\": true})", 40_000),
        ("json.unmarshal(sprintf(\"%v\", [input.ones]))", 70_000),
        ("{json.is_valid(sprintf(\"%v\", [input.ones]))}", 70_000),
        ("yaml.marshal(input.ones)", 12_000),
        ("yaml.marshal(input.keys)", 100_000),
        ("yaml.marshal(input.accents)", 25_000),
        ("yaml.marshal(input.long)", 9_000),
        ("yaml.unmarshal(input.text)", 100_000),
        ("yaml.unmarshal(sprintf(\"%v\", [input.ones]))", 300_000),
        ("{yaml.is_valid(sprintf(\"%v\", [input.ones]))}", 300_000),
        ("base64.encode(input.text)", 3_000),
        ("base64.decode(input.text)", 3_000),
        ("hex.encode(input.text)", 9_000),
        ("urlquery.encode(input.accents)", 9_000),
        ("urlquery.encode_object({\"a\": input.accents})", 9_000),
        ("urlquery.decode_object(input.query)", 40_000),
        ("semver.compare(input.names, input.names)", 1_500),
        ("time.format([0, \"UTC\", input.text])", 100_000),
        // Locations: their history.
        ("time.clock([0, \"America/New_York\"])", 200),
        ("time.diff([0, \"America/New_York\"], [1, \"Europe/Lisbon\"])", 400),
        // Patterns: their size to be compiled, in which a class is repeated as a whole,
        ("{regex.match(\"[^]]{100}\", \"a\")}", 1_200),
        ("{regex.match(\"[[:alpha:]]{100}\", \"a\")}", 1_200),
        // and for each byte.
        ("{regex.match(\"b\", input.text)}", 9_000),
        ("{regex.match(\"(a?){100}b\", input.text)}", 1_000_000),
        ("regex.find_n(\"a\", input.text, -1)", 100_000),
        ("regex.split(\"a\", input.text)", 100_000),
        ("regex.replace(input.text, \"a\", \"b\")", 100_000),
        ("regex.find_all_string_submatch_n(\"(a)(a)\", input.text, -1)", 100_000),
        ("{regex.is_valid(\"[a-z]{500}\")}", 5_000),
        ("{glob.match(\"*a*a*b\", [\".\"], input.text)}", 9_000),
        ("glob.quote_meta(input.text)", 3_000),
        ("{regex.globs_match(\"a*b*c*d*\", \"a+b+c+d+\")}", 16),
    ] {
        let found = steps(call, &input);
        assert!(found >= least, "{call}: {found} steps of {least}");
    }
}

#[test]
fn a_call_that_fails_late_costs_as_much_as_it_has_done() {
    let input = large();
    for (call, least) in [
        ("yaml.marshal({\"a\": input.strings, \"z\": \"\\u0081\"})", 40_000),
        ("yaml.marshal({\"a\": input.strings, substring(input.text, 0, 2000): 1})", 10_000),
        ("yaml.marshal([{\"a\": input.strings}, {substring(input.text, 0, 2000): 1}])", 40_000),
        ("urlquery.encode_object({\"a\": input.accents, \"b\": input.keys})", 9_000),
        (
            "strings.render_template(\"{{range .l}}{{$.b}}{{end}}{{index .l 99}}\", {\"l\": numbers.range(1, 20), \"b\": input.text})",
            60_000,
        ),
    ] {
        let program = program(format!("package policy\n\nx := y if y := {call}\n"));
        let evaluation = program.evaluate("policy/x", Some(&input), Allowance::default()).unwrap();
        assert_eq!(evaluation.answer, Answer::Undefined, "{call}");
        assert!(evaluation.steps >= least, "{call}: {} steps of {least}", evaluation.steps);
    }
}

#[test]
fn one_call_that_would_not_end_is_stopped_by_the_name_of_a_limit() {
    let input = large();
    for (call, limit) in [
        ("product(numbers.range(1, 1000000))", "number_digits"),
        ("input.long * input.long * input.long", "number_digits"),
        ("product([input.long, input.long, input.long])", "number_digits"),
        ("bits.lsh(bits.lsh(bits.lsh(bits.lsh(bits.lsh(1, 65536), 65536), 65536), 65536), 65536)", "steps"),
        ("numbers.range(1, 1e9)", "range_elements"),
        ("net.cidr_expand(\"10.0.0.0/8\")", "range_elements"),
        ("graph.reachable_paths({i: n | some i in numbers.range(1, 800); n := numbers.range(1, 800)}, [1])", "steps"),
        (
            "json.patch(input.keys, [{\"op\": \"add\", \"path\": [i], \"value\": 1} | some i in numbers.range(1, 50000)])",
            "steps",
        ),
        ("sort([input.strings[0] | some i in input.ones; input.text != input.other])", "steps"),
        ("concat(input.text, [\"\" | some i in numbers.range(1, 10000)])", "memory_units"),
        ("replace(input.text, \"a\", input.text)", "memory_units"),
        ("replace(input.text, \"\", input.text)", "memory_units"),
        ("strings.replace_n({\"a\": input.text}, input.text)", "memory_units"),
        ("regex.replace(input.text, \"a\", input.text)", "memory_units"),
        (
            "regex.replace(input.text, \"(.*)\", concat(\"\", [\"$1\" | some i in numbers.range(1, 10000)]))",
            "memory_units",
        ),
        ("regex.find_n(\".*b|a\", input.text, -1)", "steps"),
        ("regex.find_n(\"(a?){500}b\", concat(\"\", [input.text, input.text]), -1)", "steps"),
        ("sprintf(concat(\"\", [\"%[1]s\" | some i in numbers.range(1, 10000)]), [input.text])", "memory_units"),
        ("sprintf(concat(\"\", [\"%[1]d\" | some i in numbers.range(1, 10000)]), [input.long])", "steps"),
        ("sprintf(\"%*d\", [100000, 1])", "format_width"),
        ("glob.match(concat(\"\", [\"*a\" | some i in numbers.range(1, 20000)]), [\".\"], input.text)", "regex_bytes"),
        ("regex.is_valid(\"[^a]{1000}\")", "regex_bytes"),
        (
            "array.concat(numbers.range(1, 1000000), array.concat(numbers.range(1, 1000000), [1 | some i in numbers.range(1, 1000000); i > 0]))",
            "steps",
        ),
        (
            "net.cidr_contains_matches([\"10.0.0.0/8\" | some i in numbers.range(1, 5000)], [\"10.1.0.0/16\" | some i in numbers.range(1, 5000)])",
            "steps",
        ),
        (
            "regex.globs_match(concat(\"\", [\"a*b+\" | some i in numbers.range(1, 3000)]), concat(\"\", [\"a*b+\" | some i in numbers.range(1, 3000)]))",
            "steps",
        ),
        ("urlquery.encode_object({\"a\": [input.accents | some i in numbers.range(1, 1000)]})", "memory_units"),
        ("[1 | some i in numbers.range(1, 1000000); time.clock([i, \"America/New_York\"])]", "steps"),
        ("json.marshal([input.text | some i in numbers.range(1, 3000)])", "memory_units"),
        ("yaml.marshal([input.text | some i in numbers.range(1, 3000)])", "steps"),
        ("yaml.unmarshal(concat(\",\", [\"[a\" | some i in numbers.range(1, 1000)]))", "data_nesting"),
        ("yaml.unmarshal(concat(\"\", [input.text | some i in numbers.range(1, 120)]))", "steps"),
        ("array.flatten([input.ones | some i in numbers.range(1, 1000)])", "steps"),
        ("object.union_n([input.keys | some i in numbers.range(1, 1000)])", "steps"),
    ] {
        let program = program(format!("package policy\n\nx := y if y := {call}\n"));
        let error = program.evaluate("policy/x", Some(&input), Allowance::default()).map(|_| ()).unwrap_err();
        assert_eq!(error.code, ErrorCode::LimitExceeded, "{call}: {error}");
        assert_eq!(error.limit.unwrap().name, limit, "{call}");
    }
}

#[test]
fn comparisons_of_long_texts_are_charged_for() {
    let input = large();
    let source = "package policy\n\nx := count([1 | some i in numbers.range(1, 100000); input.text == input.other])\n";
    let error = program(source).evaluate("policy/x", Some(&input), Allowance::default()).unwrap_err();
    assert_eq!(error.limit.unwrap().name, "steps");
}

#[test]
fn a_sort_that_is_stopped_in_the_middle_ends_with_the_limit() {
    let texts: Vec<String> = (0..64_u32).map(|at| format!("\"{}{}\"", "a".repeat(3_000), at * 37 % 64)).collect();
    let input = Document::read(format!("{{\"texts\": [{}]}}", texts.join(",")).as_bytes()).unwrap();
    for call in ["sort(input.texts)", "{x | some x in input.texts}", "{x: 1 | some x in input.texts}"] {
        let program = program(format!("package policy\n\nx := {call}\n"));
        let mut is_stopped = 0;
        for steps in (200..6_000).step_by(50) {
            let limits = EvaluationLimits { steps, ..EvaluationLimits::default() };
            let asked = program.evaluate("policy/x", Some(&input), Allowance { limits, ..Allowance::default() });
            if let Err(error) = asked {
                assert_eq!(error.limit.unwrap().name, "steps", "{call}");
                is_stopped += 1;
            }
        }
        assert!((20..110).contains(&is_stopped), "{call}: {is_stopped}");
    }
}

#[test]
fn keys_that_hash_alike_cost_what_comparing_them_takes() {
    let source = "package policy\n\ng[k] := v if {\n\tv := input.o[k]\n\tto_number(input.n) > 0\n}\n\nx := count([k | some k in input.k; g[k]])\n";
    let program = program(source.to_owned());
    let steps = |first: &str, last: &str| {
        let keys: Vec<String> = (0..2_000).map(|at| format!("\"{first}{at:08}{last}\"")).collect();
        let pairs: Vec<String> = keys.iter().map(|key| format!("{key}:1")).collect();
        let text = format!(r#"{{"n":"1","k":[{}],"o":{{{}}}}}"#, keys.join(","), pairs.join(","));
        let input = Document::read(text.as_bytes()).unwrap();
        program.evaluate("policy/x", Some(&input), Allowance::default()).unwrap().steps
    };
    let apart = steps("", "");
    // The first and the last bytes of a long key stand for it.
    let alike = steps(&"x".repeat(32), &"y".repeat(32));
    assert!(alike > apart + 1_000_000, "{alike} {apart}");
}
