//! Addresses of mail, as Go reads them: with a name before them, or in angle brackets, and with comments.

/// Whether a text is one address.
pub fn is_mail_address(text: &str) -> bool {
    let mut reader = Reader { rest: text };
    reader.address().is_some() && reader.rest.is_empty()
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn accept(&mut self, mark: char) -> bool {
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    /// Blanks and comments; nothing where a comment is not closed.
    fn skip_comments(&mut self) -> Option<()> {
        loop {
            self.skip_space();
            if !self.accept('(') {
                return Some(());
            }
            let mut open = 1_u32;
            while open > 0 {
                let mut characters = self.rest.chars();
                match characters.next()? {
                    '(' => open += 1,
                    ')' => open -= 1,
                    '\\' => {
                        characters.next()?;
                    }
                    _ => {}
                }
                self.rest = characters.as_str();
            }
        }
    }

    fn address(&mut self) -> Option<()> {
        self.skip_space();
        let whole = self.rest;
        if self.specification().is_some() {
            self.skip_comments()?;
            return Some(());
        }
        self.rest = whole;
        if !self.rest.starts_with('<') {
            self.phrase()?;
        }
        self.skip_space();
        if !self.accept('<') {
            return None;
        }
        self.specification()?;
        if !self.accept('>') {
            return None;
        }
        self.skip_comments()
    }

    /// A name, an at sign, and where.
    fn specification(&mut self) -> Option<()> {
        self.skip_space();
        if self.rest.starts_with('"') {
            let text = self.quoted()?;
            if text == 0 {
                return None;
            }
        } else {
            self.atom(false)?;
        }
        if !self.accept('@') {
            return None;
        }
        self.skip_space();
        if self.accept('[') {
            let (inside, rest) = self.rest.split_once(']')?;
            self.rest = rest;
            return super::super::super::cidr::address(inside.strip_prefix("IPv6:").unwrap_or(inside)).map(|_| ());
        }
        self.atom(false)
    }

    /// Words before an address in brackets.
    fn phrase(&mut self) -> Option<()> {
        let mut has_word = false;
        loop {
            self.skip_comments()?;
            let word = if self.rest.starts_with('"') { self.quoted().map(|_| ()) } else { self.atom(true) };
            if word.is_none() {
                return has_word.then_some(());
            }
            has_word = true;
        }
    }

    /// How many characters stand between quotation marks.
    fn quoted(&mut self) -> Option<usize> {
        let mut characters = self.rest.strip_prefix('"')?.chars();
        let mut count = 0;
        loop {
            match characters.next()? {
                '"' => break,
                '\\' => {
                    let c = characters.next()?;
                    if !is_visible(c) && c != ' ' && c != '\t' {
                        return None;
                    }
                }
                c if is_visible(c) || c == ' ' || c == '\t' => {}
                _ => return None,
            }
            count += 1;
        }
        self.rest = characters.as_str();
        Some(count)
    }

    /// Characters that mean nothing else. `permissive`: dots may stand anywhere.
    fn atom(&mut self, permissive: bool) -> Option<()> {
        let is_inside = |c: char| is_visible(c) && !"()<>[]:;@\\,\"".contains(c);
        let end = self.rest.find(|c| !is_inside(c)).unwrap_or(self.rest.len());
        let (atom, rest) = self.rest.split_at_checked(end)?;
        let has_loose_dots = atom.starts_with('.') || atom.ends_with('.') || atom.contains("..");
        if atom.is_empty() || !permissive && has_loose_dots {
            return None;
        }
        self.rest = rest;
        Some(())
    }
}

fn is_visible(c: char) -> bool {
    matches!(c, '!'..='~') || !c.is_ascii()
}
