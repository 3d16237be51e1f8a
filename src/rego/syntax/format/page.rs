//! The page that is printed: line by line, tabs before each, and behind it the comment that belongs to it.

/// A comment of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comment<'s> {
    /// The row that it stands on.
    pub(super) row: u32,
    /// The byte of its `#`.
    pub(super) start: u32,
    /// From the `#` to its last visible character.
    pub(super) text: &'s str,
}

/// What has been printed.
pub(super) struct Page<'s> {
    text: String,
    /// How deep lines are indented from now on.
    pub(super) depth: usize,
    /// Where the last line begins.
    line: usize,
    /// Whether the last line has begun and not ended.
    is_open: bool,
    /// Whether something is to be printed on it of which nothing may be printed before it.
    is_claimed: bool,
    /// The comment to print where the line ends.
    behind: Option<Comment<'s>>,
    /// Whether that comment is for the end of the next line instead.
    is_for_next_line: bool,
    /// Where the open line is to be split if a comment is printed behind it: the comment is printed there then.
    split: Option<usize>,
}

/// Where a page can be taken back to.
#[derive(Clone, Copy)]
pub(super) struct Mark<'s> {
    length: usize,
    depth: usize,
    line: usize,
    is_open: bool,
    is_claimed: bool,
    behind: Option<Comment<'s>>,
    is_for_next_line: bool,
    split: Option<usize>,
}

impl<'s> Page<'s> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            text: String::with_capacity(capacity),
            depth: 0,
            line: 0,
            is_open: false,
            is_claimed: false,
            behind: None,
            is_for_next_line: false,
            split: None,
        }
    }

    /// The bytes that have been printed.
    pub(super) fn length(&self) -> usize {
        self.text.len()
    }

    pub(super) fn write(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Writes a text that may have several lines.
    pub(super) fn write_lines(&mut self, text: &str) {
        self.text.push_str(text);
        if text.contains('\n') {
            self.split = None;
        }
    }

    /// Begins a line, where none is open.
    pub(super) fn open_line(&mut self) {
        if !self.is_open {
            self.is_open = true;
            for _ in 0..self.depth {
                self.text.push('\t');
            }
        }
    }

    pub(super) fn end_line(&mut self) {
        self.is_open = false;
        self.is_claimed = false;
        let split = self.split.take();
        if !std::mem::take(&mut self.is_for_next_line)
            && let Some(comment) = self.behind.take()
        {
            match split {
                Some(split) => self.text.insert_str(split, &format!("{}\n\n", comment.text)),
                None => {
                    self.text.push(' ');
                    self.text.push_str(comment.text);
                }
            }
        }
        self.text.push('\n');
        self.line = self.text.len();
    }

    /// Leaves the comment that waits to the line that follows, when this one is ended.
    pub(super) fn hold_comment(&mut self) {
        self.is_for_next_line = self.is_open;
    }

    /// Leaves a line blank, behind the line that is open.
    pub(super) fn blank_line(&mut self) {
        if self.is_open {
            self.end_line();
        }
        self.text.push('\n');
        self.line = self.text.len();
    }

    /// Whether a line is open.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Goes on with the open line. A comment behind all of it is printed here, and what follows below a blank line.
    pub(super) fn write_space_or_split(&mut self) {
        self.text.push(' ');
        self.split = Some(self.text.len());
    }

    /// From now on nothing else has a place on the open line.
    pub(super) fn claim_line(&mut self) {
        self.is_claimed = true;
    }

    /// Whether something else than tabs stands on the open line, or is to be printed on it.
    pub(super) fn is_mid_line(&self) -> bool {
        let has_text = || self.text.get(self.line..).is_some_and(|line| line.bytes().any(|byte| byte != b'\t'));
        self.is_open && (self.is_claimed || has_text())
    }

    /// The comment that waits for the end of the line.
    pub(super) fn behind(&self) -> Option<Comment<'s>> {
        self.behind
    }

    /// Sets the comment that is printed where the line ends.
    pub(super) fn set_behind(&mut self, comment: Option<Comment<'s>>) {
        self.behind = comment;
    }

    pub(super) fn mark(&self) -> Mark<'s> {
        Mark {
            length: self.text.len(),
            depth: self.depth,
            line: self.line,
            is_open: self.is_open,
            is_claimed: self.is_claimed,
            behind: self.behind,
            is_for_next_line: self.is_for_next_line,
            split: self.split,
        }
    }

    /// Takes back what was printed since the mark.
    pub(super) fn back(&mut self, mark: &Mark<'s>) {
        self.text.truncate(mark.length);
        self.depth = mark.depth;
        self.line = mark.line;
        self.is_open = mark.is_open;
        self.is_claimed = mark.is_claimed;
        self.behind = mark.behind;
        self.is_for_next_line = mark.is_for_next_line;
        self.split = mark.split;
    }

    /// The text, with one line end behind the last line.
    pub(super) fn into_text(mut self) -> String {
        let length = self.text.trim_end_matches('\n').len();
        if length < self.text.len() {
            self.text.truncate(length);
            self.text.push('\n');
        }
        self.text
    }
}
