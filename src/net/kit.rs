//! What a loop lends to its connections while it deals with them: the time, memory, randomness.

use std::collections::VecDeque;
use std::sync::Arc;

use super::joint::Joint;
use super::outbox::Outbox;
use super::parcel::Delivery;
use super::random::RandomPool;
use super::tls::stream::Workroom;
use super::veil::VeilRoom;
use crate::protocol::buffer::Buffer;
use crate::protocol::connection::Context;
use crate::protocol::deflate::streams::Streams;
use crate::protocol::message::Assembly;
use crate::protocol::output::Output;
use crate::protocol::pool::Pool;
use crate::protocol::time::Time;

/// What the loop lends to its peers.
#[derive(Debug)]
pub(super) struct Kit {
    pub(super) now: Time,
    pub(super) messages: Pool<Assembly>,
    /// What deflates and inflates.
    pub(super) streams: Streams,
    /// What streams through TLS use while they work.
    pub(super) tls: Workroom,
    /// What veils use.
    pub(super) veils: VeilRoom,
    pub(super) outboxes: Pool<Outbox>,
    /// Received bytes that wait for the next turn.
    pub(super) carries: Pool<Buffer>,
    pub(super) random: RandomPool,
    /// What several of them send alike in a round.
    pub(super) joint: Joint,
    /// The long message that its owner is being shown.
    pub(super) shown: Option<Arc<Assembly>>,
    /// Long messages that are sent on and may have left by now: their memory is used again then.
    pub(super) sent_on: Vec<Arc<Assembly>>,
    /// Parcels that go back to their owners.
    pub(super) delivered: VecDeque<Delivery>,
}

impl Kit {
    /// What the protocol needs, whose output goes there.
    #[inline]
    pub(super) fn context<'k>(&'k mut self, output: &'k mut Output) -> Context<'k> {
        Context {
            now: self.now,
            output,
            messages: &mut self.messages,
            streams: &mut self.streams,
            keys: &mut self.random,
        }
    }

    pub(super) fn new(now: Time) -> Kit {
        Kit {
            now,
            messages: Pool::default(),
            streams: Streams::default(),
            tls: Workroom::default(),
            veils: VeilRoom::default(),
            outboxes: Pool::default(),
            carries: Pool::default(),
            random: RandomPool::new(),
            joint: Joint::default(),
            shown: None,
            sent_on: Vec::new(),
            delivered: VecDeque::new(),
        }
    }
}
