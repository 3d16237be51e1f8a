//! The elliptic curves of NIST, over integers of any size.
//!
//! Points are added by the complete formulas of Renes, Costello and Batina (2015, algorithm 4): no pair of points is a case of its own.
//! How long it takes depends on the numbers: what is secret goes through here only where a scalar was made longer first.

use num_bigint::BigUint;

/// A curve: `y² = x³ - 3x + b` over the integers modulo a prime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// Also named `secp224r1`.
    P224,
    /// Also named `prime256v1`.
    P256,
    /// Also named `secp384r1`.
    P384,
    /// Also named `secp521r1`.
    P521,
}

/// A point that is on its curve, and not the one at infinity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The curve.
    pub curve: Curve,
    /// The first coordinate.
    pub x: BigUint,
    /// The second one.
    pub y: BigUint,
}

impl Curve {
    /// What Go and JSON web keys call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P224 => "P-224",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    /// Bits of the prime and of the order.
    pub const fn bits(self) -> u64 {
        match self {
            Self::P224 => 224,
            Self::P256 => 256,
            Self::P384 => 384,
            Self::P521 => 521,
        }
    }

    /// Bytes of a coordinate.
    pub const fn bytes(self) -> usize {
        self.bits().div_ceil(8) as usize
    }

    /// The curve that an object identifier names.
    pub fn of_id(id: &[u32]) -> Option<Self> {
        match id {
            [1, 3, 132, 0, 33] => Some(Self::P224),
            [1, 2, 840, 10_045, 3, 1, 7] => Some(Self::P256),
            [1, 3, 132, 0, 34] => Some(Self::P384),
            [1, 3, 132, 0, 35] => Some(Self::P521),
            _ => None,
        }
    }

    /// The prime.
    pub fn prime(self) -> BigUint {
        let one = BigUint::from(1_u8);
        let two = |power: u32| &one << power;
        match self {
            Self::P224 => two(224) - two(96) + 1_u8,
            Self::P256 => two(256) - two(224) + two(192) + two(96) - 1_u8,
            Self::P384 => two(384) - two(128) - two(96) + two(32) - 1_u8,
            Self::P521 => two(521) - 1_u8,
        }
    }

    /// The order of the group.
    pub fn order(self) -> BigUint {
        number(match self {
            Self::P224 => "ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d",
            Self::P256 => "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
            Self::P384 => {
                "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"
            }
            Self::P521 => {
                "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"
            }
        })
    }

    /// `b`.
    fn b(self) -> BigUint {
        number(match self {
            Self::P224 => "b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4",
            Self::P256 => "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
            Self::P384 => {
                "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef"
            }
            Self::P521 => {
                "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00"
            }
        })
    }

    /// The point that all others are multiples of.
    pub fn generator(self) -> Point {
        let (x, y) = match self {
            Self::P224 => (
                "b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21",
                "bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34",
            ),
            Self::P256 => (
                "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
                "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
            ),
            Self::P384 => (
                "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
                "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
            ),
            Self::P521 => (
                "c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
                "11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
            ),
        };
        Point { curve: self, x: number(x), y: number(y) }
    }

    /// The point with these coordinates, where it is on the curve.
    pub fn point(self, x: BigUint, y: BigUint) -> Option<Point> {
        let p = self.prime();
        if x >= p || y >= p {
            return None;
        }
        let cube = (&x * &x + &p - 3_u8) * &x + self.b();
        let is_on_curve = (&y * &y) % &p == cube % &p;
        is_on_curve.then_some(Point { curve: self, x, y })
    }

    /// The point that bytes say: four, and both coordinates.
    pub fn point_of_bytes(self, bytes: &[u8]) -> Option<Point> {
        let [4, coordinates @ ..] = bytes else { return None };
        if coordinates.len() != 2 * self.bytes() {
            return None;
        }
        let (x, y) = coordinates.split_at_checked(self.bytes())?;
        self.point(BigUint::from_bytes_be(x), BigUint::from_bytes_be(y))
    }

    /// The point that a private key stands for; nothing where it is none of the curve.
    pub fn public_of(self, d: &BigUint) -> Option<Point> {
        let n = self.order();
        if *d == BigUint::ZERO || *d >= n {
            return None;
        }
        self.sum(&[(&hidden(d, &n), &self.generator())])
    }

    /// The sum of multiples of points; nothing where that is the point at infinity.
    pub fn sum(self, terms: &[(&BigUint, &Point)]) -> Option<Point> {
        let (p, b) = (self.prime(), self.b());
        let bits = terms.iter().map(|(scalar, _)| scalar.bits()).max().unwrap_or(0);
        let mut sum = Projective { x: BigUint::ZERO, y: BigUint::from(1_u8), z: BigUint::ZERO };
        let points: Vec<(&BigUint, Projective)> =
            terms.iter().map(|(scalar, point)| (*scalar, Projective::of(point))).collect();
        for bit in (0..bits).rev() {
            sum = sum.plus(&sum, &p, &b);
            for (scalar, point) in &points {
                let with = sum.plus(point, &p, &b);
                if scalar.bit(bit) {
                    sum = with;
                }
            }
        }
        if sum.z == BigUint::ZERO {
            return None;
        }
        let inverse = sum.z.modinv(&p)?;
        Some(Point { curve: self, x: sum.x * &inverse % &p, y: sum.y * inverse % p })
    }
}

/// The same scalar modulo the order, always one bit longer than that, so that its length says nothing of it.
pub fn hidden(scalar: &BigUint, order: &BigUint) -> BigUint {
    let once = scalar + order;
    if once.bits() > order.bits() { once } else { once + order }
}

fn number(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 16).unwrap_or_default()
}

/// A point as a quotient: `x/z` and `y/z`.
struct Projective {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

impl Projective {
    fn of(point: &Point) -> Self {
        Self { x: point.x.clone(), y: point.y.clone(), z: BigUint::from(1_u8) }
    }

    /// The sum of two points, which may be the same.
    fn plus(&self, other: &Self, p: &BigUint, b: &BigUint) -> Self {
        let times = |left: &BigUint, right: &BigUint| left * right % p;
        let plus = |left: &BigUint, right: &BigUint| {
            let sum = left + right;
            if sum >= *p { sum - p } else { sum }
        };
        let minus = |left: &BigUint, right: &BigUint| {
            if left >= right { left - right } else { left + p - right }
        };
        let thrice = |of: &BigUint| plus(&plus(of, of), of);
        let xx = times(&self.x, &other.x);
        let yy = times(&self.y, &other.y);
        let zz = times(&self.z, &other.z);
        // The products of different coordinates, added crosswise.
        let xy = minus(&times(&plus(&self.x, &self.y), &plus(&other.x, &other.y)), &plus(&xx, &yy));
        let yz = minus(&times(&plus(&self.y, &self.z), &plus(&other.y, &other.z)), &plus(&yy, &zz));
        let xz = minus(&times(&plus(&self.x, &self.z), &plus(&other.x, &other.z)), &plus(&xx, &zz));
        let of_zz = thrice(&minus(&xz, &times(b, &zz)));
        let (less, more) = (minus(&yy, &of_zz), plus(&yy, &of_zz));
        let zz_thrice = thrice(&zz);
        let of_xz = thrice(&minus(&minus(&times(b, &xz), &zz_thrice), &xx));
        let of_xx = minus(&thrice(&xx), &zz_thrice);
        Self {
            x: minus(&times(&xy, &more), &times(&yz, &of_xz)),
            y: plus(&times(&more, &less), &times(&of_xx, &of_xz)),
            z: plus(&times(&yz, &less), &times(&xy, &of_xx)),
        }
    }
}
