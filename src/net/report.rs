//! What a turn hands to the owner, and what the loop deals with by itself instead.
//!
//! When there is something to be handed over, and what comes next, is decided in `turn`.

use std::rc::Rc;
use std::sync::Arc;

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::loop_event::{ConnectionEvent, LoopEvent, Step};
use super::turn::Stage;
use crate::protocol::event::{Announced, CloseReport, Event};

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Hands an event to the owner, unless the loop deals with it by itself.
    #[inline]
    pub(super) fn report_event<'b>(&mut self, event: Event<'b>) -> Step<'b, H> {
        if let Event::Closed(report) = event {
            return self.report_end(report);
        }
        let is_over_budget = self.is_over_budget();
        let Some(turn) = &mut self.turn else {
            return Step::Again;
        };
        let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index) else {
            return Step::Again;
        };
        turn.events += 1;
        match &event {
            // The deadline of the handshake or of the pong is over; the next one may be nearer.
            Event::Open | Event::Pong { round_trip_micros: Some(_), .. } => {
                if let Some(timer) = peer.timer.take() {
                    self.timers.cancel(timer);
                }
                if matches!(event, Event::Open) && peer.endpoint.opened(self.kit.now) {
                    turn.stage = Stage::Release;
                }
            }
            Event::Response(response) if peer.connection.has_ended() => {
                let (index, response) = (turn.index, Arc::clone(response));
                if self.follow(index, &response) {
                    self.turn_to_another();
                    return Step::Again;
                }
            }
            Event::Request(_) | Event::HttpRequest(_) => {
                return self.report_request(event, is_over_budget);
            }
            _ => {}
        }
        self.connection_event(ConnectionEvent::Protocol(event))
    }

    /// Hands the end of a connection to the owner, if he knows of it.
    fn report_end<'b>(&mut self, report: Box<CloseReport>) -> Step<'b, H> {
        let Some(turn) = &mut self.turn else {
            return Step::Again;
        };
        let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index) else {
            return Step::Again;
        };
        // Whoever waits for a parcel hears of it first.
        if peer.has_parcels() {
            peer.return_parcels(&mut self.kit);
            peer.connection.report_again(report);
            return Step::Again;
        }
        turn.events += 1;
        let index = turn.index;
        if let Some(delay_ms) = self.come_back(index, &report) {
            return self.report_return(report, delay_ms);
        }
        let Some(turn) = &mut self.turn else {
            return Step::Again;
        };
        turn.closed = Some(report.linger);
        turn.stage = Stage::Write;
        match report.announced {
            Announced::Nothing => Step::Again,
            Announced::Request | Announced::Connection => {
                self.connection_event(ConnectionEvent::Protocol(Event::Closed(report)))
            }
        }
    }

    /// Tells the owner that the connection has ended, and that it will be made once more.
    fn report_return<'b>(&mut self, report: Box<CloseReport>, delay_ms: u32) -> Step<'b, H> {
        self.turn_to_another();
        self.connection_event(ConnectionEvent::Disconnected { report, delay_ms })
    }

    /// Another connection is in the place of the one that had the turn.
    fn turn_to_another(&mut self) {
        if let Some(turn) = &mut self.turn {
            // What came on the one that has ended is nothing to the other.
            (turn.start, turn.end) = (0, 0);
            turn.has_read = true;
            turn.stage = Stage::Write;
        }
    }

    /// Sends what has waited for the connection to be open.
    pub(super) fn release<'b>(&mut self) -> Step<'b, H> {
        if let Some(turn) = &mut self.turn {
            turn.stage = Stage::Report;
            let index = turn.index;
            self.send_waiting(index);
        }
        Step::Again
    }

    #[inline]
    pub(super) fn connection_event<'b>(&mut self, event: ConnectionEvent<'b>) -> Step<'b, H> {
        let Some(turn) = &self.turn else {
            return Step::Again;
        };
        let id = turn.id;
        let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index) else {
            return Step::Again;
        };
        let (endpoint, user) = (Rc::clone(&peer.endpoint), peer.user);
        Step::Event(LoopEvent::Connection { id, endpoint, user, event })
    }
}
