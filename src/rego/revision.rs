//! `Revision`: the digest of all that decides what a program answers.

use super::source::{Dialect, Module};
use crate::sorted::InOrder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The digest of paths, dialects and texts, each with its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub struct Revision([u8; 32]);

// As a list, because what serde compiles for an array has each of its bytes by itself.
impl From<Revision> for Vec<u8> {
    fn from(revision: Revision) -> Self {
        revision.0.to_vec()
    }
}

impl TryFrom<Vec<u8>> for Revision {
    type Error = &'static str;

    fn try_from(bytes: Vec<u8>) -> Result<Self, Self::Error> {
        bytes.try_into().map(Self).map_err(|_| "a revision has 32 bytes")
    }
}

impl Revision {
    /// That of modules in any order.
    pub fn of_modules(modules: &[Module], dialects: &[Dialect]) -> Self {
        let mut parts: Vec<(&Module, Dialect)> = modules.iter().zip(dialects.iter().copied()).collect();
        parts.order_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        let mut digest = Sha256::new();
        for (module, dialect) in parts {
            let dialect: &[u8] = match dialect {
                Dialect::V0 => b"v0",
                Dialect::V1 => b"v1",
            };
            [module.path.as_bytes(), dialect, module.source.as_bytes()].iter().for_each(|part| add(&mut digest, part));
        }
        Self(digest.finalize().into())
    }

    /// That of the modules with a data document, as it is shown.
    pub fn with_data(&self, data: Option<&str>) -> String {
        let mut digest = Sha256::new();
        add(&mut digest, &self.0);
        if let Some(data) = data {
            add(&mut digest, data.as_bytes());
        }
        format!("sha256:{}", hex(&digest.finalize()))
    }
}

/// The revision after a part of the data was replaced, or taken away. It follows from the one before, so that nobody reads all of the data
/// for it: two ways to the same data give two revisions.
pub fn updated(before: &str, path: &[String], part: Option<&str>) -> String {
    let mut digest = Sha256::new();
    add(&mut digest, before.as_bytes());
    digest.update((path.len() as u64).to_be_bytes());
    path.iter().for_each(|step| add(&mut digest, step.as_bytes()));
    if let Some(part) = part {
        add(&mut digest, part.as_bytes());
    }
    format!("sha256:{}", hex(&digest.finalize()))
}

fn add(digest: &mut Sha256, part: &[u8]) {
    digest.update((part.len() as u64).to_be_bytes());
    digest.update(part);
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
