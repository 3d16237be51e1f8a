//! The meter of one evaluation: steps, heap and stack against their limits, and the request's clock and seed.
//!
//! The engine calls [`tick`] as it works. State is kept for each thread, because the engine's hook is one for the process.

use crate::limits::{self, EvaluationLimits};
use crate::rego::memory::allocated_bytes;
use crate::rego::syntax::numbers::Bound;
use std::cell::Cell;

/// What one evaluation may use, and what it is told of the world.
#[derive(Debug, Clone, Copy, Default)]
pub struct Allowance {
    /// Steps, heap bytes and answer size.
    pub limits: EvaluationLimits,
    /// The time of the request, in milliseconds since 1970.
    pub now_ms: Option<u64>,
    /// The seed of the request's random values.
    pub seed: Option<u64>,
    /// Whether a failing builtin fails the evaluation.
    pub strict_builtin_errors: bool,
}

/// A limit that stopped an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The step budget is used up.
    Steps,
    /// The heap grew past its budget, or more units of memory were made than there are.
    Memory,
    /// Rules or functions call one another too deeply.
    Depth,
    /// One builtin was asked for more elements than [`limits::RANGE_ELEMENTS`].
    RangeElements,
    /// A format asked for more than [`limits::FORMAT_WIDTH`] characters in one place.
    FormatWidth,
    /// A shift was longer than [`limits::SHIFT_BITS`].
    ShiftBits,
    /// A text held a number whose exponent is beyond [`limits::NUMBER_EXPONENT`].
    NumberExponent,
    /// A text held a number of more than [`limits::NUMBER_DIGITS`] digits.
    NumberDigits,
    /// A path led deeper than [`limits::DATA_NESTING`].
    DataNesting,
    /// A pattern took more than [`limits::REGEX_BYTES`].
    RegexBytes,
    /// A pattern was nested deeper than [`limits::REGEX_NESTING`].
    RegexNesting,
    /// An argument of a function of the host was longer than [`limits::HOST_ARGUMENT_BYTES`].
    HostArgumentBytes,
}

impl From<Bound> for Stopped {
    fn from(bound: Bound) -> Self {
        match bound {
            Bound::Exponent => Self::NumberExponent,
            Bound::Digits => Self::NumberDigits,
        }
    }
}

impl Stopped {
    /// The name of the limit and the value that was in force.
    pub fn limit(self, allowance: &Allowance) -> (&'static str, u64) {
        match self {
            Self::Steps => ("steps", allowance.limits.steps),
            Self::Memory => (limits::MEMORY_NAME, allowance.limits.memory_bytes),
            Self::Depth => limits::DEPTH,
            Self::RangeElements => ("range_elements", limits::RANGE_ELEMENTS),
            Self::FormatWidth => ("format_width", limits::FORMAT_WIDTH),
            Self::ShiftBits => ("shift_bits", limits::SHIFT_BITS),
            Self::NumberExponent => ("number_exponent", limits::NUMBER_EXPONENT),
            Self::NumberDigits => ("number_digits", limits::NUMBER_DIGITS),
            Self::DataNesting => ("data_nesting", limits::DATA_NESTING),
            Self::RegexBytes => ("regex_bytes", limits::REGEX_BYTES),
            Self::RegexNesting => ("regex_nesting", limits::REGEX_NESTING),
            Self::HostArgumentBytes => ("host_argument_bytes", limits::HOST_ARGUMENT_BYTES as u64),
        }
    }
}

/// Steps between two looks at the meter. Small, so that deep recursion is seen long before the stack ends.
pub const STEPS_PER_TICK: u32 = 8;

struct State {
    steps: Cell<u64>,
    steps_limit: Cell<u64>,
    heap_ceiling: Cell<u64>,
    stack_top: Cell<usize>,
    stopped: Cell<Option<Stopped>>,
    later: Cell<u64>,
    allowance: Cell<Allowance>,
}

thread_local! {
    static STATE: State = State {
        steps: Cell::new(0),
        steps_limit: Cell::new(u64::MAX),
        heap_ceiling: Cell::new(u64::MAX),
        stack_top: Cell::new(0),
        stopped: Cell::new(None),
        later: Cell::new(0),
        allowance: Cell::new(Allowance::default()),
    };
}

/// Begins the count of one evaluation.
pub fn start(allowance: Allowance) {
    STATE.with(|state| {
        state.steps.set(0);
        state.steps_limit.set(allowance.limits.steps);
        state.heap_ceiling.set(allocated_bytes().saturating_add(allowance.limits.memory_bytes));
        state.stack_top.set(stack_address());
        state.stopped.set(None);
        state.allowance.set(allowance);
    });
}

/// Counts [`STEPS_PER_TICK`] steps; true when the evaluation must stop. Once true it stays true.
pub fn tick() -> bool {
    STATE.with(|state| {
        if state.stopped.get().is_some() {
            return true;
        }
        let steps = state.steps.get().saturating_add(u64::from(STEPS_PER_TICK));
        state.steps.set(steps);
        let used_stack = state.stack_top.get().abs_diff(stack_address()) as u64;
        let stopped = if steps > state.steps_limit.get() {
            Some(Stopped::Steps)
        } else if allocated_bytes() > state.heap_ceiling.get() {
            Some(Stopped::Memory)
        } else if used_stack > limits::STACK_BYTES {
            Some(Stopped::Depth)
        } else {
            None
        };
        state.stopped.set(stopped);
        stopped.is_some()
    })
}

/// A time, in seconds, that is far behind every one told before. The engine looks at how much has passed since it began, and
/// what it began with may itself be a time told after the stop.
pub fn later() -> u64 {
    const FAR: u64 = 3600;
    STATE.with(|state| {
        state.later.set(state.later.get().saturating_add(FAR));
        state.later.get()
    })
}

/// Counts the work of a builtin before it is done; true when there are not so many steps left.
pub fn charge(steps: u64) -> bool {
    STATE.with(|state| {
        let steps = state.steps.get().saturating_add(steps);
        state.steps.set(steps);
        if steps > state.steps_limit.get() {
            stop(Stopped::Steps);
        }
        state.stopped.get().is_some()
    })
}

/// Stops the evaluation from inside a builtin that was asked for too much.
pub fn stop(reason: Stopped) {
    STATE.with(|state| {
        if state.stopped.get().is_none() {
            state.stopped.set(Some(reason));
        }
    });
}

/// Looks at the heap when the evaluation ends: what the last steps made was not seen by a tick.
pub fn look_at_the_heap() {
    if STATE.with(|state| allocated_bytes() > state.heap_ceiling.get()) {
        stop(Stopped::Memory);
    }
}

/// Steps counted since [`start`].
pub fn steps() -> u64 {
    STATE.with(|state| state.steps.get())
}

/// The limit that stopped the evaluation, if one did. Looked at after every evaluation, whatever the engine answered.
pub fn stopped() -> Option<Stopped> {
    STATE.with(|state| state.stopped.get())
}

/// What the running evaluation was allowed and told.
pub fn allowance() -> Allowance {
    STATE.with(|state| state.allowance.get())
}

/// The address of a local: how far down the stack we are.
#[inline(never)]
fn stack_address() -> usize {
    let local = 0_u8;
    std::hint::black_box(&raw const local) as usize
}
