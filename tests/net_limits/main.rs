//! What the event loop costs: memory, descriptors, processor time; and faults of the system.
//!
//! Each test runs alone in a process of its own, as these can only be measured for a whole
//! process. Those that need strace are run by `tests/net/inject`.

// A helper outside of a test function may unwrap as a test may.
#![allow(clippy::unwrap_used)]

mod allocations;
mod alone;
mod calls;
mod descriptors;
mod faults;
mod memory;
mod served;
mod signals;

// Shared with the tests of what the protocol allocates.
#[allow(dead_code)]
#[path = "../alloc/allocator.rs"]
mod allocator;

// Shared with the tests of the loop's behaviour; not all of it is used here.
#[allow(dead_code)]
#[path = "../net/harness.rs"]
mod harness;
#[allow(dead_code)]
#[path = "../net/wire.rs"]
mod wire;
