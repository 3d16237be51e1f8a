//! May this agent take this action now? Policies, the checks in their one order, state, versions, simulation.

pub mod arguments;
pub mod call;
pub mod checks;
pub mod consumption;
pub mod diff;
pub mod evaluation;
pub mod exceptions;
pub mod merged;
pub mod money;
pub mod policies;
pub mod policy;
pub mod rules;
pub mod service;
pub mod settings;
pub mod simulation;
pub mod state;
pub mod verdict;
