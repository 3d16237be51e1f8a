//! The statements of a module: package, imports, rules.

use super::super::error::SyntaxError;
use super::super::help;
use super::super::tokens::{Gap, Kind, Token};
use super::super::tree::{Import, Name, Package, Rule, RuleKind, Span, Statement, Term, TermKind, Tree};
use super::heads::Found;
use super::{Keywords, Parser, Read, Stop};
use crate::rego::source::Dialect;

const ROOTS: [&str; 4] = ["data", "future", "input", "rego"];

impl<'s> Parser<'s, '_> {
    /// The whole text, and the dialect that it turns out to be written in.
    pub(super) fn module(&mut self) -> (Tree<'s>, Dialect) {
        let mut tree = Tree { statements: Vec::new(), comments: self.tokens.comments.clone() };
        while !self.is(Kind::End) {
            let from = self.at;
            let errors = self.errors.len();
            let late = self.late.len();
            let in_refused_line = self.is_in_refused_line(self.raw(from).span.start);
            let is_rest = self.is_rest(&tree, from);
            match self.module_statement() {
                Ok(statement) => {
                    let follower = self.refused_follower(&statement);
                    tree.statements.push(statement);
                    tree.statements.extend(follower);
                    self.opa_stopped |= self.errors.len() > errors;
                }
                Err(Stop) => {
                    self.opa_stopped = true;
                    self.depth = 0;
                    self.trying = 0;
                    self.skip_to_statement(from);
                    let start = self.raw(from).span;
                    tree.statements.push(Statement::Broken(self.since(start)));
                }
            }
            if self.errors.len() > errors {
                self.refused_end(&mut tree, from, errors);
                self.unopened_body(&mut tree, from, errors);
                self.refused_line(errors, in_refused_line);
                self.refused_condition(&tree, errors);
            }
            if is_rest {
                self.follows(errors);
                self.late.iter_mut().skip(late).for_each(|late| late.is_opa_only = true);
            }
            self.rest_follows = is_rest || self.errors.len() > errors;
            self.was_rest = is_rest;
            self.note_condition(&tree, from);
        }
        let says_v1 = tree.imports().any(Import::is_rego_v1);
        let dialect = if says_v1 { Dialect::V1 } else { self.dialect };
        self.check_order(&tree);
        if dialect == Dialect::V1 {
            for rule in tree.rules() {
                self.check_v1(rule);
            }
        }
        self.conditions_without_braces(&mut tree);
        (tree, dialect)
    }

    /// `p.q: 1`: what was read as a rule that only names itself is the beginning of the mistake behind it.
    fn refused_end(&mut self, tree: &mut Tree<'s>, from: usize, errors: usize) {
        let token = self.raw(from);
        let before = tree.statements.len().checked_sub(2).and_then(|at| tree.statements.get_mut(at));
        let Some(before) = before.filter(|_| token.gap != Gap::Newline) else { return };
        let Statement::Rule(rule) = &*before else { return };
        if rule.body.is_some() || rule.head.value.is_some() || rule.head.has_contains {
            return;
        }
        let span = rule.span;
        *before = Statement::Broken(span);
        if token.kind == Kind::Colon {
            let help = help::with_colon(span.text(self.source), self.rest_of_line(token), self.keywords.r#if);
            let late = self.late.last_mut().filter(|late| late.span == span);
            for error in self.errors.get_mut(errors).into_iter().chain(late) {
                error.help = Some(help.clone());
            }
        }
    }

    /// A brace closes what nothing has opened, and the lines before it are indented as a body is: one mistake, in the head.
    fn unopened_body(&mut self, tree: &mut Tree<'s>, from: usize, errors: usize) {
        let brace = self.raw(from);
        let last = tree.statements.len().saturating_sub(1);
        if brace.kind != Kind::RightBrace || brace.gap != Gap::Newline {
            return;
        }
        let margin = self.indentation(brace);
        let mut first = last;
        while let Some(at) = first.checked_sub(1)
            && let Some(statement) = tree.statements.get_mut(at)
            && self.indentation_of(statement.span()) > margin
        {
            // What an inner brace closes is deeper than that.
            first = match self.closed.pop_if(|(brace, _)| *brace == at) {
                Some((_, first)) => first,
                None => at,
            };
            *statement = Statement::Broken(statement.span());
        }
        let head = first.checked_sub(1).and_then(|at| tree.statements.get(at)).filter(|_| first < last);
        self.closed.push((last, first));
        let Some((head, help)) = head.and_then(|head| Some((head.span(), self.help_for_unopened(head)?))) else {
            return;
        };
        let first = self.late.partition_point(|late| late.span.start < head.start);
        self.late.truncate(first);
        if let Some(error) = self.errors.get_mut(errors) {
            error.help = Some(help.into());
        }
    }

    /// What to say of a brace that closes the lines behind this statement; none where it is not the head of a body.
    fn help_for_unopened(&self, head: &Statement<'s>) -> Option<String> {
        let span = head.span();
        let line = self.line(span.start);
        let is_closed = match head {
            Statement::Package(_) | Statement::Import(_) => return None,
            Statement::Broken(_) if !span.text(self.source).starts_with(|c: char| c.is_alphabetic()) => return None,
            Statement::Broken(_) => false,
            Statement::Rule(_) => span.text(self.source).ends_with('}'),
        };
        Some(if is_closed {
            let end = self.line(span.end.saturating_sub(1));
            format!("what begins in line {line} is closed in line {end} already: one of the two braces is too many")
        } else {
            format!("line {line} begins the body that this brace closes: it lacks its `{{`")
        })
    }

    /// One line, one mistake: what was found behind a statement that is no rule takes its place, because OPA stops there, and what
    /// was found behind another such mistake is none.
    fn refused_line(&mut self, errors: usize, in_refused_line: bool) {
        let line = self.refused_lines.last().copied().filter(|_| in_refused_line);
        let first = self.errors.get(errors).map(|error| error.span);
        let (Some(line), Some(first)) = (line, first.filter(|first| line.is_some_and(|line| first.start < line.end)))
        else {
            let begins_with = |word: &&str| line.is_some_and(|line| line.text(self.source).starts_with(*word));
            if ["switch ", "match "].iter().any(begins_with) {
                // What stands in its braces follows from that.
                self.follows(errors);
            }
            if let Some(last) = self.errors.last() {
                let line = self.to_end_of_line(last.span);
                self.refused_lines.push(line);
            }
            return;
        };
        let of_line = self.late.partition_point(|late| late.span.start < line.start);
        // Where the line has been told already, nothing more of it is, and else one thing.
        let is_told = of_line < self.late.len();
        // What takes the place of OPA's error must be one.
        let takes_place =
            is_told && self.errors.get(errors).is_some_and(|error| !error.is_beyond_opa || self.opa_stopped_at(errors));
        let told = usize::from(takes_place);
        let found = self.errors.split_off(errors);
        let kept = found.into_iter().enumerate().filter(|(at, error)| *at < told || error.span.start >= line.end);
        self.errors.extend(kept.map(|(_, error)| error));
        let Some(late) = self.late.get(of_line).filter(|_| takes_place) else { return };
        let help = late.help.clone().filter(|help| help != help::RULE);
        self.late.truncate(of_line);
        if let Some(error) = self.errors.get_mut(errors).filter(|error| error.span == first) {
            error.help = help.or(error.help.take());
        }
    }

    /// Whether OPA stops before these errors: what it would say of the rules is not told then.
    fn opa_stopped_at(&self, errors: usize) -> bool {
        self.errors.iter().take(errors).any(|error| !error.is_beyond_opa)
    }

    /// What stands behind a token in its line.
    pub(super) fn rest_of_line(&self, token: Token) -> &'s str {
        self.source.get(token.span.range().end..).unwrap_or("").lines().next().unwrap_or("")
    }

    /// From the start of a span to the end of its last line.
    fn to_end_of_line(&self, span: Span) -> Span {
        let behind = self.source.get(span.range().end..).unwrap_or("");
        let rest = behind.find('\n').unwrap_or(behind.len());
        Span { end: span.end.saturating_add(u32::try_from(rest).unwrap_or(u32::MAX)), ..span }
    }

    fn is_in_refused_line(&self, byte: u32) -> bool {
        let behind = self.refused_lines.partition_point(|line| line.start <= byte);
        let line = behind.checked_sub(1).and_then(|at| self.refused_lines.get(at));
        line.is_some_and(|line| line.start < byte && byte < line.end)
    }

    /// A statement that OPA can read and make no rule of. The rest of its line belongs to the mistake that its beginning is.
    pub(super) fn refuse_late(&mut self, error: SyntaxError) {
        if self.is_in_refused_line(error.span.start) {
            self.late.push(error.opa_only());
        } else {
            let line = self.to_end_of_line(error.span);
            self.refused_lines.push(line);
            self.late.push(error);
        }
    }

    /// `allow = true if input.x` without the import of `if`: what stands behind the rule begins none. With a body in braces it does, and is a rule
    /// of that name to OPA; the analysis warns of it.
    fn refused_follower(&mut self, statement: &Statement<'s>) -> Option<Statement<'s>> {
        let token = self.raw(self.at);
        let is_word = matches!(token.kind, Kind::If | Kind::Contains) && self.kind_of(token) == Kind::Name;
        let has_body = token.kind == Kind::If && self.rest_of_line(token).trim_start().starts_with('{');
        if !is_word || has_body || token.gap != Gap::Space || !matches!(statement, Statement::Rule(_)) {
            return None;
        }
        let word = self.text(token);
        let error =
            SyntaxError::new(token.span, format!("unexpected `{word}` after a rule")).with_help(help::of_v1(word));
        self.error(SyntaxError { is_beyond_opa: true, ..error });
        // Its body is no statement of its own.
        self.skip_to_statement(self.at);
        Some(Statement::Broken(self.since(token.span)))
    }

    fn module_statement(&mut self) -> Read<Statement<'s>> {
        let is_word = !self.begins_reference();
        match self.kind() {
            Kind::Package if is_word => self.package().map(Statement::Package),
            Kind::Import if is_word => self.import().map(Statement::Import),
            _ => {
                let mark = self.mark();
                match self.rule()? {
                    Found::Rule(rule) => Ok(Statement::Rule(rule)),
                    Found::Statement => {
                        self.back(mark);
                        self.rule_of_statement()
                    }
                }
            }
        }
    }

    /// Goes on to the next line that begins no deeper than the statement that cannot be read.
    pub(super) fn skip_to_statement(&mut self, from: usize) {
        let indentation = self.indentation(self.raw(from));
        if self.at <= from {
            self.step();
        }
        while !self.is(Kind::End) {
            let token = self.raw(self.at);
            if token.gap == Gap::Newline && !token.kind.closes() && self.indentation(token) <= indentation {
                return;
            }
            self.step();
        }
    }

    fn package(&mut self) -> Read<Package<'s>> {
        let start = self.token().span;
        self.step();
        let (path, span) = self.path_of_names()?;
        Ok(Package { span: start.to(span), path })
    }

    /// A path whose first part may be a keyword and whose parts are constant strings.
    fn path_of_names(&mut self) -> Read<(Vec<Name<'s>>, Span)> {
        let token = self.raw(self.at);
        if token.kind != Kind::Name && !token.kind.is_keyword() {
            return Err(self.unexpected(""));
        }
        self.step();
        let name = self.leaf(token.span, TermKind::Var(self.text(token)));
        let term = self.lookups(name)?;
        let span = term.span;
        match self.names(term)? {
            Some(path) => Ok((path, span)),
            None => Err(self.unexpected("")),
        }
    }

    fn names(&mut self, term: Term<'s>) -> Read<Option<Vec<Name<'s>>>> {
        let var = |term: &Term<'s>| {
            term.as_var().filter(|_| term.parens.is_none()).map(|text| Name { text: text.into(), span: term.span })
        };
        let reference = match term.kind {
            TermKind::Ref(reference) => reference,
            _ => return Ok(var(&term).map(|name| vec![name])),
        };
        let Some(first) = var(&reference.head) else { return Ok(None) };
        let mut path = vec![first];
        for part in reference.parts {
            let span = part.term.outer();
            match part.term.kind {
                TermKind::String(text) => path.push(Name { text, span }),
                kind => {
                    let name = super::heads::kind_name(&kind);
                    let error = SyntaxError::new(span, format!("unexpected {name} token: expecting string"))
                        .with_help("a path has names and texts in quotation marks: `a.b[\"c-d\"]`");
                    return Err(self.error(error));
                }
            }
        }
        Ok(Some(path))
    }

    fn import(&mut self) -> Read<Import<'s>> {
        let start = self.token().span;
        self.step();
        let (path, path_span) = self.path_of_names()?;
        let mut import = Import { span: start.to(path_span), path, path_span, alias: None };
        let errors = self.errors.len();
        self.check_root(&import);
        if self.is(Kind::As) {
            self.step();
            let token = self.token();
            if token.kind != Kind::Name {
                return Err(self.unexpected("expected var"));
            }
            self.step();
            import.alias = Some(Name { text: self.text(token).into(), span: token.span });
            import.span = self.since(start);
            if matches!(self.raw(self.at).kind, Kind::Dot | Kind::LeftBracket | Kind::LeftParen)
                && self.raw(self.at).gap == Gap::None
            {
                return Err(self.unexpected("expected var"));
            }
        } else {
            self.check_last_name(&import);
        }
        if self.errors.len() == errors {
            self.import_keywords(&import);
        }
        // The import stands, so that what uses it is not wrong as well.
        Ok(import)
    }

    fn check_root(&mut self, import: &Import<'s>) {
        let root = import.path.first().map_or("", |name| name.text.as_ref());
        if !ROOTS.contains(&root) {
            let message = format!(
                "unexpected import path, must begin with one of: {{{}}}, got: {root} (hint: if this is unexpected, try updating OPA)",
                ROOTS.join(", ")
            );
            let error = SyntaxError::new(import.path_span, message)
                .with_help(format!("packages are below `data`: `import data.{root}…`"));
            self.error(error);
        }
    }

    /// Without an alias the last name is used in the module, and a keyword cannot be.
    fn check_last_name(&mut self, import: &Import<'s>) {
        let root = import.path.first().map_or("", |name| name.text.as_ref());
        let Some(last) = import.path.last().filter(|_| root != "future") else { return };
        if super::super::is_keyword(&last.text, self.dialect) {
            let message = format!("unexpected import path, must not end with a keyword, got: {}", last.text);
            let error = SyntaxError::new(last.span, message).with_help("give it another name with `as`");
            self.error(error);
        }
    }

    fn import_keywords(&mut self, import: &Import<'s>) {
        let root = import.path.first().map_or("", |name| name.text.as_ref());
        let path = import.path.iter().map(|name| name.text.as_ref()).collect::<Vec<_>>();
        let (problem, help) = match (root, path.as_slice()) {
            ("rego", ["rego", "v1"]) if import.alias.is_some() && self.dialect == Dialect::V0 => {
                ("`rego` imports cannot be aliased".to_owned(), "write `import rego.v1`")
            }
            ("rego", ["rego", "v1"]) => (String::new(), ""),
            ("rego", _) => {
                (format!("invalid import `{}`, must be `rego.v1`", path.join(".")), "write `import rego.v1`")
            }
            ("future", ["future", "keywords", ..]) if import.alias.is_some() => {
                ("`future` imports cannot be aliased".to_owned(), "leave `as` and the name behind it out")
            }
            ("future", ["future", "keywords", word]) if !["contains", "every", "if", "in"].contains(word) => (
                "unexpected keyword, must be one of [contains every if in]".to_owned(),
                "write `import future.keywords`",
            ),
            ("future", ["future", "keywords", ..]) => (String::new(), ""),
            ("future", _) => (
                "invalid import, must be `future.keywords`".to_owned(),
                "write `import future.keywords`, or `import rego.v1`",
            ),
            _ => return,
        };
        if !problem.is_empty() {
            self.error(SyntaxError::new(import.path_span, problem).with_help(help));
            return;
        }
        let Keywords { r#in, every, contains, r#if } = &mut self.keywords;
        for word in import.keywords() {
            match *word {
                "in" => *r#in = true,
                "every" => *every = true,
                "contains" => *contains = true,
                _ => *r#if = true,
            }
        }
    }

    /// The package comes first, once.
    fn check_order(&mut self, tree: &Tree<'s>) {
        let Some(first) = tree.statements.first() else {
            let span = self.token().span;
            let error = SyntaxError::new(span, "empty module").with_help("a module begins with `package name`");
            self.late.push(error);
            return;
        };
        const HELP: &str = "a module begins with `package name`, before imports and rules";
        // Of a statement that could be read and is no rule, it is asked first whether it is the package.
        if let Statement::Broken(span) = first
            && let Some(late) = self.late.iter_mut().find(|late| late.span == *span)
        {
            late.message = "package expected".into();
            late.help = Some(HELP.into());
        }
        if !matches!(first, Statement::Package(_) | Statement::Broken(_)) {
            let error = SyntaxError::new(first.span(), "package expected").with_help(HELP);
            self.late.push(error);
        }
        for statement in tree.statements.iter().skip(1) {
            if let Statement::Package(package) = statement
                && matches!(first, Statement::Package(_))
            {
                let error = SyntaxError::new(package.span, "unexpected package")
                    .with_help("a module has one package: put the rules of another into a module of their own");
                self.late.push(error);
            }
        }
    }

    /// The words that v1 asks for.
    fn check_v1(&mut self, rule: &Rule<'s>) {
        let before = self.late.len();
        self.check_words(rule);
        if self.is_in_refused_line(rule.span.start) {
            for late in self.late.iter_mut().skip(before) {
                late.is_opa_only = true;
            }
        }
    }

    fn check_words(&mut self, rule: &Rule<'s>) {
        let head = &rule.head;
        let kind = if head.args.is_some() { "function" } else { "rule" };
        let is_keyword = ["contains", "every", "if", "in"].contains(&head.name()) && head.reference.len() == 1;
        if is_keyword {
            let error = SyntaxError::new(head.span, format!("{} keyword cannot be used for rule name", head.name()))
                .with_help("give it another name: the word is a keyword since `import rego.v1`");
            self.late.push(error);
        }
        let says_nothing = !rule.is_default
            && rule.body.is_none()
            && head.value.is_none()
            && head.key.is_none()
            && head.args.is_none();
        if says_nothing {
            let error = SyntaxError::new(rule.span, "rule must have value assignment and/or body declaration")
                .with_help(format!("write `{} := true`", head.span.text(self.source)));
            self.late.push(error);
        }
        let has_if = rule.body.as_ref().is_some_and(|body| body.has_if);
        let bodies = rule.body.iter().chain(&rule.chained);
        let mut without_if: Vec<(u32, Span)> = Vec::new();
        if !has_if {
            for (at, body) in bodies.enumerate() {
                let start = if at == 0 { rule.span.start } else { body.span.start };
                without_if.push((start, body.span));
            }
            for branch in &rule.elses {
                if let Some(body) = branch.body.as_ref().filter(|body| !body.has_if) {
                    without_if.push((branch.span.start, body.span));
                }
            }
        }
        let lacks_contains = rule.kind() == RuleKind::PartialSet && !head.has_contains;
        for (at, (opa_start, body)) in without_if.into_iter().enumerate() {
            let mut error = SyntaxError::new(
                Span { start: body.start, end: body.start + 1 },
                format!("`if` keyword is required before {kind} body"),
            )
            .with_help(if matches!(head.name(), "elif" | "elsif" | "elseif") {
                "write `else if`"
            } else {
                "put `if` between the head and the body, as in `allow if { … }`"
            });
            error.opa_start = Some(opa_start);
            // That the head lacks a word is said with how all of it is written.
            error.is_opa_only = lacks_contains && at == 0;
            self.late.push(error);
        }
        if lacks_contains {
            let key = head.key.as_ref().map_or("", |key| key.outer().text(self.source));
            let key = if key.len() > 40 || key.contains('\n') { "…" } else { key };
            let behind = if rule.body.is_some() { " if { … }" } else { "" };
            let mut error = SyntaxError::new(head.span, "`contains` keyword is required for partial set rules")
                .with_help(format!("write `{} contains {key}{behind}`", head.name()));
            error.opa_start = Some(rule.span.start);
            self.late.push(error);
        }
    }
}
