//! One WebSocket connection without I/O: the only type of the protocol that has a life.
//!
//! It is pulled, never pushed: the transport lends received bytes, takes one event after another
//! until there is none, and writes the output. Nothing here calls out, so nothing can be
//! re-entered. Time, buffers and masking keys are lent for the length of a call.

mod closing;
mod compression;
mod context;
mod deflated;
mod direct;
mod extras;
mod liveness;
mod opening;
mod outgoing;
mod phase;
mod prepared;
mod receive;
mod send;
mod trace;
mod whole;

use std::sync::Arc;

pub use closing::CloseState;
pub use compression::Choice;
pub use context::{Context, Input, KeySource};
#[cfg(test)]
pub(super) use opening::report as empty_report;
pub use outgoing::Piece;
pub use prepared::{Prepared, SharedFrame};
pub use send::put_message;
pub use whole::Whole;

use super::deflate::terms::{Direction, Terms};
use super::error::ErrorCode;
use super::event::{CloseReport, Event};
use super::failure;
use super::frame::SHORT_BYTES;
use super::handshake::client_request::ClientRequest;
use super::handshake::server::ServerHandshake;
use super::message::Assembly;
use super::opcode::Role;
use super::proxy::{Answer, Refusal};
use super::settings::Settings;
use super::stage_times::StageTimes;
use super::time::Time;
use super::version::Version;
use compression::Compression;
use extras::Extras;
use liveness::{Due, Liveness};
use opening::{Opening, Stage};
use phase::Phase;
use trace::Trace;

/// A WebSocket connection, as client or as server, from its first byte to its last.
///
/// An open connection without an unfinished message owns no memory besides itself.
#[derive(Debug)]
pub struct Connection {
    /// `None` while the connection is open, as nearly all are nearly always.
    phase: Option<Box<Phase>>,
    settings: Arc<Settings>,
    message: Option<Box<Assembly>>,
    extras: Option<Box<Extras>>,
    liveness: Liveness,
    trace: Trace,
    role: Role,
    /// Spreads the pings of connections that were opened together, over a tenth either way.
    jitter: u8,
    /// Whether the application does not read for now.
    is_suspended: bool,
}

impl Connection {
    /// A server's side. `jitter` spreads the keepalive pings of different connections.
    pub fn server(settings: Arc<Settings>, now: Time, jitter: u8) -> Connection {
        let stage = Stage::Reading(ServerHandshake::new(settings.limits.head));
        Connection::new(Role::Server, stage, settings, now, jitter)
    }

    /// A client's side, whose request waits until the transport is connected: then it leaves with
    /// [`Connection::start_request`], or by way of the application with
    /// [`Connection::announce_request`].
    pub fn client(
        settings: Arc<Settings>,
        request: Box<ClientRequest>,
        now: Time,
        jitter: u8,
    ) -> Connection {
        Connection::new(Role::Client, Stage::Ready(request), settings, now, jitter)
    }

    /// Either side of a connection whose opening handshake was done elsewhere. The next call of
    /// `receive` reports that it is open.
    pub fn agreed(
        role: Role,
        subprotocol: Option<&str>,
        settings: Arc<Settings>,
        now: Time,
        jitter: u8,
    ) -> Connection {
        let mut connection = Connection::new(role, Stage::Agreed, settings, now, jitter);
        connection.extras = Extras::agreed(Version::LATEST, subprotocol.map(Box::from), None);
        connection.agree();
        connection
    }

    fn new(role: Role, stage: Stage, settings: Arc<Settings>, now: Time, jitter: u8) -> Connection {
        let ms = settings.limits.handshake_timeout_ms;
        let deadline = (ms != 0).then(|| now.after_ms(ms));
        let reached = failure::Stage::Handshake;
        let mut times = StageTimes::default();
        times.reach(reached, now);
        let opening = Opening { stage, deadline, reached, times, is_known: false };
        Connection {
            phase: Some(Box::new(Phase::Opening(opening))),
            settings,
            message: None,
            extras: None,
            liveness: Liveness::new(now),
            trace: Trace::new(),
            role,
            jitter,
            is_suspended: false,
        }
    }

    /// Which side this is.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The limits and deadlines of the connection.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The subprotocol that the handshake agreed on.
    pub fn subprotocol(&self) -> Option<&str> {
        self.extras.as_ref().and_then(|extras| extras.subprotocol.as_deref())
    }

    /// The version that the handshake agreed on; the latest as long as it has not.
    pub fn version(&self) -> Version {
        self.extras.as_ref().map_or(Version::LATEST, |extras| extras.version)
    }

    /// How messages are compressed, if that was agreed on.
    pub fn compression(&self) -> Option<Terms> {
        let extras = self.extras.as_ref()?;
        extras.compression.as_ref().map(Compression::terms)
    }

    /// How this side's messages and the peer's are compressed, if that was agreed on.
    pub fn compression_of_sides(&self) -> Option<(Direction, Direction)> {
        self.compression().map(|terms| (terms.of(self.role), terms.of_peer(self.role)))
    }

    /// Whether the connection is open, and the next data frame begins a message.
    #[inline]
    pub fn awaits_message(&self) -> bool {
        self.is_open() && self.message.is_none()
    }

    /// Whether the connection is open, the next data frame begins a message, and it takes all that are
    /// short, as it is with nearly every connection nearly always.
    pub fn is_calm(&self) -> bool {
        self.awaits_message() && self.settings.limits.largest_whole() >= SHORT_BYTES as u64
    }

    /// A message has come that [`Connection::receive_calmly`] has given.
    #[inline]
    pub fn note_message(&mut self, now: Time) {
        self.liveness.note_message(now);
    }

    /// Whether a ping has not been answered.
    #[inline]
    pub fn awaits_pong(&self) -> bool {
        self.liveness.awaits_pong()
    }

    /// Bytes of memory that an unfinished message pins.
    #[inline]
    pub fn pinned_bytes(&self) -> usize {
        self.message.as_ref().map_or(0, |message| message.pinned_bytes())
    }

    /// When [`Connection::deadline_passed`] is to be called; may change with every call.
    #[inline]
    pub fn deadline(&self) -> Option<Time> {
        match self.phase.as_deref() {
            None if self.is_suspended => None,
            None => self.liveness.deadline(&self.settings.limits, self.jitter),
            Some(Phase::Opening(opening)) => opening.deadline,
            Some(Phase::Closing(closing)) => closing.deadline,
            Some(Phase::Ended(_)) => None,
        }
    }

    /// Whether all that happens to the connection as it is moves its deadline away: it is open and
    /// waits for no pong.
    #[inline]
    pub fn deadline_only_recedes(&self) -> bool {
        self.is_open() && !self.liveness.awaits_pong()
    }

    /// Does what is due at `cx.now`: a ping, or an end, which `receive` then reports. Calling it
    /// too early does nothing.
    pub fn deadline_passed(&mut self, cx: &mut Context<'_>) {
        let is_due = |deadline: Option<Time>| deadline.is_some_and(|at| cx.now >= at);
        match self.phase.as_deref() {
            Some(Phase::Opening(opening)) if is_due(opening.deadline) => self.opening_timed_out(cx),
            Some(Phase::Closing(closing)) if is_due(closing.deadline) => {
                self.abort(ErrorCode::CloseTimeout);
            }
            None => match self.due(cx.now) {
                Due::Nothing => {}
                Due::Ping => {
                    if let Err(error) = self.keep_alive(cx) {
                        self.fail_later(error, cx);
                    }
                }
                Due::Failure(error) => self.fail_later(error, cx),
            },
            _ => {}
        }
    }

    /// What is due of a connection that is open.
    fn due(&self, now: Time) -> Due {
        match self.is_suspended {
            true => Due::Nothing,
            false => self.liveness.due(now, &self.settings.limits, self.jitter),
        }
    }

    /// The peer has stopped sending. What that means is reported by `receive`.
    pub fn end_of_input<'b>(&mut self) -> Option<Event<'b>> {
        if let Some(Phase::Opening(opening)) = self.phase.as_deref_mut()
            && let Stage::Waiting(handshake) = &mut opening.stage
            && let Some(response) = handshake.end_of_input()
        {
            return Some(self.refused(response));
        }
        // After its Close frame the peer need not send anything: the answer is still on its way.
        if self.close_state() != CloseState::CloseReceived {
            self.lost(ErrorCode::ConnectionLost, 0);
        }
        None
    }

    /// The layer below, which is TLS, has given up, or the peer has stopped sending without saying
    /// so in it. A server's answer that ends with the connection may be told nonetheless.
    pub fn cut_off<'b>(&mut self, error: ErrorCode, alert: Option<u8>) -> Option<Event<'b>> {
        if error == ErrorCode::TlsTruncated && self.is_opening() {
            return self.end_of_input();
        }
        if self.close_state() != CloseState::CloseReceived {
            self.transport_failed(error, alert);
        }
        None
    }

    /// The layer below has given up, in a way in which the peer still reads what it is told of it.
    pub fn transport_failed(&mut self, error: ErrorCode, alert: Option<u8>) {
        self.end(Some(error), |report| {
            report.tls_alert = alert;
            report.linger = true;
        });
    }

    /// How far the transport has come on the way to the peer, for the report of an end that comes
    /// before the connection is open, and when that was.
    pub fn transport_reached(&mut self, stage: failure::Stage, now: Time) {
        if let Some(Phase::Opening(opening)) = self.phase.as_deref_mut() {
            opening.reached = stage;
            opening.times.reach(stage, now);
        }
    }

    /// How long the connection has been at each stage, as long as it is opening.
    pub fn stage_times(&self, now: Time) -> Option<StageTimes> {
        let Some(Phase::Opening(opening)) = self.phase.as_deref() else {
            return None;
        };
        let mut times = opening.times;
        times.stop(now);
        Some(times)
    }

    /// A proxy has refused the way to the peer; `receive` reports it.
    pub fn refused_by_proxy(&mut self, refusal: Refusal) {
        self.end(Some(refusal.error), |report| match refusal.answer {
            Answer::Nothing => {}
            Answer::Http(status) => report.http_status = status,
            Answer::Socks(reply) => report.socks_reply = reply,
        });
    }

    /// Something has come of the peer: where `receive` is not given it, as the layer below needs more, or
    /// as it goes another way.
    #[inline]
    pub fn note_received(&mut self, now: Time) {
        self.liveness.note_received(now);
    }

    /// The application does not read for now: silence says nothing about the peer.
    pub fn suspend_liveness(&mut self) {
        self.is_suspended = true;
    }

    /// The application reads again: the peer gets its full time once more.
    pub fn resume_liveness(&mut self, now: Time) {
        self.is_suspended = false;
        self.liveness.resume(now);
    }

    /// Fails the connection for a reason that lies outside of the protocol, such as a budget of
    /// the transport; `receive` reports it.
    pub fn fail_later(&mut self, error: ErrorCode, cx: &mut Context<'_>) {
        if let Some(Event::Closed(report)) = self.fail(error, cx) {
            self.report_again(report);
        }
    }

    /// What the answer that has ended the opening handshake comes to: the report of the end, which has not
    /// been given out, has this error in place of its own.
    pub fn blame(&mut self, error: ErrorCode) {
        if let Some(Phase::Ended(Some(report))) = self.phase.as_deref_mut() {
            report.error = Some(error);
        }
    }

    /// Takes back the report of the end, which `receive` gives out once more: the transport has
    /// something to do before.
    pub fn report_again(&mut self, report: Box<CloseReport>) {
        self.enter(Phase::Ended(Some(report)));
    }
}
