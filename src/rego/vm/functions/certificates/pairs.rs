//! `crypto.x509.parse_keypair`: certificates with the private key that belongs to the first of them.

use super::{bounded, charge_parse, objects, parse};
use crate::rego::value::Value;
use crate::rego::vm::functions::encodings::{PLAIN, characters, decoded};
use crate::rego::vm::functions::keys::pem::{self, begins_block};
use crate::rego::vm::functions::keys::{PrivateKey, PublicKey, charge_product, private};
use crate::rego::vm::functions::tree::Tree;
use crate::rego::vm::functions::{Answer, Context, Failure};

/// A private key as the object that Go makes of it. What is made for it is charged for.
pub fn tree(context: &mut Context<'_>, key: &PrivateKey) -> Result<Tree, Failure> {
    if let PrivateKey::Rsa(key) = key {
        charge_product(context, key.public.n.bits(), 64)?;
    }
    Ok(objects::private_key(key))
}

/// Blocks of a text in PEM, in DER, or in the base64 of one: their labels and bytes. Bytes alone are one block with the label that is given.
fn blocks(context: &mut Context<'_>, text: String, label: &str) -> Result<Vec<pem::Block>, Failure> {
    let text = if text.starts_with("-----BEGIN ") {
        text
    } else {
        let bytes = decoded(&text, &PLAIN)?;
        if !bytes.starts_with(b"-----BEGIN ") {
            return Ok(vec![pem::Block { label: label.to_owned(), bytes }]);
        }
        characters(&bytes)
    };
    pem::charge_blocks(context, &text)?;
    let mut blocks = Vec::new();
    let mut rest = if begins_block(&text) { text.as_str() } else { "" };
    while let Some((block, behind)) = pem::first_block(rest) {
        blocks.push(block);
        rest = behind;
    }
    Ok(blocks)
}

fn labels(blocks: &[pem::Block]) -> String {
    let labels: Vec<&str> = blocks.iter().map(|block| block.label.as_str()).take(16).collect();
    format!("[{}]", labels.join(" "))
}

/// The certificates and the key, which belong together.
pub fn parse_keypair(context: &mut Context<'_>, certificates: Value, key: Value) -> Answer {
    // In OPA both are told of as the first.
    let (certificates, key) = (bounded(context, certificates, 1)?, bounded(context, key, 1)?);
    let certificates = blocks(context, certificates, "CERTIFICATE")?;
    let keys = blocks(context, key, "PRIVATE KEY")?;
    let is_key = |block: &&pem::Block| block.label == "PRIVATE KEY" || block.label.ends_with(" PRIVATE KEY");
    let chain: Vec<&pem::Block> = certificates.iter().filter(|block| block.label == "CERTIFICATE").collect();
    let Some(leaf) = chain.first() else {
        return Err(Failure::of_builtin(match certificates.as_slice() {
            [] => "tls: failed to find any PEM data in certificate input".to_owned(),
            [one] if is_key(&one) => "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched".to_owned(),
            others => format!("tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the following types: {}", labels(others)),
        }));
    };
    let Some(key) = keys.iter().find(is_key) else {
        return Err(Failure::of_builtin(match keys.as_slice() {
            [] => "tls: failed to find any PEM data in key input".to_owned(),
            [one] if one.label == "CERTIFICATE" => {
                "tls: found a certificate rather than a key in the PEM for the private key".to_owned()
            }
            others => format!(
                "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM blocks of the following types: {}",
                labels(others)
            ),
        }));
    };
    charge_parse(context, &leaf.bytes)?;
    charge_parse(context, &key.bytes)?;
    let leaf = parse::certificate(&leaf.bytes).map_err(Failure::of_builtin)?;
    let key = private::of_any(context, &key.bytes)?;
    match (&leaf.key, key.public()) {
        (PublicKey::Other, _) => return Err(Failure::of_builtin("tls: unknown public key algorithm")),
        (own, of_key) if *own == of_key => {}
        (PublicKey::Rsa(_), PublicKey::Rsa(_))
        | (PublicKey::Ec(_), PublicKey::Ec(_))
        | (PublicKey::Ed25519(_), PublicKey::Ed25519(_)) => {
            return Err(Failure::of_builtin("tls: private key does not match public key"));
        }
        _ => return Err(Failure::of_builtin("tls: private key type does not match public key type")),
    }
    let bytes: usize = chain.iter().map(|block| block.bytes.len()).sum();
    context.room(8 * bytes as u64)?;
    let key = tree(context, &key)?;
    Tree::Object(vec![
        ("Certificate", Tree::List(chain.iter().map(|block| Tree::bytes(&block.bytes)).collect())),
        ("PrivateKey", key),
        ("SupportedSignatureAlgorithms", Tree::Null),
        ("OCSPStaple", Tree::Null),
        ("SignedCertificateTimestamps", Tree::Null),
        ("Leaf", Tree::Object(objects::certificate(&leaf))),
    ])
    .make(context)
}
