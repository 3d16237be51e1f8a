//! What must hold of every entry of the table.
#![allow(clippy::panic, clippy::indexing_slicing, reason = "a test says what is wrong by failing")]

use super::host::HostFunctionDeclaration;
use super::{Carrier, all, find, is_missing};
use serde_json::json;

#[test]
fn every_name_is_there_once_and_is_found() {
    let names: Vec<&str> = all().map(|builtin| builtin.name).collect();
    assert!(names.is_sorted_by(|a, b| a < b));
    for name in names {
        assert_eq!(find(name).map(|found| found.name), Some(name));
    }
    assert_eq!(find("no_such"), None);
    assert!(!is_missing("no_such"));
}

#[cfg(feature = "compiler")]
#[test]
fn the_number_of_arguments_is_that_of_the_signature() {
    for builtin in all() {
        let declared = builtin.declared().unwrap_or_else(|| panic!("`{}` cannot be read", builtin.signature));
        assert_eq!(usize::from(builtin.arguments), declared.signature.args.len(), "{}", builtin.name);
    }
    for (name, arguments) in [("opa.runtime", 0), ("print", 0), ("count", 1), ("internal.member_3", 3)] {
        assert_eq!(find(name).map(|builtin| builtin.arguments), Some(arguments), "{name}");
    }
}

#[cfg(feature = "compiler")]
#[test]
fn every_entry_is_documented_in_one_sentence() {
    for builtin in all() {
        assert!(builtin.about.ends_with('.') && !builtin.about.contains('\n'), "{}: {}", builtin.name, builtin.about);
        assert!(!builtin.about.contains("  "), "{}: {}", builtin.name, builtin.about);
        let declared = builtin.declared().unwrap_or_else(|| panic!("`{}` cannot be read", builtin.signature));
        let signature = &declared.signature;
        let names: Vec<&str> =
            signature.args.iter().chain(&signature.result).filter_map(|one| one.name.as_deref()).collect();
        for (name, words) in builtin.operands {
            assert!(names.contains(name), "{} has no operand `{name}`", builtin.name);
            assert!(!words.is_empty() && !words.ends_with('.'), "{}: {words}", builtin.name);
        }
    }
}

#[test]
fn each_build_carries_what_it_has_room_for() {
    for (name, carrier) in [
        ("count", Carrier::Edge),
        ("regex.match", Carrier::Edge),
        ("time.clock", Carrier::Edge),
        ("io.jwt.decode", Carrier::Edge),
        ("io.jwt.verify_hs256", Carrier::Edge),
        ("io.jwt.verify_rs256", Carrier::Driver),
        ("io.jwt.encode_sign", Carrier::Full),
        ("crypto.x509.parse_certificates", Carrier::Full),
        ("graphql.parse", Carrier::Full),
        ("yaml.unmarshal", Carrier::Full),
        ("json.match_schema", Carrier::Full),
        ("strings.render_template", Carrier::Full),
        ("http.send", Carrier::Host),
        ("net.lookup_ip_addr", Carrier::Host),
    ] {
        assert_eq!(find(name).map(|builtin| builtin.carrier), Some(carrier), "{name}");
    }
}

fn declared(name: &str, arguments: &[&str], result: &str) -> HostFunctionDeclaration {
    HostFunctionDeclaration {
        name: name.into(),
        arguments: arguments.iter().map(|&text| text.into()).collect(),
        result: result.into(),
    }
}

#[test]
fn a_host_declares_functions_in_the_same_notation() {
    let wire =
        json!({"name": "acme.lookup", "arguments": ["id: string", "array[number]"], "result": "object[string: any]"});
    let declaration: HostFunctionDeclaration = serde_json::from_value(wire).unwrap_or_else(|error| panic!("{error}"));
    let function = declaration.read().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(function.function.to_string(), "(string, array[number]) => object[string: any]");
    assert_eq!(function.signature.args.first().map(ToString::to_string).as_deref(), Some("id: string"));
    assert_eq!(declared("f", &[], "any").read().map(|function| function.signature.args.len()), Ok(0));
}

#[test]
fn a_declaration_that_cannot_hold_is_refused() {
    for (declaration, message, path) in [
        (
            declared("", &[], "any"),
            "the function `` of the host: its name is not made of words with dots between them",
            "/name",
        ),
        (
            declared("a..b", &[], "any"),
            "the function `a..b` of the host: its name is not made of words with dots between them",
            "/name",
        ),
        (declared("count", &[], "any"), "the function `count` of the host: a builtin has that name", "/name"),
        (
            declared("f", &["any", "list"], "any"),
            "the function `f` of the host: in `list` a type is expected instead of `list`",
            "/arguments/1",
        ),
        (
            declared("f", &[], ""),
            "the function `f` of the host: in `` a type is expected instead of its end",
            "/result",
        ),
    ] {
        let error = declaration.read().err().unwrap_or_else(|| panic!("{declaration:?} is read"));
        assert_eq!((error.message.as_str(), error.path.as_deref()), (message, Some(path)));
    }
}

#[cfg(not(any(
    feature = "aws",
    feature = "compiler",
    feature = "graphql",
    feature = "json-schema",
    feature = "parse-module",
    feature = "signatures",
    feature = "templates",
    feature = "yaml"
)))]
#[test]
fn the_edge_build_has_what_the_table_says() {
    // The compiler puts constants or other builtins in their places, so that no program calls them.
    let of_compiler = ["assign", "eq", "print", "rego.metadata.chain", "rego.metadata.rule"];
    for builtin in all().filter(|builtin| !of_compiler.contains(&builtin.name)) {
        assert_eq!(builtin.is_evaluated(), super::is_in_edge(builtin.name), "{}", builtin.name);
    }
}
