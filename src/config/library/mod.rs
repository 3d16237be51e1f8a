//! The library that policies import: `data.circleci.config` and `data.circleci.utils` (section 4).

use crate::rego::Module;
use crate::rego::syntax::tree::{Import, Tree};

/// The paths under which the original tells of the library.
const CONTEXTS: &str = "rego/config/contexts.rego";
const ORBS: &str = "rego/config/orbs.rego";
const RUNNER: &str = "rego/config/runner.rego";
const UTILS: &str = "rego/utils/utils.rego";

/// Which parts of the library are linked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Linked {
    /// `data.circleci.config`, which brings the other one.
    pub config: bool,
    /// `data.circleci.utils`
    pub utils: bool,
}

impl Linked {
    /// The parts that the modules import by their exact paths (section 4.1).
    pub fn by<'t, 's: 't>(trees: impl Iterator<Item = &'t Tree<'s>>) -> Self {
        let mut linked = Self::default();
        for import in trees.flat_map(Tree::imports) {
            linked.config |= is_of(import, "config");
            linked.utils |= is_of(import, "utils");
        }
        linked.utils |= linked.config;
        linked
    }

    /// The modules of the parts. `taken` are the paths of policies, which may be the same: a policy keeps its own.
    pub fn modules<'p>(self, taken: impl Iterator<Item = &'p str> + Clone) -> Vec<Module> {
        let config = [
            (CONTEXTS, include_str!("contexts.rego")),
            (ORBS, include_str!("orbs.rego")),
            (RUNNER, include_str!("runner.rego")),
        ];
        let mut parts = Vec::new();
        if self.config {
            parts.extend(config);
        }
        if self.utils {
            parts.push((UTILS, include_str!("utils.rego")));
        }
        let modules = parts.into_iter().map(|(path, source)| {
            let mut path = path.to_owned();
            while taken.clone().any(|other| other == path) {
                path.insert_str(0, "circleci/");
            }
            Module { path, source: source.to_owned() }
        });
        modules.collect()
    }
}

fn is_of(import: &Import<'_>, part: &str) -> bool {
    let path = ["data", "circleci", part];
    import.path.len() == path.len() && import.path.iter().zip(path).all(|(name, wanted)| name.text == wanted)
}

/// What the library had once, or never had and is asked for: how to mend a call of a function that is not there.
pub fn help_for(function: &str) -> Option<&'static str> {
    let name = function.strip_prefix("data.circleci.config.").or_else(|| function.strip_prefix("config."))?;
    Some(match name {
        "is_parameterized_expression" | "to_set" | "to_array" | "get_element_name" => {
            "it is in `utils`: write `import data.circleci.utils`, and call it as a function of `utils`"
        }
        "require_jobs" => {
            "the library lost it in 2023: ask for the job in `input._compiled_.jobs` or in the jobs of a workflow"
        }
        "get_job_name" => {
            "the library lost it in 2023: `utils.get_element_name` of `data.circleci.utils` does the same"
        }
        "require_orbs" | "require_orbs_version" => "the library lost it in 2023: look the orb up in `config.orbs`",
        "contexts_allowed_by_project_ids"
        | "contexts_blocked_by_project_ids"
        | "contexts_reserved_by_project_ids"
        | "contexts_reserved_by_branches"
        | "ban_orbs"
        | "ban_orbs_version"
        | "orbs_allowlist"
        | "parameterized_orbs_in_input"
        | "resource_class_by_project" => "write `import data.circleci.config` in a policy of the bundle",
        _ => return None,
    })
}
