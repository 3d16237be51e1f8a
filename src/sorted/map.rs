//! `Map`: values by keys, in the order of the keys.
//!
//! What is generic here is small on purpose. Whatever decides about order is in `places`.

use super::order::follow;
use super::places::{Found, Gap, Places, Spot, Walk};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;

/// Values by keys, in the order of the keys.
#[derive(Clone)]
pub struct Map<K, V> {
    /// In any order.
    items: Vec<(K, V)>,
    /// Their order. It has each place of the items once.
    places: Places,
}

impl<K, V> Map<K, V> {
    /// A map of nothing.
    pub const fn new() -> Self {
        Self { items: Vec::new(), places: Places::new() }
    }

    /// How many keys there are.
    pub const fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// The keys with their values.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { items: &self.items, walk: self.places.walk(self.items.len()) }
    }

    /// The keys.
    pub fn keys(&self) -> Keys<'_, K, V> {
        Keys(self.iter())
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.iter().map(|(_, value)| value)
    }

    /// The values in the order of their keys, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> + ExactSizeIterator {
        self.settle();
        self.items.iter_mut().map(|(_, value)| value)
    }

    /// The values alone, in the order of their keys.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> + ExactSizeIterator {
        self.into_iter().map(|(_, value)| value)
    }

    /// Leaves only what is to be kept; asks in order.
    pub fn retain(&mut self, mut keeps: impl FnMut(&K, &mut V) -> bool) {
        self.settle();
        self.items.retain_mut(|(key, value)| keeps(key, value));
    }

    /// Puts the items into their order.
    fn settle(&mut self) {
        if let Some(places) = self.places.settle() {
            follow(places, &mut |a, b| self.items.swap(a, b));
        }
    }
}

impl<K: Ord, V> Map<K, V> {
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<Found, Spot>
    where
        K: Borrow<Q>,
    {
        self.places.find(self.items.len(), &mut |place| compared(&self.items, place, key))
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let found = self.find(key).ok()?;
        self.items.get(found.place).map(|(_, value)| value)
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let found = self.find(key).ok()?;
        self.items.get_mut(found.place).map(|(_, value)| value)
    }

    /// Whether a key is there.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// Sets the value of a key. The value that it had.
    #[inline(never)]
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find_room(&key) {
            Ok(found) => self.items.get_mut(found.place).map(|(_, own)| std::mem::replace(own, value)),
            Err(spot) => {
                self.put(spot, key, value);
                None
            }
        }
    }

    /// Takes a key out. The value that it had.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let found = self.find(key).ok()?;
        Some(self.take(found).1)
    }

    /// Takes the first key out, with its value.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        let place = self.places.walk(self.items.len()).next()?;
        Some(self.take(Found { spot: Spot::FIRST, place }))
    }

    /// What is, or will be, the value of a key.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        let found = self.find_room(&key);
        Entry { map: self, key, found }
    }

    fn find_room(&self, key: &K) -> Result<Found, Spot> {
        self.places.find_room(self.items.len(), &mut |place| compared(&self.items, place, key))
    }

    fn put(&mut self, spot: Spot, key: K, value: V) -> &mut V {
        let place = self.places.insert(self.items.len(), spot);
        &mut self.items.insert_mut(place, (key, value)).1
    }

    #[inline(never)]
    fn take(&mut self, found: Found) -> (K, V) {
        let items = &self.items;
        let mut to_last = |place: usize| match items.last() {
            Some((last, _)) => compared(items, place, last),
            None => Ordering::Equal,
        };
        match self.places.remove(items.len(), found, &mut to_last) {
            Gap::Closes => self.items.remove(found.place),
            Gap::TakesTheLast => self.items.swap_remove(found.place),
        }
    }
}

/// The item at a place, relative to what is looked for.
fn compared<K: Borrow<Q>, V, Q: Ord + ?Sized>(items: &[(K, V)], place: usize, key: &Q) -> Ordering {
    items.get(place).map_or(Ordering::Greater, |(own, _)| own.borrow().cmp(key))
}

/// What is, or will be, the value of a key.
pub struct Entry<'m, K, V> {
    map: &'m mut Map<K, V>,
    key: K,
    found: Result<Found, Spot>,
}

impl<'m, K: Ord, V> Entry<'m, K, V> {
    /// The value that is there, or else this one.
    #[inline(never)]
    pub fn or_insert(self, value: V) -> &'m mut V {
        self.or_insert_with(|| value)
    }

    /// The value that is there, or else the one of its type that means nothing yet.
    pub fn or_default(self) -> &'m mut V
    where
        V: Default,
    {
        self.or_insert(V::default())
    }

    /// The value that is there, or else one that is made.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'m mut V {
        let Entry { map, key, found } = self;
        match found {
            Err(spot) => map.put(spot, key, make()),
            Ok(found) => match map.items.get_mut(found.place) {
                Some((_, value)) => value,
                // It is there: this is not come to, and would be a value that nobody reads.
                None => Box::leak(Box::new(make())),
            },
        }
    }

    /// Changes the value that is there.
    pub fn and_modify(self, change: impl FnOnce(&mut V)) -> Self {
        if let Ok(found) = self.found
            && let Some((_, value)) = self.map.items.get_mut(found.place)
        {
            change(value);
        }
        self
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other)
    }
}

impl<K: Eq, V: Eq> Eq for Map<K, V> {}

impl<K: PartialOrd, V: PartialOrd> PartialOrd for Map<K, V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.iter().partial_cmp(other)
    }
}

impl<K: Ord, V: Ord> Ord for Map<K, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other)
    }
}

impl<K: Ord, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, items: I) {
        for (key, value) in items {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(items: I) -> Self {
        let mut map = Self::new();
        map.extend(items);
        map
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for Map<K, V> {
    fn from(items: [(K, V); N]) -> Self {
        items.into_iter().collect()
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(mut self) -> Self::IntoIter {
        self.settle();
        self.items.into_iter()
    }
}

impl<'m, K, V> IntoIterator for &'m Map<K, V> {
    type Item = (&'m K, &'m V);
    type IntoIter = Iter<'m, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The keys of a map with their values.
pub struct Iter<'m, K, V> {
    items: &'m [(K, V)],
    walk: Walk<'m>,
}

impl<'m, K, V> Iterator for Iter<'m, K, V> {
    type Item = (&'m K, &'m V);

    fn next(&mut self) -> Option<Self::Item> {
        self.items.get(self.walk.next()?).map(|(key, value)| (key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.walk.size_hint()
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.items.get(self.walk.next_back()?).map(|(key, value)| (key, value))
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self { items: self.items, walk: self.walk.clone() }
    }
}

/// The keys of a map.
pub struct Keys<'m, K, V>(Iter<'m, K, V>);

impl<'m, K, V> Iterator for Keys<'m, K, V> {
    type Item = &'m K;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, _)| key)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<K, V> DoubleEndedIterator for Keys<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|(key, _)| key)
    }
}

impl<K, V> ExactSizeIterator for Keys<'_, K, V> {}

impl<K, V> Clone for Keys<'_, K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Serialize, V: Serialize> Serialize for Map<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Deserialize<'de> for Map<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Pairs(PhantomData))
    }
}

/// Reads a map.
struct Pairs<K, V>(PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for Pairs<K, V> {
    type Value = Map<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Self::Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, value)) = pairs.next_entry()? {
            map.insert(key, value);
        }
        Ok(map)
    }
}
