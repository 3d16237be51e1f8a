//! A token as it is sent: header, payload and signature in base64, with dots between them.

use crate::rego::value::{Kind, Value};
use crate::rego::vm::functions::encodings::{characters, decoded_url};
use crate::rego::vm::functions::json_texts::value_of;
use crate::rego::vm::functions::operands::member;
use crate::rego::vm::functions::texts::steps_of;
use crate::rego::vm::functions::{Context, Failure};

/// The three parts of a token, in base64.
pub struct Compact<'a> {
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Compact<'a> {
    /// The parts of a text.
    ///
    /// # Errors
    /// It has another number of parts.
    pub fn of_text(context: &mut Context<'_>, text: &'a str) -> Result<Self, Failure> {
        context.charge(steps_of(text.len() as u64))?;
        // Each part is decoded, and read.
        context.room(3 * text.len() as u64)?;
        let mut parts = text.split('.');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(header), Some(payload), Some(signature), None) => Ok(Self { header, payload, signature }),
            (_, None, _, _) => Err(Failure::of_builtin("encoded JWT had no period separators")),
            _ => {
                let found = text.split('.').count();
                Err(Failure::of_builtin(format!("encoded JWT must have 3 sections, found {found}")))
            }
        }
    }

    /// The header, an object.
    ///
    /// # Errors
    /// It is none, or that of a token which is encrypted.
    pub fn header(&self, context: &mut Context<'_>) -> Result<Value, Failure> {
        let text = decoded(context, self.header);
        let text = characters(&text.map_err(|failure| failure.behind("JWT header had invalid encoding"))?);
        let header = object_of_text(context, &text).map_err(|failure| failure.behind("bad JWT header"))?;
        let encryption = member(context, header, "enc")?;
        if encryption != Value::UNDEFINED {
            return Err(Failure::of_builtin("JWT is a JWE object, which is not supported"));
        }
        Ok(header)
    }

    /// The text of the payload.
    ///
    /// # Errors
    /// It is no base64.
    pub fn payload(&self, context: &mut Context<'_>) -> Result<String, Failure> {
        let bytes = decoded(context, self.payload);
        Ok(characters(&bytes.map_err(|failure| failure.behind("JWT payload had invalid encoding"))?))
    }

    /// The bytes of the signature.
    ///
    /// # Errors
    /// It is no base64.
    pub fn signature(&self, context: &mut Context<'_>) -> Result<Vec<u8>, Failure> {
        decoded(context, self.signature)
    }

    /// What is signed.
    pub fn signed(&self) -> String {
        format!("{}.{}", self.header, self.payload)
    }
}

fn decoded(context: &mut Context<'_>, text: &str) -> Result<Vec<u8>, Failure> {
    context.charge(steps_of(text.len() as u64))?;
    decoded_url(text)
}

/// The object that a text says in JSON. Of members with the same name the last one counts.
///
/// # Errors
/// It is none.
pub fn object_of_text(context: &mut Context<'_>, text: &str) -> Result<Value, Failure> {
    let value = value_of(context, text).map_err(|failure| failure.behind("invalid JSON"))?;
    match value.kind() {
        Kind::Object(_) => Ok(value),
        _ => Err(Failure::of_builtin("decoded JSON type was not an Object")),
    }
}
