//! Builtins that may be called for what nobody asks for.

use crate::rego::analysis::lowered::Function;

/// Those that need nothing of a request, print nothing, keep to their operands in time and memory, and know no limit of their own. What they
/// are given wrong is undefined as long as errors of builtins are not asked for. Whatever is not named here may end an evaluation: a seed that
/// a request lacks, a pattern that is too large, a width in a format, a number with too many digits.
const HARMLESS: [&str; 30] = [
    "equal",
    "neq",
    "lt",
    "lte",
    "gt",
    "gte",
    "internal.member_2",
    "internal.member_3",
    "count",
    "object.get",
    "object.keys",
    "is_array",
    "is_boolean",
    "is_null",
    "is_number",
    "is_object",
    "is_set",
    "is_string",
    "type_name",
    "startswith",
    "endswith",
    "contains",
    "lower",
    "upper",
    "trim",
    "trim_left",
    "trim_right",
    "trim_prefix",
    "trim_suffix",
    "trim_space",
];

/// Whether a call of a function ends no evaluation, whatever it is given, as long as the function is not replaced.
pub(super) fn is_harmless(function: &Function<'_>) -> bool {
    matches!(function, Function::Builtin(name) if HARMLESS.contains(name))
}
