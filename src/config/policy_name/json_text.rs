//! Why a text is no JSON string, in the words of Go's decoder, which the original shows to authors.

use crate::rego::value::quotes;

/// Why a text is no JSON string; nothing where it is one.
pub fn why_no_string(text: &str) -> Option<String> {
    match Scan::of(text) {
        Ok("string") => None,
        Ok(kind) => Some(format!("json: cannot unmarshal {kind} into Go value of type string")),
        Err(why) => Some(why),
    }
}

/// What is looked for next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    /// A value or the end of the array.
    FirstItem,
    /// A key or the end of the object.
    FirstKey,
    Key,
    Colon,
    /// What follows a value: a comma or the end of what is around it.
    Behind,
}

struct Scan<'t> {
    chars: std::iter::Peekable<std::str::Chars<'t>>,
    /// Whether each open collection is an object, from the outside in.
    open: Vec<bool>,
}

impl Scan<'_> {
    /// The kind of the value that a text is in JSON.
    fn of(text: &str) -> Result<&'static str, String> {
        let mut scan = Scan { chars: text.chars().peekable(), open: Vec::new() };
        let kind = scan.first_kind();
        let mut next = Next::Value;
        loop {
            scan.space();
            let Some(c) = scan.chars.next() else {
                return if next == Next::Behind && scan.open.is_empty() {
                    Ok(kind)
                } else {
                    Err("unexpected end of JSON input".to_owned())
                };
            };
            next = scan.step(next, c)?;
        }
    }

    fn first_kind(&mut self) -> &'static str {
        match self.chars.peek() {
            Some('{') => "object",
            Some('[') => "array",
            Some('"') => "string",
            Some('t' | 'f') => "bool",
            _ => "number",
        }
    }

    fn space(&mut self) {
        while self.chars.next_if(|c| matches!(c, ' ' | '\t' | '\r' | '\n')).is_some() {}
    }

    fn step(&mut self, next: Next, c: char) -> Result<Next, String> {
        match (next, c) {
            (Next::FirstItem, ']') | (Next::FirstKey, '}') => {
                self.open.pop();
                Ok(Next::Behind)
            }
            (Next::Value | Next::FirstItem, _) => self.value(c),
            (Next::FirstKey | Next::Key, '"') => self.string().map(|()| Next::Colon),
            (Next::FirstKey | Next::Key, _) => invalid(c, "looking for beginning of object key string"),
            (Next::Colon, ':') => Ok(Next::Value),
            (Next::Colon, _) => invalid(c, "after object key"),
            (Next::Behind, _) => self.behind(c),
        }
    }

    fn value(&mut self, c: char) -> Result<Next, String> {
        match c {
            '{' => {
                self.open.push(true);
                Ok(Next::FirstKey)
            }
            '[' => {
                self.open.push(false);
                Ok(Next::FirstItem)
            }
            '"' => self.string().map(|()| Next::Behind),
            't' => self.word("true"),
            'f' => self.word("false"),
            'n' => self.word("null"),
            '-' | '0'..='9' => {
                while self.chars.next_if(|c| matches!(c, '0'..='9' | '.' | 'e' | 'E' | '+' | '-')).is_some() {}
                Ok(Next::Behind)
            }
            _ => invalid(c, "looking for beginning of value"),
        }
    }

    fn string(&mut self) -> Result<(), String> {
        while let Some(c) = self.chars.next() {
            match c {
                '"' => return Ok(()),
                // Go escapes some characters as JSON does not.
                '\\' => match self.chars.next() {
                    Some('b' | 'f' | 'n' | 'r' | 't' | '"' | '\\' | '/' | 'u') => {}
                    Some(odd) => return invalid(odd, "in string escape code"),
                    None => break,
                },
                _ => {}
            }
        }
        Err("unexpected end of JSON input".to_owned())
    }

    /// The rest of a word. Where the text ends in it, Go's decoder looks at a space behind it.
    fn word(&mut self, word: &str) -> Result<Next, String> {
        for wanted in word.chars().skip(1) {
            let c = self.chars.next().unwrap_or(' ');
            if c != wanted {
                return invalid(c, &format!("in literal {word} (expecting {})", quoted(wanted)));
            }
        }
        Ok(Next::Behind)
    }

    fn behind(&mut self, c: char) -> Result<Next, String> {
        match (self.open.last(), c) {
            (None, _) => invalid(c, "after top-level value"),
            (Some(true), ',') => Ok(Next::Key),
            (Some(false), ',') => Ok(Next::Value),
            (Some(true), '}') | (Some(false), ']') => {
                self.open.pop();
                Ok(Next::Behind)
            }
            (Some(true), _) => invalid(c, "after object key:value pair"),
            (Some(false), _) => invalid(c, "after array element"),
        }
    }
}

fn invalid<T>(c: char, context: &str) -> Result<T, String> {
    Err(format!("invalid character {} {context}", quoted(c)))
}

fn quoted(c: char) -> String {
    match c {
        '\'' => "'\\''".to_owned(),
        '"' => "'\"'".to_owned(),
        _ => {
            let quoted = quotes::quoted(c.encode_utf8(&mut [0; 4]), false);
            format!("'{}'", quoted.trim_matches('"'))
        }
    }
}
