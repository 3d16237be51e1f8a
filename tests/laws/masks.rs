//! Law of masks: what a plan marks as sensitive is in nothing that comes out, whatever a policy tells.

use crate::generated::{Asked, question};
use crate::tries;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The letters and digits that only secrets have.
const LETTERS: &str = "SECRET";
const DIGITS: &str = "771177";

/// Everything that a policy can see, told in words.
const TELLS_ALL: &str = "package forgecroft.policy

import rego.v1

deny contains json.marshal(input)

deny contains sprintf(\"%v: %v\", [path, value]) if walk(input, [path, value])

require_approval contains {\"team\": \"all\", \"reason\": json.marshal(input.plan)}
";

/// A value with what the plan says of it.
#[derive(Debug, Clone)]
enum Part {
    Open(u16),
    Secret(u16),
    SecretNumber(u16),
    List(Vec<Part>),
    Fields(Vec<Part>),
    /// Marked as a whole: its keys are secret too.
    Whole(Box<Part>),
}

fn open_part() -> impl Strategy<Value = Part> {
    any::<u16>().prop_map(Part::Open).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Part::List),
            proptest::collection::vec(inner, 0..4).prop_map(Part::Fields),
        ]
    })
}

fn part() -> impl Strategy<Value = Part> {
    let leaf = prop_oneof![
        any::<u16>().prop_map(Part::Open),
        any::<u16>().prop_map(Part::Secret),
        any::<u16>().prop_map(Part::SecretNumber),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Part::List),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Part::Fields),
            inner.prop_map(|inner| Part::Whole(Box::new(inner))),
        ]
    })
}

impl Part {
    fn value(&self, is_secret: bool) -> Value {
        match self {
            Self::Open(number) if !is_secret => json!(format!("open-{number}")),
            Self::Open(number) | Self::Secret(number) => json!(format!("{LETTERS}-{number}")),
            Self::SecretNumber(number) => json!(7_711_770_000_u64 + u64::from(*number)),
            Self::List(items) => items.iter().map(|item| item.value(is_secret)).collect(),
            Self::Fields(items) => {
                let key = |at: usize| if is_secret { format!("{LETTERS}-key-{at}") } else { format!("key-{at}") };
                Value::Object(items.iter().enumerate().map(|(at, item)| (key(at), item.value(is_secret))).collect())
            }
            Self::Whole(inner) => inner.value(true),
        }
    }

    /// The mask as Terraform writes it: a list for a list, and in an object only what marks something.
    fn mask(&self) -> Value {
        match self {
            Self::Open(_) => json!(false),
            Self::Secret(_) | Self::SecretNumber(_) | Self::Whole(_) => json!(true),
            Self::List(items) => items.iter().map(Self::mask).collect(),
            Self::Fields(items) => {
                let marked = items.iter().enumerate().map(|(at, item)| (format!("key-{at}"), item.mask()));
                Value::Object(marked.filter(|(_, mask)| *mask != json!(false)).collect::<Map<_, _>>())
            }
        }
    }
}

fn plan(before: &Part, after: &Part, output: &Part) -> Value {
    let secret = json!({ "value": format!("{LETTERS}-elsewhere"), "number": 7_711_770_000_u64 });
    json!({
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "variables": { "password": secret },
        "planned_values": { "outputs": { "password": secret }, "root_module": { "resources": [{ "address": "aws_db_instance.a", "values": secret }] } },
        "prior_state": { "format_version": "1.0", "values": { "root_module": { "resources": [{ "address": "aws_db_instance.a", "values": secret }] } } },
        "configuration": { "root_module": { "variables": { "password": { "default": secret } } } },
        "resource_drift": [{ "address": "aws_db_instance.a", "type": "aws_db_instance", "change": { "actions": ["update"], "before": secret, "after": secret } }],
        "resource_changes": [{
            "address": "aws_db_instance.a",
            "mode": "managed",
            "type": "aws_db_instance",
            "name": "a",
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {
                "actions": ["update"],
                "before": before.value(false),
                "after": after.value(false),
                "after_unknown": {},
                "before_sensitive": before.mask(),
                "after_sensitive": after.mask(),
            },
        }],
        "output_changes": { "o": {
            "actions": ["create"],
            "before": null,
            "after": output.value(false),
            "after_unknown": false,
            "before_sensitive": false,
            "after_sensitive": output.mask(),
        } },
    })
}

fn config() -> Value {
    json!({ "policy_sets": [{
        "name": "nosy", "enforcement": "advisory", "plan_detail": "full",
        "policies": [{ "name": "tells-all", "rego_source": TELLS_ALL }],
    }] })
}

proptest! {
    #![proptest_config(tries(100))]

    #[test]
    fn what_is_marked_never_appears((before, after, output) in (part(), part(), part()), question in question()) {
        let plan = plan(&before, &after, &output);
        let mut asked = Asked::new(&config(), &question, &plan);
        let facts = asked.facts(&Value::Null, &[]);
        let outcome = asked.round(&facts);
        prop_assert!(!outcome.contains(LETTERS) && !outcome.contains(DIGITS), "{}", outcome);
        // It did tell what is not marked.
        prop_assert!(outcome.contains("aws_db_instance.a") && outcome.contains("after_sensitive"));
        if let Part::Open(number) = &output {
            let told = format!("open-{number}");
            prop_assert!(outcome.contains(&told), "{} was not told", told);
        }
        let summary = asked.engine.call("read_plan", "{}", Some(plan.to_string().as_bytes()));
        prop_assert!(!summary.contains(LETTERS) && !summary.contains(DIGITS), "{}", summary);
    }

    #[test]
    fn what_is_not_marked_is_told(part in open_part()) {
        let question = json!({
            "workspace": { "id": "w", "name": "w" }, "run": { "id": "r", "trigger": "push" }, "org": { "id": "o" }, "user": null,
            "decision_id": "d", "now_ms": 0, "seed": 0,
        });
        let plan = plan(&part, &part, &part);
        let outcome = Asked::new(&config(), &question, &plan).decide(&[]);
        let shown: Vec<Value> = outcome["response"]["policy_results"][0]["violations"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|told| serde_json::from_str(told.as_str().unwrap()).ok())
            .collect();
        let change = &shown.iter().find(|input| input["plan"].is_object()).unwrap()["plan"]["resource_changes"][0]["change"];
        prop_assert_eq!(&change["before"], &part.value(false));
        prop_assert_eq!(&change["after"], &part.value(false));
    }
}
