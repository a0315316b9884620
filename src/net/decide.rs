//! Requests that the loop decides on by itself, because its owner does not, or there is no room.

use std::rc::Rc;

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::loop_event::Step;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::offer::select_subprotocol;
use crate::protocol::handshake::reply::Reply;

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Accepts a request that nobody decides on, with the first subprotocol that both have.
    pub(super) fn accept_by_itself<'b>(&mut self) -> Step<'b, H> {
        if let Some(turn) = &self.turn
            && let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index)
        {
            let endpoint = Rc::clone(&peer.endpoint);
            let options = &endpoint.options;
            peer.with_connection(&mut self.kit, |connection, cx| {
                let chosen = connection
                    .offer()
                    .ok()
                    .and_then(|offer| select_subprotocol(offer, &options.subprotocols));
                // The request waits for a decision and the choice was offered: nothing can fail.
                let _ = connection.accept(chosen, &options.fields, cx);
            });
        }
        Step::Again
    }

    /// Refuses a request because the loop holds too much of unfinished messages.
    pub(super) fn turn_away<'b>(&mut self) -> Step<'b, H> {
        self.answer_by_itself(ErrorCode::HandshakeTooManyConnections)
    }

    /// Answers a request that the owner does not want to see.
    pub(super) fn answer_by_itself<'b>(&mut self, error: ErrorCode) -> Step<'b, H> {
        if let Some(turn) = &self.turn
            && let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index)
        {
            let reply = Reply::refusal(error);
            peer.with_connection(&mut self.kit, |connection, cx| {
                // A request waits for its answer: nothing can fail.
                let _ = connection.respond_unannounced(&reply, cx);
            });
        }
        Step::Again
    }
}
