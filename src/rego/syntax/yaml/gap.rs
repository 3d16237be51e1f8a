//! What stands between two values of a YAML text: white space, comments and signs.

/// How far the text has been looked at, and what has been seen since the last value.
pub(super) struct Gap<'b> {
    text: &'b str,
    at: usize,
    /// The end of the last value.
    end: usize,
    /// The line on which that value begins, from 0.
    line: u32,
    /// Whether that value is a text that goes on where the next line is indented: without quotes, or with `|` or `>`.
    may_go_on: bool,
    /// Whether a token that is looked for here could be a key.
    may_begin: bool,
    is_comment: bool,
    is_indented: bool,
    has_question_mark: bool,
}

impl<'b> Gap<'b> {
    /// Before all values.
    pub fn new(text: &'b str) -> Self {
        Self {
            text,
            at: 0,
            end: 0,
            line: 0,
            may_go_on: false,
            may_begin: true,
            is_comment: false,
            is_indented: false,
            has_question_mark: false,
        }
    }

    /// Begins behind a value that ends at a byte, and begins on a line.
    pub fn behind(&mut self, end: usize, line: u32, may_go_on: bool) {
        let text = self.text;
        *self = Self { at: end, end, line, may_go_on, may_begin: false, ..Self::new(text) };
    }

    /// The end of the last value.
    pub const fn end(&self) -> usize {
        self.end
    }

    /// The line on which the last value begins, from 0.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// Whether the last value could go on at a byte behind it.
    pub fn may_go_on_at(&self, at: usize) -> bool {
        self.may_go_on && self.text.get(self.end..at).is_some_and(|between| between.trim().is_empty())
    }

    /// The first tab behind the last value that indents a line before a byte.
    pub fn tab_before(&self, to: usize) -> Option<usize> {
        // A text with `|` or `>` ends with its last line end.
        let ends_line = self.text.get(..self.end).is_some_and(|text| text.ends_with('\n'));
        let from = self.end - usize::from(ends_line);
        tab_in(self.text.get(from..to)?).map(|at| from + at)
    }

    /// The first tab behind a byte that indents a line.
    pub fn tab_behind(&self, from: usize) -> Option<usize> {
        tab_in(self.text.get(from..)?).map(|at| from + at)
    }

    /// Whether the last value ends with a bracket.
    pub fn is_behind_bracket(&self) -> bool {
        self.text.get(..self.end).is_some_and(|text| text.ends_with(['}', ']']))
    }

    /// Whether a `?` was passed since the last value, which says that a key follows; it counts once.
    pub fn take_question_mark(&mut self) -> bool {
        std::mem::take(&mut self.has_question_mark)
    }

    /// Goes on to a byte; the first tab on the way at a place where a token could begin a line. A tab behind spaces
    /// is allowed where a text without quotes could go on.
    pub fn pass(&mut self, to: usize) -> Option<usize> {
        let mut tab = None;
        for (at, byte) in (self.at..).zip(self.text.get(self.at..to).unwrap_or_default().bytes()) {
            match byte {
                b'\n' | b'\r' => {
                    self.may_begin = true;
                    self.is_comment = false;
                    self.is_indented = false;
                }
                _ if self.is_comment => {}
                b'#' => self.is_comment = true,
                b'\t' if self.may_begin && !(self.is_indented && self.may_go_on) => tab = tab.or(Some(at)),
                b'\t' => {}
                b' ' => self.is_indented = true,
                sign => {
                    self.may_begin = matches!(sign, b'-' | b'?');
                    self.has_question_mark |= sign == b'?';
                    self.may_go_on = false;
                }
            }
        }
        self.at = self.at.max(to);
        tab
    }
}

fn tab_in(text: &str) -> Option<usize> {
    let mut is_indentation = false;
    text.bytes().position(|byte| {
        let is_tab = is_indentation && byte == b'\t';
        is_indentation = byte == b'\n' || is_indentation && byte == b' ';
        is_tab
    })
}
