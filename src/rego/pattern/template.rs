//! The templates of `regex.template_match`.

/// The pattern that a template stands for: what is between two delimiters is a pattern, all else is meant to the letter.
///
/// # Errors
/// What is wrong with the template or its delimiters.
pub fn of_template(template: &str, open: &str, close: &str) -> Result<String, &'static str> {
    let one = |delimiter: &str| {
        let mut characters = delimiter.chars();
        characters.next().filter(|_| characters.next().is_none()).ok_or("a delimiter is one character")
    };
    let (open, close) = (one(open)?, one(close)?);
    let mut pattern = "^".to_owned();
    let mut level = 0_u32;
    for c in template.chars() {
        if c == open {
            level += 1;
            if level == 1 {
                pattern.push('(');
                continue;
            }
        } else if c == close {
            level = level.checked_sub(1).ok_or("the delimiters are not balanced")?;
            if level == 0 {
                pattern.push(')');
                continue;
            }
        }
        if level == 0 && "\\.+*?()|[]{}^$".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    if level > 0 {
        return Err("the delimiters are not balanced");
    }
    pattern.push('$');
    Ok(pattern)
}
