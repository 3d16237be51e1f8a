//! Certificates, requests for them and keys as the objects that Go makes of them in JSON.

use super::constraints::{Constraints, Subtrees};
use super::extensions::{AlternativeNames, Extension, Extensions};
use super::parse::Certificate;
use super::times;
use crate::rego::vm::functions::keys::curves::Point;
use crate::rego::vm::functions::keys::der::dotted;
use crate::rego::vm::functions::keys::{PrivateKey, PublicKey};
use crate::rego::vm::functions::tree::Tree;
use crate::rego::vm::functions::uris::Uri;
use core::net::{Ipv4Addr, Ipv6Addr};
use num_bigint::BigUint;

/// Fields with their names.
pub type Fields = Vec<(&'static str, Tree)>;

/// The fields of a certificate.
pub fn certificate(of: &Certificate<'_>) -> Fields {
    let mut fields = vec![
        ("Raw", Tree::bytes(of.raw)),
        ("RawTBSCertificate", Tree::bytes(of.signed)),
        ("RawSubjectPublicKeyInfo", Tree::bytes(of.key_info)),
        ("RawSubject", Tree::bytes(of.raw_subject)),
        ("RawIssuer", Tree::bytes(of.raw_issuer)),
        ("Signature", Tree::bytes(&of.signature)),
        ("SignatureAlgorithm", Tree::Number(i64::from(of.algorithm.0))),
        ("PublicKeyAlgorithm", Tree::Number(i64::from(of.key_kind))),
        ("PublicKey", public_key(&of.key)),
        ("Version", Tree::Number(of.version)),
        ("SerialNumber", Tree::Natural(BigUint::from_bytes_be(of.serial))),
        ("Issuer", of.issuer.tree()),
        ("Subject", of.subject.tree()),
        ("NotBefore", Tree::Text(times::text(of.not_before))),
        ("NotAfter", Tree::Text(times::text(of.not_after))),
        ("Extensions", extensions(&of.extensions)),
        ("ExtraExtensions", Tree::Null),
    ];
    fields.extend(known(&of.known));
    fields.extend(names(&of.known.names));
    fields.extend(constraints(of.known.constraints.as_ref(), of.known.constraints_critical));
    fields
}

/// The identifiers of resources that a certificate has, as texts: what OPA adds.
pub fn uri_strings(of: &Certificate<'_>) -> Tree {
    let text = |uri: &Uri| format!("{}{}", uri.scheme, uri.text.get(uri.scheme.len()..).unwrap_or_default());
    Tree::texts(of.known.names.uris.iter().map(text).collect())
}

fn known(of: &Extensions<'_>) -> Fields {
    let bytes = |bytes: Option<&[u8]>| bytes.map_or(Tree::Null, Tree::bytes);
    let ids = |ids: &[Vec<u32>]| Tree::list(ids.iter().map(|id| Tree::numbers(id)).collect());
    let count = |count: Option<i64>| Tree::Number(count.unwrap_or(0));
    let is_zero = |count: Option<i64>| Tree::Boolean(count == Some(0));
    let policies = of.policies.as_deref();
    let mappings = of.policy_mappings.iter().map(|[issuer, subject]| {
        Tree::Object(vec![
            ("IssuerDomainPolicy", Tree::Text(dotted(issuer))),
            ("SubjectDomainPolicy", Tree::Text(dotted(subject))),
        ])
    });
    let uses = of.extended_usage.iter().map(|usage| Tree::Number(i64::from(*usage)));
    vec![
        ("KeyUsage", Tree::Number(of.key_usage)),
        ("UnhandledCriticalExtensions", ids(&of.unhandled)),
        ("ExtKeyUsage", Tree::list(uses.collect())),
        ("UnknownExtKeyUsage", ids(&of.unknown_usage)),
        ("BasicConstraintsValid", Tree::Boolean(of.has_basic_constraints)),
        ("IsCA", Tree::Boolean(of.is_authority)),
        ("MaxPathLen", Tree::Number(of.longest_path)),
        ("MaxPathLenZero", Tree::Boolean(of.has_basic_constraints && of.longest_path == 0)),
        ("SubjectKeyId", bytes(of.subject_key)),
        ("AuthorityKeyId", bytes(of.authority_key)),
        ("OCSPServer", Tree::texts(of.status_servers.clone())),
        ("IssuingCertificateURL", Tree::texts(of.issuers.clone())),
        ("CRLDistributionPoints", Tree::texts(of.revocation_lists.clone())),
        (
            "PolicyIdentifiers",
            policies.map_or(Tree::Null, |ids| Tree::List(ids.iter().map(|id| Tree::numbers(id)).collect())),
        ),
        ("Policies", Tree::texts(policies.unwrap_or_default().iter().map(|id| dotted(id)).collect())),
        ("InhibitAnyPolicy", count(of.inhibit_any_policy)),
        ("InhibitAnyPolicyZero", is_zero(of.inhibit_any_policy)),
        ("InhibitPolicyMapping", count(of.inhibit_policy_mapping)),
        ("InhibitPolicyMappingZero", is_zero(of.inhibit_policy_mapping)),
        ("RequireExplicitPolicy", count(of.require_explicit_policy)),
        ("RequireExplicitPolicyZero", is_zero(of.require_explicit_policy)),
        ("PolicyMappings", Tree::list(mappings.collect())),
    ]
}

/// The extensions as they are written.
pub fn extensions(of: &[Extension<'_>]) -> Tree {
    let extension = |extension: &Extension<'_>| {
        Tree::Object(vec![
            ("Id", Tree::numbers(&extension.id)),
            ("Critical", Tree::Boolean(extension.is_critical)),
            ("Value", Tree::bytes(extension.value)),
        ])
    };
    Tree::list(of.iter().map(extension).collect())
}

/// The other names.
pub fn names(of: &AlternativeNames) -> Fields {
    vec![
        ("DNSNames", Tree::texts(of.hosts.clone())),
        ("EmailAddresses", Tree::texts(of.mails.clone())),
        ("IPAddresses", Tree::texts(of.addresses.iter().map(|address| address_text(address)).collect())),
        ("URIs", Tree::list(of.uris.iter().map(uri).collect())),
    ]
}

fn address_text(bytes: &[u8]) -> String {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Ipv4Addr::from(bytes).to_string();
    }
    <[u8; 16]>::try_from(bytes).map(|bytes| Ipv6Addr::from(bytes).to_string()).unwrap_or_default()
}

fn uri(of: &Uri) -> Tree {
    Tree::Object(vec![
        ("Scheme", Tree::Text(of.scheme.clone())),
        ("Opaque", Tree::Text(of.opaque.clone())),
        ("User", if of.has_user { Tree::Object(Vec::new()) } else { Tree::Null }),
        ("Host", Tree::Text(of.host.clone())),
        ("Path", Tree::Text(of.path.clone())),
        ("RawPath", Tree::Text(of.raw_path.clone())),
        ("OmitHost", Tree::Boolean(of.omits_host)),
        ("ForceQuery", Tree::Boolean(of.forces_query)),
        ("RawQuery", Tree::Text(of.raw_query.clone())),
        ("Fragment", Tree::Text(of.fragment.clone())),
        ("RawFragment", Tree::Text(of.raw_fragment.clone())),
    ])
}

fn constraints(of: Option<&Constraints>, is_critical: bool) -> Fields {
    let empty = Constraints::default();
    let of = of.unwrap_or(&empty);
    let networks = |subtrees: &Subtrees| {
        let network = |(address, mask): &(Vec<u8>, Vec<u8>)| {
            Tree::Object(vec![("IP", Tree::Text(address_text(address))), ("Mask", Tree::bytes(mask))])
        };
        Tree::list(subtrees.networks.iter().map(network).collect())
    };
    vec![
        ("PermittedDNSDomainsCritical", Tree::Boolean(is_critical)),
        ("PermittedDNSDomains", Tree::texts(of.permitted.hosts.clone())),
        ("ExcludedDNSDomains", Tree::texts(of.excluded.hosts.clone())),
        ("PermittedIPRanges", networks(&of.permitted)),
        ("ExcludedIPRanges", networks(&of.excluded)),
        ("PermittedEmailAddresses", Tree::texts(of.permitted.mails.clone())),
        ("ExcludedEmailAddresses", Tree::texts(of.excluded.mails.clone())),
        ("PermittedURIDomains", Tree::texts(of.permitted.uris.clone())),
        ("ExcludedURIDomains", Tree::texts(of.excluded.uris.clone())),
    ]
}

/// A public key.
pub fn public_key(of: &PublicKey) -> Tree {
    match of {
        PublicKey::Rsa(key) => {
            Tree::Object(vec![("N", Tree::Natural(key.n.clone())), ("E", Tree::Natural(key.e.clone()))])
        }
        PublicKey::Ec(point) => Tree::Object(coordinates(point)),
        PublicKey::Ed25519(key) => Tree::bytes(key),
        PublicKey::Other => Tree::Null,
    }
}

fn coordinates(point: &Point) -> Fields {
    vec![
        // What Go knows of a curve stands in fields that it does not write.
        ("Curve", Tree::Object(Vec::new())),
        ("X", Tree::Natural(point.x.clone())),
        ("Y", Tree::Natural(point.y.clone())),
    ]
}

/// A private key.
pub fn private_key(of: &PrivateKey) -> Tree {
    match of {
        PrivateKey::Rsa(key) => {
            let [dp, dq, qinv] =
                key.remainders().map_or([const { Tree::Null }; 3], |numbers| numbers.map(Tree::Natural));
            Tree::Object(vec![
                ("N", Tree::Natural(key.public.n.clone())),
                ("E", Tree::Natural(key.public.e.clone())),
                ("D", Tree::Natural(key.d.clone())),
                ("Primes", Tree::List(key.primes.iter().cloned().map(Tree::Natural).collect())),
                (
                    "Precomputed",
                    Tree::Object(vec![("Dp", dp), ("Dq", dq), ("Qinv", qinv), ("CRTValues", Tree::List(Vec::new()))]),
                ),
            ])
        }
        PrivateKey::Ec(key) => {
            let mut fields = coordinates(&key.public);
            fields.push(("D", Tree::Natural(key.d.clone())));
            Tree::Object(fields)
        }
        PrivateKey::Ed25519(key) => Tree::bytes(&[key.seed, key.public].concat()),
        PrivateKey::Other => Tree::Object(Vec::new()),
    }
}
