//! Networks and addresses, of both versions of the protocol as 128 bits: those of version 4 stand behind `::ffff:0:0`.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where the addresses of version 4 begin.
const OF_VERSION_4: u128 = 0xffff << 32;
/// The bits before an address of version 4.
const BITS_BEFORE_4: u32 = 96;

/// The addresses that have their first bits in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: u128,
    /// Of 128 bits.
    bits: u32,
}

/// An address that is written.
pub fn address(text: &str) -> Option<u128> {
    match text.parse().ok()? {
        IpAddr::V4(address) => Some(OF_VERSION_4 | u128::from(address.to_bits())),
        IpAddr::V6(address) => Some(address.to_bits()),
    }
}

/// Whether an address is of version 4.
pub const fn is_of_version_4(address: u128) -> bool {
    address >> 32 == OF_VERSION_4 >> 32
}

/// How an address is written.
pub fn text(address: u128) -> String {
    if is_of_version_4(address) {
        Ipv4Addr::from_bits(address as u32).to_string()
    } else {
        Ipv6Addr::from_bits(address).to_string()
    }
}

impl Network {
    /// A network that is written as an address and how many bits are in common. What is behind those is not kept.
    pub fn of_text(text: &str) -> Option<Self> {
        let (written, bits) = text.split_once('/')?;
        let address = address(written)?;
        if bits.is_empty() || !bits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let bits: u32 = bits.parse().ok()?;
        let bits = if written.contains(':') { bits } else { bits.checked_add(BITS_BEFORE_4)? };
        (bits <= 128).then_some(Self { address, bits }).map(|network| Self { address: network.first(), bits })
    }

    /// The network of one address alone.
    pub const fn of_address(address: u128) -> Self {
        Self { address, bits: 128 }
    }

    /// The network of which an address of version 4 is by its class. It keeps the address.
    pub const fn of_class(address: u128) -> Self {
        let bits = match address as u32 >> 30 {
            0 | 1 => 8,
            2 => 16,
            _ => 24,
        };
        Self { address, bits: BITS_BEFORE_4 + bits }
    }

    /// A network of the addresses from one on, of which as many bits are free.
    pub const fn with_free_bits(first: u128, free: u32) -> Self {
        Self { address: first, bits: 128 - free }
    }

    fn mask(self) -> u128 {
        u128::MAX.checked_shl(128 - self.bits).unwrap_or(0)
    }

    /// Its first address.
    pub fn first(self) -> u128 {
        self.address & self.mask()
    }

    /// Its last address.
    pub fn last(self) -> u128 {
        self.address | !self.mask()
    }

    /// Whether all addresses of another are in it. Those of different versions have none in common.
    pub fn contains(self, other: Self) -> bool {
        is_of_version_4(self.first()) == is_of_version_4(other.first())
            && self.first() <= other.first()
            && other.last() <= self.last()
    }

    /// How it is written.
    pub fn text(self) -> String {
        let bits = if is_of_version_4(self.address) { self.bits.saturating_sub(BITS_BEFORE_4) } else { self.bits };
        format!("{}/{bits}", text(self.address))
    }
}
