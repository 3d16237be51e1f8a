//! How to mend a mistake in the grammar, where that can be said.

use super::tokens::{Gap, Kind, Token};
use super::tree::Span;
use crate::rego::source::Dialect;
use crate::rego::words::is_near;
use std::borrow::Cow;

/// What a statement of a module should have been, where nothing more is known.
pub(super) const RULE: &str = "a rule is `name := value`, `name if { … }` or `name contains value if { … }`";

pub(super) const TEMPLATE: &str = "a template string is written `$\"… {x} …\"`";
pub(super) const RANGE: &str = "a range is `numbers.range(1, 10)`";

/// A token that does not belong where it stands, and what stands around it.
pub(super) struct Place<'s> {
    /// What it is, as the keywords that hold make it.
    pub found: Token,
    /// What belongs there, in OPA's words; may be empty.
    pub expected: &'s str,
    /// The token before it.
    pub before: Token,
    /// The token before that.
    pub second_before: Token,
    /// The token behind it.
    pub behind: Token,
    pub source: &'s str,
    pub dialect: Dialect,
}

impl<'s> Place<'s> {
    fn text(&self) -> &'s str {
        self.found.span.text(self.source)
    }

    fn text_before(&self) -> &'s str {
        self.before.span.text(self.source)
    }

    /// Whether the token stands right behind the one before it.
    fn is_joined(&self) -> bool {
        self.found.gap == Gap::None
    }

    /// Whether the line of the token begins with a word; of a long line only the last part is looked at.
    fn line_begins_with(&self, word: &str) -> bool {
        const BYTES: usize = 200;
        let end = self.found.span.range().start;
        let before = self.source.as_bytes().get(end.saturating_sub(BYTES)..end).unwrap_or_default();
        before.rsplit(|&byte| byte == b'\n').next().is_some_and(|line| line.starts_with(word.as_bytes()))
    }

    /// Whether the sign before the token stands in what is meant as one name.
    fn is_hyphen(&self) -> bool {
        self.is_joined() && self.before.gap == Gap::None && self.second_before.kind == Kind::Name
    }
}

type Help = Cow<'static, str>;

const WITHS: &str = "each replacement has a `with` of its own: `with input.x as 1 with input.y as 2`";
const KEEPS: &str = "a variable keeps its value: give the result a name of its own, as in `y := x + 1`";

/// Help for a token that does not belong where it stands.
pub(super) fn unexpected(place: &Place<'_>) -> Option<Help> {
    let ends_statement = place.expected.contains("or ;");
    if let Some(word) = keyword_as_name(place) {
        return Some(format!("`{word}` is a keyword: give the rule or the variable another name").into());
    }
    if place.expected.starts_with("expected else value") && place.text() == "if" {
        return Some(of_v1("if"));
    }
    let of_words = if ends_statement || place.expected.is_empty() { of_words(place, ends_statement) } else { None };
    let help = of_words.or_else(|| match place.expected {
        "" => where_a_term_stands(place),
        _ if ends_statement => where_a_statement_ends(place),
        expected => where_something_is_missing(place, expected).map(Cow::Borrowed),
    });
    help.or_else(|| {
        (place.found.kind == Kind::End).then_some("the text ends inside a statement: close what was opened".into())
    })
}

/// A keyword that a value is given to.
fn keyword_as_name<'s>(place: &Place<'s>) -> Option<&'s str> {
    const NAMES: [Kind; 11] = [
        Kind::Import,
        Kind::As,
        Kind::Default,
        Kind::Not,
        Kind::Some,
        Kind::With,
        Kind::In,
        Kind::Every,
        Kind::If,
        Kind::Contains,
        Kind::Null,
    ];
    let gives = |token: Token| matches!(token.kind, Kind::Assign | Kind::Unify) && token.gap != Gap::Newline;
    if NAMES.contains(&place.found.kind) && gives(place.behind) {
        return Some(place.text());
    }
    (NAMES.contains(&place.before.kind) && gives(place.found)).then(|| place.text_before())
}

/// Words of v1 in v0, and of other languages.
fn of_words(place: &Place<'_>, ends_statement: bool) -> Option<Help> {
    let help = match (place.text_before(), place.text()) {
        (_, word @ ("if" | "in" | "contains")) | (word @ "every", _)
            if place.dialect == Dialect::V0 && ends_statement && !is_joined_call(place) =>
        {
            return Some(of_v1(word));
        }
        _ if !ends_statement => return None,
        ("return", _) => "a function has its value in its head: `f(x) := value if { … }`",
        ("for" | "foreach", _) => "write `some x in xs`, or `every x in xs { … }` where it has to hold for all",
        ("while", _) => {
            "there are no loops: write `some x in xs`, or `every x in xs { … }` where it has to hold for all"
        }
        (word @ ("let" | "var" | "const" | "local"), _) => {
            return Some(format!("leave `{word}` out: `x := value` gives a name a value").into());
        }
        ("and", _) => "there is no `and`: put each condition on a line of its own",
        ("or", _) => "there is no `or`: write a rule of the same name for each case",
        (_, "and") => {
            "there is no `and`: put each condition on a line of its own; several replacements are `with … as … with … as …`"
        }
        (_, "or") => "there is no `or`: write a rule of the same name for each case",
        (_, "is") => "compare with `==`",
        _ => return None,
    };
    Some(Cow::Borrowed(help))
}

/// A word of v1 that means something to v0 where it is imported.
pub(super) fn of_v1(word: &str) -> Help {
    format!("`{word}` is a keyword of v1: `import rego.v1`, or check the module as v1").into()
}

fn is_joined_call(place: &Place<'_>) -> bool {
    place.behind.kind == Kind::LeftParen && place.behind.gap == Gap::None
}

fn where_a_term_stands(place: &Place<'_>) -> Option<Help> {
    let help = match (place.before.kind, place.found.kind) {
        _ if place.is_joined() && of_signs(place).is_some() => of_signs(place)?,
        (Kind::Semicolon, Kind::End) => "leave the last `;` out: a statement of the module ends with its line",
        (Kind::Semicolon, kind) if kind.closes() => "a statement follows each `;`: leave the last one out",
        (_, Kind::RightBrace | Kind::RightBracket | Kind::RightParen) => {
            let text = place.text();
            return Some(
                format!("there is no bracket that this `{text}` closes, or something is missing before it").into(),
            );
        }
        (_, Kind::Divide) if matches!(place.behind.kind, Kind::Divide | Kind::Times) => "a comment begins with `#`",
        (Kind::Not, Kind::Not) => "negate once: what is negated twice is a rule of its own",
        (_, Kind::Not) => "`not` begins a statement: put it on a line of its own",
        (_, Kind::If) if place.dialect == Dialect::V0 => {
            "`if` is a keyword here: import it once, and write it before a body"
        }
        (_, Kind::If) => {
            "`if` stands once, between the head of a rule and its body, in which all must hold; a default has no body"
        }
        (Kind::Or, Kind::Some) => {
            "a comprehension has one term before its `|`: `[[x, y] | …]`, or `{k: v | …}` for an object"
        }
        (_, Kind::Some) => "`some` begins a statement: put it on a line of its own",
        (_, Kind::Every) => "`every` begins a statement: put it on a line of its own",
        (_, Kind::Else) => "`else` stands behind the body of a rule",
        (_, Kind::With) => "`with` stands behind a whole statement of a body",
        (_, kind) if is_template(kind) => {
            "an expression stands in the braces; write `\\{` for one that is only a character"
        }
        (Kind::Package, Kind::Colon | Kind::Unify | Kind::Assign) => "a package is a path of names: `package a.b`",
        (Kind::Package, Kind::String | Kind::RawString) => "write the path without quotation marks: `package a.b`",
        (Kind::Import, Kind::String | Kind::RawString) => "write the path without quotation marks: `import data.a.b`",
        (Kind::Name, _) if place.second_before.kind == Kind::Package && place.found.gap != Gap::Newline => {
            "a package is a path of names: `package a.b`"
        }
        (Kind::Name, _) if place.second_before.kind == Kind::Import && place.found.gap != Gap::Newline => {
            "an import is a path of names: `import data.a.b`"
        }
        (Kind::Import, _) => "an import has one path, and may give it a name: `import data.a.b as c`",
        (_, Kind::Minus) if place.before.kind == Kind::Name && place.is_joined() => {
            return Some(without_hyphen(place, place.before, place.behind));
        }
        (_, Kind::Assign) if place.second_before.kind == Kind::Contains => {
            "what a rule adds stands alone behind `contains`: give it its value in the body"
        }
        (_, Kind::Assign | Kind::Unify) if place.before.gap == Gap::Newline => {
            let name = place.text_before();
            return Some(format!("the statement before lacks its end, for which `{name}` was taken").into());
        }
        (_, Kind::Assign | Kind::Unify) => "a sign for a value stands once in a statement, behind a name: `x := value`",
        (_, Kind::Colon) => "a name gets its value with `:=`; pairs stand in braces",
        (_, Kind::Semicolon) => "leave the `;` out: no statement stands before it, or it is one of the module",
        (_, Kind::Comma) if place.second_before.kind == Kind::As => WITHS,
        (_, Kind::Comma) if place.line_begins_with("import ") => {
            "an import has one path: write another import on the next line"
        }
        (_, Kind::Comma) => "something is missing before this comma, or it is one too many",
        (_, kind) if kind.operator().is_some() || kind == Kind::In => "an operator stands between two terms",
        (_, Kind::Default) if place.behind.gap == Gap::Newline => "write `default name := value`",
        (_, Kind::Package | Kind::Import | Kind::Default) => {
            "a statement of the module begins here: what stands before it lacks its end"
        }
        (_, Kind::As) => "`as` stands behind the path of an import, or behind what `with` replaces",
        (_, Kind::End) => return None,
        _ => "a name or a value belongs here",
    };
    Some(Cow::Borrowed(help))
}

fn is_template(kind: Kind) -> bool {
    matches!(kind, Kind::TemplatePart | Kind::TemplateEnd | Kind::RawTemplatePart | Kind::RawTemplateEnd)
}

/// Signs of other languages, of which this is the second character or behind it.
fn of_signs(place: &Place<'_>) -> Option<&'static str> {
    let help = match (place.before.kind, place.found.kind) {
        (Kind::And, Kind::And) => "there is no `&&`: put each condition on a line of its own",
        (Kind::Or, Kind::Or) => "there is no `||`: write a rule of the same name for each case",
        (Kind::Plus | Kind::Minus | Kind::Times | Kind::Divide, Kind::Unify) => KEEPS,
        (Kind::Plus, Kind::Plus) => KEEPS,
        (Kind::Equal, Kind::Unify) => "write `==`",
        (Kind::NotEqual, Kind::Unify) | (Kind::Less, Kind::Greater) => "write `!=`",
        (Kind::Unify, Kind::Greater) => "write `>=`",
        (Kind::Unify, Kind::Less) => "write `<=`",
        (Kind::Divide, Kind::Divide | Kind::Times) => "a comment begins with `#`",
        (Kind::LeftBracket, Kind::RightBracket) if place.second_before.kind == Kind::Name => {
            "something is looked up in brackets: `xs[0]`, or `xs[_]` for each element"
        }
        (Kind::If, Kind::Colon) => "no colon stands behind `if`",
        (Kind::Minus, Kind::Greater) => "a function is `f(x) := value if { … }`",
        _ => return None,
    };
    Some(help)
}

fn where_a_statement_ends(place: &Place<'_>) -> Option<Help> {
    let help = match place.found.kind {
        Kind::Assign | Kind::Unify if is_behind_some(place) => {
            "leave `some` out where a value is given with `:=`; `some x in xs` takes each element"
        }
        Kind::Name if is_behind_some(place) => "write `some x in xs`",
        Kind::Assign => "what stands before `:=` must be a name or a pattern of names",
        Kind::Unify => "a statement has one sign that compares or gives a value",
        Kind::Colon => "a name gets its value with `:=`; pairs stand in braces",
        Kind::Comma if place.second_before.kind == Kind::As => WITHS,
        Kind::Comma => "separate statements by a line end or `;`, not by a comma",
        Kind::If => {
            "a statement ends before `if`: separate conditions by a line end or `;`, and close the body before the next rule"
        }
        Kind::Not => "`not` stands before the whole condition: `not x in xs`",
        Kind::Contains => {
            "`contains` begins a call: `contains(text, part)`; what is in a collection is asked for with `in`"
        }
        Kind::Else => "`else` stands behind the brace that closes the body of a rule",
        Kind::LeftParen => "a call has no gap before its bracket: `f(x)`",
        Kind::LeftBrace => "no brace stands here: what must hold too follows on lines of its own",
        Kind::RightBrace | Kind::RightBracket | Kind::RightParen => {
            return Some(format!("there is no bracket that this `{}` closes", place.text()).into());
        }
        Kind::String if place.is_joined() && place.before.kind == Kind::Name => TEMPLATE,
        Kind::End => return None,
        _ => "put each statement on a line of its own, or `;` between them",
    };
    Some(Cow::Borrowed(help))
}

/// Whether the token stands behind `some x`.
fn is_behind_some(place: &Place<'_>) -> bool {
    place.second_before.kind == Kind::Some && place.before.kind == Kind::Name
}

fn where_something_is_missing(place: &Place<'_>, expected: &str) -> Option<&'static str> {
    let found = place.found.kind;
    let is_word = |word: &str| place.text() == word;
    let help = match expected {
        r#"expected "," or ")""# | r#"expected "," or "]""# | r#"expected "," or "}""# | "non-terminated object"
            if found == Kind::Semicolon =>
        {
            "parts are separated by commas, and not by `;`"
        }
        r#"expected "," or ")""# | r#"expected "," or "]""# | r#"expected "," or "}""#
            if place.is_joined()
                && matches!((place.before.kind, found), (Kind::Name, Kind::String) | (Kind::String, Kind::Name)) =>
        {
            if found == Kind::Name {
                "a string before this name has no quotation mark at its end"
            } else {
                "a string has a quotation mark before it as well"
            }
        }
        "expected [" if found == Kind::Colon => "a part of an array is `array.slice(xs, 1, 2)`",
        "expected [" => "close the bracket with `]`",
        "non-terminated set" if matches!(found, Kind::Unify | Kind::Assign) => {
            "a pair is `key: value`; a body needs `if` before its brace in v1, because a set has no statements"
        }
        "non-terminated set" | "non-terminated object" => "close it with `}`, or put a comma between its parts",
        r#"expected "," or ")""# => "close the call with `)`, or put a comma between its arguments",
        r#"expected "," or "]""# | r#"expected "," or "}""#
            if found == Kind::Assign && place.before.gap != Gap::Newline =>
        {
            "the statements of a comprehension are separated by `;`, not by a comma"
        }
        r#"expected "," or "]""# | r#"expected "," or "}""# if is_word("for") => {
            "a comprehension is `[x | some x in xs]`"
        }
        r#"expected "," or "]""# if found == Kind::Colon => "pairs stand in braces: `{\"a\": 1}`",
        r#"expected "," or "]""# => "close the array with `]`, or put a comma between its elements",
        r#"expected "," or "}""# if found == Kind::Colon => "either all parts are pairs, or none is",
        r#"expected "," or "}""# => "close it with `}`, or put a comma between its parts",
        r#"expected ":""# => "either all parts are pairs of a key and a value, `\"a\": 1`, or none is",
        "expected number" if place.before.kind == Kind::Dot && found == Kind::Dot && place.behind.kind == Kind::Dot => {
            "there is no `...`: join arrays with `array.concat`, sets with `|` and objects with `object.union`"
        }
        "expected number" if place.before.kind == Kind::Dot && found == Kind::Dot && place.is_joined() => RANGE,
        "expected number"
            if place.before.kind == Kind::Minus && found == Kind::Minus && place.before.gap == Gap::Newline =>
        {
            "a comment begins with `#`"
        }
        "expected number" if place.before.kind == Kind::Minus && place.second_before.kind == Kind::Minus => KEEPS,
        "expected number" if place.before.kind == Kind::Dot => "no gap stands before a point: `a.b`",
        "expected number" if place.is_hyphen() => {
            "a name has no `-`; in a path such a part stands in brackets: `a[\"b-c\"]`"
        }
        "expected number" => "a sign stands before a number only: write `0 - x`",
        "expected number without leading zero"
            if place.before.kind == Kind::Minus && place.is_joined() && place.second_before.kind == Kind::Number =>
        {
            "a date is a text, in quotation marks"
        }
        "expected number without leading zero" => "leave the zeros before the number out",
        "expected identifier" => match found {
            Kind::Number => "an element is looked up in brackets: `xs[0]`",
            Kind::Times => "`xs[_]` stands for each element; an import has one path",
            Kind::LeftBracket => "no point stands before a bracket: `x[y]`",
            _ => "a name follows the point; any other key stands in brackets: `x[\"a-b\"]`",
        },
        "missing body" => "write the body in braces: `every x in xs { … }`",
        "expected `x[, y] in xs { ... }` expression" => "write `every x in xs { … }`",
        "expected `x in xs` or `x, y in xs` expression" => {
            "write `some x in xs`, or put what `x` must be on the next line"
        }
        "expected key to be a variable" | "expected value to be a variable" => {
            "names stand before `in`: compare in the body"
        }
        "illegal negation of 'some'" | "illegal negation of 'every'" => {
            "put it into a rule of its own, and negate that"
        }
        "expected else value term or rule body" if found == Kind::Dot || found == Kind::LeftBracket => {
            "behind an `else` a line that begins with `else` goes on with it: put this rule before the other one"
        }
        "expected else value term or rule body" => "write `else := value`, `else if { … }` or `else := value if { … }`",
        "rule body expected" => "write behind `if` what must hold",
        "expected rule head name" => "a rule begins with its name: `p`, `p.q` or `p[x]`",
        "expected as keyword" => "write `with input as value`",
        "expected ident" | "expected with target path" => {
            "behind `with` stands `input`, `data`, a part of one, or a function"
        }
        "expected var" => "a name belongs here",
        _ if expected.starts_with("the contains keyword") => {
            "a function has one value: leave its arguments out, or write `:=`"
        }
        _ => return None,
    };
    Some(help)
}

/// A name with hyphens, and how it can be written.
fn without_hyphen(place: &Place<'_>, first: Token, last: Token) -> Help {
    let written = first.span.to(last.span).text(place.source);
    if last.gap == Gap::None && last.kind != Kind::End {
        format!("a name has no `-`: write `{}`", written.replace('-', "_")).into()
    } else {
        "a name has no `-`".into()
    }
}

/// Help for text that is no token.
pub(super) fn illegal(reason: Option<&str>, text: &str, follows_name: bool, is_in_template: bool) -> Help {
    let help = match reason {
        Some("non-terminated string") if is_in_template => {
            "close the brace of the expression before the string: `{x}\"`"
        }
        Some("non-terminated string") if text.starts_with('"') && follows_name => {
            "a string has a quotation mark before it as well"
        }
        Some("non-terminated string") if text.starts_with('`') => "close the string with a back quote",
        Some("non-terminated string") => {
            "close the string with `\"` in its line, or use back quotes for a text of several lines"
        }
        Some("illegal escape sequence") => {
            "write a back slash as `\\\\`, or use back quotes, in which it means itself, as in regular expressions"
        }
        Some("illegal ! character") => "negation is the word `not`; `!=` compares",
        Some("illegal $ character") => TEMPLATE,
        Some("illegal number format") => "a name does not begin with a digit",
        Some("expected fraction") => "write digits behind the point",
        Some("expected exponent") => "write digits behind the `e`",
        Some(_) => "remove it: no Rego text has one",
        None => match text.chars().next() {
            Some('\'') => "a string stands in double quotation marks: `\"…\"`",
            Some('“' | '”' | '„' | '‘' | '’' | '«' | '»') => {
                "a string stands in straight quotation marks: `\"…\"`"
            }
            Some('?') => "there is no `? :`: use `else`, or write a rule for each case",
            _ => "it stands in strings and comments alone; names have the letters from a to z, digits and `_`",
        },
    };
    Cow::Borrowed(help)
}

/// What a statement of a module could have been that is no rule: `span` is its text, `next` what stands behind it, and `body` says
/// whether a body follows that, and whether `if` stands before one.
pub(super) fn no_rule(
    source: &str,
    span: Span,
    next: Token,
    v0_word: Option<&str>,
    is_behind_statement: bool,
    body: Option<bool>,
) -> Help {
    let text = span.text(source);
    if let Some(word) = v0_word {
        return of_v1(word);
    }
    if is_behind_statement {
        return of_condition_word(text).unwrap_or("a statement of the module begins on a line of its own".into());
    }
    if next.gap == Gap::Newline || next.kind == Kind::End {
        return RULE.into();
    }
    let is_name = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_scalar =
        matches!(next.kind, Kind::Null | Kind::True | Kind::False | Kind::Number | Kind::String | Kind::RawString);
    if let Some(has_if) = body.filter(|_| is_name && is_scalar) {
        return with_body(text, Some(next.span.text(source)), has_if);
    }
    if is_name && is_scalar {
        return with_value(text, next.span.text(source));
    }
    if let Some(help) = of_condition_word(text) {
        return help;
    }
    match text {
        "def" | "func" | "function" | "fn" | "fun" => "leave it out: a function is `f(x) := value if { … }`".into(),
        "let" | "var" | "const" | "local" | "set" => {
            format!("leave `{text}` out: `x := value` gives a name a value").into()
        }
        "switch" | "match" | "case" => {
            format!("there is no `{text}`: write a rule of the same name for each case").into()
        }
        "from" => "an import is `import data.a.b`".into(),
        _ => match ["import", "package", "default"].into_iter().find(|word| is_near(text, word)) {
            Some(word) => format!("write `{word}`").into(),
            None => RULE.into(),
        },
    }
}

/// Words that join conditions in other languages.
fn of_condition_word(word: &str) -> Option<Help> {
    let help = match word {
        "and" => "there is no `and`: conditions stand in braces, each on a line of its own",
        "or" => "there is no `or`: write a rule of the same name for each case",
        "is" => "compare with `==`",
        "elif" | "elsif" | "elseif" => "write `else if`",
        _ => return None,
    };
    Some(Cow::Borrowed(help))
}

/// A statement of the module that seems to be a condition, and begins with this word.
pub(super) fn condition(word: &str, has_if: bool) -> Help {
    let braces = if has_if {
        "what must hold stands in braces: `allow if { … }`"
    } else {
        "what must hold stands in braces: `allow { … }`"
    };
    of_condition_word(word).unwrap_or(Cow::Borrowed(braces))
}

/// `p: 1`: what stands behind the colon is the rest of its line. What is a body must not become a set, which is never false.
pub(super) fn with_colon(name: &str, line: &str, has_if: bool) -> Help {
    let value = line.trim().trim_start_matches('=').trim_start();
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return "pairs stand in braces: `{\"a\": 1}`".into();
    }
    let first_key = || value.strip_prefix('{')?.trim_start().strip_prefix('"')?.split_once('"');
    let is_object = || first_key().is_some_and(|(_, behind)| behind.trim_start().starts_with(':'));
    let is_if = value.strip_prefix("if").is_some_and(|rest| rest.starts_with([' ', '\t', '{']) || rest.is_empty());
    if is_if || value.starts_with('{') && !is_object() {
        return with_body(name, None, has_if);
    }
    let count = |signs: [char; 3]| value.chars().filter(|c| signs.contains(c)).count();
    let is_whole = count(['(', '[', '{']) == count([')', ']', '}']);
    with_value(name, if is_whole { value } else { "" })
}

/// How a rule with a body is written.
pub(super) fn with_body(name: &str, value: Option<&str>, has_if: bool) -> Help {
    let value = value.map(|value| format!(" := {value}")).unwrap_or_default();
    let word = if has_if { " if" } else { "" };
    if name.len() + value.len() > LONGEST || name.contains('\n') || value.contains('\n') {
        return RULE.into();
    }
    format!("write `{name}{value}{word} {{ … }}`").into()
}

/// The longest text that is repeated in a help.
const LONGEST: usize = 60;

/// How a rule with a value is written.
pub(super) fn with_value(name: &str, value: &str) -> Help {
    let is_short = |text: &str| text.len() <= LONGEST && !text.contains('\n');
    let value = if is_short(value) && !value.is_empty() { value } else { "…" };
    if is_short(name) { format!("write `{name} := {value}`").into() } else { RULE.into() }
}
