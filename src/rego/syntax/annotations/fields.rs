//! The fields of a block: first all of them by their kinds, then what they say, in the order in which OPA looks at
//! them.

use super::super::tree::Span;
use super::decode::{Decoder, Found};
use super::mistake::{Mistake, Row};
use super::references::{self, Term};
use super::resources;
use super::value::{self, Item, Value, quoted};
use super::{Author, Compile, Key, Reference, RelatedResource, Schema, SchemaSource};
use serde_json::{Map, Value as Json};

/// What a block says, before it is known to what it belongs.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub keys: Vec<Key>,
    pub scope: String,
    pub title: String,
    pub description: String,
    pub entrypoint: bool,
    pub organizations: Vec<String>,
    pub related_resources: Vec<RelatedResource>,
    pub authors: Vec<Author>,
    pub schemas: Vec<Schema>,
    pub custom: Map<String, Json>,
    pub compile: Option<Compile>,
}

/// Fields whose parts have been read by their kinds only.
#[derive(Default)]
struct Parts {
    related_resources: Vec<Item>,
    compile: Option<Vec<(Item, Item)>>,
    schemas: Vec<(Span, Vec<(Item, Item)>)>,
    authors: Vec<Item>,
    custom: Vec<(Item, Item)>,
}

/// Reads the fields. Those of a block with mistakes are not to be used.
pub(super) fn read(decoder: &mut Decoder<'_>) -> Result<Fields, Mistake> {
    let mut fields = Fields::default();
    let Some(root) = decoder.root() else { return Ok(fields) };
    let mut parts = Parts::default();
    for entry in decoder.entries(root, "metadata")?.unwrap_or_default() {
        let key_span = decoder.span(entry.key);
        let Some(name) = decoder.text(entry.key_found(), "a key")? else { continue };
        fields.field(&mut parts, decoder, &name, entry.value)?;
        fields.keys.push(Key { name, span: key_span, value: decoder.place(entry.value) });
    }
    if decoder.mistakes.iter().all(|mistake| mistake.is_beyond_opa) {
        fields.check(parts, &mut decoder.mistakes);
    }
    Ok(fields)
}

impl Fields {
    fn field(&mut self, parts: &mut Parts, decoder: &mut Decoder<'_>, name: &str, value: Found) -> Result<(), Mistake> {
        match name {
            "scope" => self.scope = decoder.text(value, "`scope`")?.unwrap_or_default(),
            "title" => self.title = decoder.text(value, "`title`")?.unwrap_or_default(),
            "description" => self.description = decoder.text(value, "`description`")?.unwrap_or_default(),
            "entrypoint" => self.entrypoint = decoder.flag(value, "`entrypoint`")?.unwrap_or_default(),
            "organizations" => {
                for item in decoder.list(value, "`organizations`")?.unwrap_or_default() {
                    self.organizations.extend(decoder.text(item, "an entry of `organizations`")?);
                }
            }
            "related_resources" => {
                for item in decoder.list(value, "`related_resources`")?.unwrap_or_default() {
                    parts.related_resources.extend(decoder.any(item)?);
                }
            }
            "authors" => {
                for item in decoder.list(value, "`authors`")?.unwrap_or_default() {
                    parts.authors.extend(decoder.any(item)?);
                }
            }
            "schemas" => {
                for item in decoder.list(value, "`schemas`")?.unwrap_or_default() {
                    let pairs = decoder.object(item, "an entry of `schemas`")?;
                    parts.schemas.push((decoder.place(item), pairs.unwrap_or_default()));
                }
            }
            "custom" => parts.custom = decoder.object(value, "`custom`")?.unwrap_or_default(),
            "compile" => parts.compile = decoder.object(value, "`compile`")?,
            // OPA passes over keys that it does not know.
            _ => {}
        }
        Ok(())
    }

    fn check(&mut self, parts: Parts, mistakes: &mut Vec<Mistake>) {
        for item in &parts.related_resources {
            match resources::read(item) {
                Ok(resource) => self.related_resources.push(resource),
                Err((why, help)) => {
                    let message = format!("invalid related-resource definition {}: {why}", item.opa_words());
                    mistakes.push(Mistake::new(item.span, Row::Opening, message).with_help(help));
                }
            }
        }
        if let Some(entries) = &parts.compile {
            self.compile = Some(compile(entries, mistakes));
        }
        for (span, pairs) in parts.schemas {
            if pairs.is_empty() {
                mistakes.push(no_document(span));
            }
            for (path, source) in pairs {
                match schema(path, source) {
                    Ok(schema) => self.schemas.push(schema),
                    Err(mistake) => mistakes.push(mistake),
                }
            }
        }
        for item in &parts.authors {
            match author(item) {
                Ok(author) => self.authors.push(author),
                Err((why, help)) => {
                    let message = format!("invalid author definition {}: {why}", item.opa_words());
                    mistakes.push(Mistake::new(item.span, Row::Opening, message).with_help(help));
                }
            }
        }
        for (_, item) in &parts.custom {
            if let Some(path) = item.path_of_odd_key() {
                let message = format!("invalid map key type(s): {path}");
                mistakes.push(Mistake::new(item.span, Row::Opening, message).with_help(ODD_KEY));
            }
        }
        self.custom = value::object(parts.custom);
    }
}

/// How to mend a key that is no text.
pub(super) const ODD_KEY: &str = "put keys that are numbers, dates, `true`, `false` or `null` in quotes";

/// What is wrong with an entry in OPA's words, and how to mend it.
pub(super) type Refused = (String, &'static str);

fn author(item: &Item) -> Result<Author, Refused> {
    if let Some(path) = item.path_of_odd_key() {
        return Err((format!("invalid map key type(s): {path}"), ODD_KEY));
    }
    match &item.value {
        Value::Text(text) => {
            let mut words: Vec<&str> = text.split_whitespace().collect();
            let Some(&last) = words.last() else {
                return Err(("author is an empty string".to_owned(), "write a name, or leave the entry out"));
            };
            let email = last.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
            if email.is_some() {
                words.pop();
            }
            Ok(Author { name: words.join(" "), email: email.unwrap_or_default().to_owned() })
        }
        Value::Map(_) => {
            let (name, email) = (item.text_of("name"), item.text_of("email"));
            if name.is_empty() && email.is_empty() {
                let why = "'name' and/or 'email' values required in object";
                return Err((why.to_owned(), "write `name: …` or `email: …`"));
            }
            Ok(Author { name: name.to_owned(), email: email.to_owned() })
        }
        _ => Err((
            "invalid value type, must be string or map".to_owned(),
            "write `Jane Doe <jane@example.com>`, or `name: …` and `email: …`",
        )),
    }
}

fn compile(entries: &[(Item, Item)], mistakes: &mut Vec<Mistake>) -> Compile {
    let field = |name: &str| entries.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value);
    let mut compile = Compile::default();
    let unknowns = match field("unknowns").map(|item| &item.value) {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    for item in unknowns {
        let Some(text) = item.as_text() else { continue };
        match references::read(text) {
            Some(Term::Reference(parts)) => compile.unknowns.push(reference(item.span, text, parts)),
            _ => {
                let message = format!("invalid unknowns element {}: it is no reference", quoted(text));
                let help = "write a reference below `input` or `data`, as in `input.fruits`";
                mistakes.push(Mistake::new(item.span, Row::Opening, message).with_help(help));
            }
        }
    }
    if let Some(item) = field("mask_rule")
        && let Some(text) = item.as_text()
    {
        let help = "write the reference of a rule, as in `data.filters.mask`";
        match references::read(text) {
            Some(Term::Reference(parts)) => compile.mask_rule = Some(reference(item.span, text, parts)),
            Some(Term::Name(name) | Term::Text(name)) => {
                compile.mask_rule = Some(reference(item.span, text, vec![name]));
            }
            Some(Term::Other) => {
                let message = format!("invalid mask_rule annotation type {}: string", quoted(text));
                mistakes.push(Mistake::new(item.span, Row::Opening, message).with_help(help));
            }
            None => {
                let message = format!("invalid mask_rule annotation {}: it is no term", quoted(text));
                mistakes.push(Mistake::new(item.span, Row::Opening, message).with_help(help));
            }
        }
    }
    compile
}

fn schema(path: Item, source: Item) -> Result<Schema, Mistake> {
    let text = path.as_text().unwrap_or_default();
    let Some(Term::Reference(parts)) = references::read(text) else { return Err(no_document(path.span)) };
    let schema_span = source.span;
    let source = match &source.value {
        Value::Text(text) => match references::read(text) {
            Some(Term::Reference(parts)) if parts.first().is_some_and(|root| root == "schema") => {
                SchemaSource::Reference(reference(schema_span, text, parts))
            }
            Some(Term::Name(name)) if name == "schema" => {
                SchemaSource::Reference(reference(schema_span, text, vec![name]))
            }
            _ => {
                let help = "write a reference below `schema`, as in `schema.input`, or the schema itself";
                return Err(Mistake::new(schema_span, Row::Opening, "invalid schema reference").with_help(help));
            }
        },
        Value::Map(_) if source.path_of_odd_key().is_none() => SchemaSource::Definition(source.into_json()),
        _ => {
            let message = format!("invalid schema declaration for path {}", quoted(text));
            let help =
                "write a reference below `schema`, as in `schema.input`, or the schema as an object with text keys";
            return Err(Mistake::new(schema_span, Row::Opening, message).with_help(help));
        }
    };
    Ok(Schema { path: reference(path.span, text, parts), source, schema_span })
}

fn no_document(span: Span) -> Mistake {
    let help = "write a reference below `input` or `data` as the key, as in `- input.user: schema.user`";
    Mistake::new(span, Row::Opening, "invalid document reference").with_help(help)
}

fn reference(span: Span, text: &str, parts: Vec<String>) -> Reference {
    Reference { span, text: text.to_owned(), parts }
}
