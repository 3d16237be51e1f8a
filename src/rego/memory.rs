//! The counting allocator: how many bytes the heap holds now.

use cap::Cap;
use std::alloc::System;

/// Counts every allocation of the program, so that an evaluation is stopped before it eats the host's memory, should the cost model of
/// memory be wrong somewhere.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Bytes that the heap holds now. On a machine with threads it counts all of them.
pub fn allocated_bytes() -> u64 {
    ALLOCATOR.allocated() as u64
}
