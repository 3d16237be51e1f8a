//! Hashes, and message authentication codes made with them.

use super::encodings::digits;
use super::texts::read;
use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Space, Value};
use hmac::digest::Digest;
use hmac::digest::core_api::BlockSizeUser;
use hmac::{Mac, SimpleHmac};
use subtle::ConstantTimeEq;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "crypto.md5" => Function::One(|context, text| digest(context, text, Hash::Md5)),
        "crypto.sha1" => Function::One(|context, text| digest(context, text, Hash::Sha1)),
        "crypto.sha256" => Function::One(|context, text| digest(context, text, Hash::Sha256)),
        "crypto.hmac.md5" => Function::Two(|context, text, key| mac(context, text, key, Hash::Md5)),
        "crypto.hmac.sha1" => Function::Two(|context, text, key| mac(context, text, key, Hash::Sha1)),
        "crypto.hmac.sha256" => Function::Two(|context, text, key| mac(context, text, key, Hash::Sha256)),
        "crypto.hmac.sha512" => Function::Two(|context, text, key| mac(context, text, key, Hash::Sha512)),
        "crypto.hmac.equal" => Function::Two(equal),
        _ => return None,
    })
}

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// 16 bytes.
    Md5,
    /// 20 bytes.
    Sha1,
    /// 32 bytes.
    Sha256,
    /// 48 bytes.
    Sha384,
    /// 64 bytes.
    Sha512,
}

impl Hash {
    /// The hash of bytes. It is not charged for.
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => md5::Md5::digest(bytes).to_vec(),
            Self::Sha1 => sha1::Sha1::digest(bytes).to_vec(),
            Self::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(bytes).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(bytes).to_vec(),
        }
    }

    /// The code that authenticates bytes with a key. It is not charged for.
    ///
    /// # Errors
    /// None: a key of any length will do.
    pub fn mac(self, key: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Md5 => mac_of::<md5::Md5>(key, bytes),
            Self::Sha1 => mac_of::<sha1::Sha1>(key, bytes),
            Self::Sha256 => mac_of::<sha2::Sha256>(key, bytes),
            Self::Sha384 => mac_of::<sha2::Sha384>(key, bytes),
            Self::Sha512 => mac_of::<sha2::Sha512>(key, bytes),
        }
    }
}

fn mac_of<D: Digest + BlockSizeUser>(key: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let mac = <SimpleHmac<D> as Mac>::new_from_slice(key);
    let mut mac = mac.map_err(|_| Failure::of_builtin("the key has a length that no code can be made with"))?;
    mac.update(bytes);
    Ok(mac.finalize().into_bytes().to_vec())
}

/// Takes the steps for hashing so many bytes.
pub fn charge_hash(context: &mut Context<'_>, bytes: usize) -> Result<(), Failure> {
    /// Bytes that are hashed in the time of one step.
    const HASHED_A_STEP: u64 = 8;
    /// The last blocks, and those of the key.
    const AT_LEAST: u64 = 32;
    context.charge(AT_LEAST + bytes as u64 / HASHED_A_STEP)
}

/// Whether two codes are the same, in a time that does not tell where they differ.
pub fn is_same_code(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

fn digest(context: &mut Context<'_>, text: Value, hash: Hash) -> Answer {
    let [text] = read(context, [text])?;
    charge_hash(context, text.len as usize)?;
    let hash = hash.of(context.stores.text(text).as_bytes());
    Ok(context.stores.make_string(Space::Heap, &digits(&hash))?)
}

fn mac(context: &mut Context<'_>, text: Value, key: Value, hash: Hash) -> Answer {
    let [text, key] = read(context, [text, key])?;
    charge_hash(context, text.len as usize + key.len as usize)?;
    let mac = hash.mac(context.stores.text(key).as_bytes(), context.stores.text(text).as_bytes())?;
    Ok(context.stores.make_string(Space::Heap, &digits(&mac))?)
}

fn equal(context: &mut Context<'_>, a: Value, b: Value) -> Answer {
    let [a, b] = read(context, [a, b])?;
    Ok(Value::boolean(is_same_code(context.stores.text(a).as_bytes(), context.stores.text(b).as_bytes())))
}
