//! Documents held to JSON schemas of drafts 4, 6 and 7, in the words of OPA. A schema is compiled as a whole before any document is
//! looked at, so that a mistake anywhere in it is found.

mod check;
mod compile;
mod documents;
mod formats;
mod keywords;
mod numbers;
mod references;
mod report;
mod schema;

use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Space, Value};
use report::Finding;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "json.match_schema" => Function::Two(matches),
        "json.verify_schema" => Function::One(verify),
        _ => return None,
    })
}

fn verify(context: &mut Context<'_>, operand: Value) -> Answer {
    let compiled = documents::of_operand(context, operand).and_then(|root| compile::compile(context, root));
    let told = match compiled {
        Ok(_) => [Value::TRUE, Value::NULL],
        Err(Failure::Wrong { message, .. }) => {
            [Value::FALSE, context.stores.make_string(Space::Heap, &format!("jsonschema: {message}"))?]
        }
        Err(stop) => return Err(stop),
    };
    Ok(context.stores.make_array(Space::Heap, &told)?)
}

fn matches(context: &mut Context<'_>, document: Value, schema: Value) -> Answer {
    let document = documents::of_operand(context, document)?;
    let root = documents::of_operand(context, schema)?;
    let schema = compile::compile(context, root)?;
    let findings = check::check(context, &schema, document)?;
    let list = findings.iter().map(|finding| told(context, finding)).collect::<Result<Vec<_>, _>>()?;
    let list = context.stores.make_array(Space::Heap, &list)?;
    Ok(context.stores.make_array(Space::Heap, &[Value::boolean(findings.is_empty()), list])?)
}

/// A finding as an object.
fn told(context: &mut Context<'_>, finding: &Finding) -> Answer {
    context.charge(8)?;
    let error = format!("{}: {}", finding.field, finding.description);
    let mut pairs = Vec::with_capacity(4);
    for (name, text) in
        [("desc", finding.description.as_str()), ("error", &error), ("field", &finding.field), ("type", finding.kind)]
    {
        let stores = &mut context.stores;
        pairs.push([stores.make_string(Space::Heap, name)?, stores.make_string(Space::Heap, text)?]);
    }
    Ok(context.stores.make_object(Space::Heap, &mut pairs)?)
}
