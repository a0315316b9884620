//! A connection after its end: what waits is still written, the peer may finish, then its socket is closed.
//!
//! Nothing is reported any more.

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::kit::Kit;
use super::link::Link;
use super::peer::{Intake, Life, Peer, Pressure, Reading, Writing};
use super::transfer::Transfer;
use crate::protocol::opcode::Role;
use crate::protocol::time::Time;

/// How long the peer may take to stop sending after the end, in milliseconds.
const LINGER_MS: u32 = 1000;

/// How long the peer may take none of what waits after the end, where nothing else is configured, in
/// milliseconds.
const LINGER_STALL_MS: u32 = 30_000;

/// How many bytes the peer may still send after the end.
const LINGER_BYTES: u32 = 64 * 1024;

/// What is left of a connection whose end has been reported.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    /// What waits is written, the peer may finish.
    Lingering {
        /// When the socket is dropped, whatever the peer does.
        until: Time,
        /// How many bytes more are read and thrown away.
        bytes: u32,
    },
    /// It is to be removed.
    Over,
}

impl Life {
    /// The connection is live no more, or has come further on its way out.
    pub(super) fn leave(&mut self, leaving: Leaving) {
        match self {
            Life::Leaving(before) => **before = leaving,
            Life::Live => *self = Life::Leaving(Box::new(leaving)),
        }
    }

    /// Whether what waits is written and the peer may finish, after the end.
    pub(super) fn is_lingering(&self) -> bool {
        matches!(self, Life::Leaving(leaving) if matches!(**leaving, Leaving::Lingering { .. }))
    }

    /// Whether the connection is to be removed.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        matches!(self, Life::Leaving(leaving) if **leaving == Leaving::Over)
    }

    fn leaving(&mut self) -> Option<&mut Leaving> {
        match self {
            Life::Live => None,
            Life::Leaving(leaving) => Some(leaving),
        }
    }
}

impl<C> Peer<C> {
    /// The end has been reported: from here on only the socket matters.
    pub(super) fn begin_linger(&mut self, kit: &mut Kit) {
        let until = kit.now.after_ms(LINGER_MS);
        self.life.leave(Leaving::Lingering { until, bytes: LINGER_BYTES });
        self.pressure = Pressure::Low;
        self.intake = Intake::Open;
        self.reading = match self.reading {
            Reading::Drained => Reading::Ready,
            other => other,
        };
        if let Some(carry) = self.carry.take() {
            kit.carries.give_back(carry);
        }
    }

    /// All that waited has been written: from here the peer has its time to finish.
    pub(super) fn linger_from(&mut self, now: Time) {
        if let Some(Leaving::Lingering { until, .. }) = self.life.leaving() {
            *until = now.after_ms(LINGER_MS);
        }
    }

    /// When the socket is dropped whatever the peer does. As long as it takes what waits, it may
    /// take its time. `None` unless it lingers.
    pub(super) fn linger_deadline(&self) -> Option<Time> {
        let Life::Leaving(leaving) = &self.life else { return None };
        let Leaving::Lingering { until, .. } = **leaving else { return None };
        Some(match &self.outbox {
            Some(outbox) if !outbox.is_empty() => {
                let stall_ms = self.endpoint.options.write_stall_timeout_ms;
                let ms = if stall_ms == 0 { LINGER_STALL_MS } else { stall_ms };
                outbox.progress.after_ms(ms)
            }
            _ => until,
        })
    }
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// What is left to be done for a connection after its turn, or after its end.
    pub(super) fn finish_peer(&mut self, index: u32) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        if peer.life.is_lingering()
            && !peer.has_output()
            && let Link::Up(stream) = &mut peer.link
        {
            stream.say_goodbye();
            if peer.connection.role() == Role::Server {
                stream.shut_down_writing();
            }
        }
        let is_over = match peer.life.leaving() {
            None => false,
            Some(Leaving::Over) => true,
            // Nothing can be written any more, or nothing is left to be waited for.
            Some(Leaving::Lingering { .. }) => {
                matches!(peer.writing, Writing::Broken(_))
                    || (peer.reading == Reading::Ended && !peer.has_output())
            }
        };
        if is_over {
            self.remove_peer(index);
        } else {
            self.settle_peer(index);
        }
    }

    /// Takes a connection out of the loop and closes its socket.
    pub(super) fn remove_peer(&mut self, index: u32) {
        let id = self.slots.id_of(index);
        let Some(Resource::Peer(mut peer)) = self.slots.remove(index) else {
            return;
        };
        if let Some(timer) = peer.timer {
            self.timers.cancel(timer);
        }
        peer.drop_output(&mut self.kit);
        self.buffered_bytes = self.buffered_bytes.saturating_sub(u64::from(peer.charged_bytes));
        peer.endpoint.live.set(peer.endpoint.live.get().saturating_sub(1));
        if let (Some(id), true) = (id, peer.refuses_sends) {
            self.mailbox().set_congested(id, false);
        }
        self.close_link(peer.link);
        self.addresses.forget(index);
        self.clients.forget(index);
        self.descriptor_freed();
    }
}

/// Reads and throws away what the peer of a lingering connection still sends.
pub(super) fn drain<C>(peer: &mut Peer<C>, kit: &mut Kit, buffer: &mut [u8]) {
    peer.flush(kit);
    let Link::Up(stream) = &mut peer.link else {
        return;
    };
    if peer.reading == Reading::Ended {
        return;
    }
    let stream = stream.below_tls();
    match stream.read_raw(buffer) {
        Transfer::Bytes(count) => {
            if count < buffer.len() && stream.is_drained_by_short_read() {
                peer.reading = peer.reading.after_short_read();
            }
            let is_flushed = !peer.has_output();
            if let Some(Leaving::Lingering { bytes, .. }) = peer.life.leaving() {
                *bytes = bytes.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
                if *bytes == 0 && is_flushed {
                    peer.life.leave(Leaving::Over);
                }
            }
        }
        Transfer::WouldBlock => peer.reading = Reading::Drained,
        // It may still read what waits for it.
        Transfer::End => peer.reading = Reading::Ended,
        Transfer::Retry | Transfer::Broken(_) | Transfer::Refused(_) => {
            peer.life.leave(Leaving::Over);
        }
    }
}
