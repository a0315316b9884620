//! The closing handshake and every other way in which a connection ends (RFC 6455 section 7).
//!
//! | state | Close from the application | Close from the peer | broken rule | loss |
//! |---|---|---|---|---|
//! | opening | ended: cancelled | - | ended, refused | ended |
//! | open | sent, `CloseSent` | answered, `CloseReceived` | sent, ended | ended |
//! | `CloseSent` | refused | ended, clean | ended | ended |
//! | `CloseReceived` | refused | ignored | ignored | broken: ended, clean; end of input: ignored |
//! | ended | refused | ignored | ignored | ignored |

use crate::protocol::close::{CloseCode, CloseFrame, MAX_REASON_BYTES};
use crate::protocol::error::ErrorCode;
use crate::protocol::event::{Announced, CloseReport, Event, Initiator};
use crate::protocol::failure;
use crate::protocol::opcode::Opcode;
use crate::protocol::time::Time;

use super::{Connection, Context, Phase, opening};

/// A closing handshake under way.
#[derive(Debug)]
pub(super) struct Closing {
    pub(super) side: Side,
    pub(super) local: CloseFrame,
    pub(super) deadline: Option<Time>,
    /// Whether the opening has not been reported: it was closed as soon as it was agreed to.
    pub(super) open_is_due: bool,
}

#[derive(Debug)]
pub(super) enum Side {
    /// This side began and waits for the peer's Close frame, for which there is a deadline once
    /// the own one has been written.
    Sent { is_written: bool },
    /// The peer began; the answer has been queued but not written.
    Received { remote: CloseFrame },
}

/// The state of the closing handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum CloseState {
    /// No Close frame has passed.
    Open = 0,
    /// This side has sent its Close frame.
    CloseSent = 1,
    /// The peer's Close frame has come; the answer waits to be written.
    CloseReceived = 2,
    /// The connection has ended.
    Closed = 3,
}

impl Connection {
    /// The state of the closing handshake.
    pub fn close_state(&self) -> CloseState {
        match self.phase.as_deref() {
            None | Some(Phase::Opening(_)) => CloseState::Open,
            Some(Phase::Closing(closing)) => match closing.side {
                Side::Sent { .. } => CloseState::CloseSent,
                Side::Received { .. } => CloseState::CloseReceived,
            },
            Some(Phase::Ended(_)) => CloseState::Closed,
        }
    }

    /// Begins the closing handshake. Messages of the peer are still reported until its Close
    /// frame comes. A connection that is not open yet is given up instead.
    ///
    /// # Errors
    ///
    /// `Closed` if it is closing already, `OutOfMemory`; nothing is queued.
    pub fn close(&mut self, frame: CloseFrame, cx: &mut Context<'_>) -> Result<(), ErrorCode> {
        match self.phase.as_deref() {
            Some(Phase::Opening(_)) if !self.is_agreed() => {
                self.abort(ErrorCode::Cancelled);
                Ok(())
            }
            None | Some(Phase::Opening(_)) => {
                let open_is_due = self.is_agreed();
                self.write_close(&frame, cx)?;
                // A message that leaves in pieces stays without its end.
                self.set_outgoing(None);
                let side = Side::Sent { is_written: false };
                let closing = Closing { side, local: frame, deadline: None, open_is_due };
                self.enter(Phase::Closing(closing));
                Ok(())
            }
            Some(Phase::Closing(_) | Phase::Ended(_)) => Err(ErrorCode::Closed),
        }
    }

    /// Ends the connection without a closing handshake, because of `error`.
    pub fn abort(&mut self, error: ErrorCode) {
        self.end(Some(error), |_| ());
    }

    /// The transport has lost the connection: `os_error` tells how, or is 0 if the peer just
    /// stopped sending.
    pub fn lost(&mut self, error: ErrorCode, os_error: i32) {
        self.end(Some(error), |report| report.os_error = os_error);
    }

    /// The transport has written all of the output, at the time `now`: the time that the peer has
    /// for its Close frame begins, or the answer to it has left.
    pub fn output_drained(&mut self, now: Time) {
        let deadline = self.close_deadline(now);
        let Some(Phase::Closing(closing)) = self.phase.as_deref_mut() else { return };
        match &mut closing.side {
            Side::Sent { is_written } => {
                if !std::mem::replace(is_written, true) {
                    closing.deadline = deadline;
                }
            }
            Side::Received { .. } => self.end(None, |report| report.linger = true),
        }
    }

    /// Fails the connection (section 7.1.7): tells the peer why, if it can still be told.
    pub(super) fn fail<'b>(&mut self, error: ErrorCode, cx: &mut Context<'_>) -> Option<Event<'b>> {
        let code = error.close_code().filter(|code| code.is_valid_on_wire());
        let frame = match (self.phase.as_deref(), code) {
            (None, Some(code)) => CloseFrame::new(Some(code), &sentence(error)).ok(),
            _ => None,
        };
        let frame = frame.filter(|frame| self.write_close(frame, cx).is_ok());
        self.end(Some(error), |report| {
            report.linger = true;
            if frame.is_some() {
                report.local = frame;
                report.initiator = Initiator::Local;
            }
        });
        self.take_end(cx.now)
    }

    /// The peer's Close frame has come.
    pub(super) fn receive_close<'b>(
        &mut self,
        payload: &[u8],
        cx: &mut Context<'_>,
    ) -> Result<Option<Event<'b>>, ErrorCode> {
        let remote = CloseFrame::parse(payload)?;
        if matches!(self.phase.as_deref(), Some(Phase::Closing(_))) {
            self.end(None, |report| {
                report.remote = Some(remote);
                report.linger = true;
            });
            return Ok(self.take_end(cx.now));
        }
        let code = (remote.code != CloseCode::NO_STATUS).then_some(remote.code);
        // The peer's code is valid on the wire, so it can be echoed (section 5.5.1).
        let local = CloseFrame { code: code.unwrap_or(CloseCode::NO_STATUS), reason: "".into() };
        self.write_close(&local, cx)?;
        // Nothing more is waited for than that the answer leaves, which the transport watches.
        let side = Side::Received { remote };
        let closing = Closing { side, local, deadline: None, open_is_due: false };
        self.enter(Phase::Closing(closing));
        Ok(None)
    }

    /// Ends the connection; the next call of `receive` reports it. The first end counts.
    pub(super) fn end(&mut self, error: Option<ErrorCode>, add: impl FnOnce(&mut CloseReport)) {
        let (announced, stage) = match self.phase.as_deref() {
            None => (Announced::Connection, failure::Stage::Open),
            Some(Phase::Opening(opening)) => (opening.announced(), opening.reached),
            Some(Phase::Closing(_)) => (Announced::Connection, failure::Stage::Closing),
            Some(Phase::Ended(_)) => return,
        };
        let mut report = opening::report(announced, stage);
        report.error = error;
        report.frames = self.trace.heads();
        match self.phase.as_deref_mut() {
            Some(Phase::Opening(opening)) => report.times = opening.times,
            Some(Phase::Closing(closing)) => take_over(closing, &mut report),
            Some(Phase::Ended(_)) | None => {}
        }
        add(&mut report);
        self.message = None;
        self.set_outgoing(None);
        self.release_streams();
        self.enter(Phase::Ended(Some(Box::new(report))));
    }

    /// The report of the end, once.
    pub(super) fn take_end<'b>(&mut self, now: Time) -> Option<Event<'b>> {
        let Some(Phase::Ended(report)) = self.phase.as_deref_mut() else {
            return None;
        };
        let mut report = report.take()?;
        report.times.stop(now);
        Some(Event::Closed(report))
    }

    fn close_deadline(&self, now: Time) -> Option<Time> {
        let ms = self.settings.limits.close_timeout_ms;
        (ms != 0).then(|| now.after_ms(ms))
    }

    fn write_close(&mut self, frame: &CloseFrame, cx: &mut Context<'_>) -> Result<(), ErrorCode> {
        let mut payload = Vec::with_capacity(2 + frame.reason.len());
        frame.write_payload(&mut payload);
        self.write_frame(Opcode::Close, &payload, cx)?;
        cx.output.drop_pong();
        Ok(())
    }
}

/// Moves what a closing handshake knows into the report. Once the peer's frame has come and been
/// answered the end is clean, even if the socket breaks before the answer is written; but not if
/// this side gives the answer up.
fn take_over(closing: &mut Closing, report: &mut CloseReport) {
    report.local = Some(closing.local.take());
    match &mut closing.side {
        Side::Sent { .. } => report.initiator = Initiator::Local,
        Side::Received { remote } => {
            report.initiator = Initiator::Remote;
            report.remote = Some(remote.take());
            match report.error {
                Some(ErrorCode::Cancelled | ErrorCode::LoopFreed) => report.local = None,
                _ => report.error = None,
            }
        }
    }
}

/// What the peer is told about an error: the sentence, which is ASCII, cut to what fits. Where this
/// side alone is the cause, the code says enough.
fn sentence(error: ErrorCode) -> String {
    if matches!(error, ErrorCode::LoopFreed | ErrorCode::OutOfMemory | ErrorCode::Panic) {
        return String::new();
    }
    let mut text = error.to_string();
    text.truncate(MAX_REASON_BYTES);
    text
}
