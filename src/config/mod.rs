//! Does this CI configuration comply? Policies of `package org` say it: PASS, SOFT_FAIL, HARD_FAIL or ERROR, with rules and reasons.
//!
//! From the files of a bundle ([`load`]) and a configuration with what is known of its pipeline ([`input`]) to a decision
//! ([`decision`]), in the words of the tool that organisations know from their CI; and beside it what that tool passes over in silence
//! ([`silences`]). What an organisation keeps of them with its host, and decides there, is [`service`].

pub mod decision;
pub mod input;
pub mod library;
pub mod lint;
pub mod load;
pub mod newer_syntax;
pub mod policy_name;
pub mod query;
pub mod service;
pub mod silences;
pub mod testing;
pub mod yaml_text;

pub use decision::{Decided, Decision};
pub use load::{ConfigPolicies, Loading};
