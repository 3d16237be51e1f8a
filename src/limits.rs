//! Every limit of the engine with its default and its reason, in one place.

use crate::sorted;
use serde::{Deserialize, Serialize};

/// Bytes of source text in one module.
pub const SOURCE_BYTES: u64 = 1024 * 1024;
/// Bytes of source text in one bundle.
pub const BUNDLE_BYTES: u64 = 16 * 1024 * 1024;
/// Modules in one bundle.
pub const MODULES: u64 = 10_000;
/// Brackets of any kind inside one another in source text.
pub const SOURCE_NESTING: u64 = 256;
/// Arrays and objects inside one another in an input or data document.
pub const DATA_NESTING: u64 = 512;
/// Lists and mappings inside one another in an action policy, which people write.
pub const ACTION_POLICY_NESTING: u64 = 128;
/// Keys that are arrays, objects or sets inside one another, where a value is written: each level doubles the backslashes of those inside.
pub const KEY_NESTING: u64 = 64;
/// Bytes of an input, data or plan document.
pub const INPUT_BYTES: u64 = 32 * 1024 * 1024;
/// Bytes of one answer as JSON text.
pub const ANSWER_BYTES: u64 = 8 * 1024 * 1024;
/// Evaluation steps of one policy while it is validated on its stub input.
pub const VALIDATION_STEPS: u64 = 5_000_000;
/// Evaluation steps of one query.
pub const STEPS: u64 = 10_000_000;
/// Evaluation steps of one decision over all the policies that are asked: each has its own limit, and together they have this.
pub const DECISION_STEPS: u64 = 100_000_000;
/// Values of one configuration or file of tests in YAML: each takes a place in its tree, whatever its text is.
pub const CONFIG_VALUES: u64 = 1_000_000;
/// Bytes of the policies of one bundle for configurations that is kept with a host, as the original takes them.
pub const CONFIG_BUNDLE_BYTES: u64 = 2_621_440;
/// Bytes of the metadata of one decision on a configuration, as JSON: it is kept with the decision.
pub const CONFIG_METADATA_BYTES: u64 = 64 * 1024;
/// Steps of reading one file of data in YAML: it may be larger than what a policy reads in [`STEPS`].
pub const YAML_STEPS: u64 = 100_000_000;
/// Units of memory that one evaluation may make, by a cost model that is the same on every machine: a byte of text is one, a word 8.
pub const MEMORY_UNITS: u64 = 256 * 1024 * 1024;
/// Bytes that the heap may grow by in one evaluation, as the allocator counts them: a wall behind [`MEMORY_UNITS`], far enough to be
/// never reached while the cost model holds.
pub const HEAP_BYTES: u64 = 1024 * 1024 * 1024;
/// Rules and functions that wait for one another.
pub const CALL_DEPTH: usize = 10_000;
/// The longest argument of a function of the host, as JSON text. It crosses to the host, which may send it elsewhere.
pub const HOST_ARGUMENT_BYTES: usize = 1 << 20;

/// How many calls of functions of the host one round of an evaluation gathers; the next round goes on with the others.
pub const HOST_CALLS: usize = 1_000;
/// Times that an operation may ask for facts before it is an error.
pub const ROUNDS: u64 = 8;
/// Times that a commit is tried again after a conflict.
pub const COMMIT_RETRIES: u64 = 8;
/// Diagnostics that one check reports.
pub const DIAGNOSTICS: usize = 500;
/// Parts of one type that the checker gives to a term; what would be larger is `any`, of which nothing wrong is said.
pub const TYPE_NODES: u32 = 10_000;
/// Types inside one another; what would be deeper is `any`. Every walk over a type goes down into each.
pub const TYPE_NESTING: u16 = 64;
/// Comparisons of types with one another in one check, beside [`TYPE_COMPARISONS_PER_BYTE`]. Unions are compared member by
/// member, so that a text could ask for the square of its size; beyond it every value is of every type. A look into each member of a
/// union for what stands under a key counts as well.
pub const TYPE_COMPARISONS: u64 = 1_000_000;
/// Comparisons of types for each byte of source text.
pub const TYPE_COMPARISONS_PER_BYTE: u64 = 20;
/// Rules that references with steps which only evaluation knows are followed to, while rules that need themselves are
/// looked for. What is beyond it is not found, and the depth of calls is bounded when it runs.
pub const RECURSION_PLACES: usize = 1_000_000;
/// Edges between rules that the searches for circles look at, all together: each takes the time of its circle, and one
/// circle refuses the bundle.
pub const RECURSION_EDGES: usize = 300_000;
/// Elements that one `numbers.range` or `numbers.range_step` may make.
pub const RANGE_ELEMENTS: u64 = 1_000_000;
/// Width or precision of one verb of a format.
pub const FORMAT_WIDTH: u64 = 10_000;
/// The decimal exponent of one number, above or below zero: a number is written out in full when it is read.
pub const NUMBER_EXPONENT: u64 = 1_000;
/// Digits of one number: reading it takes the square of their number.
pub const NUMBER_DIGITS: u64 = 10_000;
/// Bytes of one compiled regular expression: it bounds the time of compiling it, and that of each byte that is searched. `\p{L}` takes
/// 43 KB, and each of 200 repetitions of `.` takes 1 KB.
pub const REGEX_BYTES: u64 = 262_144;
/// Parts of a regular expression inside one another: the compiler of patterns goes down into each.
pub const REGEX_NESTING: u64 = 250;
/// Brackets inside one another in a document of GraphQL; twice as many selections, those of fragments included. Its readers go down
/// into each.
pub const GRAPHQL_NESTING: u64 = 128;
/// Parts of a JSON schema inside one another, and parts that are asked of a document inside one another. Both are gone down into.
pub const JSON_SCHEMA_NESTING: u64 = 256;
/// Parts of a template inside one another; twice as many while it runs, with those of templates that it uses. All are gone down into.
pub const TEMPLATE_NESTING: u64 = 100;
/// Bits that `bits.lsh` may shift by.
pub const SHIFT_BITS: u64 = 65_536;

/// The limits of one evaluation that a caller may raise or lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
#[serde(deny_unknown_fields, default)]
pub struct EvaluationLimits {
    /// Evaluation steps. Default [`STEPS`].
    #[cfg_attr(test, ts(optional, as = "Option<f64>"))]
    pub steps: u64,
    /// Units of memory that the evaluation may make. Default [`MEMORY_UNITS`].
    #[cfg_attr(test, ts(optional, as = "Option<f64>"))]
    pub memory_units: u64,
    /// Bytes of the answer as JSON text. Default [`ANSWER_BYTES`].
    #[cfg_attr(test, ts(optional, as = "Option<f64>"))]
    pub answer_bytes: u64,
}

impl Default for EvaluationLimits {
    fn default() -> Self {
        Self { steps: STEPS, memory_units: MEMORY_UNITS, answer_bytes: ANSWER_BYTES }
    }
}

/// Bytes of one text that a caller of governance gives, such as a comment: records must fit into a row of a database. Texts of
/// policies have their own limit.
pub const TEXT_BYTES: u64 = 16 * 1024;
/// Bytes of the arguments of one call of an agent, and of what is kept of results of one action in a run, as JSON: records must fit into
/// a row of a database.
pub const ARGUMENT_BYTES: u64 = 256 * 1024;
/// Bytes of the name of an action, of an id and of an idempotency key in a call: they are parts of the keys of records.
pub const NAME_BYTES: u64 = 512;
/// Calls of one session, run or scope that wait for an approval at a time: each decision reads what is held for all of them.
pub const WAITING_CALLS: u64 = 1_000;
/// Entries of one list or object that a caller of governance gives, such as attributes.
pub const LIST_ENTRIES: u64 = 1_000;
/// Changes of a plan that are repeated in decision logs and in what providers are told; of a larger plan neither has the lists.
pub const TOLD_CHANGES: u64 = 2_000;
/// Characters of one message of a policy, or of its reason for an approval, that are kept; a longer one is cut, and says so.
pub const MESSAGE_CHARS: usize = 2_000;
/// Characters that are left of the first message of a policy for which there is no room.
pub const CUT_MESSAGE_CHARS: usize = 80;
/// Bytes of the messages that one evaluation keeps, as JSON: beyond it each policy keeps its first, and says how many more there are.
pub const MESSAGES_BYTES: usize = 400_000;
/// Bytes of the requirements of one run as JSON: a run that asks for more is rejected, because no database could keep it.
pub const REQUIREMENTS_BYTES: usize = 700_000;
/// Messages that are repeated in the reasons and in the timeline of a run; all are in its policy results.
pub const TOLD_MESSAGES: usize = 100;

/// Schemas inside one another in the schema of an action's arguments.
pub const SCHEMA_DEPTH: u64 = 32;
/// Violations of a schema, or matches of personal data, that are told of the arguments of one call: any one of them decides.
pub const ARGUMENT_FINDINGS: usize = 100;
/// Bytes of an action policy that is kept, as JSON: a database must be able to keep it in one record.
pub const ACTION_POLICY_BYTES: usize = 256 * 1024;
/// Characters of why a target is stopped, or why there is an exception.
pub const REASON_CHARS: usize = 2_000;
/// Uses of an exception, at the most: what is to last longer has a time at which it ends instead.
pub const EXCEPTION_USES: u64 = 1_000_000_000;
/// Entries that one simulation of actions takes, or one replay of a decision log.
pub const SIMULATED_ENTRIES: u64 = 100_000;

/// The limits by name, for `capabilities()`.
pub fn in_force() -> sorted::Map<&'static str, u64> {
    sorted::Map::from_iter([
        ("source_bytes", SOURCE_BYTES),
        ("bundle_bytes", BUNDLE_BYTES),
        ("modules", MODULES),
        ("source_nesting", SOURCE_NESTING),
        ("data_nesting", DATA_NESTING),
        ("action_policy_nesting", ACTION_POLICY_NESTING),
        ("key_nesting", KEY_NESTING),
        ("input_bytes", INPUT_BYTES),
        ("answer_bytes", ANSWER_BYTES),
        ("validation_steps", VALIDATION_STEPS),
        ("steps", STEPS),
        ("decision_steps", DECISION_STEPS),
        ("config_values", CONFIG_VALUES),
        ("config_bundle_bytes", CONFIG_BUNDLE_BYTES),
        ("config_metadata_bytes", CONFIG_METADATA_BYTES),
        ("yaml_steps", YAML_STEPS),
        ("memory_units", MEMORY_UNITS),
        ("heap_bytes", HEAP_BYTES),
        ("depth", CALL_DEPTH as u64),
        ("range_elements", RANGE_ELEMENTS),
        ("format_width", FORMAT_WIDTH),
        ("shift_bits", SHIFT_BITS),
        ("number_exponent", NUMBER_EXPONENT),
        ("number_digits", NUMBER_DIGITS),
        ("regex_bytes", REGEX_BYTES),
        ("regex_nesting", REGEX_NESTING),
        ("graphql_nesting", GRAPHQL_NESTING),
        ("json_schema_nesting", JSON_SCHEMA_NESTING),
        ("template_nesting", TEMPLATE_NESTING),
        ("host_argument_bytes", HOST_ARGUMENT_BYTES as u64),
        ("host_calls", HOST_CALLS as u64),
        ("text_bytes", TEXT_BYTES),
        ("message_chars", MESSAGE_CHARS as u64),
        ("messages_bytes", MESSAGES_BYTES as u64),
        ("requirements_bytes", REQUIREMENTS_BYTES as u64),
        ("list_entries", LIST_ENTRIES),
        ("argument_bytes", ARGUMENT_BYTES),
        ("name_bytes", NAME_BYTES),
        ("waiting_calls", WAITING_CALLS),
        ("told_changes", TOLD_CHANGES),
        ("told_messages", TOLD_MESSAGES as u64),
        ("schema_depth", SCHEMA_DEPTH),
        ("argument_findings", ARGUMENT_FINDINGS as u64),
        ("action_policy_bytes", ACTION_POLICY_BYTES as u64),
        ("reason_chars", REASON_CHARS as u64),
        ("exception_uses", EXCEPTION_USES),
        ("simulated_entries", SIMULATED_ENTRIES),
        ("diagnostics", DIAGNOSTICS as u64),
        ("rounds", ROUNDS),
        ("commit_retries", COMMIT_RETRIES),
    ])
}
