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
    for (curve, hash, d, r, s) in [
        (
            Curve::P384,
            Hash::Sha384,
            "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5",
            "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46",
            "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8",
        ),
        (
            Curve::P521,
            Hash::Sha512,
            "0fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538",
            "0c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa",
            "0617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a",
        ),
    ] {
        let signature = with_context(|context| {
            let key = PrivateKey::of_scalar(context, curve, number(d)).unwrap().unwrap();
            key.sign(context, hash, &hash.of(b"sample")).unwrap()
        });
        let wanted = [number(r), number(s)].map(|number| ecdsa::field_bytes(&number, curve).unwrap()).concat();
        assert_eq!(signature, wanted, "{curve:?}");
    }
}
