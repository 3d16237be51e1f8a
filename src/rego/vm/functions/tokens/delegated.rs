//! Signatures that this build does not verify itself: the driver does, with the cryptography of its platform.
//!
//! It is asked whether a token is signed by one of the keys in a text; all else, such as times and issuers, is judged here.

use super::compact::Compact;
use super::constraints::Constraints;
use super::decode_verify::decoded_where;
use super::header::Header;
use super::{hmac_of, verifies_with_mac};
use crate::rego::value::{Form, Kind, Space, Value};
use crate::rego::vm::functions::asked::{Asked, Question};
use crate::rego::vm::functions::operands::string;
use crate::rego::vm::functions::texts::Draft;
use crate::rego::vm::functions::{Answer, Context, Failure};
use crate::rego::vm::machine::Stop;

/// The builtin of a name, where the driver has a part in it.
pub fn find(name: &str) -> Option<Asked> {
    Some(match name {
        "io.jwt.verify_rs256"
        | "io.jwt.verify_rs384"
        | "io.jwt.verify_rs512"
        | "io.jwt.verify_ps256"
        | "io.jwt.verify_ps384"
        | "io.jwt.verify_ps512"
        | "io.jwt.verify_es256"
        | "io.jwt.verify_es384"
        | "io.jwt.verify_es512"
        | "io.jwt.verify_eddsa" => Asked { arguments: 2, ask, value: said, failure },
        "io.jwt.decode_verify" => Asked { arguments: 2, ask: ask_decoded, value: decoded, failure },
        _ => return None,
    })
}

fn ask(context: &mut Context<'_>, arguments: &[Value]) -> Result<Question, Failure> {
    let &[token, keys] = arguments else { return Err(ended("it takes a token and keys")) };
    // What is no token is none for any key.
    let text = string(context, token, 1)?;
    Compact::of_text(context, &text)?;
    string(context, keys, 2)?;
    question(context, token, keys)
}

fn said(_: &mut Context<'_>, _: &[Value], given: Value) -> Answer {
    is_verified(given).map(Value::boolean)
}

fn ask_decoded(context: &mut Context<'_>, arguments: &[Value]) -> Result<Question, Failure> {
    let &[token, asked] = arguments else { return Err(ended("it takes a token and constraints")) };
    let constraints = Constraints::of_value(context, asked)?;
    let Some(keys) = &constraints.keys else {
        let answer = decoded_where(context, token, &constraints, |context, header, signed, signature| {
            let Some(hash) = hmac_of(&header.alg) else { return Ok(false) };
            verifies_with_mac(context, hash, constraints.secret.as_bytes(), signed, signature)
        });
        return answer.map(Question::Answered);
    };
    let text = string(context, token, 1)?;
    let header = Compact::of_text(context, &text)?.header(context)?;
    Header::of_object(context, header)?;
    // Whatever the header says of algorithms: keys that are none are a failure, and no refusal of the token.
    let keys = context.stores.make_string(Space::Heap, keys)?;
    question(context, token, keys)
}

fn decoded(context: &mut Context<'_>, arguments: &[Value], given: Value) -> Answer {
    let &[token, asked] = arguments else { return Err(ended("it takes a token and constraints")) };
    let constraints = Constraints::of_value(context, asked)?;
    let mut verdict = Some(is_verified(given)?);
    decoded_where(context, token, &constraints, |_, _, _, _| {
        // Undefined or false would be an answer to what nobody has looked at.
        verdict
            .take()
            .ok_or_else(|| ended("this build does not verify a token that lies in another; the full build does"))
    })
}

fn failure(_: &mut Context<'_>, _: &[Value], why: &str, _: bool) -> Answer {
    Err(Failure::of_builtin(why))
}

fn question(context: &mut Context<'_>, token: Value, keys: Value) -> Result<Question, Failure> {
    let question = Draft::write(context, |context, draft| {
        draft.push("[")?;
        draft.push_value(context.stores, token, Form::Json)?;
        draft.push(",")?;
        draft.push_value(context.stores, keys, Form::Json)?;
        draft.push("]")
    });
    question.map(Question::Host)
}

fn is_verified(given: Value) -> Result<bool, Failure> {
    match given.kind() {
        Kind::Boolean(is_verified) => Ok(is_verified),
        _ => Err(ended("what the driver gave is no boolean")),
    }
}

fn ended(why: &str) -> Failure {
    Failure::Stop(Stop::Error { code: "eval_builtin_error", message: format!("io.jwt: {why}") })
}
