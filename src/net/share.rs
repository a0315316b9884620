//! How much one connection gets of a round.

use super::event_loop::RECEIVE_BUFFER_BYTES;

/// The smallest window, in bytes.
const MIN_WINDOW: usize = 64 * 1024;

/// From so many events in a turn on, the window is made smaller: each may cost the owner time.
const MANY_EVENTS: usize = 4096;

/// From so many inflated bytes on, what is left of the input has to wait for the next turn: it may
/// become a thousand times as much.
pub(super) const MANY_INFLATED_BYTES: u64 = 4 * 1024 * 1024;

/// How much is read at once after a turn with so many events: a connection that gives its owner many
/// is given less.
pub(super) fn next_window(window: usize, events: usize) -> usize {
    match events {
        MANY_EVENTS.. => (window / 2).max(MIN_WINDOW),
        _ => (window * 2).min(RECEIVE_BUFFER_BYTES),
    }
}
