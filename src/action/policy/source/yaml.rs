//! Reads YAML 1.2 with the place of every key and value. The only file that names the crate behind it.
//!
//! What makes a text mean something other than what stands there is refused, each with its place: anchors, aliases, merge keys
//! and tags. So there is nothing that could unfold, either.

use super::scalar::{self, Scalar};
use super::tree::{Entry, Kind, Node, cut};
use crate::action::policy::errors::PolicyErrorCode;
use crate::action::policy::report::Report;
use crate::limits;
use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, Span, StrInput};

/// The tree of a YAML text; none where it is no YAML, holds nothing or is too deep. That was reported.
pub fn read(text: &str, report: &mut Report) -> Option<Node> {
    let mut options = Options::default();
    options.emit_anchor_events = true;
    options.emit_unresolved_aliases = true;
    // One more than may be, so that what is too deep is said in the words of this project.
    let deepest = usize::try_from(limits::ACTION_POLICY_NESTING).unwrap_or(usize::MAX).saturating_add(2);
    options.block_nesting_limit = deepest;
    options.flow_nesting_limit = deepest;
    Reader { text, events: Parser::new_from_str_with_options(text, options), report }.document()
}

struct Reader<'a> {
    text: &'a str,
    events: Parser<'a, StrInput<'a>>,
    report: &'a mut Report,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Option<Node> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(..) if root.is_some() => {
                    return self.stop(start_of(&span), "a second document begins here; a policy is one document");
                }
                Event::DocumentStart(..) => {
                    let (event, span) = self.next()?;
                    if matches!(event, Event::Scalar(_, ScalarStyle::Plain, 0, None)) && span.is_empty() {
                        // Nothing but the marks of a document.
                        continue;
                    }
                    root = Some(self.node(event, &span)?);
                }
                Event::StreamEnd => break,
                _ => return self.stop(start_of(&span), "this is no YAML document"),
            }
        }
        if root.is_none() {
            self.report.error_of_text(0, PolicyErrorCode::EmptySource, "there is nothing in the text but comments");
        }
        root
    }

    fn node(&mut self, event: Event<'a>, span: &Span) -> Option<Node> {
        let at = start_of(span);
        if !Node::may_be_here(self.report, at) {
            return None;
        }
        if event.is_alias() {
            let alias = self.written(span);
            let message = format!("aliases such as `{alias}` are not read here; write what it stands for in its place");
            self.report.error(at, PolicyErrorCode::Syntax, message);
            return Some(Node::refused(at));
        }
        let is_tagged = event.tag().is_some();
        if let Some(tag) = span.tag_span() {
            let message = format!(
                "tags such as `{}` are not read here; leave it out, and write texts in quotes",
                self.written(&tag)
            );
            self.report.error(start_of(&tag), PolicyErrorCode::Syntax, message);
        }
        if event.anchor_id().is_some_and(|id| id != 0) {
            self.anchor()?;
        }
        match event {
            Event::Scalar(..) if is_tagged => Some(Node::refused(at)),
            Event::Scalar(value, ScalarStyle::Plain, ..) => Some(self.plain(span, &value)),
            Event::Scalar(value, ..) => Some(Node::text(self.report, at, value.into_owned())),
            Event::SequenceStart(..) => self.list(at),
            Event::MappingStart(..) => self.object(at),
            _ => self.stop(at, "a value is missing here"),
        }
    }

    fn plain(&mut self, span: &Span, value: &str) -> Node {
        let at = start_of(span);
        let kind = match scalar::resolve(value) {
            Scalar::Null if span.is_empty() => Kind::Blank,
            Scalar::Null => Kind::Null,
            Scalar::Flag(flag) => Kind::Flag(flag),
            Scalar::Number(number) => return Node::number(self.report, at, &number),
            Scalar::NoNumber => {
                let message = format!("{} is `{}`; a number must be finite", self.report.name(), cut(value));
                self.report.error(at, PolicyErrorCode::Range, message);
                Kind::Refused
            }
            Scalar::Text => return Node::text(self.report, at, value.to_owned()),
        };
        Node { at, kind }
    }

    fn list(&mut self, at: usize) -> Option<Node> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Some(Node::list(self.report, at, items));
            }
            self.report.enter(items.len());
            let item = self.node(event, &span);
            self.report.leave();
            items.push(item?);
        }
    }

    fn object(&mut self, at: usize) -> Option<Node> {
        let mut entries = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Some(Node::object(self.report, at, entries));
            }
            let key_at = start_of(&span);
            let key = self.key(event, &span)?;
            let (event, span) = self.next()?;
            match key {
                None => self.skip(&event)?,
                Some(key) => {
                    self.report.enter(key.as_str());
                    let value = self.node(event, &span);
                    self.report.leave();
                    entries.push(Entry { key, key_at, value: value?, is_repeated: false });
                }
            }
        }
    }

    /// A key; none within where it may not be one, which was reported.
    fn key(&mut self, event: Event<'a>, span: &Span) -> Option<Option<String>> {
        let at = start_of(span);
        match &event {
            Event::Scalar(value, ScalarStyle::Plain, 0, None) if value == "<<" => {
                let message = "merge keys (`<<`) are not read here; write the fields out";
                self.report.error(at, PolicyErrorCode::Syntax, message);
                Some(None)
            }
            Event::Scalar(value, ScalarStyle::Plain, ..) if scalar::resolve(value) != Scalar::Text => {
                let message = if span.is_empty() {
                    "a key is missing here".to_owned()
                } else {
                    format!("the key `{}` is no text; write it in quotes", cut(value))
                };
                self.report.error(at, PolicyErrorCode::Type, message);
                self.skip(&event)?;
                Some(None)
            }
            Event::Scalar(value, ..) => {
                let key = value.clone().into_owned();
                // For its anchor and its tag.
                self.node(event, span)?;
                Some(Node::is_key(self.report, at, &key).then_some(key))
            }
            _ => {
                self.report.error(at, PolicyErrorCode::Type, "a key must be a text");
                self.skip(&event)?;
                Some(None)
            }
        }
    }

    /// Passes over a value of which the first event is given.
    fn skip(&mut self, first: &Event<'a>) -> Option<()> {
        if first.anchor_id().is_some_and(|id| id != 0) {
            self.next()?;
        }
        let mut open = usize::from(matches!(first, Event::SequenceStart(..) | Event::MappingStart(..)));
        while open > 0 {
            match self.next()?.0 {
                Event::SequenceStart(..) | Event::MappingStart(..) => open += 1,
                Event::SequenceEnd | Event::MappingEnd => open -= 1,
                _ => {}
            }
        }
        Some(())
    }

    /// Reports the anchor of the value before, which is the next event.
    fn anchor(&mut self) -> Option<()> {
        let (_, span) = self.next()?;
        let anchor = self.written(&span);
        let message = format!("anchors such as `{anchor}` are not read here; leave it out");
        self.report.error(start_of(&span), PolicyErrorCode::Syntax, message);
        Some(())
    }

    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        match self.events.next_event() {
            Some(Ok(event)) => Some(event),
            Some(Err(error)) => {
                let at = error.marker().byte_offset().unwrap_or(self.text.len());
                self.stop(at, in_words(&error))
            }
            None => self.stop(self.text.len(), "the text ends where more should stand"),
        }
    }

    /// What stands in the text.
    fn written(&self, span: &Span) -> String {
        cut(span.slice(self.text).unwrap_or_default())
    }

    // Nothing behind a mistake in the form can be understood.
    fn stop<T>(&mut self, at: usize, message: impl Into<String>) -> Option<T> {
        self.report.error_of_text(at, PolicyErrorCode::Syntax, message);
        None
    }
}

/// The byte at which a span begins. The parser knows it of every text that is given as a whole.
fn start_of(span: &Span) -> usize {
    span.byte_range().map_or(0, |range| range.start)
}

/// What the parser refused, with the way to mend it for the mistakes that people make; its own words for the others.
fn in_words(error: &ScanError) -> String {
    match error.kind() {
        ErrorKind::ExpectedBlockMappingKey => {
            "this line is no `key: value` of the object around it; look at how far it is indented"
        }
        ErrorKind::ExpectedBlockSequenceEntry => {
            "a list goes on here without `- `; look at how far the line is indented"
        }
        ErrorKind::InvalidIndentation | ErrorKind::ExpectedDocumentStart => {
            "this line is indented less than what it belongs to, or stands behind the end of the document"
        }
        ErrorKind::MappingValueNotAllowed => {
            "a `:` may not stand here; look at how far the line is indented, and put a text that holds `: ` in quotes"
        }
        ErrorKind::SimpleKeyExpected => "a `:` must follow this key",
        ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation | ErrorKind::TabNotAllowed => {
            "a tab may not indent a line; use spaces"
        }
        ErrorKind::TabInPlainScalar => "the line behind this text begins with a tab; indent with spaces",
        ErrorKind::UnclosedQuotedScalar => "this text is never closed by its quotation mark",
        ErrorKind::UnclosedFlowCollection { open: '{' } => "this `{` is never closed",
        ErrorKind::UnclosedFlowCollection { .. } => "this `[` is never closed",
        ErrorKind::MisplacedFlowCollectionEnd => "nothing was opened that this could close",
        ErrorKind::MismatchedFlowCollectionEnd { open: '{', .. } => "this `{` is closed by a `]`",
        ErrorKind::MismatchedFlowCollectionEnd { .. } => "this `[` is closed by a `}`",
        ErrorKind::ExpectedFlowMappingSeparator => "a `,` or a `}` must stand here",
        ErrorKind::ExpectedFlowSequenceSeparator => "a `,` or a `]` must stand here",
        ErrorKind::UnknownQuotedScalarEscape => {
            "there is no such escape in double quotes; write `\\\\` for a backslash, or use single quotes"
        }
        ErrorKind::RecursionLimitExceeded => "the policy nests too deeply",
        ErrorKind::UnexpectedCharacter { .. } => "no value begins with this character; put the text in quotes",
        _ => return format!("this is no YAML: {}", error.info()),
    }
    .to_owned()
}
