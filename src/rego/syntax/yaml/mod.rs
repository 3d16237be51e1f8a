//! YAML as a tree: values in one list that name each other by number, so that depth and aliases cost nothing. What a
//! scalar means is not said: the metadata of modules and the builtins of YAML read the same tree by different rules.
//!
//! OPA reads YAML with readers for version 1.1, the crate behind this file is for 1.2. What the older ones refuse
//! and people write by mistake is refused here as well: tabs before a token, keys that are missing, `?` in a flow
//! collection.

mod gap;
mod mistake;
pub mod moment;
pub mod numbers;
mod refusal;
pub mod scalar;
mod tree;

use crate::limits;
use crate::sorted;
use gap::Gap;
use granit_parser::{Event, Options, Parser, ScalarStyle, StrInput, StructureStyle, Tag};
pub use mistake::{Bound, Lines, Mistake};
use std::borrow::Cow;
use std::ops::Range;
pub use tree::{Id, Kind, Node, Yaml};

/// Reads the first document of a text. The tree has `most` values at the most.
///
/// # Errors
/// The text is no YAML, or breaks a bound.
pub fn read(text: &str, most: usize) -> Result<Yaml, Mistake> {
    if let Some((at, found)) = text.match_indices(is_forbidden).next() {
        return Err(Mistake::new(at..at + found.len(), None, "this character may not stand in YAML")
            .with_help("remove the control character, or write it as an escape in double quotes")
            .with_problem("control characters are not allowed"));
    }
    let mut options = Options::default();
    options.emit_anchor_events = true;
    options.emit_unresolved_aliases = true;
    options.bom_inside_document_as_content = true;
    options.block_scalar_eof_without_line_feed = true;
    let deepest = usize::try_from(limits::DATA_NESTING).unwrap_or(usize::MAX).saturating_add(2);
    options.block_nesting_limit = deepest;
    options.flow_nesting_limit = deepest;
    let mut reader = Reader {
        text,
        most,
        events: Parser::new_from_str_with_options(text, options),
        yaml: Yaml::default(),
        open: Vec::new(),
        anchors: sorted::Map::new(),
        gap: Gap::new(text),
        line_ends: text.char_indices().filter(|(_, c)| is_line_end_of_unicode(*c)).map(|(at, _)| at).collect(),
        line_ends_seen: 0,
    };
    let end = reader.document()?;
    reader.check_line_ends(&(end..end))?;
    reader.yaml.end = end;
    Ok(reader.yaml)
}

/// Whether a character ends lines in YAML 1.1, and does not in 1.2. INVARIANT (one meaning): what would be read as another text, with a
/// comment that ends elsewhere or a key more, is refused.
const fn is_line_end_of_unicode(character: char) -> bool {
    matches!(character, '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether no text of YAML holds a character: control characters, but for the ends of lines and tabs.
pub fn is_forbidden(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        '\u{fffe}' | '\u{ffff}' => true,
        _ => character.is_control(),
    }
}

/// A list or map whose end has not been read.
struct Open {
    id: Id,
    is_flow: bool,
    /// The line on which it begins, from 0.
    line: u32,
    entries: Entries,
}

enum Entries {
    List(Vec<Id>),
    Map {
        pairs: Vec<(Id, Id)>,
        /// The key that waits for its value.
        key: Option<Id>,
    },
}

struct Reader<'b> {
    text: &'b str,
    most: usize,
    events: Parser<'b, StrInput<'b>>,
    yaml: Yaml,
    open: Vec<Open>,
    /// By the numbers of the parser.
    anchors: sorted::Map<usize, Id>,
    gap: Gap<'b>,
    /// Where ends of lines of Unicode stand, and how many of them were come to.
    line_ends: Vec<usize>,
    line_ends_seen: usize,
}

/// What an event says of a value.
struct Said<'b> {
    place: Range<usize>,
    /// The line on which it begins, from 0.
    line: u32,
    anchor: usize,
    tag: Option<Cow<'b, Tag>>,
}

impl<'b> Reader<'b> {
    /// Reads it; the byte behind it.
    fn document(&mut self) -> Result<usize, Mistake> {
        while let Some(event) = self.events.next_event() {
            let (event, span) = event.map_err(|error| self.refused(&error))?;
            match event {
                Event::DocumentStart(_, Some(version)) if (version.major, version.minor) != (1, 1) => {
                    let mistake = Mistake::new(place_of(&span), None, "this is another version of YAML than 1.1");
                    return Err(mistake
                        .with_help("leave `%YAML` out")
                        .with_problem("found incompatible YAML document"));
                }
                Event::StreamStart | Event::DocumentStart(..) => {}
                Event::StreamEnd | Event::DocumentEnd => {
                    self.pass(start_of(&span))?;
                    return Ok(start_of(&span));
                }
                Event::Scalar(text, style, anchor, tag) => {
                    let is_plain = style == ScalarStyle::Plain;
                    // The crate says `~` for nothing.
                    let text = if is_plain && span.is_empty() { String::new() } else { text.into_owned() };
                    let said = self.said(&span, style, anchor, tag);
                    self.scalar(&said, style)?;
                    self.value(said, Kind::Scalar { text, is_plain })?;
                }
                Event::SequenceStart(style, anchor, tag) => {
                    let said = self.said(&span, ScalarStyle::Plain, anchor, tag);
                    self.enter(said, style, Entries::List(Vec::new()))?;
                }
                Event::MappingStart(style, anchor, tag) => {
                    let said = self.said(&span, ScalarStyle::Plain, anchor, tag);
                    self.enter(said, style, Entries::Map { pairs: Vec::new(), key: None })?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.leave(&span),
                Event::Alias(anchor) => self.alias(&span, anchor)?,
                Event::Anchor(..) => self.check_name(&span)?,
                Event::UnresolvedAlias(name) => {
                    self.check_name(&span)?;
                    return Err(Mistake::new(place_of(&span), None, format!("unknown anchor '{name}' referenced"))
                        .with_help("put a text that begins with `*` in quotes, or define the anchor before it"));
                }
                _ => {}
            }
            // What stands behind the document is not looked at.
            if self.yaml.root.is_some() && self.open.is_empty() && self.is_complete() {
                return Ok(self.gap.end());
            }
        }
        Ok(self.text.len())
    }

    /// Looks at the ends of lines of Unicode up to the end of a scalar in quotes, of which those inside of it may be a part: as far as
    /// older readers keep them as they are.
    fn check_line_ends(&mut self, quoted: &Range<usize>) -> Result<(), Mistake> {
        while let Some(&at) = self.line_ends.get(self.line_ends_seen).filter(|&&at| at < quoted.end) {
            self.line_ends_seen += 1;
            let (before, from) = self.text.split_at_checked(at).unwrap_or_default();
            let end = from.chars().next().unwrap_or_default();
            let behind = from.get(end.len_utf8()..).unwrap_or_default();
            let is_folded = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n') || is_line_end_of_unicode(c);
            let is_kept = at >= quoted.start
                && end != '\u{85}'
                && !before.ends_with(is_folded)
                && !behind.starts_with(is_folded)
                && !["---", "..."].iter().any(|sign| behind.starts_with(sign))
                && !self.waits_for_key();
            if !is_kept {
                let mistake =
                    Mistake::new(at..at + end.len_utf8(), None, "this end of a line is not read alike everywhere");
                return Err(
                    mistake.with_help("end the line with a line feed, or write `\\N`, `\\L` or `\\P` in double quotes")
                );
            }
        }
        Ok(())
    }

    /// Whether the root is a value after which nothing can follow that belongs to it.
    fn is_complete(&self) -> bool {
        let root = self.yaml.root.and_then(|id| self.yaml.get(id));
        root.is_some_and(|root| matches!(root.kind, Kind::List(_) | Kind::Map(_))) && self.gap.is_behind_bracket()
    }

    fn said(
        &self,
        span: &granit_parser::Span,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<Cow<'b, Tag>>,
    ) -> Said<'b> {
        let (mut start, mut line) = (start_of(span), line_of(span));
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            // The text begins behind its sign, on another line.
            let between = self.text.get(self.gap.end()..start).unwrap_or_default();
            let sign = between.find(['|', '>']).unwrap_or(between.len());
            line = line.saturating_sub(lines_in(between.get(sign..).unwrap_or_default()));
            start = self.gap.end() + sign;
        }
        Said { place: start..end_of(span), line, anchor, tag }
    }

    /// Notes a value; its number.
    fn value(&mut self, said: Said<'_>, kind: Kind) -> Result<Id, Mistake> {
        if self.yaml.nodes.len() >= self.most {
            return Err(Mistake::too_many(said.place));
        }
        let id = Id(self.yaml.nodes.len());
        let tag = said.tag.map(|tag| short(&tag));
        let node = Node { place: said.place, line: said.line + 1, tag, kind };
        self.yaml.nodes.push(node);
        if said.anchor != 0 {
            self.anchors.insert(said.anchor, id);
        }
        match self.open.last_mut().map(|open| &mut open.entries) {
            None if self.yaml.root.is_none() => self.yaml.root = Some(id),
            None => {}
            Some(Entries::List(items)) => items.push(id),
            Some(Entries::Map { pairs, key }) => match key.take() {
                None => *key = Some(id),
                Some(key) => pairs.push((key, id)),
            },
        }
        Ok(id)
    }

    fn enter(&mut self, said: Said<'_>, style: StructureStyle, entries: Entries) -> Result<(), Mistake> {
        let is_flow = style == StructureStyle::Flow;
        let line = said.line;
        self.pass(said.place.start)?;
        if is_flow {
            self.gap.behind(said.place.end, line, false);
        }
        let id = self.value(said, Kind::Open)?;
        self.open.push(Open { id, is_flow, line, entries });
        Ok(())
    }

    fn leave(&mut self, span: &granit_parser::Span) {
        let Some(open) = self.open.pop() else { return };
        if open.is_flow {
            self.gap.behind(end_of(span), line_of(span), false);
        }
        let end = self.gap.end();
        if let Some(node) = self.yaml.nodes.get_mut(open.id.0) {
            node.kind = match open.entries {
                Entries::List(items) => Kind::List(items),
                Entries::Map { pairs, .. } => Kind::Map(pairs),
            };
            node.place.end = end.max(node.place.start);
        }
    }

    fn alias(&mut self, span: &granit_parser::Span, anchor: usize) -> Result<(), Mistake> {
        self.check_name(span)?;
        self.pass(start_of(span))?;
        self.gap.behind(end_of(span), line_of(span), false);
        let Some(&target) = self.anchors.get(&anchor) else { return Ok(()) };
        let is_inside = self.yaml.get(target).is_some_and(|node| matches!(node.kind, Kind::Open));
        let said = self.said(span, ScalarStyle::Plain, 0, None);
        self.value(said, Kind::Alias { target, is_inside }).map(|_| ())
    }

    /// A name of an anchor or alias: letters, digits, `_` and `-`, and a space or the end of something behind it.
    fn check_name(&self, span: &granit_parser::Span) -> Result<(), Mistake> {
        let text = self.text.get(start_of(span)..).unwrap_or_default();
        let name = text.get(1..).unwrap_or_default();
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').unwrap_or(name.len());
        let next = name.get(end..).and_then(|rest| rest.chars().next());
        if end > 0 && next.is_none_or(|c| c.is_whitespace() || "?:,]}%@`".contains(c)) {
            return Ok(());
        }
        let message = "the name of an anchor or alias has letters, digits, `_` and `-` only";
        let lines = Lines::scanned(line_of(span), line_of(span));
        Err(Mistake::new(place_of(span), lines, message)
            .with_help("put a text that begins with `&` or `*` in quotes")
            .with_problem("did not find expected alphabetic or numeric character"))
    }

    fn scalar(&mut self, said: &Said<'_>, style: ScalarStyle) -> Result<(), Mistake> {
        let Range { start, end } = said.place;
        let is_plain = style == ScalarStyle::Plain;
        self.pass(start)?;
        if is_plain && start == end {
            let says_key = self.gap.take_question_mark() || said.tag.is_some();
            let is_missing = self.waits_for_key() && !says_key && self.is_colon_next(start);
            return if is_missing { Err(self.no_key(said)) } else { Ok(()) };
        }
        if matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) {
            self.check_line_ends(&said.place)?;
        }
        let is_flow = self.open.last().is_some_and(|open| open.is_flow);
        let text = self.text.get(start..end).unwrap_or_default();
        if let Some(at) = text.find('?').filter(|_| is_plain && is_flow) {
            let line = said.line + lines_in(text.get(..at).unwrap_or_default());
            let place = start + at..start + at + 1;
            let lines = Lines::parsed(self.open.last().map_or(0, |open| open.line), line);
            let is_map = matches!(self.open.last(), Some(Open { entries: Entries::Map { .. }, .. }));
            let end = if is_map { '}' } else { ']' };
            return Err(Mistake::new(place, lines, "a `?` may not stand in a text without quotes between brackets")
                .with_help("put the text in quotes")
                .with_problem(format!("did not find expected ',' or '{end}'")));
        }
        if let Some(escape) = refusal::unknown_escape(text).filter(|_| style == ScalarStyle::DoubleQuoted) {
            return Err(self.escape(start + escape, said.line));
        }
        if let Some(escape) = refusal::half_escape(text).filter(|_| style == ScalarStyle::DoubleQuoted) {
            let at = start + escape;
            let line = said.line + lines_in(text.get(..escape).unwrap_or_default());
            let message = "this escape is half of a character";
            let lines = Lines::scanned(said.line, line);
            return Err(Mistake::new(at..at + 6, lines, message)
                .with_help("write the character itself, or `\\U` with all eight digits of its number")
                .with_problem("found invalid Unicode character escape code"));
        }
        let may_go_on = is_plain || matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        self.gap.behind(end, said.line, may_go_on);
        Ok(())
    }

    /// Whether a `:` is the next token from a byte on.
    fn is_colon_next(&self, at: usize) -> bool {
        self.text.get(at..).is_some_and(|rest| rest.trim_start().starts_with(':'))
    }

    fn no_key(&self, said: &Said<'_>) -> Mistake {
        let (lines, problem) = match self.open.last() {
            // OPA looks for a value there, in a collection with brackets.
            Some(open) if open.is_flow => (Lines::parsed(said.line, said.line), refusal::NO_CONTENT),
            open => (Lines::parsed(open.map_or(0, |open| open.line), said.line), "did not find expected key"),
        };
        let at = said.place.start;
        Mistake::new(at..at + 1, lines, "a key is missing before this `:`")
            .with_help("write the key, or put a text that begins with `:` in quotes")
            .with_problem(problem)
    }

    /// Goes on to the byte at which a value begins: no tab may stand before it where a token could begin a line.
    fn pass(&mut self, to: usize) -> Result<(), Mistake> {
        let is_flow = self.open.last().is_some_and(|open| open.is_flow);
        let Some(at) = self.gap.pass(to).filter(|_| !is_flow) else { return Ok(()) };
        Err(self.tab(at, None))
    }

    /// Whether the next value in the innermost object is a key.
    fn waits_for_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { entries: Entries::Map { key: None, .. }, .. }))
    }
}

/// A tag as it is written with the short name of YAML's own: `!!int`. The tag `!` says nothing.
fn short(tag: &Tag) -> String {
    let full = format!("{}{}", tag.handle(), tag.suffix());
    match full.strip_prefix("tag:yaml.org,2002:") {
        Some(name) => format!("!!{name}"),
        None if full == "!" => String::new(),
        None => full,
    }
}

fn place_of(span: &granit_parser::Span) -> Range<usize> {
    start_of(span)..end_of(span)
}

fn start_of(span: &granit_parser::Span) -> usize {
    span.byte_range().map_or(0, |range| range.start)
}

fn end_of(span: &granit_parser::Span) -> usize {
    span.byte_range().map_or(0, |range| range.end)
}

fn line_of(span: &granit_parser::Span) -> u32 {
    u32::try_from(span.start.line()).unwrap_or(u32::MAX).saturating_sub(1)
}

fn lines_in(text: &str) -> u32 {
    u32::try_from(text.bytes().filter(|&byte| byte == b'\n').count()).unwrap_or(u32::MAX)
}
