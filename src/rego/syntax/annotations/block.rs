//! Blocks of metadata among the comments of a module, and the YAML text that a block holds.

use super::super::tree::Span;

/// The word that begins a block.
const WORD: &str = "METADATA";

/// A comment that begins with [`WORD`] and those that belong to it.
#[derive(Debug)]
pub(super) struct Block {
    /// From the `#` of the first comment to the end of the last.
    pub span: Span,
    /// The first comment.
    pub opening: Span,
    /// What the other comments say, line by line.
    pub yaml: String,
    lines: Vec<Line>,
}

/// A comment of a block, as a line of its YAML text.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// Where the line begins in the YAML text.
    in_yaml: u32,
    /// Where that is in the source.
    in_source: u32,
    comment: Span,
}

/// The blocks of a module, in the order of the text.
///
/// A comment belongs to the block before it if it begins in the first column of the next line. So a block ends at a
/// line that is empty or indented, and a comment with the word inside of a block is a line of it.
pub(super) fn blocks(source: &str, comments: &[Span]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // The end of the last comment of the block that is open.
    let mut open: Option<u32> = None;
    for &comment in comments {
        if let (Some(end), Some(block)) = (open, blocks.last_mut()) {
            let between = Span { start: end, end: comment.start }.text(source);
            if matches!(between, "\n" | "\r\n") {
                block.push(source, comment);
                open = Some(comment.end);
                continue;
            }
        }
        open = None;
        if text_of(source, comment).trim().starts_with(WORD) {
            open = Some(comment.end);
            blocks.push(Block { span: comment, opening: comment, yaml: String::new(), lines: Vec::new() });
        }
    }
    blocks
}

/// What stands behind the `#`.
fn text_of(source: &str, comment: Span) -> &str {
    let text = comment.text(source);
    text.strip_prefix('#').unwrap_or(text)
}

impl Block {
    fn push(&mut self, source: &str, comment: Span) {
        let text = text_of(source, comment);
        let text = text.strip_prefix(' ').unwrap_or(text);
        self.lines.push(Line {
            in_yaml: length(&self.yaml),
            in_source: comment.end - length(text).min(comment.end),
            comment,
        });
        self.yaml.push_str(text);
        self.yaml.push('\n');
        self.span = self.span.to(comment);
    }

    /// The place in the source of a byte of the YAML text.
    pub fn place(&self, byte: usize) -> u32 {
        let byte = u32::try_from(byte).unwrap_or(u32::MAX);
        let after = self.lines.partition_point(|line| line.in_yaml <= byte);
        match after.checked_sub(1).and_then(|at| self.lines.get(at)) {
            // A line end of the YAML text is the end of the comment.
            Some(line) => (line.in_source + (byte - line.in_yaml)).min(line.comment.end),
            None => self.span.start,
        }
    }

    /// The place in the source of a range of the YAML text.
    pub fn span_of(&self, range: std::ops::Range<usize>) -> Span {
        let start = self.place(range.start);
        Span { start, end: self.place(range.end).max(start) }
    }

    /// What a comment of the block says: the first is that behind the opening one.
    pub fn comment(&self, at: usize) -> Option<Span> {
        self.lines.get(at).map(|line| line.comment)
    }

    /// How many comments there are behind the opening one.
    pub fn len(&self) -> usize {
        self.lines.len()
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
