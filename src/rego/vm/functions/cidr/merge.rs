//! `net.cidr_merge`: as few networks as have all the addresses of some.

use super::network::{Network, address, is_of_version_4};
use super::{Answer, Context, Failure, Space, Value};
use crate::rego::value::Kind;
use crate::sorted::InOrder;

/// Addresses from one to another.
struct Range {
    first: u128,
    last: u128,
    /// The network that it was given as, unless it was merged.
    given: Option<Network>,
}

/// The networks of an array or a set, merged.
pub fn merge(context: &mut Context<'_>, of: Value) -> Answer {
    let (Kind::Array(slice) | Kind::Set(slice)) = of.kind() else {
        return Err(Failure::of_builtin("operand must be an array"));
    };
    let count = u64::from(slice.len);
    context.charge(count * u64::from(2 + count.max(1).ilog2()))?;
    // Each may be written in any length, and leave as many networks behind as an address has bits.
    const STEPS_EACH: u64 = 8;
    context.charge(count * STEPS_EACH)?;
    let mut bytes = 0;
    let mut networks = Vec::with_capacity(slice.len as usize);
    for element in context.stores.items(slice) {
        bytes += context.stores.as_str(*element).map_or(0, |text| text.len() as u64);
        networks.push(network(context, *element)?);
    }
    context.charge(bytes / 32)?;
    let range = |network: Network| Range { first: network.first(), last: network.last(), given: Some(network) };
    let mut ranges: Vec<Range> = networks.into_iter().map(range).collect();
    ranges.order_by_key(|range| (range.last, range.first));
    let mut merged: Vec<Network> = Vec::new();
    let mut open: Option<Range> = None;
    while let Some(range) = ranges.pop() {
        open = Some(match open {
            Some(above) if before(above.first) <= range.last => {
                Range { first: range.first.min(above.first), last: above.last, given: None }
            }
            Some(above) => {
                close(&above, &mut merged);
                range
            }
            None => range,
        });
    }
    if let Some(last) = open {
        close(&last, &mut merged);
    }
    context.charge(merged.len() as u64)?;
    let texts = merged.into_iter().map(|network| context.stores.make_string(Space::Heap, &network.text()));
    let mut texts = texts.collect::<Result<Vec<_>, _>>()?;
    Ok(context.stores.make_set(Space::Heap, &mut texts)?)
}

/// An element: a network, or an address of version 4, which stands for the network of its class.
fn network(context: &Context<'_>, element: Value) -> Result<Network, Failure> {
    let Some(text) = context.stores.as_str(element) else {
        return Err(Failure::of_builtin("element must be string"));
    };
    match address(text) {
        Some(address) if is_of_version_4(address) => Ok(Network::of_class(address)),
        Some(_) => Err(Failure::of_builtin("IPv6 invalid: needs prefix length")),
        None => Network::of_text(text).ok_or_else(|| Failure::of_builtin(format!("invalid CIDR address: {text}"))),
    }
}

/// The address before one; nothing is before the first of its version.
fn before(address: u128) -> u128 {
    let is_first = address == 0 || is_of_version_4(address) && address as u32 == 0;
    if is_first { address } else { address - 1 }
}

/// The networks that have the addresses of a range and no others: each as large as it can be.
fn close(range: &Range, networks: &mut Vec<Network>) {
    if let Some(given) = range.given {
        networks.push(given);
        return;
    }
    let mut first = range.first;
    loop {
        let left = range.last - first;
        // As many bits as the first address has free, and as there are addresses left.
        let fits = match left.checked_add(1) {
            Some(count) => count.ilog2(),
            None => 128,
        };
        let free = first.trailing_zeros().min(fits);
        networks.push(Network::with_free_bits(first, free));
        let size = 1_u128.checked_shl(free);
        match size.and_then(|size| first.checked_add(size)).filter(|next| *next <= range.last) {
            Some(next) => first = next,
            None => return,
        }
    }
}
