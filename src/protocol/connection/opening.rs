//! The opening handshake as stages of a connection (RFC 6455 section 4), both roles.

use std::sync::Arc;

use crate::protocol::deflate::terms::Terms;
use crate::protocol::error::ErrorCode;
use crate::protocol::event::{Announced, CloseReport, Event, Initiator};
use crate::protocol::failure::{self, FrameHeads};
use crate::protocol::handshake::client::{ClientHandshake, ClientProgress};
use crate::protocol::handshake::client_request::ClientRequest;
use crate::protocol::handshake::fields::Fields;
use crate::protocol::handshake::offer::Offer;
use crate::protocol::handshake::reply::Reply;
use crate::protocol::handshake::response::Response;
use crate::protocol::handshake::server::{Incoming, ServerHandshake, ServerProgress};
use crate::protocol::stage_times::StageTimes;
use crate::protocol::time::Time;

use super::compression::Compression;
use super::{Connection, Context, Extras, Input, Phase};

/// The status of a request that nobody has decided on before its deadline.
const UNDECIDED_STATUS: u16 = 503;

/// How far the opening handshake has come.
#[derive(Debug)]
pub(super) struct Opening {
    pub(super) stage: Stage,
    pub(super) deadline: Option<Time>,
    /// How far the transport has come.
    pub(super) reached: failure::Stage,
    /// How long that took.
    pub(super) times: StageTimes,
    /// Whether the application knew of the connection before anything came.
    pub(super) is_known: bool,
}

#[derive(Debug)]
pub(super) enum Stage {
    /// Server: the request has not come whole.
    Reading(ServerHandshake),
    /// Server: the request has been reported and waits for a decision.
    Deciding(Incoming),
    /// Client: the request waits until the transport is connected.
    Ready(Box<ClientRequest>),
    /// Client: the request is to be reported before it is written.
    Announcing(Box<ClientRequest>),
    /// Client: the application has the request and is to give it back.
    Announced,
    /// Client: the response has not come whole.
    Waiting(ClientHandshake),
    /// Both sides agree; the opening is to be reported.
    Agreed,
}

impl Connection {
    /// Goes on with the handshake, as far as the input reaches.
    pub(super) fn receive_opening<'b>(
        &mut self,
        input: &mut Input<'b>,
        cx: &mut Context<'_>,
    ) -> Option<Event<'b>> {
        let Some(Phase::Opening(opening)) = self.phase.as_deref_mut() else {
            return None;
        };
        match &mut opening.stage {
            Stage::Deciding(_) | Stage::Ready(_) | Stage::Announced => None,
            Stage::Announcing(_) => self.take_request(Stage::Announced).map(Event::Connecting),
            Stage::Agreed => {
                self.phase = None;
                self.liveness.start(cx.now);
                Some(Event::Open)
            }
            Stage::Reading(handshake) => {
                let (taken, progress) = handshake.feed(input.bytes(), &self.settings.rules());
                let refused_at = handshake.refused_at();
                input.take(taken);
                located(self.server_progress(progress, cx), refused_at)
            }
            Stage::Waiting(handshake) => {
                let (taken, progress) = handshake.feed(input.bytes());
                let refused_at = handshake.refused_at();
                input.take(taken);
                located(self.client_progress(progress, cx.now), refused_at)
            }
        }
    }

    /// Client: the transport is connected, and the application is to see the request before it is
    /// written: the next call of `receive` hands it out, [`Connection::send_request`] takes it back.
    pub fn announce_request(&mut self) {
        if let Some(request) = self.take_request(Stage::Announced) {
            self.set_stage(Stage::Announcing(request));
        }
    }

    /// Client: the transport is connected; queues the request. `nonce` must be fresh and random
    /// (section 4.1).
    pub fn start_request(&mut self, nonce: [u8; 16], cx: &mut Context<'_>) {
        if let Some(request) = self.take_request(Stage::Announced) {
            self.write_request(&request, nonce, cx);
        }
    }

    /// Client: queues the request that was handed out, as it is now. `nonce` is as for
    /// [`Connection::start_request`].
    ///
    /// # Errors
    ///
    /// `InvalidState` if no request has been handed out, `Closed` if the connection has ended since.
    pub fn send_request(
        &mut self,
        request: &ClientRequest,
        nonce: [u8; 16],
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        match self.phase.as_deref() {
            Some(Phase::Opening(opening)) if matches!(opening.stage, Stage::Announced) => {
                self.write_request(request, nonce, cx);
                Ok(())
            }
            Some(Phase::Ended(_)) => Err(ErrorCode::Closed),
            _ => Err(ErrorCode::InvalidState),
        }
    }

    /// Sets when the opening handshake is given up; `None` for never, where nothing is done for it yet.
    pub fn set_opening_deadline(&mut self, deadline: Option<Time>) {
        if let Some(Phase::Opening(opening)) = self.phase.as_deref_mut() {
            opening.deadline = deadline;
        }
    }

    fn write_request(&mut self, request: &ClientRequest, nonce: [u8; 16], cx: &mut Context<'_>) {
        let head = self.settings.limits.head;
        let handshake = cx.output.compose(|out| ClientHandshake::start(request, nonce, head, out));
        self.set_stage(Stage::Waiting(handshake));
    }

    /// Takes the request that has not been written, if there is one, and goes on to another stage.
    fn take_request(&mut self, next: Stage) -> Option<Box<ClientRequest>> {
        let Some(Phase::Opening(opening)) = self.phase.as_deref_mut() else {
            return None;
        };
        if !matches!(opening.stage, Stage::Ready(_) | Stage::Announcing(_)) {
            return None;
        }
        match std::mem::replace(&mut opening.stage, next) {
            Stage::Ready(request) | Stage::Announcing(request) => Some(request),
            _ => None,
        }
    }

    fn set_stage(&mut self, stage: Stage) {
        if let Some(Phase::Opening(opening)) = self.phase.as_deref_mut() {
            opening.stage = stage;
        }
    }

    fn server_progress<'b>(
        &mut self,
        progress: Result<ServerProgress, ErrorCode>,
        cx: &mut Context<'_>,
    ) -> Option<Event<'b>> {
        match progress {
            Ok(ServerProgress::NeedMore) => None,
            Ok(ServerProgress::Request { request, incoming }) => {
                let is_upgrade = matches!(incoming, Incoming::Upgrade(_));
                self.set_stage(Stage::Deciding(incoming));
                Some(if is_upgrade { Event::Request(request) } else { Event::HttpRequest(request) })
            }
            Err(error) => {
                self.refuse(error, cx);
                self.take_end(cx.now)
            }
        }
    }

    fn client_progress<'b>(
        &mut self,
        progress: Result<ClientProgress, ErrorCode>,
        now: Time,
    ) -> Option<Event<'b>> {
        match progress {
            Ok(ClientProgress::NeedMore) => None,
            Ok(ClientProgress::Accepted { response, subprotocol, terms }) => {
                let compression = self.compression_by(terms);
                self.extras = Extras::agreed(response.version(), subprotocol, compression);
                self.agree();
                Some(Event::Response(response))
            }
            Ok(ClientProgress::Refused { response }) => Some(self.refused(response)),
            Err(error) => {
                self.end(Some(error), |_| ());
                self.take_end(now)
            }
        }
    }

    /// Client: the server has answered with something else than 101.
    pub(super) fn refused<'b>(&mut self, response: Arc<Response>) -> Event<'b> {
        let error = match response.status() {
            401 | 407 => ErrorCode::HandshakeUnauthorized,
            _ => ErrorCode::HandshakeStatus,
        };
        self.end(Some(error), |report| {
            report.http_status = response.status();
            report.response = Some(Arc::clone(&response));
        });
        Event::Response(response)
    }

    /// Server: lets the client in that waits for a decision, with a subprotocol that it offered
    /// and further fields for the response.
    ///
    /// # Errors
    ///
    /// `InvalidState` if no opening request waits, `SubprotocolNotOffered`, `InvalidHeader`.
    pub fn accept(
        &mut self,
        subprotocol: Option<&str>,
        fields: &Fields,
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        let offer = self.offer()?;
        let (version, terms) = (offer.version(), offer.terms());
        cx.output.compose(|out| offer.accept(subprotocol, fields, out))?;
        let compression = self.compression_by(terms);
        self.extras = Extras::agreed(version, subprotocol.map(Box::from), compression);
        self.agree();
        Ok(())
    }

    /// What was agreed on, as this endpoint goes about it.
    fn compression_by(&self, terms: Option<Terms>) -> Option<Compression> {
        let (terms, options) = (terms?, self.settings.compression?);
        Some(Compression::new(terms, self.role, options))
    }

    /// Server: what the client that waits for a decision has offered.
    ///
    /// # Errors
    ///
    /// `InvalidState` if no opening request waits.
    pub fn offer(&self) -> Result<&Offer, ErrorCode> {
        match self.phase.as_deref() {
            Some(Phase::Opening(opening)) => match &opening.stage {
                Stage::Deciding(Incoming::Upgrade(offer)) => Ok(offer),
                _ => Err(ErrorCode::InvalidState),
            },
            Some(Phase::Ended(_)) => Err(ErrorCode::Closed),
            _ => Err(ErrorCode::InvalidState),
        }
    }

    /// Server: answers the request that waits with an ordinary response, and ends the connection.
    ///
    /// # Errors
    ///
    /// `InvalidState` if no request waits, `OutOfMemory`; nothing is queued then.
    pub fn respond(&mut self, reply: &Reply, cx: &mut Context<'_>) -> Result<(), ErrorCode> {
        let (is_head, error) = match self.phase.as_deref() {
            Some(Phase::Opening(opening)) => match &opening.stage {
                Stage::Deciding(Incoming::Plain { is_head }) => (*is_head, None),
                Stage::Deciding(Incoming::Upgrade(_)) => (false, Some(ErrorCode::HandshakeDenied)),
                _ => return Err(ErrorCode::InvalidState),
            },
            Some(Phase::Ended(_)) => return Err(ErrorCode::Closed),
            _ => return Err(ErrorCode::InvalidState),
        };
        let mut head = Vec::new();
        reply.write_head(self.settings.versions, &mut head);
        let body = reply.body_after(is_head);
        cx.output.reserve(head.len().saturating_add(body.len()))?;
        cx.output.append(&head)?;
        cx.output.append(body)?;
        self.end_with_reply(error, reply.status());
        Ok(())
    }

    /// The application knows of the connection already, so that its end is reported in any case.
    pub fn announce(&mut self) {
        if let Some(Phase::Opening(opening)) = self.phase.as_deref_mut() {
            opening.is_known = true;
        }
    }

    /// Server: refuses a request that the application was not told of, with the status of the error,
    /// unless the connection has ended meanwhile; of the end it is told only if it knows the connection.
    ///
    /// # Errors
    ///
    /// `InvalidState` if no request waits, `Closed` if the end has been reported.
    pub fn refuse_unannounced(
        &mut self,
        error: ErrorCode,
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        if !matches!(self.phase.as_deref(), Some(Phase::Ended(Some(_)))) {
            self.respond(&Reply::refusal(error), cx)?;
            if let Some(Phase::Ended(Some(report))) = self.phase.as_deref_mut() {
                // That an ordinary request was answered is no error.
                report.error = report.error.and(Some(error));
            }
        }
        if let Some(Phase::Ended(Some(report))) = self.phase.as_deref_mut()
            && report.announced == Announced::Request
        {
            report.announced = Announced::Nothing;
        }
        Ok(())
    }

    /// Server: refuses a request that cannot be reported, with the status of the error.
    fn refuse(&mut self, error: ErrorCode, cx: &mut Context<'_>) {
        let reply = Reply::refusal(error);
        cx.output.compose(|out| reply.write(false, self.settings.versions, out));
        self.end_with_reply(Some(error), reply.status());
    }

    /// The deadline of the handshake has passed.
    pub(super) fn opening_timed_out(&mut self, cx: &mut Context<'_>) {
        let Some(Phase::Opening(opening)) = self.phase.as_deref() else {
            return;
        };
        let error = ErrorCode::HandshakeTimeout;
        match &opening.stage {
            Stage::Reading(_) => self.refuse(error, cx),
            Stage::Ready(_) | Stage::Announcing(_) | Stage::Announced | Stage::Waiting(_) => {
                self.end(Some(error), |_| ());
            }
            Stage::Deciding(_) => {
                if let Ok(reply) = Reply::new(UNDECIDED_STATUS) {
                    cx.output.compose(|out| reply.write(false, self.settings.versions, out));
                }
                self.end_with_reply(Some(error), UNDECIDED_STATUS);
            }
            Stage::Agreed => {}
        }
    }

    fn end_with_reply(&mut self, error: Option<ErrorCode>, status: u16) {
        self.end(error, |report| {
            report.http_status = status;
            report.linger = true;
        });
    }

    /// Both sides agree; the next call of `receive` reports it.
    pub(super) fn agree(&mut self) {
        if let Some(Phase::Opening(opening)) = self.phase.as_deref_mut() {
            opening.stage = Stage::Agreed;
            opening.deadline = None;
        }
    }
}

impl Opening {
    /// What the application has heard of the connection.
    pub(super) fn announced(&self) -> Announced {
        match self.stage {
            _ if self.is_known => Announced::Connection,
            Stage::Reading(_) => Announced::Nothing,
            Stage::Deciding(_) => Announced::Request,
            _ => Announced::Connection,
        }
    }
}

/// Adds to a report that a head was refused at its byte `refused_at`.
fn located(event: Option<Event<'_>>, refused_at: Option<usize>) -> Option<Event<'_>> {
    match event {
        Some(Event::Closed(mut report)) => {
            report.byte_offset = refused_at.map(|at| at as u64);
            Some(Event::Closed(report))
        }
        other => other,
    }
}

/// The report of a connection that ended in its opening handshake.
pub(in crate::protocol) fn report(announced: Announced, stage: failure::Stage) -> CloseReport {
    CloseReport {
        error: None,
        stage,
        initiator: Initiator::Nobody,
        local: None,
        remote: None,
        http_status: 0,
        socks_reply: 0,
        response: None,
        byte_offset: None,
        frames: FrameHeads::default(),
        tls_alert: None,
        os_error: 0,
        times: StageTimes::default(),
        announced,
        linger: false,
    }
}
