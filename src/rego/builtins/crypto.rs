//! Builtins of hashes, message authentication codes, certificates and keys.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare(
        "crypto.hmac.equal",
        "(mac1: string, mac2: string) -> result: boolean",
        "Compares two codes in a time that does not tell where they differ.",
    ),
    declare(
        "crypto.hmac.md5",
        "(x: string, key: string) -> y: string",
        "Authenticates text with a key and MD5, and writes the code in hexadecimal digits.",
    ),
    declare(
        "crypto.hmac.sha1",
        "(x: string, key: string) -> y: string",
        "Authenticates text with a key and SHA-1, and writes the code in hexadecimal digits.",
    ),
    declare(
        "crypto.hmac.sha256",
        "(x: string, key: string) -> y: string",
        "Authenticates text with a key and SHA-256, and writes the code in hexadecimal digits.",
    ),
    declare(
        "crypto.hmac.sha512",
        "(x: string, key: string) -> y: string",
        "Authenticates text with a key and SHA-512, and writes the code in hexadecimal digits.",
    ),
    declare(
        "crypto.md5",
        "(x: string) -> y: string",
        "Hashes text with MD5 and writes the hash in hexadecimal digits.",
    ),
    declare(
        "crypto.parse_private_keys",
        "(keys: string) -> output: array[object[string: any]]",
        "Reads private keys from PEM.",
    )
    .explain(&[("keys", "PEM, or its Base64")])
    .only_in_full(),
    declare(
        "crypto.sha1",
        "(x: string) -> y: string",
        "Hashes text with SHA-1 and writes the hash in hexadecimal digits.",
    ),
    declare(
        "crypto.sha256",
        "(x: string) -> y: string",
        "Hashes text with SHA-256 and writes the hash in hexadecimal digits.",
    ),
    declare(
        "crypto.x509.parse_and_verify_certificates",
        "(certs: string) -> output: array<boolean, array[object[string: any]]>",
        "Reads a chain of certificates and checks that it leads from the root to the last one.",
    )
    .explain(&[
        ("certs", "the root first, then those between, then the one that is checked"),
        ("output", "whether the chain holds, and the certificates"),
    ])
    .only_in_full(),
    declare(
        "crypto.x509.parse_and_verify_certificates_with_options",
        "(certs: string, options: object[string: any]) -> output: array<boolean, array[object[string: any]]>",
        "Reads a chain of certificates and checks it at a time, for a host name or for uses that are given.",
    )
    .explain(&[
        ("certs", "the root first, then those between, then the one that is checked"),
        ("options", "`DNSName`, `CurrentTime`, `MaxConstraintComparisons`, `KeyUsages`"),
        ("output", "whether the chain holds, and the certificates"),
    ])
    .only_in_full(),
    declare(
        "crypto.x509.parse_certificate_request",
        "(csr: string) -> output: object[string: any]",
        "Reads a request for a certificate.",
    )
    .explain(&[("csr", "PEM or DER, or the Base64 of one")])
    .only_in_full(),
    declare(
        "crypto.x509.parse_certificates",
        "(certs: string) -> output: array[object[string: any]]",
        "Reads certificates without checking them.",
    )
    .explain(&[("certs", "PEM or DER, or the Base64 of one")])
    .only_in_full(),
    declare(
        "crypto.x509.parse_keypair",
        "(cert: string, pem: string) -> output: object[string: any]",
        "Reads a certificate with the private key that belongs to it.",
    )
    .explain(&[("cert", "PEM, or its Base64"), ("pem", "the key as PEM, or its Base64")])
    .only_in_full(),
    declare(
        "crypto.x509.parse_rsa_private_key",
        "(pem: string) -> output: object[string: any]",
        "Reads an RSA key and gives it as a JSON web key.",
    )
    .explain(&[("pem", "PEM, or its Base64")])
    .only_in_full(),
];
