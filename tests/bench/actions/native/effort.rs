//! What is measured, and how often.

/// How much is done.
pub struct Effort {
    /// One line of JSON instead of a table.
    pub json: bool,
    /// How many policies: a row for each.
    pub policies: Vec<u32>,
    /// How many records there are in the middle of the measurement.
    pub records: u32,
    /// Rounds that are kept.
    pub rounds: u32,
    /// Calls of each operation in a round.
    pub calls: u32,
}

/// What is kept of a call that was authorized and settled: its reservation, and two entries of the decision log.
pub const RECORDS_OF_A_CALL: u32 = 3;

impl Effort {
    pub fn of(arguments: impl Iterator<Item = String>) -> Self {
        let mut effort = Self { json: false, policies: vec![1, 10, 100], records: 10_000, rounds: 15, calls: 80 };
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut numbers = || -> Vec<u32> {
                let text = arguments.next().unwrap_or_default();
                let number = |part: &str| {
                    part.parse()
                        .ok()
                        .filter(|number| *number > 0)
                        .unwrap_or_else(|| panic!("`{argument}` needs a whole number above 0, and not `{text}`"))
                };
                text.split(',').map(number).collect()
            };
            match argument.as_str() {
                "--json" => effort.json = true,
                "--quick" => effort.rounds = 3,
                "--policies" => effort.policies = numbers(),
                "--records" => effort.records = numbers()[0],
                "--rounds" => effort.rounds = numbers()[0],
                "--calls" => effort.calls = numbers()[0],
                // What cargo passes to every benchmark.
                "--bench" => {}
                unknown => panic!(
                    "there is no option `{unknown}`; there are --json, --quick, --policies, --records, --rounds and --calls"
                ),
            }
        }
        effort
    }

    /// The records before the first round, so that half of what the rounds leave behind comes on each side of `records`.
    pub fn records_before(&self) -> u32 {
        self.records.saturating_sub(self.calls * (self.rounds + 1) * RECORDS_OF_A_CALL / 2)
    }
}
