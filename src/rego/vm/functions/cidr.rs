//! `net.cidr_*`: addresses of the internet protocol, and networks of them.

mod merge;
mod network;

use super::operands::string;
use super::{Answer, Context, Failure, Function};
use crate::limits;
use crate::rego::value::{Kind, Space, UNITS_OF_WORD, Value};
use crate::rego::vm::machine::Stop;
use network::Network;
pub use network::address;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "net.cidr_contains" | "net.cidr_overlap" => Function::Two(contains),
        "net.cidr_contains_matches" => Function::Two(contains_matches),
        "net.cidr_expand" => Function::One(expand),
        "net.cidr_intersects" => Function::Two(intersects),
        "net.cidr_is_valid" => Function::One(is_valid),
        "net.cidr_merge" => Function::One(merge::merge),
        _ => return None,
    })
}

/// A network, of an operand that is always told of as the first.
fn network(context: &mut Context<'_>, value: Value) -> Result<Network, Failure> {
    let text = string(context, value, 1)?;
    Network::of_text(&text).ok_or_else(|| Failure::of_builtin(format!("invalid CIDR address: {text}")))
}

/// A network, or an address as the smallest one.
fn network_or_address(context: &mut Context<'_>, value: Value) -> Result<Network, Failure> {
    let text = string(context, value, 1)?;
    let found = address(&text).map(Network::of_address).or_else(|| Network::of_text(&text));
    let message = || format!("not a valid textual representation of an IP address or CIDR: {text}");
    found.ok_or_else(|| Failure::of_builtin(message()))
}

fn contains(context: &mut Context<'_>, network_of: Value, of: Value) -> Answer {
    let (all, some) = (network(context, network_of)?, network_or_address(context, of)?);
    Ok(Value::boolean(all.contains(some)))
}

fn intersects(context: &mut Context<'_>, first: Value, second: Value) -> Answer {
    let (first, second) = (network(context, first)?, network(context, second)?);
    Ok(Value::boolean(first.contains(second) || second.contains(first)))
}

fn is_valid(context: &mut Context<'_>, of: Value) -> Answer {
    if context.stores.as_str(of).is_none() {
        return Ok(Value::FALSE);
    }
    let text = string(context, of, 1)?;
    Ok(Value::boolean(Network::of_text(&text).is_some()))
}

/// All addresses of a network.
fn expand(context: &mut Context<'_>, of: Value) -> Answer {
    let network = network(context, of)?;
    let last = network.last() - network.first();
    if last >= u128::from(limits::RANGE_ELEMENTS) {
        return Err(Failure::Stop(Stop::Limit("range_elements")));
    }
    let count = last as u64 + 1;
    // They are put in the order of their texts.
    context.charge(count * u64::from(2 + count.ilog2()))?;
    context.room(count * UNITS_OF_WORD)?;
    let mut addresses = Vec::new();
    for address in network.first()..=network.last() {
        addresses.push(context.stores.make_string(Space::Heap, &network::text(address))?);
    }
    Ok(context.stores.make_set(Space::Heap, &mut addresses)?)
}

/// What there is to be matched: each with what it is told by.
fn candidates(context: &mut Context<'_>, of: Value, at: usize) -> Result<Vec<(Value, Value)>, Failure> {
    context.charge(u64::from(context.stores.len(of).unwrap_or(1)))?;
    let stores = &*context.stores;
    let all: Vec<(Value, Value)> = match of.kind() {
        Kind::String(_) => return Ok(vec![(of, of)]),
        Kind::Array(items) => {
            stores.items(items).iter().enumerate().map(|(at, item)| (*item, Value::count(at))).collect()
        }
        Kind::Set(elements) => stores.items(elements).iter().map(|element| (*element, *element)).collect(),
        Kind::Object(pairs) => stores.pairs(pairs).iter().map(|[key, value]| (*value, *key)).collect(),
        _ => Vec::new(),
    };
    let text_of = |(value, told): (Value, Value)| match value.kind() {
        Kind::String(_) => Ok((value, told)),
        Kind::Array(items) if items.len > 0 => {
            Ok((stores.items(items).first().copied().unwrap_or(Value::UNDEFINED), told))
        }
        _ => Err(Failure::of_builtin(format!("operand {at}: element must be string or non-empty array"))),
    };
    all.into_iter().map(text_of).collect()
}

/// Which networks contain which networks or addresses.
fn contains_matches(context: &mut Context<'_>, networks: Value, others: Value) -> Answer {
    let networks = candidates(context, networks, 1)?;
    // Nothing is read where there is nothing to be compared.
    let others = if networks.is_empty() { Vec::new() } else { candidates(context, others, 2)? };
    let mut matches = Vec::new();
    if !others.is_empty() {
        let others = others.into_iter().map(|(text, told)| Ok((network_or_address(context, text)?, told)));
        let others = others.collect::<Result<Vec<_>, Failure>>()?;
        for (text, told) in networks {
            let network = network(context, text)?;
            context.charge(others.len() as u64)?;
            for (other, other_told) in &others {
                if network.contains(*other) {
                    context.charge(1)?;
                    matches.push(context.stores.make_array(Space::Heap, &[told, *other_told])?);
                }
            }
        }
    }
    context.charge(matches.len() as u64)?;
    Ok(context.stores.make_set(Space::Heap, &mut matches)?)
}
