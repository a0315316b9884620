//! What the protocol allocates, and what it does when there is no memory.

#![allow(clippy::unwrap_used)]

mod allocator;
mod deflated;
mod starving;
mod steady;
mod without_transport;

// Shared with the tests of the protocol; not all of it is used here.
#[allow(dead_code)]
#[path = "../protocol/harness.rs"]
mod harness;
#[allow(dead_code)]
#[path = "../protocol/rows.rs"]
mod rows;

use harness::{Driver, FixedKey};
use oxws::protocol::connection::{Connection, Context, Input};
use oxws::protocol::event::Event;

/// Takes all events out of `bytes` and hands each to `take`; the bytes that were left.
pub(crate) fn receive(
    driver: &mut Driver,
    bytes: &mut [u8],
    mut take: impl FnMut(&mut Connection, Event<'_>, &mut Context<'_>),
) -> usize {
    let mut input = Input::new(bytes);
    let (now, output, messages) = (driver.now, &mut driver.output, &mut driver.messages);
    let mut cx =
        Context { now, output, messages, streams: &mut driver.streams, keys: &mut FixedKey };
    while let Some(event) = driver.connection.receive(&mut input, &mut cx) {
        take(&mut driver.connection, event, &mut cx);
    }
    input.len()
}
