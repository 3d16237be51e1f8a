//! Generated text with its parts, so that a policy on which two engines differ can be made small.

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A term: another one may take its place.
    Term,
    /// A statement or a rule: it may be left out.
    Piece,
    /// Anything else.
    Fixed,
}

/// Text, and parts in between.
#[derive(Debug, Clone)]
pub struct Tree {
    pub kind: Kind,
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Tree(Tree),
}

impl From<&str> for Tree {
    fn from(text: &str) -> Self {
        Self { kind: Kind::Fixed, parts: vec![Part::Text(text.to_owned())] }
    }
}

impl From<String> for Tree {
    fn from(text: String) -> Self {
        Self { kind: Kind::Fixed, parts: vec![Part::Text(text)] }
    }
}

/// A term of parts.
pub fn term(parts: impl IntoIterator<Item = Tree>) -> Tree {
    of(Kind::Term, parts)
}

/// A statement or rule of parts.
pub fn piece(parts: impl IntoIterator<Item = Tree>) -> Tree {
    of(Kind::Piece, parts)
}

/// Parts that belong together.
pub fn of(kind: Kind, parts: impl IntoIterator<Item = Tree>) -> Tree {
    Tree { kind, parts: parts.into_iter().map(Part::Tree).collect() }
}

/// Parts with text in between.
pub fn joined(parts: impl IntoIterator<Item = Tree>, between: &str) -> Tree {
    let mut all = Vec::new();
    for part in parts {
        if !all.is_empty() {
            all.push(Tree::from(between));
        }
        all.push(part);
    }
    of(Kind::Fixed, all)
}

impl Tree {
    /// All of the text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        for part in &self.parts {
            match part {
                Part::Text(own) => text.push_str(own),
                Part::Tree(tree) => tree.write(text),
            }
        }
    }

    /// The tree without the pieces of it that stand on some lines, counted from 1; none where they are in no piece.
    pub fn without_lines(&self, lines: &[u32]) -> Option<Self> {
        let mut line = 1;
        let mut kept = Vec::new();
        for part in &self.parts {
            let (text, is_piece) = match part {
                Part::Text(text) => (text.clone(), false),
                Part::Tree(tree) => (tree.text(), tree.kind == Kind::Piece),
            };
            let next = line + u32::try_from(text.matches('\n').count()).unwrap_or(0);
            let is_refused = is_piece && lines.iter().any(|&at| at >= line && (at < next || at == line));
            if !is_refused {
                kept.push(part.clone());
            }
            line = next;
        }
        (kept.len() < self.parts.len()).then_some(Self { kind: self.kind, parts: kept })
    }

    /// How many trees there are, this one first.
    fn count(&self) -> usize {
        1 + self.below().map(Self::count).sum::<usize>()
    }

    fn below(&self) -> impl Iterator<Item = &Self> {
        self.parts.iter().filter_map(|part| match part {
            Part::Tree(tree) => Some(tree),
            Part::Text(_) => None,
        })
    }

    fn at(&self, number: usize) -> Option<&Self> {
        if number == 0 {
            return Some(self);
        }
        let mut before = 1;
        for tree in self.below() {
            let count = tree.count();
            if number < before + count {
                return tree.at(number - before);
            }
            before += count;
        }
        None
    }

    /// The tree with another one in the place of a number.
    fn with(&self, number: usize, other: &Self) -> Self {
        if number == 0 {
            return other.clone();
        }
        let mut before = 1;
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(text) => Part::Text(text.clone()),
            Part::Tree(tree) => {
                let (own, count) = (number.wrapping_sub(before), tree.count());
                before += count;
                Part::Tree(if own < count { tree.with(own, other) } else { tree.clone() })
            }
        });
        Self { kind: self.kind, parts: parts.collect() }
    }

    /// What could take the place of a part, the shortest first.
    fn instead(&self) -> Vec<Self> {
        match self.kind {
            Kind::Fixed => Vec::new(),
            Kind::Piece => vec![Self::from("")],
            Kind::Term => {
                let mut others: Vec<Self> =
                    ["1", "\"a\"", "true"].into_iter().map(|text| term([text.into()])).collect();
                others.extend(
                    (1..self.count()).filter_map(|at| self.at(at)).filter(|tree| tree.kind == Kind::Term).cloned(),
                );
                let length = self.text().len();
                others.retain(|other| other.text().len() < length);
                others
            }
        }
    }

    /// A smaller tree for which the same holds: as small as leaving out and replacing parts one by one makes it.
    pub fn smallest(self, holds: &mut dyn FnMut(&Self) -> bool) -> Self {
        let mut best = self;
        let mut at = 0;
        let mut has_changed = false;
        loop {
            let Some(part) = best.at(at) else {
                if !has_changed {
                    return best;
                }
                (at, has_changed) = (0, false);
                continue;
            };
            let smaller = part.instead().into_iter().map(|other| best.with(at, &other)).find(|tree| holds(tree));
            match smaller {
                Some(tree) => {
                    best = tree;
                    has_changed = true;
                }
                None => at += 1,
            }
        }
    }
}
