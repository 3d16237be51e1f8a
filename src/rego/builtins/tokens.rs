//! Builtins of JSON web tokens.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare(
        "io.jwt.decode",
        "(jwt: string) -> output: array<object[any: any], object[any: any], string>",
        "Reads a token without checking its signature.",
    )
    .explain(&[("output", "header, payload and signature, the last in hexadecimal digits")])
    .within(&["tokens"]),
    declare(
        "io.jwt.decode_verify",
        "(jwt: string, constraints: object[string: any]) -> output: array<boolean, object[any: any], object[any: \
         any]>",
        "Reads a token and checks its signature, its times and what else is asked.",
    )
    .explain(&[
        ("constraints", "`cert` or `secret`, and `alg`, `iss`, `aud`, `time`"),
        ("output", "whether all holds, then header and payload, empty where it does not"),
    ])
    .within(&["tokens"])
    .by_the_driver()
    .nondeterministic(),
    declare(
        "io.jwt.encode_sign",
        "(headers: object[string: any], payload: object[string: any], key: object[string: any]) -> output: string",
        "Signs a token.",
    )
    .explain(&[("key", "a JSON web key")])
    .within(&["tokensign"])
    .only_in_full()
    .nondeterministic(),
    declare(
        "io.jwt.encode_sign_raw",
        "(headers: string, payload: string, key: string) -> output: string",
        "Signs a token of JSON texts as they are.",
    )
    .explain(&[("key", "a JSON web key as text")])
    .within(&["tokensign"])
    .only_in_full()
    .nondeterministic(),
    declare(
        "io.jwt.verify_eddsa",
        "(jwt: string, certificate: string) -> result: boolean",
        "Checks the signature of a token made with EdDSA.",
    )
    .explain(&[("certificate", "a certificate or public key as PEM, or JSON web keys")])
    .within(&["tokens"])
    .by_the_driver(),
    declare(
        "io.jwt.verify_es256",
        "(jwt: string, certificate: string) -> result: boolean",
        "Checks the signature of a token made with ECDSA and SHA-256.",
    )
    .explain(&[("certificate", "a certificate or public key as PEM, or JSON web keys")])
    .within(&["tokens"])
    .by_the_driver(),
    declare(
        "io.jwt.verify_es384",
        "(jwt: string, certificate: string) -> result: boolean",
        "Checks the signature of a token made with ECDSA and SHA-384.",
    )
    .explain(&[("certificate", "a certificate or public key as PEM, or JSON web keys")])
    .within(&["tokens"])
    .by_the_driver(),
    declare(
        "io.jwt.verify_es512",
        "(jwt: string, certificate: string) -> result: boolean",
        "Checks the signature of a token made with ECDSA and SHA-512.",
    )
    .explain(&[("certificate", "a certificate or public key as PEM, or JSON web keys")])
    .within(&["tokens"])
    .by_the_driver(),
    declare(
        "io.jwt.verify_hs256",
        "(jwt: string, secret: string) -> result: boolean",
        "Checks the signature of a token made with HMAC and SHA-256.",
    )
    .within(&["tokens"]),
    declare(
        "io.jwt.verify_hs384",
        "(jwt: string, secret: string) -> result: boolean",
        "Checks the signature of a token made with HMAC and SHA-384.",
    )
    .within(&["tokens"]),
    declare(
        "io.jwt.verify_hs512",
        "(jwt: string, secret: string) -> result: boolean",
        "Checks the signature of a token made with HMAC and SHA-512.",
    )
    .within(&["tokens"]),
    declare(
        "io.jwt.verify_ps256",
        "(jwt: string, certificate: string) -> result: boolean",
        "Checks the signature of a token made with RSASSA-PSS and SHA-256.",
    )
    .explain(&[("certificate", "a certificate or public key as PEM, or JSON web keys")])
    .within(&["tokens"])
    .by_the_driver(),
    declare(
        "io.jwt.verify_ps384",
        "(jwt: string, certificate: string) -> result: boolean",
        "Checks the signature of a token made with RSASSA-PSS and SHA-384.",
    )
    .explain(&[("certificate", "a certificate or public key as PEM, or JSON web keys")])
    .within(&["tokens"])
    .by_the_driver(),
    declare(
        "io.jwt.verify_ps512",
        "(jwt: string, certificate: string) -> result: boolean",
        "Checks the signature of a token made with RSASSA-PSS and SHA-512.",
    )
    .explain(&[("certificate", "a certificate or public key as PEM, or JSON web keys")])
    .within(&["tokens"])
    .by_the_driver(),
    declare(
        "io.jwt.verify_rs256",
        "(jwt: string, certificate: string) -> result: boolean",
        "Checks the signature of a token made with RSASSA-PKCS1-v1_5 and SHA-256.",
    )
    .explain(&[("certificate", "a certificate or public key as PEM, or JSON web keys")])
    .within(&["tokens"])
    .by_the_driver(),
    declare(
        "io.jwt.verify_rs384",
        "(jwt: string, certificate: string) -> result: boolean",
        "Checks the signature of a token made with RSASSA-PKCS1-v1_5 and SHA-384.",
    )
    .explain(&[("certificate", "a certificate or public key as PEM, or JSON web keys")])
    .within(&["tokens"])
    .by_the_driver(),
    declare(
        "io.jwt.verify_rs512",
        "(jwt: string, certificate: string) -> result: boolean",
        "Checks the signature of a token made with RSASSA-PKCS1-v1_5 and SHA-512.",
    )
    .explain(&[("certificate", "a certificate or public key as PEM, or JSON web keys")])
    .within(&["tokens"])
    .by_the_driver(),
];
