//! What a key may be used for, as far as Go has numbers for it.

/// Their names, in the order of their numbers.
pub const NAMES: [&str; 14] = [
    "KeyUsageAny",
    "KeyUsageServerAuth",
    "KeyUsageClientAuth",
    "KeyUsageCodeSigning",
    "KeyUsageEmailProtection",
    "KeyUsageIPSECEndSystem",
    "KeyUsageIPSECTunnel",
    "KeyUsageIPSECUser",
    "KeyUsageTimeStamping",
    "KeyUsageOCSPSigning",
    "KeyUsageMicrosoftServerGatedCrypto",
    "KeyUsageNetscapeServerGatedCrypto",
    "KeyUsageMicrosoftCommercialCodeSigning",
    "KeyUsageMicrosoftKernelCodeSigning",
];

/// Their object identifiers, in the same order.
pub const IDS: [&[u32]; 14] = [
    &[2, 5, 29, 37, 0],
    &[1, 3, 6, 1, 5, 5, 7, 3, 1],
    &[1, 3, 6, 1, 5, 5, 7, 3, 2],
    &[1, 3, 6, 1, 5, 5, 7, 3, 3],
    &[1, 3, 6, 1, 5, 5, 7, 3, 4],
    &[1, 3, 6, 1, 5, 5, 7, 3, 5],
    &[1, 3, 6, 1, 5, 5, 7, 3, 6],
    &[1, 3, 6, 1, 5, 5, 7, 3, 7],
    &[1, 3, 6, 1, 5, 5, 7, 3, 8],
    &[1, 3, 6, 1, 5, 5, 7, 3, 9],
    &[1, 3, 6, 1, 4, 1, 311, 10, 3, 3],
    &[2, 16, 840, 1, 113_730, 4, 1],
    &[1, 3, 6, 1, 4, 1, 311, 2, 1, 22],
    &[1, 3, 6, 1, 4, 1, 311, 61, 1, 1],
];

/// Some of these uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uses(u16);

impl Uses {
    /// The use of a number.
    pub const fn of_number(number: usize) -> Self {
        Self(1 << number)
    }

    /// Adds the use of a number.
    pub const fn add(&mut self, number: usize) {
        self.0 |= Self::of_number(number).0;
    }

    /// Those that are in others too.
    pub const fn in_both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether one of others is in it.
    pub const fn has_any_of(self, other: Self) -> bool {
        !self.in_both(other).is_empty()
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
