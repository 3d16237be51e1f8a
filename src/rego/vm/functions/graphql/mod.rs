//! GraphQL: queries and schemas as texts or as objects, held to the rules and told in the words of OPA.

mod lexer;
mod parser;
mod prelude;
mod query_parser;
mod report;
mod rules;
mod schema;
mod schema_parser;
mod schema_rules;
mod shapes;
mod tokens;
mod tree;
mod value_reader;
mod value_writer;
mod walk;

use super::operands::{string, wrong_type};
use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Kind, Space, Value};
use report::refused;
use schema::Schema;
use schema_rules::schema;
use std::borrow::Cow;
use tree::{FieldDefinition, QueryDocument, SchemaDocument, Type};
use value_writer::value_of;

/// Units that a document takes while it is looked at, for each byte of its text: a name of one character is a field.
const UNITS_OF_BYTE: u64 = 96;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "graphql.is_valid" => Function::Two(|context, query, schema| {
            let verified = unless_wrong(verified(context, query, schema, false))?;
            Ok(Value::boolean(verified.is_some()))
        }),
        "graphql.parse" => Function::Two(parse),
        "graphql.parse_and_verify" => Function::Two(parse_and_verify),
        "graphql.parse_query" => Function::One(|context, text| {
            let text = text_of(context, text)?;
            let mut document = query_parser::query_document(&text).map_err(refused)?;
            value_of(context, &mut document)
        }),
        "graphql.parse_schema" => Function::One(|context, text| {
            let text = text_of(context, text)?;
            let mut document = schema_parser::schema_document(&text, false).map_err(refused)?;
            value_of(context, &mut document)
        }),
        "graphql.schema_is_valid" => Function::One(|context, operand| {
            let found = is_schema(context, operand);
            Ok(Value::boolean(unless_wrong(found)?.is_some()))
        }),
        _ => return None,
    })
}

/// A text, after what reading it as a document takes has been charged for.
fn text_of(context: &mut Context<'_>, operand: Value) -> Result<String, Failure> {
    let text = string(context, operand, 1)?;
    context.charge(1 + text.len() as u64)?;
    context.room(UNITS_OF_BYTE * text.len() as u64)?;
    Ok(text)
}

fn unless_wrong<T>(found: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Failure::Wrong { .. }) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// The text of an operand that is one.
fn text_if_any(context: &mut Context<'_>, operand: Value) -> Result<String, Failure> {
    match operand.kind() {
        Kind::String(_) => text_of(context, operand),
        _ => Ok(String::new()),
    }
}

fn query_of<'s>(context: &mut Context<'_>, operand: Value, text: &'s str) -> Result<QueryDocument<'s>, Failure> {
    match operand.kind() {
        Kind::String(_) => query_parser::query_document(text).map_err(refused),
        Kind::Object(pairs) => value_reader::read(context, pairs),
        // OPA counts these operands from 0.
        _ => Err(wrong_type(0, operand, &["string", "object"])),
    }
}

fn schema_of<'s>(
    context: &mut Context<'_>,
    operand: Value,
    at: usize,
    text: &'s str,
) -> Result<SchemaDocument<'s>, Failure> {
    match operand.kind() {
        Kind::String(_) => schema_parser::schema_document(text, false).map_err(refused),
        Kind::Object(pairs) => value_reader::read(context, pairs),
        _ => Err(wrong_type(at, operand, &["string", "object"])),
    }
}

fn is_schema(context: &mut Context<'_>, operand: Value) -> Result<(), Failure> {
    let text = text_if_any(context, operand)?;
    let document = schema_of(context, operand, 0, &text)?;
    schema(context, document).map(|_| ())
}

/// A query that is right under a schema, and the schema: as values, where they are wanted.
fn verified(
    context: &mut Context<'_>,
    query: Value,
    schema_operand: Value,
    as_values: bool,
) -> Result<[Value; 2], Failure> {
    let text = text_if_any(context, query)?;
    let mut query = query_of(context, query, &text)?;
    let schema_text = text_if_any(context, schema_operand)?;
    let mut document = schema_of(context, schema_operand, 1, &schema_text)?;
    let mut values = [Value::UNDEFINED; 2];
    if as_values {
        values = [value_of(context, &mut query)?, value_of(context, &mut document)?];
    }
    let schema = schema(context, document)?;
    hold(context, &schema, &query)?;
    Ok(values)
}

/// Holds a query to a schema.
fn hold(context: &mut Context<'_>, schema: &Schema<'_>, query: &QueryDocument<'_>) -> Result<(), Failure> {
    let of_type = Some(Type { name: Cow::Borrowed("String"), ..Type::default() });
    let typename = FieldDefinition { name: Cow::Borrowed("__typename"), of_type, ..FieldDefinition::default() };
    let report = walk::validate(schema, query, &typename, context.steps)?;
    if report.is_empty() { Ok(()) } else { Err(report.into_failure()) }
}

fn parse(context: &mut Context<'_>, query: Value, schema: Value) -> Answer {
    let values = verified(context, query, schema, true)?;
    Ok(context.stores.make_array(Space::Heap, &values)?)
}

fn parse_and_verify(context: &mut Context<'_>, query: Value, schema: Value) -> Answer {
    let [query, schema] = match unless_wrong(verified(context, query, schema, true))? {
        Some(values) => values,
        None => {
            let nothing = context.stores.make_object(Space::Heap, &mut Vec::new())?;
            return Ok(context.stores.make_array(Space::Heap, &[Value::FALSE, nothing, nothing])?);
        }
    };
    Ok(context.stores.make_array(Space::Heap, &[Value::TRUE, query, schema])?)
}
