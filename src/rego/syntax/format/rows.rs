//! Which row a byte of the text stands on.

/// The starts of all rows, so that a row is found in logarithmic time.
pub(super) struct Rows {
    starts: Vec<u32>,
}

impl Rows {
    pub(super) fn new(source: &str) -> Self {
        let behind_line_ends = source.bytes().zip(1_u32..).filter(|(byte, _)| *byte == b'\n').map(|(_, at)| at);
        Self { starts: std::iter::once(0).chain(behind_line_ends).collect() }
    }

    /// The row of a byte, from zero.
    pub(super) fn of(&self, byte: u32) -> u32 {
        let up_to = self.starts.partition_point(|start| *start <= byte);
        u32::try_from(up_to.saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// The first byte of the row that a byte stands on.
    pub(super) fn start_of(&self, byte: u32) -> u32 {
        let up_to = self.starts.partition_point(|start| *start <= byte);
        up_to.checked_sub(1).and_then(|at| self.starts.get(at)).copied().unwrap_or(0)
    }
}
