//! The figures of the front end, parser, checks and formatter: public policies, time against size, nesting. Times are printed and
//! never judged; what is the same on every machine is.

use crate::{growth, nesting, policies};

/// Prints everything; false where something is not as it must be.
pub fn report() -> Result<bool, String> {
    println!("\n=== the front end, natively, built as the tests are, with little optimization\n");
    let policies = policies::report()?;
    let growth = growth::report()?;
    let nesting = nesting::report()?;
    Ok(policies && growth && nesting)
}
