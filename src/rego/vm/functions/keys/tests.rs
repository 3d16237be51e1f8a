//! Arithmetic on curves against the crate for P-256, and against numbers that their standards give.
#![allow(clippy::unwrap_used, clippy::field_reassign_with_default, reason = "a test says what is wrong by failing")]

use super::curves::Curve;
use super::ecdsa::{self, PrivateKey};
use crate::rego::value::Stores;
use crate::rego::vm::functions::Context;
use crate::rego::vm::functions::hashes::Hash;
use crate::rego::vm::machine::Request;
use num_bigint::BigUint;

const CURVES: [Curve; 4] = [Curve::P224, Curve::P256, Curve::P384, Curve::P521];

/// Runs with more steps than are needed.
fn with_context<T>(run: impl FnOnce(&mut Context<'_>) -> T) -> T {
    let mut stores = Stores::default();
    stores.units = u64::MAX;
    let request = Request { steps: 0, units: 0, depth: 0, now_ns: None, seed: None, strict_builtin_errors: false };
    let (mut steps, mut prints) = (u64::MAX, Vec::new());
    run(&mut Context { stores: &mut stores, steps: &mut steps, request: &request, prints: &mut prints })
}

fn number(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 16).unwrap()
}

#[test]
fn generators_are_on_their_curves_and_have_their_orders() {
    for curve in CURVES {
        let generator = curve.generator();
        assert_eq!(curve.point(generator.x.clone(), generator.y.clone()), Some(generator.clone()), "{curve:?}");
        assert_eq!(curve.order().bits(), curve.bits());
        assert_eq!(curve.prime().bits(), curve.bits());
        assert_eq!(curve.sum(&[(&curve.order(), &generator)]), None, "{curve:?}");
        let before = curve.order() - 1_u8;
        let opposite = curve.sum(&[(&before, &generator)]).unwrap();
        assert_eq!((&opposite.x, &opposite.y + &generator.y), (&generator.x, curve.prime()), "{curve:?}");
        // A point and its opposite have no sum, and a point with itself has.
        let one = BigUint::from(1_u8);
        assert_eq!(curve.sum(&[(&one, &generator), (&one, &opposite)]), None, "{curve:?}");
        let twice = curve.sum(&[(&BigUint::from(2_u8), &generator)]);
        assert_eq!(curve.sum(&[(&one, &generator), (&one, &generator)]), twice, "{curve:?}");
        assert_eq!(curve.point(generator.x.clone(), generator.y + 1_u8), None, "{curve:?}");
        assert_eq!(curve.point(generator.x + curve.prime(), twice.unwrap().y), None, "{curve:?}");
        for d in [BigUint::ZERO, curve.order(), curve.order() + 1_u8] {
            assert_eq!(curve.public_of(&d), None);
        }
    }
}

#[test]
fn points_of_p256_are_those_of_the_crate() {
    for seed in 1_u8..20 {
        let d = Hash::Sha256.of(&[seed]);
        let own = Curve::P256.public_of(&BigUint::from_bytes_be(&d)).unwrap();
        let theirs = p256::ecdsa::SigningKey::from_slice(&d).unwrap().verifying_key().to_encoded_point(false);
        assert_eq!(Curve::P256.point_of_bytes(theirs.as_bytes()), Some(own));
    }
}

#[test]
fn what_is_signed_on_each_curve_verifies_there() {
    with_context(|context| {
        for curve in CURVES {
            let d = BigUint::from_bytes_be(&Hash::Sha512.of(curve.name().as_bytes())) % curve.order();
            let key = PrivateKey::of_scalar(context, curve, d).unwrap().unwrap();
            for (hash, message) in [(Hash::Sha256, "a"), (Hash::Sha384, "b"), (Hash::Sha512, "c")] {
                let digest = hash.of(message.as_bytes());
                let signature = key.sign(context, hash, &digest).unwrap();
                let (r, s) = signature.split_at(curve.bytes());
                let (r, s) = (BigUint::from_bytes_be(r), BigUint::from_bytes_be(s));
                let mut verifies = |digest: &[u8], r: &BigUint, s: &BigUint| {
                    ecdsa::verifies(context, &key.public, digest, r, s).unwrap()
                };
                assert!(verifies(&digest, &r, &s), "{curve:?} {hash:?}");
                assert!(!verifies(&hash.of(b"other"), &r, &s), "{curve:?} {hash:?}");
                assert!(!verifies(&digest, &s, &r), "{curve:?} {hash:?}");
                for (r, s) in [
                    (BigUint::ZERO, s.clone()),
                    (r.clone(), BigUint::ZERO),
                    (&r + curve.order(), s.clone()),
                    (r.clone(), &s + curve.order()),
                    (BigUint::ZERO, BigUint::ZERO),
                    (curve.order(), curve.order()),
                ] {
                    assert!(!verifies(&digest, &r, &s), "{curve:?} {hash:?}");
                }
            }
        }
    });
}

#[test]
fn signatures_are_those_of_rfc_6979() {
    // On P-256 the number is drawn with SHA-256 alone.
    for (curve, d, signatures) in [
        (
            Curve::P224,
            "f220266e1105bfe3083e03ec7a3a654651f45e37167e88600bf257c1",
            &[
                (
                    Hash::Sha256,
                    "61aa3da010e8e8406c656bc477a7a7189895e7e840cdfe8ff42307ba",
                    "bc814050dab5d23770879494f9e0a680dc1af7161991bde692b10101",
                ),
                (
                    Hash::Sha384,
                    "b115e5e36f0f9ec81f1325a5952878d745e19d7bb3eabfaba77e953",
                    "830f34ccdfe826ccfdc81eb4129772e20e122348a2bbd889a1b1af1d",
                ),
                (
                    Hash::Sha512,
                    "74bd1d979d5f32bf958ddc61e4fb4872adcafeb2256497cdac30397",
                    "a4ceca196c3d5a1ff31027b33185dc8ee43f288b21ab342e5d8eb084",
                ),
            ][..],
        ),
        (
            Curve::P256,
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
            &[(
                Hash::Sha256,
                "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
                "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
            )][..],
        ),
        (
            Curve::P384,
            "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5",
            &[
                (
                    Hash::Sha256,
                    "21b13d1e013c7fa1392d03c5f99af8b30c570c6f98d4ea8e354b63a21d3daa33bde1e888e63355d92fa2b3c36d8fb2cd",
                    "f3aa443fb107745bf4bd77cb3891674632068a10ca67e3d45db2266fa7d1feebefdc63eccd1ac42ec0cb8668a4fa0ab0",
                ),
                (
                    Hash::Sha384,
                    "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46",
                    "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8",
                ),
                (
                    Hash::Sha512,
                    "ed0959d5880ab2d869ae7f6c2915c6d60f96507f9cb3e047c0046861da4a799cfe30f35cc900056d7c99cd7882433709",
                    "512c8cceee3890a84058ce1e22dbc2198f42323ce8aca9135329f03c068e5112dc7cc3ef3446defceb01a45c2667fdd5",
                ),
            ][..],
        ),
        (
            Curve::P521,
            "0fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538",
            &[
                (
                    Hash::Sha256,
                    "1511bb4d675114fe266fc4372b87682baecc01d3cc62cf2303c92b3526012659d16876e25c7c1e57648f23b73564d67f61c6f14d527d54972810421e7d87589e1a7",
                    "4a171143a83163d6df460aaf61522695f207a58b95c0644d87e52aa1a347916e4f7a72930b1bc06dbe22ce3f58264afd23704cbb63b29b931f7de6c9d949a7ecfc",
                ),
                (
                    Hash::Sha384,
                    "1ea842a0e17d2de4f92c15315c63ddf72685c18195c2bb95e572b9c5136ca4b4b576ad712a52be9730627d16054ba40cc0b8d3ff035b12ae75168397f5d50c67451",
                    "1f21a3cee066e1961025fb048bd5fe2b7924d0cd797babe0a83b66f1e35eeaf5fde143fa85dc394a7dee766523393784484bdf3e00114a1c857cde1aa203db65d61",
                ),
                (
                    Hash::Sha512,
                    "c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa",
                    "617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a",
                ),
            ][..],
        ),
    ] {
        for (hash, r, s) in signatures {
            let signature = with_context(|context| {
                let key = PrivateKey::of_scalar(context, curve, number(d)).unwrap().unwrap();
                key.sign(context, *hash, &hash.of(b"sample")).unwrap()
            });
            let wanted = [number(r), number(s)].map(|number| ecdsa::field_bytes(&number, curve).unwrap()).concat();
            assert_eq!(signature, wanted, "{curve:?} {hash:?}");
        }
    }
}

#[test]
fn a_key_that_is_not_that_of_its_point_signs_nothing() {
    with_context(|context| {
        for curve in CURVES {
            let key = PrivateKey { d: BigUint::from(2_u8), public: curve.generator() };
            assert!(key.sign(context, Hash::Sha256, &Hash::Sha256.of(b"a")).is_err(), "{curve:?}");
        }
    });
}
