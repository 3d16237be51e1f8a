//! Words that were probably meant to be others, and words that nobody has used.

/// Whether a word differs from another by one letter that is missing, too many, another one, or in another order.
pub fn is_near(word: &str, other: &str) -> bool {
    let (word, other) = (word.as_bytes(), other.as_bytes());
    if word == other || word.len().abs_diff(other.len()) > 1 {
        return false;
    }
    let start = word.iter().zip(other).take_while(|(a, b)| a == b).count();
    let end = word.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let longest = word.len().max(other.len());
    let is_swapped = || {
        word.len() == other.len()
            && start + end + 2 == longest
            && word.get(start) == other.get(start + 1)
            && word.get(start + 1) == other.get(start)
    };
    start + end + 1 >= longest || is_swapped()
}

/// A name that begins with `stem` and is part of none of the texts.
pub fn unused_name<'t>(stem: &str, texts: impl Iterator<Item = &'t str>) -> String {
    let dashes = |behind: &str| behind.bytes().take_while(|&byte| byte == b'_').count();
    let mut longest = None;
    for text in texts {
        for (at, _) in text.match_indices(stem) {
            longest = longest.max(Some(dashes(text.get(at + stem.len()..).unwrap_or_default()) + 1));
        }
    }
    format!("{stem}{}", "_".repeat(longest.unwrap_or(0)))
}
