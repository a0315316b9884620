//! How much one connection gets of a round.

use super::event_loop::RECEIVE_BUFFER_BYTES;

/// The smallest window, in bytes.
const MIN_WINDOW: usize = 64 * 1024;

/// From so many events in a turn on, the window is made smaller: each may cost the owner time.
pub(super) const MANY_EVENTS: usize = 4096;

/// From so many inflated bytes on, what is left of the input has to wait for the next turn: it may
/// become a thousand times as much.
pub(super) const MANY_INFLATED_BYTES: u64 = 4 * 1024 * 1024;

/// How much is read at once while messages come that do not fit into the receive buffer: what is read
/// before their size is known has to be copied.
pub(super) const LARGE_MESSAGE_WINDOW: usize = 16 * 1024;

/// How much of a large frame is read at once: it is to be unmasked before it leaves the caches.
const DIRECT_PIECE_BYTES: usize = 256 * 1024;

/// From here on a frame is not read at once: what is left after a piece is to be worth a read of its own.
const LARGEST_PIECE_BYTES: usize = DIRECT_PIECE_BYTES + MIN_WINDOW;

/// How many such pieces a connection may read in a turn.
pub(super) const DIRECT_PIECES: usize = 4;

/// How much is read at once after a turn with so many events: a connection that gives its owner many
/// is given less.
pub(super) fn next_window(window: usize, events: usize) -> usize {
    match events {
        MANY_EVENTS.. => (window / 2).max(MIN_WINDOW),
        _ => (window * 2).min(RECEIVE_BUFFER_BYTES),
    }
}

/// How much is read at once of a large frame of which so much can be read: no little rest is left.
pub(super) fn direct_piece(room: usize) -> usize {
    match room {
        0..LARGEST_PIECE_BYTES => room,
        _ => DIRECT_PIECE_BYTES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_frame_is_read_in_pieces_and_none_is_little() {
        let kib = |count: usize| count * 1024;
        let cases = [
            (1, 1),
            (kib(256), kib(256)),
            (kib(320) - 1, kib(320) - 1),
            (kib(320), kib(256)),
            (kib(16 * 1024), kib(256)),
        ];
        for (room, piece) in cases {
            assert_eq!(direct_piece(room), piece, "{room}");
        }
    }
}
