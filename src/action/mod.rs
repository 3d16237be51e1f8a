//! May this agent take this action now? Policies, the checks in their one order, state, versions, simulation.

pub mod arguments;
pub mod money;
pub mod policy;
