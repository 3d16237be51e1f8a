//! Which names certificates may have below an authority that constrains them, and which chains lead to a root. The chains in
//! `pem/chains.json` were made with OpenSSL for these tests; each is called what its root constrains and what the last of it is named, or
//! what is to be said of it.

use super::certificates::chain;
use serde_json::{Value, json};

/// A chain by what it is called.
fn named(name: &str) -> String {
    let chains: Value = serde_json::from_str(include_str!("pem/chains.json")).unwrap();
    chains[name].as_str().unwrap_or_else(|| panic!("no chain {name}")).to_owned()
}

#[track_caller]
fn all(cases: &[(&str, &[(&str, bool)])]) {
    for (constraints, names) in cases {
        for (name, holds) in *names {
            let name = format!("{constraints} | {name}");
            assert_eq!(chain(&named(&name), &json!({})).is_some(), *holds, "{name}");
        }
    }
}

#[test]
fn a_pattern_of_hosts_is_excluded_with_each_host_that_it_stands_for() {
    let both = "permitted;DNS:example.com,excluded;DNS:admin.example.com";
    all(&[
        (
            both,
            &[
                ("DNS:*.example.com", false),
                ("DNS:a.example.com", true),
                ("DNS:*.b.example.com", true),
                ("DNS:*.admin.example.com", false),
            ],
        ),
        ("excluded;DNS:ADMIN.Example.com", &[("DNS:*.eXample.COM", false)]),
        // One label says nothing of patterns below another one.
        ("excluded;DNS:com", &[("DNS:*.example.org", true), ("DNS:*.example.com", false)]),
        ("excluded;DNS:a.admin.example.com", &[("DNS:*.example.com", true)]),
        ("excluded;DNS:.admin.example.com", &[("DNS:*.example.com", true), ("DNS:*.admin.example.com", false)]),
        ("excluded;DNS:admin.example.org", &[("DNS:*.example.com", true)]),
        // What is permitted is not permitted for a pattern of more.
        ("permitted;DNS:admin.example.com", &[("DNS:*.example.com", false), ("DNS:admin.example.com", true)]),
    ]);
    let asked = json!({"DNSName": "admin.example.com"});
    assert_eq!(chain(&named(&format!("{both} | DNS:*.example.com")), &asked), None);
}

#[test]
fn the_host_of_a_url_is_one_host_unless_a_dot_stands_in_front() {
    all(&[
        (
            "permitted;URI:good.com",
            &[
                ("URI:https://good.com/", true),
                ("URI:https://good.com:80/", true),
                ("URI:https://GOOD.com/", true),
                ("URI:https://evil.good.com/", false),
                // Where a host ends is not said.
                ("URI:https://good.com:x.evil.com:80/", false),
                ("URI:https://good.com:80:90/", false),
            ],
        ),
        (
            "excluded;URI:evil.com",
            &[
                ("URI:https://evil.com:1/", false),
                ("URI:https://a.evil.com/", true),
                ("URI:https://good.com:1:2/", false),
                ("URI:https://evil.com./", false),
            ],
        ),
        ("permitted;URI:.good.com", &[("URI:https://a.b.good.com:80/", true), ("URI:https://good.com/", false)]),
    ]);
}

#[test]
fn the_host_of_a_mail_is_one_host_unless_a_dot_stands_in_front() {
    all(&[
        (
            "permitted;email:example.com",
            &[("email:a@example.com", true), ("email:a@EXAMPLE.com", true), ("email:a@evil.example.com", false)],
        ),
        ("permitted;email:.example.com", &[("email:a@b.example.com", true), ("email:a@example.com", false)]),
        ("excluded;email:example.com", &[("email:a@example.com", false), ("email:a@b.example.com", true)]),
        ("excluded;email:.example.com", &[("email:a@example.com", true), ("email:a@b.example.com", false)]),
        (
            "permitted;email:a@example.com",
            &[("email:a@example.com", true), ("email:b@example.com", false), ("email:A@example.com", false)],
        ),
    ]);
}

#[test]
fn a_constraint_with_an_at_sign_that_is_no_mailbox_makes_a_certificate_malformed() {
    for constraint in ["permitted;email:@", "permitted;email:@example.com", "excluded;email:a b@example.com"] {
        let chain = named(&format!("{constraint} | DNS:a"));
        assert_eq!(self::chain(&chain, &json!({})), None, "{constraint}");
        let refusal = super::certificates::refusal("crypto.x509.parse_certificates(input)", &json!(chain));
        assert!(refusal.contains("x509: failed to parse rfc822Name constraint"), "{refusal}");
    }
}

#[test]
fn constraints_that_nobody_writes_are_read_as_go_reads_them() {
    all(&[
        // How far below a name may be is not looked at.
        ("a least distance of 1", &[("DNS:a.example.com", true), ("DNS:example.org", false)]),
        ("a most distance of 0", &[("DNS:a.example.com", true), ("DNS:example.org", false)]),
        // Names of subjects are not understood: whoever says that they matter is not followed.
        ("the name of a subject, critical", &[("DNS:a.example.com", false)]),
        ("the name of a subject and a host, critical", &[("DNS:a.example.com", false)]),
        ("the name of a subject", &[("DNS:a.example.com", true)]),
    ]);
}

#[test]
fn an_authority_in_between_is_held_to_what_is_said_of_it() {
    for (name, holds) in [
        ("between", true),
        ("nothing between", false),
        ("between asks for a policy at once", false),
        ("between asks for a policy later", false),
        // Uses of which none is set are as if nothing were said of them, as in Go.
        ("between may do nothing by its uses", true),
        ("between may only sign lists", false),
        ("between is no authority", false),
        ("between has a name that is permitted", true),
        ("between has a name that is not", false),
        ("between permits another name", false),
    ] {
        assert_eq!(chain(&named(name), &json!({})).is_some(), holds, "{name}");
    }
}

#[test]
fn authorities_that_sign_each_other_lead_to_a_root_or_nowhere() {
    let names = |names: &[&str]| Some(names.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(chain(&named("a loop"), &json!({})), None);
    // By the other certificate of B, which comes first.
    assert_eq!(chain(&named("a loop with a way out"), &json!({})), names(&["Leaf", "A", "B", "B", "Root"]));
}
