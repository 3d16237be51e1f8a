//! `Places`: in which order the items of a list are. It knows nothing of the items but how many they are; what compares them is asked.

use std::cmp::Ordering;

/// No more items are moved for one that comes or goes before them. So the items of small lists lie in their order.
const MOVED: usize = 32;
/// No chunk is longer.
const CHUNK: usize = 512;

/// Says where the item at a place belongs relative to what is looked for.
pub type Compare<'a> = &'a mut dyn FnMut(usize) -> Ordering;

/// The places of the items in their order. As long as items come in their order, or are few, they lie in it, and nothing is kept.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// In chunks, none of which is empty. Without chunks the items lie in their order.
    chunks: Vec<Vec<usize>>,
}

/// Where in the order an item is, or would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    chunk: usize,
    at: usize,
}

impl Spot {
    /// That of the first item.
    pub const FIRST: Self = Self { chunk: 0, at: 0 };
}

/// An item that was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Where in the order it is.
    pub spot: Spot,
    /// Where it lies.
    pub place: usize,
}

/// How the items close the gap that one of them leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// Those behind it move up.
    Closes,
    /// The last takes its place.
    TakesTheLast,
}

impl Places {
    pub const fn new() -> Self {
        Self { chunks: Vec::new() }
    }

    /// Finds an item among so many, or where it would be.
    pub fn find(&self, len: usize, compare: Compare<'_>) -> Result<Found, Spot> {
        if self.chunks.is_empty() {
            return match search(len, compare) {
                Ok(at) => Ok(Found { spot: Spot { chunk: 0, at }, place: at }),
                Err(at) => Err(Spot { chunk: 0, at }),
            };
        }
        // The last chunk that does not begin behind the item.
        let first = |chunk: usize| self.chunks.get(chunk).and_then(|chunk| chunk.first());
        let begin = |chunk: usize| first(chunk).map_or(Ordering::Greater, |&place| compare(place));
        let chunk = match search(self.chunks.len(), &mut { begin }) {
            Ok(chunk) => chunk,
            Err(chunk) => chunk.saturating_sub(1),
        };
        let places = self.chunks.get(chunk).map_or([].as_slice(), Vec::as_slice);
        let place = |at: usize| places.get(at).copied().unwrap_or(len);
        match search(places.len(), &mut |at| compare(place(at))) {
            Ok(at) => Ok(Found { spot: Spot { chunk, at }, place: place(at) }),
            Err(at) => Err(Spot { chunk, at }),
        }
    }

    /// The same for an item that is to be there: mostly it goes behind all others.
    pub fn find_room(&self, len: usize, compare: Compare<'_>) -> Result<Found, Spot> {
        let last = self.chunks.last();
        let place = match last {
            Some(places) => places.last().copied(),
            None => len.checked_sub(1),
        };
        match place.map(&mut *compare) {
            Some(Ordering::Less) => {
                Err(Spot { chunk: self.chunks.len().saturating_sub(1), at: last.map_or(len, Vec::len) })
            }
            _ => self.find(len, compare),
        }
    }

    /// Makes room for one more than so many items. It is to be inserted at the place that this answers.
    pub fn insert(&mut self, len: usize, mut spot: Spot) -> usize {
        if self.chunks.is_empty() {
            if len - spot.at < MOVED {
                return spot.at;
            }
            spot = self.split(len, spot);
        }
        let Some(places) = self.chunks.get_mut(spot.chunk) else { return len };
        places.insert(spot.at.min(places.len()), len);
        if places.len() > CHUNK {
            let behind = places.split_off(CHUNK / 2);
            self.chunks.insert(spot.chunk + 1, behind);
        }
        len
    }

    /// Takes one of so many items out of the order. `to_last` says where items belong relative to the one that lies last.
    pub fn remove(&mut self, len: usize, found: Found, to_last: Compare<'_>) -> Gap {
        let mut spot = found.spot;
        if self.chunks.is_empty() {
            if len - found.place <= MOVED {
                return Gap::Closes;
            }
            spot = self.split(len, spot);
        }
        // The last gets the place of the one that goes.
        if found.place + 1 != len
            && let Ok(last) = self.find(len, to_last)
            && let Some(place) = self.chunks.get_mut(last.spot.chunk).and_then(|places| places.get_mut(last.spot.at))
        {
            *place = found.place;
        }
        if let Some(places) = self.chunks.get_mut(spot.chunk) {
            places.remove(spot.at);
            if places.is_empty() {
                self.chunks.remove(spot.chunk);
            }
        }
        Gap::TakesTheLast
    }

    /// Writes down the places of so many items that lie in their order, and answers where a spot of that order has come to.
    fn split(&mut self, len: usize, spot: Spot) -> Spot {
        const HALF: usize = CHUNK / 2;
        self.chunks = (0..len).step_by(HALF).map(|from| (from..len.min(from + HALF)).collect()).collect();
        Spot { chunk: spot.at / HALF, at: spot.at % HALF }
    }

    /// Forgets the order of items that are put into it. Their places in order, where they did not lie in it.
    pub fn settle(&mut self) -> Option<Vec<usize>> {
        if self.chunks.is_empty() { None } else { Some(std::mem::take(&mut self.chunks).concat()) }
    }

    /// The places of so many items in order.
    pub fn walk(&self, len: usize) -> Walk<'_> {
        Walk {
            chunks: &self.chunks,
            next: Spot { chunk: 0, at: 0 },
            behind: Spot { chunk: self.chunks.len(), at: 0 },
            from: 0,
            to: len,
        }
    }
}

/// Finds a number below one, or where it would be.
fn search(len: usize, compare: Compare<'_>) -> Result<usize, usize> {
    let (mut from, mut to) = (0, len);
    while from < to {
        let middle = from.midpoint(to);
        match compare(middle) {
            Ordering::Less => from = middle + 1,
            Ordering::Equal => return Ok(middle),
            Ordering::Greater => to = middle,
        }
    }
    Err(from)
}

/// Goes along places in order, from both ends.
#[derive(Debug, Clone)]
pub struct Walk<'a> {
    chunks: &'a [Vec<usize>],
    /// The next spot from the front.
    next: Spot,
    /// The spot behind the next from the back.
    behind: Spot,
    /// What is left, as numbers in the order.
    from: usize,
    to: usize,
}

impl Walk<'_> {
    #[inline(never)]
    fn next_of_chunks(&mut self) -> Option<usize> {
        loop {
            let places = self.chunks.get(self.next.chunk)?;
            if let Some(place) = places.get(self.next.at) {
                self.next.at += 1;
                return Some(*place);
            }
            self.next = Spot { chunk: self.next.chunk + 1, at: 0 };
        }
    }

    #[inline(never)]
    fn last_of_chunks(&mut self) -> Option<usize> {
        while self.behind.at == 0 {
            let chunk = self.behind.chunk.checked_sub(1)?;
            self.behind = Spot { chunk, at: self.chunks.get(chunk)?.len() };
        }
        self.behind.at -= 1;
        self.chunks.get(self.behind.chunk)?.get(self.behind.at).copied()
    }
}

impl Iterator for Walk<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.from == self.to {
            return None;
        }
        let at = self.from;
        self.from += 1;
        if self.chunks.is_empty() { Some(at) } else { self.next_of_chunks() }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.to - self.from;
        (left, Some(left))
    }
}

impl DoubleEndedIterator for Walk<'_> {
    fn next_back(&mut self) -> Option<usize> {
        if self.from == self.to {
            return None;
        }
        self.to -= 1;
        if self.chunks.is_empty() { Some(self.to) } else { self.last_of_chunks() }
    }
}
