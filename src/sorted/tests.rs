//! The laws of what is kept in order: it is what the standard library would have.

use super::{InOrder, Map, Set};
use proptest::collection::vec;
use proptest::strategy::Strategy;
use proptest::{prop_assert, prop_assert_eq, prop_oneof, proptest};
use std::collections::{BTreeMap, BTreeSet};

/// What is done to a map. Keys are few where they come apart, and many where a map is to have more than one chunk.
#[derive(Debug, Clone)]
enum Deed {
    Insert(u16, u32),
    Remove(u16),
    Enter(u16, u32),
    Change(u16),
    PopFirst,
    /// So many keys from the first, in steps, which fall where the flag says.
    Run(u16, u8, u16, bool),
    RemoveRun(u16, u8, u16),
    Retain(u8),
    ChangeAll,
    Clone,
    Clear,
}

fn deed() -> impl Strategy<Value = Deed> {
    let key = || prop_oneof![0_u16..40, 0_u16..4000];
    prop_oneof![
        6 => (key(), 0_u32..9).prop_map(|(key, value)| Deed::Insert(key, value)),
        4 => key().prop_map(Deed::Remove),
        4 => (key(), 0_u32..9).prop_map(|(key, value)| Deed::Enter(key, value)),
        2 => key().prop_map(Deed::Change),
        2 => proptest::strategy::Just(Deed::PopFirst),
        2 => (0_u16..4000, 1_u8..7, 0_u16..1500, proptest::bool::ANY)
            .prop_map(|(from, step, count, falls)| Deed::Run(from, step, count, falls)),
        2 => (0_u16..4000, 1_u8..7, 0_u16..900).prop_map(|(from, step, count)| Deed::RemoveRun(from, step, count)),
        1 => (2_u8..5).prop_map(Deed::Retain),
        1 => proptest::strategy::Just(Deed::ChangeAll),
        1 => proptest::strategy::Just(Deed::Clone),
        1 => proptest::strategy::Just(Deed::Clear),
    ]
}

fn run(from: u16, step: u8, count: u16) -> impl DoubleEndedIterator<Item = u16> {
    (0..count).map(move |at| from.wrapping_add(at.wrapping_mul(u16::from(step))))
}

proptest! {
    #[test]
    fn the_order_is_that_of_the_standard_library(numbers in vec(0_u8..20, 0..60)) {
        let mut items: Vec<(u8, usize)> = numbers.into_iter().enumerate().map(|(at, number)| (number, at)).collect();
        let mut wanted = items.clone();
        wanted.sort_by_key(|item| item.0);
        items.order_by_key(|item| item.0);
        prop_assert_eq!(items, wanted);
    }

    #[test]
    fn a_map_is_that_of_the_standard_library(deeds in vec(deed(), 0..40)) {
        let (mut map, mut wanted) = (Map::new(), BTreeMap::new());
        for deed in deeds {
            match deed {
                Deed::Insert(key, value) => prop_assert_eq!(map.insert(key, value), wanted.insert(key, value)),
                Deed::Remove(key) => prop_assert_eq!(map.remove(&key), wanted.remove(&key)),
                Deed::Enter(key, value) => {
                    let (own, other) = (map.entry(key).or_insert(value), wanted.entry(key).or_insert(value));
                    prop_assert_eq!(*own, *other);
                    (*own, *other) = (own.wrapping_add(1), other.wrapping_add(1));
                    map.entry(key).and_modify(|value| *value ^= 3).or_default();
                    wanted.entry(key).and_modify(|value| *value ^= 3).or_default();
                }
                Deed::Change(key) => {
                    let (own, other) = (map.get_mut(&key), wanted.get_mut(&key));
                    prop_assert_eq!(&own, &other);
                    if let (Some(own), Some(other)) = (own, other) {
                        (*own, *other) = (99, 99);
                    }
                }
                Deed::PopFirst => prop_assert_eq!(map.pop_first(), wanted.pop_first()),
                Deed::Run(from, step, count, true) => {
                    map.extend(run(from, step, count).rev().map(|key| (key, 5)));
                    wanted.extend(run(from, step, count).rev().map(|key| (key, 5)));
                }
                Deed::Run(from, step, count, false) => {
                    map.extend(run(from, step, count).map(|key| (key, 6)));
                    wanted.extend(run(from, step, count).map(|key| (key, 6)));
                }
                Deed::RemoveRun(from, step, count) => {
                    for key in run(from, step, count) {
                        prop_assert_eq!(map.remove(&key), wanted.remove(&key));
                    }
                }
                Deed::Retain(part) => {
                    let mut asked = Vec::new();
                    map.retain(|key, value| {
                        asked.push(*key);
                        key % u16::from(part) != 0 || *value == 99
                    });
                    prop_assert!(asked.iter().eq(wanted.keys()));
                    wanted.retain(|key, value| key % u16::from(part) != 0 || *value == 99);
                }
                Deed::ChangeAll => {
                    map.values_mut().zip(0_u32..).for_each(|(value, at)| *value = at);
                    wanted.values_mut().zip(0_u32..).for_each(|(value, at)| *value = at);
                }
                Deed::Clone => map = map.clone(),
                Deed::Clear => {
                    map.clear();
                    wanted.clear();
                }
            }
            prop_assert_eq!(map.len(), wanted.len());
            prop_assert_eq!(map.iter().len(), wanted.len());
            prop_assert!(map.iter().eq(&wanted), "{:?} is not {:?}", map, wanted);
            prop_assert!(map.iter().rev().eq(wanted.iter().rev()));
            for key in 0..50 {
                prop_assert_eq!(map.get(&(key * 83)), wanted.get(&(key * 83)));
                prop_assert_eq!(map.contains_key(&key), wanted.contains_key(&key));
            }
        }
        // From both ends at once.
        let (mut own, mut other) = (map.iter(), wanted.iter());
        for at in 0..wanted.len() + 1 {
            let (own, other) = if at % 3 == 0 { (own.next_back(), other.next_back()) } else { (own.next(), other.next()) };
            prop_assert_eq!(own, other);
        }
        prop_assert_eq!(format!("{map:?}"), format!("{wanted:?}"));
        prop_assert_eq!(serde_json::to_string(&map).ok(), serde_json::to_string(&wanted).ok());
        prop_assert!(map.into_iter().eq(wanted));
    }

    #[test]
    fn maps_compare_as_those_of_the_standard_library(a in vec((0_u8..4, 0_u8..2), 0..5), b in vec((0_u8..4, 0_u8..2), 0..5)) {
        let own = |pairs: &[(u8, u8)]| pairs.iter().copied().collect::<Map<u8, u8>>();
        let other = |pairs: &[(u8, u8)]| pairs.iter().copied().collect::<BTreeMap<u8, u8>>();
        prop_assert_eq!(own(&a) == own(&b), other(&a) == other(&b));
        prop_assert_eq!(own(&a).cmp(&own(&b)), other(&a).cmp(&other(&b)));
    }

    #[test]
    fn a_set_is_that_of_the_standard_library(elements in vec(0_u16..3000, 0..2000), others in vec(0_u16..3000, 0..2000)) {
        let (mut set, mut wanted) = (Set::new(), BTreeSet::new());
        for element in elements {
            prop_assert_eq!(set.insert(element), wanted.insert(element));
        }
        for other in others {
            prop_assert_eq!(set.contains(&other), wanted.contains(&other));
            if other % 2 == 0 {
                prop_assert_eq!(set.remove(&other), wanted.remove(&other));
            }
        }
        prop_assert_eq!(serde_json::to_string(&set).ok(), serde_json::to_string(&wanted).ok());
        let text = serde_json::to_string(&wanted).unwrap_or_default();
        prop_assert_eq!(serde_json::from_str::<Set<u16>>(&text).ok(), Some(set.clone()));
        prop_assert_eq!(set.pop_first(), wanted.pop_first());
        prop_assert!(set.into_iter().rev().eq(wanted.into_iter().rev()));
    }
}

#[test]
fn what_is_read_and_written_is_what_the_standard_library_does() {
    let text = r#"{"b":1,"a":2,"b":3}"#;
    let read = |text| serde_json::from_str::<Map<String, u8>>(text).map_err(|error| error.to_string());
    let wanted = |text| serde_json::from_str::<BTreeMap<String, u8>>(text).map_err(|error| error.to_string());
    assert_eq!(read(text), Ok(Map::from([("a".to_owned(), 2), ("b".to_owned(), 3)])));
    for wrong in ["[1]", "3", r#"{"a":"b"}"#] {
        assert_eq!(read(wrong).err(), wanted(wrong).err());
        let set = serde_json::from_str::<Set<u8>>(r#"{"a":1}"#).map_err(|error| error.to_string());
        assert_eq!(set.err(), serde_json::from_str::<BTreeSet<u8>>(r#"{"a":1}"#).err().map(|error| error.to_string()));
    }
    let pairs = [("b", 1_u32), ("a", 300), ("", 0)];
    let bytes = |map: &dyn Fn() -> Result<Vec<u8>, postcard::Error>| map().ok();
    assert_eq!(
        bytes(&|| postcard::to_allocvec(&Map::from(pairs))),
        bytes(&|| postcard::to_allocvec(&BTreeMap::from(pairs)))
    );
}

#[test]
fn a_hundred_thousand_keys_in_any_order_are_no_trouble() {
    let scattered = |at: u64| at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8;
    let mut map: Map<u64, u64> = (0..100_000).map(|at| (scattered(at), at)).collect();
    assert!(map.iter().is_sorted());
    assert!((0..100_000).all(|at| map.get(&scattered(at)) == Some(&at)));
    assert!((0..100_000).all(|at| map.remove(&scattered(at)) == Some(at)));
    assert!(map.is_empty());
}
