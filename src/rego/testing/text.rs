//! Texts in which something is put in.

use crate::sorted::InOrder;

/// Text that is put in before a byte.
pub(super) struct Insertion {
    /// The byte.
    pub at: usize,
    /// The text.
    pub text: String,
}

/// A text with what is put into it, at one byte in the order given.
pub(super) fn with(source: &str, mut insertions: Vec<Insertion>) -> String {
    insertions.order_by_key(|insertion| insertion.at);
    let mut text = String::with_capacity(source.len());
    let mut done = 0;
    for insertion in insertions {
        text.push_str(source.get(done..insertion.at).unwrap_or_default());
        text.push_str(&insertion.text);
        done = insertion.at;
    }
    text.push_str(source.get(done..).unwrap_or_default());
    text
}
