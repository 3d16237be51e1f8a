//! The stages in which OPA finds errors, in their order.

use serde::Serialize;

/// A stage of OPA's compiler. It stops behind the first stage that finds an error, so that what it prints of a bundle are
/// the findings of the earliest stage that has any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The text of a module is read. OPA reads all modules before it stops.
    Parse,
    /// Names of imports and rules are made full paths; unused imports are found here.
    ResolveRefs,
    /// Parts of heads that are no constants become variables.
    RewriteRuleHeadRefs,
    /// `input` and `data` are not to be the names of something else.
    CheckKeywordOverrides,
    /// No two imports of a module have one name.
    CheckDuplicateImports,
    /// Variables that are declared get a name of their own; unused ones are found here.
    RewriteLocalVars,
    /// Template strings become calls.
    RewriteTemplateStrings,
    /// A function without a result is not used as a value.
    CheckVoidCalls,
    /// Calls of `print` are taken out, or put where what they print may be undefined.
    RewritePrintCalls,
    /// Calls are taken out of terms.
    RewriteExprTerms,
    /// Annotations are joined to what they describe.
    SetAnnotationSet,
    /// What `with` replaces exists and can be replaced.
    RewriteWithValues,
    /// Rules of one path agree.
    CheckRuleConflicts,
    /// Functions that are called exist and take that many arguments.
    CheckUndefinedFuncs,
    /// Every variable of a head gets its value from the body.
    CheckSafetyRuleHeads,
    /// Every variable of a body has a value when it is needed, in some order of the statements.
    CheckSafetyRuleBodies,
    /// No rule needs itself.
    CheckRecursion,
    /// Values are of the types that are asked of them.
    CheckTypes,
    /// Builtins that the host refuses are not called.
    CheckUnsafeBuiltins,
    /// Builtins that are kept for old policies alone are not called in new ones.
    CheckDeprecatedBuiltins,
}
