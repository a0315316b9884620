//! The loop's budget for unfinished messages, those of TLS among them: who holds how much, and who has to
//! go.

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use crate::protocol::error::ErrorCode;

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Whether unfinished messages pin more than they may.
    pub(super) fn is_over_budget(&self) -> bool {
        self.buffered_bytes > self.max_buffered_bytes
    }

    /// Brings the loop's account of unfinished messages up to date with a connection.
    #[inline]
    pub(super) fn charge(&mut self, index: u32) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        // Who has ended has gone already: it holds what it has until its socket is closed.
        let pinned = match peer.connection.has_ended() {
            true => 0,
            false => peer.connection.pinned_bytes() + peer.link.pinned_bytes(),
        };
        let pinned = u32::try_from(pinned).unwrap_or(u32::MAX);
        if pinned == peer.charged_bytes {
            return;
        }
        let charged = u64::from(std::mem::replace(&mut peer.charged_bytes, pinned));
        self.buffered_bytes = self.buffered_bytes.saturating_sub(charged) + u64::from(pinned);
        if self.is_over_budget() {
            self.fail_largest();
        }
    }

    /// Ends the connection that pins most.
    #[cold]
    fn fail_largest(&mut self) {
        let pinned = |index: &u32| self.live_peer(*index).map_or(0, |peer| peer.charged_bytes);
        let Some(index) = self.slots.indices().max_by_key(pinned) else {
            return;
        };
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        if peer.charged_bytes == 0 {
            return;
        }
        peer.with_connection(&mut self.kit, |connection, cx| {
            connection.fail_later(ErrorCode::BufferBudget, cx);
        });
        let charged = u64::from(std::mem::take(&mut peer.charged_bytes));
        self.buffered_bytes = self.buffered_bytes.saturating_sub(charged);
        self.note_output(index);
        self.enqueue(index);
    }
}
