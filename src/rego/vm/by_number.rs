//! `ByNumber`: values by numbers, for what is looked up while code runs.
//!
//! A number is followed four bits at a time until it is told apart from all others: one or two steps where numbers are dense, some more where
//! they are spread, and sixteen at most, whoever chooses them.

/// Values by numbers, in no order.
#[derive(Debug)]
pub struct ByNumber<T> {
    tree: Tree,
    items: Vec<(u64, T)>,
}

impl<T> ByNumber<T> {
    /// Nothing by any number.
    pub const fn new() -> Self {
        Self { tree: Tree { nodes: Vec::new() }, items: Vec::new() }
    }

    fn place(&self, number: u64) -> Option<usize> {
        let place = self.tree.leaf(number)?;
        self.items.get(place).is_some_and(|(own, _)| *own == number).then_some(place)
    }

    /// The value of a number.
    pub fn get(&self, number: u64) -> Option<&T> {
        let place = self.place(number)?;
        self.items.get(place).map(|(_, value)| value)
    }

    /// Changes the value of a number, which is the one of its type that means nothing where the number had none.
    pub fn change(&mut self, number: u64, change: impl FnOnce(&mut T))
    where
        T: Default,
    {
        if self.place(number).is_none() {
            let items = &self.items;
            self.tree.put(number, items.len(), &|place| items.get(place).map_or(0, |(number, _)| *number));
            self.items.push((number, T::default()));
        }
        let value = self.place(number).and_then(|place| self.items.get_mut(place));
        if let Some((_, value)) = value {
            change(value);
        }
    }
}

impl<T> Default for ByNumber<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// What the first bits of numbers lead to.
#[derive(Debug)]
struct Tree {
    /// The first is the root. What a node has for four bits is nothing, twice the place of another node, or twice the place of an item and one.
    nodes: Vec<[u32; 16]>,
}

impl Tree {
    /// The one item that a number may have.
    fn leaf(&self, number: u64) -> Option<usize> {
        let (mut node, mut rest) = (self.nodes.first()?, number);
        loop {
            let slot = *node.get(part(rest))?;
            match slot {
                0 => return None,
                leaf if leaf % 2 == 1 => return Some((leaf / 2) as usize),
                inner => node = self.nodes.get((inner / 2) as usize)?,
            }
            rest >>= 4;
        }
    }

    /// Leads a number to an item. No item has it so far; `number_of` says which they have.
    fn put(&mut self, number: u64, item: usize, number_of: &dyn Fn(usize) -> u64) {
        const NOTHING: [u32; 16] = [0; 16];
        if self.nodes.is_empty() {
            self.nodes.push(NOTHING);
        }
        let mut at = 0;
        for shift in (0..u64::BITS).step_by(4) {
            let next = doubled(self.nodes.len());
            let Some(slot) = self.nodes.get_mut(at).and_then(|node| node.get_mut(part(number >> shift))) else {
                return;
            };
            match *slot {
                0 => {
                    *slot = doubled(item) + 1;
                    return;
                }
                // Another number begins with the same bits: it moves one step on.
                leaf if leaf % 2 == 1 => {
                    *slot = next;
                    let mut node = NOTHING;
                    let other = number_of((leaf / 2) as usize).checked_shr(shift + 4).unwrap_or(0);
                    if let Some(slot) = node.get_mut(part(other)) {
                        *slot = leaf;
                    }
                    self.nodes.push(node);
                    at = (next / 2) as usize;
                }
                inner => at = (inner / 2) as usize,
            }
        }
    }
}

/// The last four bits.
fn part(number: u64) -> usize {
    (number % 16) as usize
}

/// Twice a place. There is no memory for so many that it would not fit.
fn doubled(place: usize) -> u32 {
    u32::try_from(place * 2).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::ByNumber;
    use proptest::collection::vec;
    use proptest::strategy::Strategy;
    use proptest::{prop_assert_eq, prop_oneof, proptest};
    use std::collections::HashMap;

    /// Dense ones, spread ones, and some that are told apart by their last bits alone.
    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![0_u64..60, 0_u64..9000, (0_u64..40).prop_map(|high| high << 58), proptest::num::u64::ANY]
    }

    proptest! {
        #[test]
        fn each_number_has_its_own_value(numbers in vec(number(), 0..900)) {
            let (mut own, mut wanted) = (ByNumber::new(), HashMap::new());
            for (at, number) in numbers.iter().enumerate() {
                prop_assert_eq!(own.get(*number), wanted.get(number));
                own.change(*number, |values: &mut Vec<usize>| values.push(at));
                wanted.entry(*number).or_insert_with(Vec::new).push(at);
            }
            for number in numbers.iter().flat_map(|number| [*number, number ^ 1, number ^ (1 << 63), number + 16]) {
                prop_assert_eq!(own.get(number), wanted.get(&number));
            }
        }
    }
}
