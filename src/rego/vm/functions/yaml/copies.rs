//! The bound on what the aliases of a document stand for.

use super::super::Failure;

/// How much of a document comes from aliases. OPA's reader refuses documents of which too much does.
#[derive(Default)]
pub struct Copies {
    values: u64,
    /// Those among them that an alias stands for.
    copied: u64,
    /// Aliases inside one another around what is being read.
    pub depth: u64,
}

impl Copies {
    /// Counts a value.
    ///
    /// # Errors
    /// Too much of the document comes from aliases.
    pub fn count(&mut self) -> Result<(), Failure> {
        /// Up to so many values, nearly all may be copies; beyond the second, a tenth.
        const FEW: f64 = 400_000.0;
        const MANY: f64 = 4_000_000.0;
        self.values += 1;
        self.copied += u64::from(self.depth > 0);
        let part = ((self.values as f64 - FEW) / (MANY - FEW)).clamp(0.0, 1.0);
        let allowed = 0.99 - 0.89 * part;
        if self.copied > 100 && self.values > 1_000 && self.copied as f64 / self.values as f64 > allowed {
            return Err(Failure::of_builtin("yaml: document contains excessive aliasing"));
        }
        Ok(())
    }

    /// Ends what may have been a copy.
    pub const fn leave(&mut self, is_copy: bool) {
        self.depth -= is_copy as u64;
    }
}
