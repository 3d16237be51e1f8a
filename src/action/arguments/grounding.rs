//! Whether an argument comes from where it must come from: an earlier result, or the arguments of an earlier call.

use super::equality::equal;
use super::paths;
use crate::action::policy::{GroundingRule, SourceFrom};
use serde_json::Value;

/// What one earlier call of the source action left.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// What it gave, where that is known.
    pub result: Option<&'a Value>,
    /// What it was called with, where that is known.
    pub kwargs: Option<&'a Value>,
}

/// Which of the earlier calls count (decision 12).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GroundsThatCount {
    /// Every one that is fresh: a value that was looked up stays good.
    #[default]
    All,
    /// The newest alone.
    Latest,
}

/// Whether an argument has a ground. One that is absent or null needs none: that it is there is for the schema to ask.
///
/// INVARIANT: `grounds` are the fresh ones of the source action, the newest first.
pub fn is_grounded<'a>(
    rule: &GroundingRule,
    argument: Option<&Value>,
    grounds: impl IntoIterator<Item = Ground<'a>>,
    count: GroundsThatCount,
) -> bool {
    let Some(argument) = argument.filter(|argument| !argument.is_null()) else { return true };
    let most = match count {
        GroundsThatCount::All => usize::MAX,
        GroundsThatCount::Latest => 1,
    };
    grounds.into_iter().take(most).any(|ground| {
        let source = match rule.source_from {
            SourceFrom::Result => ground.result,
            SourceFrom::Kwargs => ground.kwargs,
        };
        source.and_then(|source| paths::at(source, &rule.source_field)).is_some_and(|value| equal(value, argument))
    })
}

/// Where the argument must come from, as it is told: `action.field`.
pub fn expected_source(rule: &GroundingRule) -> String {
    format!("{}.{}", rule.source_action, rule.source_field)
}

#[cfg(test)]
mod tests {
    use super::{Ground, GroundsThatCount, expected_source, is_grounded};
    use crate::action::policy::{GroundingRule, SourceFrom};
    use serde_json::{Value, json};

    fn rule(source_from: SourceFrom) -> GroundingRule {
        GroundingRule { source_action: "l".to_owned(), source_field: "o.0.amt".to_owned(), source_from }
    }

    #[test]
    fn an_argument_must_be_what_was_looked_up() {
        let result = json!({ "o": [{ "amt": 5 }] });
        let grounds = || [Ground { result: Some(&result), kwargs: None }];
        let asked = |argument: Option<Value>| {
            is_grounded(&rule(SourceFrom::Result), argument.as_ref(), grounds(), GroundsThatCount::All)
        };
        for argument in [Some(json!(5)), Some(json!(5.0)), Some(json!(null)), None] {
            assert!(asked(argument.clone()), "{argument:?}");
        }
        for argument in [json!("5"), json!(true), json!(6), json!({ "amt": 5 })] {
            assert!(!asked(Some(argument.clone())), "{argument}");
        }
        assert_eq!(expected_source(&rule(SourceFrom::Result)), "l.o.0.amt");
    }

    #[test]
    fn only_what_is_known_of_the_right_place_is_a_ground() {
        let (kwargs, other) = (json!({ "o": [{ "amt": "A" }] }), json!({ "o": "A" }));
        let five = json!("A");
        let grounds = [Ground { result: None, kwargs: Some(&kwargs) }, Ground { result: Some(&other), kwargs: None }];
        let asked = |from| is_grounded(&rule(from), Some(&five), grounds, GroundsThatCount::All);
        assert!(asked(SourceFrom::Kwargs));
        assert!(!asked(SourceFrom::Result));
        assert!(!is_grounded(&rule(SourceFrom::Result), Some(&five), [], GroundsThatCount::All));
    }

    #[test]
    fn older_grounds_count_unless_only_the_latest_does() {
        let (newer, older) = (json!({ "o": [{ "amt": 9 }] }), json!({ "o": [{ "amt": 5 }] }));
        let grounds = [&newer, &older].map(|result| Ground { result: Some(result), kwargs: None });
        let asked = |argument: Value, count| is_grounded(&rule(SourceFrom::Result), Some(&argument), grounds, count);
        assert!(asked(json!(5), GroundsThatCount::All));
        assert!(!asked(json!(5), GroundsThatCount::Latest));
        assert!(asked(json!(9), GroundsThatCount::Latest));
    }
}
