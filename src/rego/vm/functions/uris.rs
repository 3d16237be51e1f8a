//! URLs, taken apart as Go does.

/// The parts of a URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Uri {
    /// The text that it was read from.
    pub text: String,
    /// In small letters; empty where there is none.
    pub scheme: String,
    /// What stands behind the scheme where that is no path.
    pub opaque: String,
    /// Whether it names a user.
    pub has_user: bool,
    /// Host and port.
    pub host: String,
    /// The path without escapes.
    pub path: String,
    /// The path as it is written, where writing it would give another text.
    pub raw_path: String,
    /// Whether a path with a scheme has no host.
    pub omits_host: bool,
    /// Whether a query is begun, and empty.
    pub forces_query: bool,
    /// The query as it is written.
    pub raw_query: String,
    /// What stands behind the `#`, without escapes.
    pub fragment: String,
    /// The same as it is written, where writing it would give another text.
    pub raw_fragment: String,
}

impl Uri {
    /// The parts of a text.
    ///
    /// # Errors
    /// It is none, in the words of Go.
    pub fn of_text(text: &str) -> Result<Self, String> {
        let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
        let wrong = |why: String| format!("parse {}: {why}", crate::rego::value::quotes::quoted(before, false));
        let mut uri = Self::without_fragment(before).map_err(wrong)?;
        uri.text = text.to_owned();
        if !fragment.is_empty() {
            uri.fragment = unescaped(fragment).map_err(wrong)?;
            if escaped(&uri.fragment, b"?!()*") != fragment {
                uri.raw_fragment = fragment.to_owned();
            }
        }
        Ok(uri)
    }

    fn without_fragment(text: &str) -> Result<Self, String> {
        let mut uri = Self::default();
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        if text == "*" {
            uri.path = "*".to_owned();
            return Ok(uri);
        }
        let (scheme, mut rest) = scheme(text)?;
        uri.scheme = scheme.to_ascii_lowercase();
        if rest.ends_with('?') && rest.matches('?').count() == 1 {
            uri.forces_query = true;
            rest = rest.trim_end_matches('?');
        } else if let Some((before, query)) = rest.split_once('?') {
            uri.raw_query = query.to_owned();
            rest = before;
        }
        if !rest.starts_with('/') {
            if !uri.scheme.is_empty() {
                uri.opaque = rest.to_owned();
                return Ok(uri);
            }
            if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let has_authority = !uri.scheme.is_empty() || !rest.starts_with("///");
        if let Some(behind) = rest.strip_prefix("//").filter(|_| has_authority) {
            let at = behind.find('/').unwrap_or(behind.len());
            let (authority, path) = behind.split_at_checked(at).unwrap_or((behind, ""));
            uri.set_authority(authority)?;
            rest = path;
        } else if !uri.scheme.is_empty() && rest.starts_with('/') {
            uri.omits_host = true;
        }
        uri.path = unescaped(rest)?;
        if escaped(&uri.path, PATH) != rest {
            uri.raw_path = rest.to_owned();
        }
        Ok(uri)
    }

    fn set_authority(&mut self, authority: &str) -> Result<(), String> {
        let host = match authority.rsplit_once('@') {
            Some((user, host)) => {
                let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
                if !user.bytes().all(is_allowed) {
                    return Err("net/url: invalid userinfo".to_owned());
                }
                unescaped(user)?;
                self.has_user = true;
                host
            }
            None => authority,
        };
        let port = match host.strip_prefix('[') {
            Some(address) => address.rsplit_once(']').ok_or("missing ']' in host")?.1,
            None => host.rfind(':').and_then(|at| host.get(at..)).unwrap_or(""),
        };
        let is_port = port.is_empty()
            || port.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_port {
            return Err(format!("invalid port \"{port}\" after host"));
        }
        let wrong =
            |byte: u8| byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"-._~!$&'()*+,;=:[]<>\"".contains(&byte);
        if let Some(byte) = host.bytes().find(|byte| wrong(*byte)) {
            return Err(format!("invalid character \"{}\" in host name", char::from(byte).escape_default()));
        }
        host.clone_into(&mut self.host);
        Ok(())
    }

    /// The path with escapes: as it was written where that is one way to write it.
    #[cfg(feature = "aws")]
    pub fn escaped_path(&self) -> String {
        let is_sound = |byte: u8| b"!$&'()*+,;=:@[]%".contains(&byte) || !needs_escape(byte, PATH);
        if !self.raw_path.is_empty() && self.raw_path.bytes().all(is_sound) {
            return self.raw_path.clone();
        }
        if self.path == "*" { self.path.clone() } else { escaped(&self.path, PATH) }
    }
}

/// What stands in a path beside letters, digits and `-_.~` without an escape.
const PATH: &[u8] = b"$&+,/:;=@";

/// The scheme of a text, and what stands behind it.
fn scheme(text: &str) -> Result<(&str, &str), String> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((text.get(..at).unwrap_or(""), text.get(at + 1..).unwrap_or(""))),
            _ => break,
        }
    }
    Ok(("", text))
}

fn needs_escape(byte: u8, kept: &[u8]) -> bool {
    !(byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || kept.contains(&byte))
}

fn escaped(text: &str, kept: &[u8]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if needs_escape(byte, kept) {
            escaped.push_str(&format!("%{byte:02X}"));
        } else {
            escaped.push(char::from(byte));
        }
    }
    escaped
}

/// A text with its escapes read.
fn unescaped(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, escape) = rest.split_at_checked(at).unwrap_or((rest, ""));
        bytes.extend(before.as_bytes());
        let digits = escape.as_bytes().get(1..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let Some(byte) = byte.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
            let shown: String = escape.chars().take(3).collect();
            return Err(format!("invalid URL escape {}", crate::rego::value::quotes::quoted(&shown, false)));
        };
        bytes.push(byte);
        rest = escape.get(3..).unwrap_or("");
    }
    bytes.extend(rest.as_bytes());
    Ok(super::encodings::characters(&bytes))
}
