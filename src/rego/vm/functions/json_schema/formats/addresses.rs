//! Addresses, as Go reads them: it takes more than the standard does.

/// What an address says.
pub struct Address<'t> {
    pub has_scheme: bool,
    /// As it is written.
    pub path: &'t str,
}

/// Takes an address apart; nothing where it is none.
pub fn parse(text: &str) -> Option<Address<'_>> {
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    if text.bytes().chain(fragment.bytes()).any(|byte| byte < b' ' || byte == 0x7f) || !has_escapes(fragment) {
        return None;
    }
    if text == "*" {
        return Some(Address { has_scheme: false, path: text });
    }
    let (has_scheme, rest) = scheme(text)?;
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    if !rest.starts_with('/') {
        if has_scheme {
            // What follows is nobody's path.
            return Some(Address { has_scheme, path: "" });
        }
        if rest.split('/').next().is_some_and(|first| first.contains(':')) {
            return None;
        }
    }
    let mut path = rest;
    if let Some(behind) = rest.strip_prefix("//").filter(|_| has_scheme || !rest.starts_with("///")) {
        let end = behind.find('/').unwrap_or(behind.len());
        let (authority, rest) = behind.split_at_checked(end)?;
        if !is_authority(authority) {
            return None;
        }
        path = rest;
    }
    has_escapes(path).then_some(Address { has_scheme, path })
}

/// Whether there is a scheme, and what follows it. Nothing where a colon has nothing before it.
fn scheme(text: &str) -> Option<(bool, &str)> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return None,
            b':' => return Some((true, text.get(at + 1..)?)),
            _ => break,
        }
    }
    Some((false, text))
}

/// Whether each percent sign begins an escape.
fn has_escapes(text: &str) -> bool {
    let mut parts = text.split('%');
    parts.next();
    parts.all(|behind| matches!(behind.as_bytes(), [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()))
}

fn is_authority(text: &str) -> bool {
    let (user, host) = text.rsplit_once('@').unwrap_or(("", text));
    let is_of_user = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    user.bytes().all(is_of_user) && has_escapes(user) && is_host(host)
}

fn is_host(host: &str) -> bool {
    if host.starts_with('[') {
        let Some((inside, port)) = host.rsplit_once(']') else { return false };
        let inside = inside.get(1..).unwrap_or_default();
        let (address, zone) = inside.split_once("%25").unwrap_or((inside, ""));
        return is_port(port)
            && has_host_bytes(address)
            && is_zone(zone)
            && address.parse::<core::net::Ipv6Addr>().is_ok();
    }
    let (name, port) = host.rfind(':').and_then(|at| host.split_at_checked(at)).unwrap_or((host, ""));
    is_port(port) && has_host_bytes(name)
}

/// Whether a zone has bytes of hosts alone, which may be escaped there, as may be a blank and a percent sign.
fn is_zone(zone: &str) -> bool {
    let mut parts = zone.split('%');
    let is_of_host = |byte: u8| has_host_bytes(char::from(byte).encode_utf8(&mut [0; 4]));
    let are_of_host = |text: &str| text.bytes().all(|byte| byte >= 0x80 || byte != b'%' && is_of_host(byte));
    are_of_host(parts.next().unwrap_or_default())
        && parts.all(|behind| {
            let Some((digits, rest)) = behind.split_at_checked(2) else { return false };
            let is_escape = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            let escaped = u8::from_str_radix(digits, 16).unwrap_or_default();
            let may_be_escaped = matches!(escaped, b' ' | b'%') || escaped < 0x80 && is_of_host(escaped);
            is_escape && may_be_escaped && are_of_host(rest)
        })
}

fn is_port(port: &str) -> bool {
    port.is_empty() || port.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether all bytes may stand in a host. Of escapes, those of bytes beyond ASCII.
fn has_host_bytes(host: &str) -> bool {
    let mut parts = host.split('%');
    let is_of_host =
        |byte: u8| byte >= 0x80 || byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"".contains(&byte);
    let first = parts.next().unwrap_or_default();
    first.bytes().all(is_of_host)
        && parts.all(|behind| match behind.as_bytes() {
            [a @ (b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F'), b, rest @ ..] => {
                a.is_ascii_hexdigit() && b.is_ascii_hexdigit() && rest.iter().all(|byte| is_of_host(*byte))
            }
            _ => false,
        })
}
