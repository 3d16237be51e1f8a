//! What is kept or put in order, for the size of the module: what the standard library has for it is compiled anew for each type, at some
//! KB each, and there are a hundred of them. Here what decides about order works on the places of items alone, once for all types.

mod map;
mod order;
mod places;
mod set;

pub use map::Map;
pub use order::InOrder;
pub use set::Set;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wire;
