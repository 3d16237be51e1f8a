//! References between the parts of a schema: identifiers, under which parts are known, and what a reference leads to. Nothing outside
//! of the schema is ever fetched.

use super::super::{Context, Failure};
use super::documents::member;
use crate::rego::value::{Kind, Slice, Stores, Value};
use crate::sorted;
use std::rc::Rc;

/// What a schema's identifiers and references lead to.
#[derive(Debug)]
pub struct References {
    root: Value,
    /// Parts that have an identifier, under what that is in full.
    parts: sorted::Map<String, Value>,
    /// What the references of parts are in full, by where the pairs of the part lie.
    full: sorted::Map<(u8, u32), Rc<str>>,
}

/// Where the pairs of a part lie: no two parts have the same.
const fn place(pairs: Slice) -> (u8, u32) {
    (pairs.space as u8, pairs.at)
}

impl References {
    /// Finds the identifiers and references in a schema.
    ///
    /// # Errors
    /// A limit was reached.
    pub fn of(context: &mut Context<'_>, root: Value) -> Result<Self, Failure> {
        let mut found = Self { root, parts: sorted::Map::new(), full: sorted::Map::new() };
        let mut open: Vec<(Value, Rc<str>)> = vec![(root, Rc::from(""))];
        while let Some((value, base)) = open.pop() {
            match value.kind() {
                Kind::Array(items) => {
                    context.charge(1 + u64::from(items.len))?;
                    open.extend(context.stores.items(items).iter().rev().map(|item| (*item, base.clone())));
                }
                Kind::Object(pairs) => {
                    context.charge(2 + u64::from(pairs.len))?;
                    found.look(context, pairs, value, &base, &mut open)?;
                }
                _ => {}
            }
        }
        Ok(found)
    }

    fn look(
        &mut self,
        context: &mut Context<'_>,
        pairs: Slice,
        value: Value,
        base: &Rc<str>,
        open: &mut Vec<(Value, Rc<str>)>,
    ) -> Result<(), Failure> {
        let stores = &*context.stores;
        let text = |name: &str| member(stores, pairs, name).map(|value| stores.as_str(value));
        let mut base = base.clone();
        let mut bytes = 0;
        if let Some(Some(id)) = text("id").or_else(|| text("$id")) {
            bytes += base.len() + id.len();
            let full = resolve(&base, id);
            if self.parts.contains_key(&full) {
                return Ok(());
            }
            self.parts.insert(full.clone(), value);
            base = Rc::from(full);
        }
        if let Some(Some(reference)) = text("$ref") {
            bytes += base.len() + reference.len();
            self.full.insert(place(pairs), Rc::from(resolve(&base, reference)));
        }
        for [key, inner] in stores.pairs(pairs).iter().rev() {
            match stores.as_str(*key).unwrap_or_default() {
                // They are taken as they are.
                "const" | "enum" => {}
                // What they hold is named by those who use the schema, and is no keyword.
                "properties" | "dependencies" | "patternProperties" => {
                    if let Kind::Object(named) = inner.kind() {
                        open.extend(stores.pairs(named).iter().rev().map(|[_, schema]| (*schema, base.clone())));
                    }
                }
                _ => open.push((*inner, base.clone())),
            }
        }
        context.charge(bytes as u64 / 16)
    }

    /// The reference of a part in full.
    pub fn full(&self, pairs: Slice, written: &str) -> Rc<str> {
        self.full.get(&place(pairs)).cloned().unwrap_or_else(|| Rc::from(written))
    }

    /// What a reference in full leads to.
    ///
    /// # Errors
    /// It leads to nothing in the schema.
    pub fn follow(&self, stores: &Stores, full: &str) -> Result<Value, Failure> {
        if let Some(part) = self.parts.get(full) {
            return Ok(*part);
        }
        let (address, fragment) = full.split_once('#').unwrap_or((full, ""));
        let document = if address.is_empty() { Some(self.root) } else { self.parts.get(address).copied() };
        if let Some(document) = document {
            return at_pointer(stores, document, &decoded(fragment));
        }
        let (scheme, rest) = split_scheme(address);
        Err(Failure::of_builtin(if scheme == "file" && rest.starts_with('/') {
            format!("file reference loading disabled: {full}")
        } else if scheme.is_empty() || authority(rest).is_empty() {
            format!("Reference {full} must be canonical")
        } else {
            format!("remote reference loading disabled: {full}")
        }))
    }
}

/// What a pointer leads to. What is none leads nowhere else.
fn at_pointer(stores: &Stores, document: Value, pointer: &str) -> Result<Value, Failure> {
    let Some(path) = pointer.strip_prefix('/') else { return Ok(document) };
    let mut found = document;
    for step in path.split('/') {
        let step = step.replace("~1", "/").replace("~0", "~");
        found = match found.kind() {
            Kind::Object(pairs) => member(stores, pairs, &step)
                .ok_or_else(|| Failure::of_builtin(format!("Object has no key '{step}'")))?,
            Kind::Array(items) => {
                let at = step.parse::<usize>();
                let at = at.map_err(|_| Failure::of_builtin(format!("Invalid array index '{step}'")))?;
                let item = stores.items(items).get(at).copied();
                item.ok_or_else(|| Failure::of_builtin(format!("Out of bound array[0,{}] index '{at}'", items.len)))?
            }
            _ => return Err(Failure::of_builtin(format!("Invalid token reference '{step}'"))),
        };
    }
    Ok(found)
}

/// A text without its percent signs; one that stands for nothing stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = match tail {
            [high, low, ..] if byte == b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                digit(*high).zip(digit(*low)).and_then(|(high, low)| u8::try_from(16 * high + low).ok())
            }
            _ => None,
        };
        bytes.push(code.unwrap_or(byte));
        rest = if code.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The scheme of an address, and what follows it.
fn split_scheme(address: &str) -> (&str, &str) {
    let scheme = address.split_once(':').filter(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    });
    scheme.unwrap_or(("", address))
}

/// The host of what follows a scheme; empty where there is none.
fn authority(rest: &str) -> &str {
    let Some(behind) = rest.strip_prefix("//") else { return "" };
    behind.split(['/', '?']).next().unwrap_or_default()
}

/// A reference in full, from where it stands.
fn resolve(base: &str, reference: &str) -> String {
    let (base_address, base_fragment) = base.split_once('#').unwrap_or((base, ""));
    let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let (full, fragment) = if address.is_empty() {
        (base_address.to_owned(), if fragment.is_empty() { base_fragment } else { fragment })
    } else {
        (joined(base_address, address), fragment)
    };
    if fragment.is_empty() { full } else { format!("{full}#{fragment}") }
}

/// An address from where it stands.
fn joined(base: &str, address: &str) -> String {
    if !split_scheme(address).0.is_empty() {
        return address.to_owned();
    }
    let (scheme, rest) = split_scheme(base);
    let scheme = if scheme.is_empty() { String::new() } else { format!("{scheme}:") };
    if address.starts_with("//") {
        return format!("{scheme}{address}");
    }
    let host = authority(rest);
    let (host, path) = if rest.starts_with("//") {
        (format!("//{host}"), rest.get(2 + host.len()..).unwrap_or_default())
    } else {
        (String::new(), rest)
    };
    let path = path.split('?').next().unwrap_or_default();
    let (given, query) = address.find('?').map_or((address, ""), |at| address.split_at(at));
    let whole = match (given.is_empty(), given.starts_with('/')) {
        (true, _) => path.to_owned(),
        (false, true) => given.to_owned(),
        (false, false) => {
            let folder = path.rfind('/').and_then(|at| path.get(..=at)).unwrap_or_default();
            // Where there is no folder, it is the outermost one.
            format!("{}{folder}{given}", if folder.starts_with('/') { "" } else { "/" })
        }
    };
    format!("{scheme}{host}{}{query}", without_dots(&whole))
}

/// A path without `.` and `..`.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let is_absolute = path.starts_with('/');
    let mut steps = path.split('/').skip(usize::from(is_absolute)).peekable();
    while let Some(step) = steps.next() {
        let is_last = steps.peek().is_none();
        match step {
            "." if is_last => kept.push(""),
            "." => {}
            ".." => {
                kept.pop();
                if is_last {
                    kept.push("");
                }
            }
            _ => kept.push(step),
        }
    }
    format!("{}{}", if is_absolute { "/" } else { "" }, kept.join("/"))
}
