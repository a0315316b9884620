//! Requests that the loop decides on by itself, because its owner does not, or there is no room.

use std::rc::Rc;

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::kit::Kit;
use super::loop_event::{ConnectionEvent, Step};
use super::peer::Peer;
use super::slots::Id;
use crate::protocol::error::ErrorCode;
use crate::protocol::event::Event;
use crate::protocol::handshake::offer::select_subprotocol;

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Hands a request to the owner, unless the loop decides on it by itself.
    pub(super) fn report_request<'b>(
        &mut self,
        event: Event<'b>,
        is_over_budget: bool,
    ) -> Step<'b, H> {
        let Some(index) = self.turn.as_ref().map(|turn| turn.index) else {
            return Step::Again;
        };
        self.note_client(index, &event);
        let Some(Resource::Peer(peer)) = self.slots.at(index) else {
            return Step::Again;
        };
        let options = &peer.endpoint.options;
        match &event {
            Event::Request(_) if is_over_budget => self.turn_away(),
            Event::Request(_) if !options.decides_requests => self.accept_by_itself(),
            Event::HttpRequest(_) if !options.answers_http => {
                self.answer_by_itself(ErrorCode::HandshakeUpgradeRequired)
            }
            _ => self.connection_event(ConnectionEvent::Protocol(event)),
        }
    }

    /// Accepts a request that nobody decides on, with the first subprotocol that both have.
    fn accept_by_itself<'b>(&mut self) -> Step<'b, H> {
        if let Some(turn) = &self.turn
            && let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index)
        {
            // The request waits for a decision and the choice was offered: nothing can fail.
            let _ = accept_as_usual(peer, &mut self.kit);
        }
        Step::Again
    }

    /// Accepts a request as the loop does by itself: for an owner that only wanted to look at it.
    ///
    /// # Errors
    ///
    /// `NotFound`, `InvalidState`, `Closed`.
    pub fn accept_as_usual(&mut self, id: Id) -> Result<(), ErrorCode> {
        self.operate(id, accept_as_usual)
    }

    /// Refuses a request that the owner was not told of; see [`Connection::refuse_unannounced`].
    ///
    /// [`Connection::refuse_unannounced`]: crate::protocol::connection::Connection::refuse_unannounced
    ///
    /// # Errors
    ///
    /// `NotFound`, `InvalidState`, `Closed`.
    pub fn refuse_unannounced(&mut self, id: Id, error: ErrorCode) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| {
            peer.with_connection(kit, |connection, cx| connection.refuse_unannounced(error, cx))
        })
    }

    /// Refuses a request because the loop holds too much of unfinished messages.
    fn turn_away<'b>(&mut self) -> Step<'b, H> {
        self.answer_by_itself(ErrorCode::HandshakeTooManyConnections)
    }

    /// Answers a request that the owner does not want to see.
    fn answer_by_itself<'b>(&mut self, error: ErrorCode) -> Step<'b, H> {
        if let Some(turn) = &self.turn
            && let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index)
        {
            peer.with_connection(&mut self.kit, |connection, cx| {
                // A request waits for its answer: nothing can fail.
                let _ = connection.refuse_unannounced(error, cx);
            });
        }
        Step::Again
    }
}

fn accept_as_usual<C>(peer: &mut Peer<C>, kit: &mut Kit) -> Result<(), ErrorCode> {
    let endpoint = Rc::clone(&peer.endpoint);
    let options = &endpoint.options;
    peer.with_connection(kit, |connection, cx| {
        let chosen = select_subprotocol(connection.offer()?, &options.subprotocols);
        connection.accept(chosen, &options.fields, cx)
    })
}
