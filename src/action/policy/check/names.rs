//! The name that was meant where another one stands.

/// Characters of a name beyond which nothing is looked for.
const LONGEST: usize = 64;
/// Characters that a beginning must have to say anything.
const SHORTEST: usize = 3;

/// The known name that is nearest to a word, or the only one that begins like it; none where all are far from it.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = folded(word);
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    let mut alike = Vec::new();
    for name in known {
        let folded_name = folded(name);
        let distance = distance(&word, &folded_name);
        // A third of the letters may differ; of `id` none.
        if distance <= folded_name.len().min(word.len()) / 3 && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
        let shorter = folded_name.len().min(word.len());
        if shorter >= SHORTEST && (folded_name.starts_with(&word) || word.starts_with(&folded_name)) {
            alike.push(*name);
        }
    }
    match (best, alike.as_slice()) {
        (Some((_, name)), _) => Some(name),
        (None, [name]) => Some(*name),
        _ => None,
    }
}

/// Without what only writes a name in another way: `sessionBudget`, `session-budget`, `Session_Budget`.
fn folded(name: &str) -> Vec<char> {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// How many letters must be changed, put in or taken out.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for (other, (diagonal, above)) in b.iter().zip(row.iter().zip(row.iter().skip(1))) {
            left = (diagonal + usize::from(letter != other)).min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_near_name_is_found_and_a_far_one_is_not() {
        let known = ["denied_actions", "allowed_actions", "session_budget", "name"];
        for (word, name) in [
            ("denyed_actions", Some("denied_actions")),
            ("deniedActions", Some("denied_actions")),
            ("Session-Budget", Some("session_budget")),
            ("nam", Some("name")),
            ("session_budget_usd", Some("session_budget")),
            ("session", Some("session_budget")),
            ("actions", None),
            ("id", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, &known), name, "{word}");
        }
        assert_eq!(nearest(&"denied_actions".repeat(10), &known), None);
    }
}
