//! The library that policies import: what its functions answer at their edges.

use crate::{Policies, Rows, policy_with};
use serde_json::{Value, json};

/// What a term with the imported library is, where its value is defined.
fn value(part: &str, term: &str, input: &Value, meta: &Value) -> Value {
    let mut policies = Policies::of(&policy_with(part, &format!("r = {term}\n")));
    if !policies.refused().is_empty() {
        return json!(policies.refused());
    }
    policies.query("data.org.r", input, meta)
}

/// A configuration that was compiled, with one workflow `w` of these jobs.
fn compiled(jobs: &Value) -> Value {
    json!({ "_compiled_": { "workflows": { "w": { "jobs": jobs } } } })
}

fn raw(jobs: &Value) -> Value {
    json!({ "workflows": { "w": { "jobs": jobs } } })
}

#[test]
fn contexts_are_looked_at_by_project() {
    let p1 = json!({ "project_id": "p1" });
    let of_a = compiled(&json!([{ "j": { "context": "a" } }]));
    let mut rows = Rows::default();
    let allowed = |names: &str| json!([format!("w.j: uses context value(s) not in allowlist for project: {names}")]);
    let blocked = |names: &str| json!([format!("w.j: uses context value(s) in blocklist for project: {names}")]);
    let reserved = |names: &str| json!([format!("w.j: uses context value(s) reserved to other projects: {names}")]);
    let none = json!([]);
    for (call, input, meta, wanted) in [
        ("allowed(\"p1\", \"b\")", &of_a, &p1, &allowed("a")),
        ("allowed([\"p1\"], [\"b\"])", &of_a, &p1, &allowed("a")),
        ("allowed({\"p1\"}, {\"b\"})", &of_a, &p1, &allowed("a")),
        ("allowed(\"p1\", \"a\")", &of_a, &p1, &none),
        ("allowed(\"p2\", \"b\")", &of_a, &p1, &none),
        ("allowed([\"p1\"], [])", &of_a, &p1, &allowed("a")),
        ("allowed([], [])", &of_a, &p1, &none),
        ("allowed({\"p1\": true}, [])", &of_a, &p1, &none),
        ("allowed(input.nothing, [])", &of_a, &p1, &Value::Null),
        ("allowed([\"p1\"], input.nothing)", &of_a, &p1, &Value::Null),
        ("allowed([\"p1\"], [])", &of_a, &json!({}), &none),
        ("allowed([\"p1\"], [])", &of_a, &Value::Null, &none),
        (
            "allowed([\"p1\"], [\"b\"])",
            &compiled(&json!([{ "j": { "context": ["c", "b", "a"] } }])),
            &p1,
            &allowed("a, c"),
        ),
        ("allowed([\"p1\"], [])", &compiled(&json!([{ "j": { "context": [] } }])), &p1, &none),
        ("allowed([\"p1\"], [])", &compiled(&json!([{ "j": { "context": "" } }])), &p1, &allowed("")),
        ("allowed([\"p1\"], [])", &compiled(&json!([{ "j": { "context": 1 } }])), &p1, &none),
        ("allowed([\"p1\"], [])", &compiled(&json!([{ "j": { "context": ["a", 1] } }])), &p1, &none),
        ("allowed([\"p1\"], [])", &compiled(&json!([{ "j": { "context": null } }])), &p1, &none),
        ("allowed([\"p1\"], [])", &compiled(&json!(["j", { "j": null }, { "j": {} }, 1, null])), &p1, &none),
        (
            "allowed([\"p1\"], [])",
            &compiled(&json!([{ "j": { "context": "a" } }, { "j": { "context": "a" } }])),
            &p1,
            &allowed("a"),
        ),
        ("allowed([\"p1\"], [])", &compiled(&json!({ "x": { "j": { "context": "a" } } })), &p1, &allowed("a")),
        (
            "allowed([\"p1\"], [])",
            &compiled(&json!([{ "j": { "context": "a" }, "k": { "context": "b" } }])),
            &p1,
            &json!([
                "w.j: uses context value(s) not in allowlist for project: a",
                "w.k: uses context value(s) not in allowlist for project: b"
            ]),
        ),
        (
            "allowed([\"p1\"], [])",
            &json!({ "_compiled_": { "workflows": { "version": 2, "w": { "jobs": [{ "j": { "context": "a" } }] } } } }),
            &p1,
            &allowed("a"),
        ),
        ("allowed([\"p1\"], [])", &raw(&json!([{ "j": { "context": "a" } }])), &p1, &none),
        ("blocked([\"p1\"], [\"a\", \"b\"])", &of_a, &p1, &blocked("a")),
        ("blocked([\"p1\"], [\"b\"])", &of_a, &p1, &none),
        ("blocked([\"p2\"], [\"a\"])", &of_a, &p1, &none),
        ("blocked([\"p1\"], [\"a\"])", &of_a, &Value::Null, &none),
        ("blocked([\"p1\"], [\"a\"])", &raw(&json!([{ "j": { "context": "a" } }])), &p1, &none),
        ("blocked([\"p1\"], [1, \"a\"])", &compiled(&json!([{ "j": { "context": [1] } }])), &p1, &none),
        ("reserved([\"p2\"], [\"a\"])", &of_a, &p1, &reserved("a")),
        ("reserved([\"p1\"], [\"a\"])", &of_a, &p1, &none),
        ("reserved([\"p2\"], [\"b\"])", &of_a, &p1, &none),
        ("reserved([], \"a\")", &of_a, &p1, &reserved("a")),
        ("reserved([\"p2\"], [\"a\"])", &of_a, &json!({}), &none),
        ("reserved([\"p2\"], [\"a\"])", &of_a, &Value::Null, &none),
        ("reserved({\"p1\": true}, [\"a\"])", &of_a, &p1, &reserved("a")),
    ] {
        let (kind, arguments) = call.split_once('(').unwrap();
        let term = format!("config.contexts_{kind}_by_project_ids({arguments}");
        rows.same(&format!("{term} of {input} with {meta}"), &value("config", &term, input, meta), wanted);
    }
    rows.end();
}

#[test]
fn contexts_are_looked_at_by_branch() {
    let mut rows = Rows::default();
    let with = |names: &str, branches: &str| {
        json!([format!("w.j: uses context value(s): {names} - that cannot be used with branches: {branches}")])
    };
    let limited = |branches: &str| {
        json!([format!("w.j: uses context value(s): a - that must be limited to branches: {branches}")])
    };
    let only = |only: Value| json!([{ "j": { "context": "a", "filters": { "branches": { "only": only } } } }]);
    let none = json!([]);
    let (any, of_main) = (limited("main"), "[\"main\"], [\"a\"]");
    for (arguments, jobs, wanted) in [
        (of_main, only(json!("main")), &none),
        (of_main, only(json!(["main"])), &none),
        ("\"main\", \"a\"", only(json!("dev")), &with("a", "dev")),
        (of_main, only(json!(["main", "z", "dev"])), &with("a", "dev, z")),
        (of_main, only(json!([])), &none),
        (of_main, only(json!(null)), &none),
        (of_main, only(json!("")), &with("a", "")),
        (of_main, only(json!("/main/")), &with("a", "/main/")),
        (of_main, only(json!([1])), &none),
        (of_main, json!([{ "j": { "context": "a" } }]), &any),
        (of_main, json!([{ "j": { "context": "a", "filters": {} } }]), &any),
        (of_main, json!([{ "j": { "context": "a", "filters": { "branches": { "ignore": "dev" } } } }]), &any),
        (of_main, json!([{ "j": { "context": "a", "filters": { "tags": { "only": "v1" } } } }]), &any),
        ("[\"main\", \"dev\"], [\"a\"]", json!([{ "j": { "context": "a" } }]), &limited("dev, main")),
        ("[], [\"a\"]", json!([{ "j": { "context": "a" } }]), &limited("")),
        ("[\"main\"], [\"b\"]", json!([{ "j": { "context": "a" } }]), &none),
        (of_main, json!([{ "j": { "context": ["b", "a"] } }]), &any),
        (of_main, json!(["j", { "j": null }, { "j": {} }]), &none),
    ] {
        let term = format!("config.contexts_reserved_by_branches({arguments})");
        rows.same(&format!("{term} of {jobs}"), &value("config", &term, &raw(&jobs), &Value::Null), wanted);
    }
    // A filter that is false is as one that is not there, and is a branch too.
    let both = json!(["w.j: uses context value(s): a - that must be limited to branches: main",]);
    let term = format!("config.contexts_reserved_by_branches({of_main})");
    rows.same("only: false", &value("config", &term, &raw(&only(json!(false))), &Value::Null), &both);
    let made = compiled(&json!([{ "j": { "context": "a" } }]));
    rows.same("only compiled", &value("config", &term, &made, &Value::Null), &none);
    rows.end();
}

#[test]
fn orbs_are_looked_at_by_name_and_version() {
    let mut rows = Rows::default();
    let orbs = |orbs: Value| json!({ "orbs": orbs });
    let banned = |key: &str, name: &str| json!({ key: format!("{name} orb is not allowed in CircleCI configuration") });
    let of_xy = orbs(json!({ "o": "x/y@1.0" }));
    let dynamic = "x/y@<<pipeline.parameters.v>>";
    let of_dynamic = orbs(json!({ "o": dynamic }));
    let parameterized = json!({ dynamic: format!("invalid orb: {dynamic} - parameterized orbs are disallowed") });
    let none = json!({});
    for (term, input, wanted) in [
        ("orbs", &of_xy, &json!({ "x/y": "1.0" })),
        ("orbs", &orbs(json!(["x/y@1", "z@2"])), &json!({ "x/y": "1", "z": "2" })),
        ("orbs", &orbs(json!({ "a": "x/y@1", "b": "x/y@1" })), &json!({ "x/y": "1" })),
        ("orbs", &orbs(json!({ "a": { "jobs": {} }, "b": "x", "c": "x@1@2", "d": 1, "e": null })), &none),
        ("orbs", &json!({}), &none),
        ("ban_orbs([\"x/y\"])", &of_xy, &banned("x/y", "x/y")),
        ("ban_orbs({\"x/y\", \"z\"})", &of_xy, &banned("x/y", "x/y")),
        ("ban_orbs([\"x/y@1.0\"])", &of_xy, &none),
        ("ban_orbs(\"x/y\")", &of_xy, &none),
        ("ban_orbs([])", &of_dynamic, &parameterized),
        ("ban_orbs([\"x/y\"])", &json!({}), &Value::Null),
        ("ban_orbs([\"x/y\"])", &orbs(json!([])), &none),
        ("ban_orbs([\"x/y\"])", &orbs(json!({})), &none),
        ("ban_orbs([\"x/y\"])", &orbs(json!(null)), &none),
        ("ban_orbs([\"x/y\"])", &orbs(json!("x/y@1")), &none),
        ("ban_orbs([\"x/y\"])", &orbs(json!({ "a": { "jobs": {} } })), &none),
        ("ban_orbs_version([\"x/y@1.0\"])", &of_xy, &banned("x/y@1.0", "x/y@1.0")),
        ("ban_orbs_version([\"x/y@1\"])", &of_xy, &none),
        ("ban_orbs_version([\"x/y\"])", &of_xy, &none),
        ("ban_orbs_version(\"x/y@1.0\")", &of_xy, &none),
        ("ban_orbs_version([])", &of_dynamic, &parameterized),
        ("ban_orbs_version([\"x/y@1.0\"])", &json!({}), &Value::Null),
        ("orbs_allowlist({\"x/y\"})", &of_xy, &none),
        ("orbs_allowlist({\"x/y\": true})", &of_xy, &none),
        ("orbs_allowlist({\"x/y\": false})", &of_xy, &banned("x/y@1.0", "x/y")),
        ("orbs_allowlist({\"z\"})", &of_xy, &banned("x/y@1.0", "x/y")),
        ("orbs_allowlist([\"x/y\"])", &of_xy, &banned("x/y@1.0", "x/y")),
        ("orbs_allowlist({\"x/y\"})", &of_dynamic, &none),
        ("orbs_allowlist({\"z\"})", &of_dynamic, &banned(dynamic, "x/y")),
        ("orbs_allowlist(set())", &orbs(json!({ "o": "<<pipeline.parameters.v>>" })), &none),
        ("orbs_allowlist(set())", &json!({}), &none),
        (
            "parameterized_orbs_in_input([\"a\", \"<<parameters.v>>\"])",
            &none,
            &json!({ "<<parameters.v>>": "invalid orb: <<parameters.v>> - parameterized orbs are disallowed" }),
        ),
        ("parameterized_orbs_in_input(input.nothing)", &none, &Value::Null),
    ] {
        let given = value("config", &format!("config.{term}"), input, &Value::Null);
        rows.same(&format!("{term} of {input}"), &given, wanted);
    }
    let mut unused = Policies::of(&policy_with("config", "r = config.resource_class_by_project({})\n"));
    let twice = orbs(json!({ "a": "x/y@1", "b": "x/y@2" }));
    rows.same(
        "one orb in two versions, whatever is asked",
        &unused.decide(&twice, &Value::Null),
        &json!({ "status": "ERROR", "reason": "rego/config/orbs.rego:6: eval_conflict_error: object keys must be unique" }),
    );
    rows.end();
}

#[test]
fn resource_classes_are_looked_at_by_project() {
    let job = |class: Value| json!({ "_compiled_": { "jobs": { "j": { "resource_class": class } } } });
    let refused = json!(["project is not allowed to use resource_class \"c\" declared in job \"j\""]);
    let p1 = json!({ "project_id": "p1" });
    let none = json!([]);
    let mut rows = Rows::default();
    for (map, input, meta, wanted) in [
        ("{\"c\": {\"p1\"}}", &job(json!("c")), &p1, &none),
        ("{\"c\": [\"p1\"]}", &job(json!("c")), &p1, &none),
        ("{\"c\": {\"p2\"}}", &job(json!("c")), &p1, &refused),
        ("{\"c\": []}", &job(json!("c")), &p1, &refused),
        ("{\"c\": \"p1\"}", &job(json!("c")), &p1, &refused),
        ("{\"d\": []}", &job(json!("c")), &p1, &none),
        ("{\"c\": []}", &json!({ "_compiled_": { "jobs": { "j": {}, "k": null } } }), &p1, &none),
        ("{\"c\": []}", &job(json!("c")), &Value::Null, &none),
        ("{\"c\": []}", &job(json!("c")), &json!({}), &none),
        ("{\"c\": []}", &json!({ "jobs": { "j": { "resource_class": "c" } } }), &p1, &none),
        ("{}", &job(json!("c")), &p1, &none),
    ] {
        let given = value("config", &format!("config.resource_class_by_project({map})"), input, meta);
        rows.same(&format!("{map} of {input} with {meta}"), &given, wanted);
    }
    let odd = json!({ "_compiled_": { "jobs": { "a\"b\n": { "resource_class": "é\\" } } } });
    rows.same(
        "names in quotation marks",
        &value("config", "config.resource_class_by_project({input._compiled_.jobs[_].resource_class: []})", &odd, &p1),
        &json!(["project is not allowed to use resource_class \"é\\\\\" declared in job \"a\\\"b\\n\""]),
    );
    rows.end();
}

#[test]
fn small_helpers_answer_at_their_edges() {
    let mut rows = Rows::default();
    let undefined = Value::Null;
    for (term, wanted) in [
        ("[x | x := utils.to_set({1, 2})]", json!([[1, 2]])),
        ("utils.to_set([2, 1, 2]) == {1, 2}", json!(true)),
        ("utils.to_set(\"a\") == {\"a\"}", json!(true)),
        ("utils.to_set(null) == {null}", json!(true)),
        ("utils.to_set(false) == {false}", json!(true)),
        ("utils.to_set({\"a\": 1}) == {{\"a\": 1}}", json!(true)),
        ("utils.to_set([]) == set()", json!(true)),
        ("utils.to_set(set()) == set()", json!(true)),
        ("utils.to_set(input.nothing)", undefined.clone()),
        ("utils.to_array([2, 1])", json!([2, 1])),
        ("utils.to_array({1, 2}) == [{1, 2}]", json!(true)),
        ("utils.to_array(null)", json!([null])),
        ("utils.to_array(false)", json!([false])),
        ("utils.to_array({\"a\": 1})", json!([{ "a": 1 }])),
        ("utils.to_array(input.nothing)", undefined.clone()),
        ("utils.get_element_name(\"a\")", json!("a")),
        ("utils.get_element_name({\"a\": {\"b\": 1}})", json!("a")),
        ("utils.get_element_name({\"a\": null})", json!("a")),
        ("utils.get_element_name({\"a\": 1, \"b\": 2})", undefined.clone()),
        ("utils.get_element_name({})", undefined.clone()),
        ("utils.get_element_name(input.number)", undefined.clone()),
        ("utils.get_element_name(null)", undefined.clone()),
        ("utils.get_element_name([\"a\"])", undefined.clone()),
        ("utils.is_parameterized_expression(\"a << pipeline.parameters.x-y >> b\")", json!(true)),
        ("utils.is_parameterized_expression(\"<<parameters.x>>\")", json!(true)),
        ("utils.is_parameterized_expression(\"<<\\nparameters.x\\n>>\")", json!(true)),
        ("utils.is_parameterized_expression(`\\<<parameters.x>>`)", json!(true)),
        ("utils.is_parameterized_expression(\"<<pipeline>>\")", json!(false)),
        ("utils.is_parameterized_expression(\"<< matrix.x >>\")", json!(false)),
        ("utils.is_parameterized_expression(\"<< orb.x >>\")", json!(false)),
        ("utils.is_parameterized_expression(\"<< parameters .x >>\")", json!(false)),
        ("utils.is_parameterized_expression(\"<< parameters. x >>\")", json!(false)),
        ("utils.is_parameterized_expression(\"\")", json!(false)),
        ("utils.is_parameterized_expression(input.number)", undefined.clone()),
        ("utils.is_parameterized_expression(input.nothing)", undefined),
    ] {
        rows.same(term, &value("utils", term, &json!({ "number": 42 }), &Value::Null), &wanted);
    }
    let literal = value("utils", "utils.is_parameterized_expression(42)", &json!({}), &Value::Null);
    rows.holds("a number that is written", literal.as_str().unwrap_or_default(), "invalid argument(s)");
    rows.end();
}
