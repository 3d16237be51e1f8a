//! What is reached, as the numbers in which programs carry it.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use super::reach::{Key, Node, Reach, start};
use super::{Kind, Space, Store, Stores, Value};
use proptest::prelude::*;

/// Constants, and the words of these names.
fn constants() -> (Store, Vec<(&'static str, Value)>) {
    let mut stores = Stores::default();
    let names = ["a", "ab", "b", "\u{e9}"];
    let words: Vec<(&str, Value)> =
        names.iter().map(|name| (*name, stores.make_string(Space::Program, name).unwrap())).collect();
    (std::mem::take(stores.store_mut(Space::Program)), words)
}

fn node(is_whole: bool, any: Option<u32>, keys: &[(&str, Value)], from: u32) -> Node {
    let keys = keys.iter().zip(from..).map(|((name, word), below)| Key::new((*name).to_owned(), *word, below));
    Node { is_whole, any, keys: keys.collect() }
}

fn some_reach() -> (Store, Reach) {
    let (store, words) = constants();
    let nodes = vec![
        node(false, Some(5), &words, 1),
        node(true, None, &[], 0),
        node(false, None, words.get(..2).unwrap(), 6),
        node(false, Some(8), &[], 0),
        node(false, None, &[], 0),
        node(true, None, &[], 0),
        node(false, None, &[], 0),
        node(true, None, &[], 0),
        node(false, None, &[], 0),
    ];
    (store, Reach::new(nodes))
}

#[test]
fn numbers_say_what_they_were_written_of() {
    let (store, reach) = some_reach();
    let numbers = reach.to_numbers();
    assert_eq!(Reach::of_numbers(&numbers, &store), Some(reach));
    for end in 0..numbers.len() {
        assert_eq!(Reach::of_numbers(numbers.get(..end).unwrap(), &store), None, "{end}");
    }
    assert_eq!(Reach::of_numbers(&[0, 0], &store), Some(Reach::default()));
    for wrong in [
        &[] as &[u32],
        &[0, 0, 0, 0],
        &[3, 0],
        &[2, 0],
        &[1, 1, 0, 1],
        &[0, 1, 0, 1, 0, 0],
        // Not in order, and no characters of the constants.
        &[1, 2, 3, 1, 0, 1, 0, 0, 0, 0],
        &[1, 2, 0, 1, 0, 1, 0, 0, 0, 0],
        &[1, 1, 5, 1, 0, 0],
        &[1, 1, 0, 100, 0, 0],
        &[1, u32::MAX],
    ] {
        assert_eq!(Reach::of_numbers(wrong, &store), None, "{wrong:?}");
    }
}

fn found(node: &Node, name: &[u8]) -> Option<usize> {
    node.find(start(name, name.len()), name)
}

#[test]
fn keys_are_found_by_all_of_their_bytes() {
    let (_, reach) = some_reach();
    let root = reach.root().unwrap();
    for (name, place) in
        [("a", Some(0)), ("ab", Some(1)), ("b", Some(2)), ("\u{e9}", Some(3)), ("", None), ("a\0", None)]
    {
        assert_eq!(found(root, name.as_bytes()), place, "{name:?}");
    }
    let long = ["12345678", "12345678\0", "123456789", "12345678a"];
    let keys = long.iter().zip(1..).map(|(name, below)| Key::new((*name).to_owned(), Value::NULL, below));
    let node = Node { is_whole: false, any: None, keys: keys.collect() };
    for (at, name) in long.iter().enumerate() {
        assert_eq!(found(&node, name.as_bytes()), Some(at));
    }
    assert_eq!(found(&node, b"1234567"), None);
    assert_eq!(found(&node, b"12345678b"), None);
}

proptest! {
    #[test]
    fn any_numbers_are_a_tree_or_nothing(numbers in prop::collection::vec(prop_oneof![9 => 0..6_u32, 1 => any::<u32>()], 0..40)) {
        let (store, _) = constants();
        if let Some(reach) = Reach::of_numbers(&numbers, &store) {
            prop_assert_eq!(reach.to_numbers(), numbers);
            for node in reach.nodes() {
                prop_assert!(node.keys.iter().all(|key| matches!(key.word.kind(), Kind::String(_))));
                prop_assert!(node.keys.iter().all(|key| (key.below as usize) < reach.nodes().len()));
            }
        }
    }
}
