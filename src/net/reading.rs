//! Reading from a connection's socket: where it goes, and what it means when nothing comes.

use super::kit::Kit;
use super::link::Link;
use super::peer::{Peer, Reading, Writing};
use super::share;
use super::transfer::Transfer;
use crate::protocol::error::ErrorCode;
use crate::protocol::event::Event;
use crate::protocol::time::Time;

/// Reads of the rest of a large frame, where it belongs, as much as a turn may. `None` if no such
/// frame is under way; otherwise what is to be reported, if anything.
#[expect(clippy::option_option)]
pub(super) fn read_direct<'b, C>(peer: &mut Peer<C>, kit: &mut Kit) -> Option<Option<Event<'b>>> {
    let mut event = read_piece(peer, kit)?;
    for _ in 1..share::DIRECT_PIECES {
        if event.is_some() || !peer.reading.has_something() {
            break;
        }
        match read_piece(peer, kit) {
            Some(next) => event = next,
            None => break,
        }
    }
    Some(event)
}

/// Reads once of the rest of a large frame, as `read_direct`.
#[expect(clippy::option_option)]
fn read_piece<'b, C>(peer: &mut Peer<C>, kit: &mut Kit) -> Option<Option<Event<'b>>> {
    let Link::Up(stream) = &mut peer.link else {
        return None;
    };
    let room = peer.connection.direct_room()?;
    let limit = share::direct_piece(room.len());
    let transfer = stream.read(room.get_mut(..limit)?, &mut kit.tls);
    match transfer {
        Transfer::Bytes(count) => {
            if count < limit && stream.is_drained_by_short_read() {
                peer.reading = peer.reading.after_short_read();
            }
            Some(peer.with_connection(kit, |connection, cx| connection.direct_received(count, cx)))
        }
        other => Some(nothing_read(peer, other, kit.now)),
    }
}

/// Reads into the receive buffer, behind `end`.
pub(super) fn read_into<'b, C>(
    peer: &mut Peer<C>,
    kit: &mut Kit,
    place: &mut [u8],
    end: &mut usize,
) -> Option<Event<'b>> {
    let Link::Up(stream) = &mut peer.link else {
        return None;
    };
    if place.is_empty() {
        return None;
    }
    match stream.read(place, &mut kit.tls) {
        Transfer::Bytes(count) => {
            // Whatever comes after the socket was emptied, the system tells of.
            if count < place.len() && stream.is_drained_by_short_read() {
                peer.reading = peer.reading.after_short_read();
            }
            *end += count;
            None
        }
        other => nothing_read(peer, other, kit.now),
    }
}

/// What a read that moved nothing means.
pub(super) fn nothing_read<'b, C>(
    peer: &mut Peer<C>,
    transfer: Transfer,
    now: Time,
) -> Option<Event<'b>> {
    // A part of a record shows that the peer lives, as a part of a frame does.
    if let Link::Up(stream) = &peer.link
        && stream.has_heard()
    {
        peer.connection.note_received(now);
    }
    match transfer {
        Transfer::Bytes(_) => None,
        Transfer::WouldBlock => {
            peer.reading = Reading::Drained;
            None
        }
        Transfer::End => {
            peer.reading = Reading::Ended;
            match peer.writing {
                Writing::Broken(number) => {
                    peer.broken(number);
                    None
                }
                _ => peer.connection.end_of_input(),
            }
        }
        Transfer::Retry => {
            peer.reading = Reading::Later;
            None
        }
        Transfer::Broken(number) => lost(peer, number),
        Transfer::Refused(failure) => {
            peer.reading = Reading::Ended;
            peer.connection.cut_off(failure.error, failure.alert)
        }
    }
}

/// The connection is broken.
fn lost<'b, C>(peer: &mut Peer<C>, number: i32) -> Option<Event<'b>> {
    peer.reading = Reading::Ended;
    peer.writing = Writing::Broken(number);
    peer.connection.lost(ErrorCode::ConnectionReset, number);
    None
}
