//! Frames that arrive: control frames answered, messages reported, rules enforced
//! (RFC 6455 sections 5 and 6.2).

use crate::protocol::coding::Coding;
use crate::protocol::error::ErrorCode;
use crate::protocol::event::{Event, Payload};
use crate::protocol::frame::{self, FrameHeader};
use crate::protocol::mask;
use crate::protocol::opcode::{MessageType, Opcode, Role};

use super::closing::Side;
use super::whole::is_text;
use super::{Connection, Context, Input, Phase};

/// What a step of receiving came to.
pub(super) enum Step<'b> {
    /// Go on with what follows.
    Next,
    /// More input is needed.
    Wait,
    /// Something to report.
    Report(Event<'b>),
}

impl Connection {
    /// The next event, or `None` when the input has been used up as far as it can be.
    ///
    /// Bytes that are left in `input` belong to the front of the next call's input. A call with
    /// empty input reports what needs none: an opening agreed to, or an end.
    #[inline]
    pub fn receive<'b>(
        &mut self,
        input: &mut Input<'b>,
        cx: &mut Context<'_>,
    ) -> Option<Event<'b>> {
        match self.phase.as_deref_mut() {
            None => self.receive_frames(input, cx),
            Some(Phase::Closing(closing)) if closing.open_is_due => {
                closing.open_is_due = false;
                self.liveness.start(cx.now);
                Some(Event::Open)
            }
            Some(Phase::Closing(closing)) => match closing.side {
                Side::Sent { .. } => self.receive_frames(input, cx),
                Side::Received { .. } => {
                    input.take(input.len());
                    None
                }
            },
            Some(Phase::Opening(_)) => self.receive_opening(input, cx),
            Some(Phase::Ended(_)) => {
                input.take(input.len());
                self.take_end(cx.now)
            }
        }
    }

    fn receive_frames<'b>(
        &mut self,
        input: &mut Input<'b>,
        cx: &mut Context<'_>,
    ) -> Option<Event<'b>> {
        if input.is_empty() {
            return None;
        }
        self.liveness.note_received(cx.now);
        loop {
            let end = self.trace.end();
            let (start, step) = match &self.message {
                Some(message) if message.is_in_frame() => {
                    (end.wrapping_sub(message.frame_bytes()), self.receive_rest(input, cx))
                }
                _ => (end, self.receive_frame(input, cx)),
            };
            match step {
                Ok(Step::Next) => {}
                Ok(Step::Wait) => return None,
                Ok(Step::Report(event)) => return Some(event),
                Err(error) => return self.fail_frame(error, start, input.bytes(), cx),
            }
            if !matches!(self.phase.as_deref(), None | Some(Phase::Closing(_)))
                || self.has_remote_close()
            {
                input.take(input.len());
                return self.take_end(cx.now);
            }
        }
    }

    #[inline]
    fn receive_frame<'b>(
        &mut self,
        input: &mut Input<'b>,
        cx: &mut Context<'_>,
    ) -> Result<Step<'b>, ErrorCode> {
        let used = self.reserved_bits();
        let Some(header) = frame::decode_extended(input.bytes(), self.role, used)? else {
            return Ok(Step::Wait);
        };
        let coding = Coding::of(&header)?;
        match header.opcode {
            Opcode::Text => self.receive_data(MessageType::Text, coding, &header, input, cx),
            Opcode::Binary => self.receive_data(MessageType::Binary, coding, &header, input, cx),
            Opcode::Continuation => self.receive_continuation(&header, input, cx),
            Opcode::Close | Opcode::Ping | Opcode::Pong => self.receive_control(&header, input, cx),
        }
    }

    /// The first frame of a message: reported from where it lies if it is whole and plain.
    #[inline]
    fn receive_data<'b>(
        &mut self,
        kind: MessageType,
        coding: Coding,
        header: &FrameHeader,
        input: &mut Input<'b>,
        cx: &mut Context<'_>,
    ) -> Result<Step<'b>, ErrorCode> {
        if self.message.is_some() {
            return Err(ErrorCode::ExpectedContinuation);
        }
        let limits = &self.settings.limits;
        if header.length > coding.max_frame_bytes(limits) {
            return Err(ErrorCode::FrameTooBig);
        }
        if header.length > coding.max_bytes(limits) {
            return Err(ErrorCode::MessageTooBig);
        }
        if input.len() < header.size {
            return Ok(Step::Wait);
        }
        let is_whole = header.fin && (input.len() - header.size) as u64 >= header.length;
        if is_whole && coding == Coding::Plain {
            let payload = self.take_payload(header, input);
            return self.whole_message(kind, payload, cx);
        }
        self.take_header(header, input);
        let mut message = cx.messages.take();
        message.begin(kind, coding, header);
        self.message = Some(message);
        self.count_if_empty(header, cx)?;
        Ok(Step::Next)
    }

    #[inline]
    fn whole_message<'b>(
        &mut self,
        kind: MessageType,
        payload: &'b [u8],
        cx: &mut Context<'_>,
    ) -> Result<Step<'b>, ErrorCode> {
        if kind == MessageType::Text && !is_text(payload) {
            return Err(ErrorCode::TextUtf8);
        }
        self.liveness.note_message(cx.now);
        Ok(Step::Report(Event::Message { kind, payload: Payload::Borrowed(payload) }))
    }

    fn receive_continuation<'b>(
        &mut self,
        header: &FrameHeader,
        input: &mut Input<'b>,
        cx: &mut Context<'_>,
    ) -> Result<Step<'b>, ErrorCode> {
        let limits = &self.settings.limits;
        let message = self.message.as_mut().ok_or(ErrorCode::UnexpectedContinuation)?;
        if header.length > message.coding().max_frame_bytes(limits) {
            return Err(ErrorCode::FrameTooBig);
        }
        message.admit(header, limits)?;
        if input.len() < header.size {
            return Ok(Step::Wait);
        }
        message.continue_with(header);
        self.take_header(header, input);
        self.count_if_empty(header, cx)?;
        Ok(Step::Next)
    }

    /// Reports a piece of the unfinished message from where it lies.
    fn report_chunk<'b>(
        &mut self,
        piece: &'b mut [u8],
        cx: &mut Context<'_>,
    ) -> Result<Step<'b>, ErrorCode> {
        let Some(mut message) = self.message.take() else {
            return Ok(Step::Next);
        };
        let kind = message.kind();
        self.liveness.note_message(cx.now);
        match message.look_at(piece) {
            Ok(place) if !place.is_last => {
                self.message = Some(message);
                Ok(Step::Report(Event::Chunk { kind, payload: Payload::Borrowed(piece), place }))
            }
            looked => {
                cx.messages.give_back(message);
                let place = looked?;
                Ok(Step::Report(Event::Chunk { kind, payload: Payload::Borrowed(piece), place }))
            }
        }
    }

    /// An empty fragment that does not end its message is counted like a control frame.
    fn count_if_empty(
        &mut self,
        header: &FrameHeader,
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        match header.length == 0 && !header.fin {
            true => self.liveness.count_control(cx.now, &self.settings.limits),
            false => Ok(()),
        }
    }

    /// More payload of the frame that the unfinished message is in, or the end of the message if
    /// the frame has none.
    fn receive_rest<'b>(
        &mut self,
        input: &mut Input<'b>,
        cx: &mut Context<'_>,
    ) -> Result<Step<'b>, ErrorCode> {
        let Some(message) = &self.message else {
            return Ok(Step::Next);
        };
        let missing = usize::try_from(message.missing()).unwrap_or(usize::MAX);
        if missing > 0 && input.is_empty() {
            return Ok(Step::Wait);
        }
        match message.coding() {
            Coding::Deflated => self.receive_deflated(missing, input, cx),
            Coding::Plain => self.receive_plain(input.take(missing), cx),
        }
    }

    fn receive_plain<'b>(
        &mut self,
        piece: &'b mut [u8],
        cx: &mut Context<'_>,
    ) -> Result<Step<'b>, ErrorCode> {
        if self.settings.reports_chunks {
            return self.report_chunk(piece, cx);
        }
        let Some(message) = &mut self.message else {
            return Ok(Step::Next);
        };
        message.append(piece)?;
        if message.is_complete() { self.finish_message(cx) } else { Ok(Step::Next) }
    }

    pub(super) fn finish_message<'b>(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Result<Step<'b>, ErrorCode> {
        let Some(message) = self.message.take() else {
            return Ok(Step::Next);
        };
        if !message.may_end() {
            cx.messages.give_back(message);
            return Err(ErrorCode::TextUtf8);
        }
        self.liveness.note_message(cx.now);
        let kind = message.kind();
        Ok(Step::Report(Event::Message { kind, payload: Payload::Assembled(message) }))
    }

    /// A control frame: taken only when it is whole, which is at most 131 bytes.
    fn receive_control<'b>(
        &mut self,
        header: &FrameHeader,
        input: &mut Input<'b>,
        cx: &mut Context<'_>,
    ) -> Result<Step<'b>, ErrorCode> {
        if input.len() < header.size || ((input.len() - header.size) as u64) < header.length {
            return Ok(Step::Wait);
        }
        let payload = self.take_payload(header, input);
        if header.opcode == Opcode::Close {
            return Ok(self.receive_close(payload, cx)?.map_or(Step::Next, Step::Report));
        }
        self.liveness.count_control(cx.now, &self.settings.limits)?;
        if header.opcode == Opcode::Pong {
            let round_trip_micros = self.liveness.pong_received(cx.now, payload);
            return Ok(Step::Report(Event::Pong { payload, round_trip_micros }));
        }
        match self.is_open() {
            true => {
                if self.settings.answers_pings {
                    self.answer_ping(payload, cx)?;
                }
                Ok(Step::Report(Event::Ping(payload)))
            }
            // Nothing may follow the Close frame that this side has sent (section 5.5.1).
            false => Ok(Step::Next),
        }
    }

    /// Takes a whole frame and unmasks its payload where it lies.
    #[inline]
    fn take_payload<'b>(&mut self, header: &FrameHeader, input: &mut Input<'b>) -> &'b [u8] {
        self.take_header(header, input);
        let length = usize::try_from(header.length).unwrap_or(usize::MAX);
        let payload = input.take(length);
        if self.role == Role::Server {
            mask::apply(payload, header.key);
        }
        payload
    }

    /// Takes the header of a frame, which is there whole.
    #[inline]
    pub(super) fn take_header(&mut self, header: &FrameHeader, input: &mut Input<'_>) {
        self.trace.record(first_two(input.take(header.size)), header.frame_bytes());
    }

    /// Fails because of the frame that begins at `start`; if it has not been taken, `rest` begins
    /// with it.
    pub(super) fn fail_frame<'b>(
        &mut self,
        error: ErrorCode,
        start: u64,
        rest: &[u8],
        cx: &mut Context<'_>,
    ) -> Option<Event<'b>> {
        let was_taken = self.trace.end() != start;
        match self.fail(error, cx) {
            Some(Event::Closed(mut report)) => {
                report.byte_offset = Some(start);
                if !was_taken {
                    report.frames.push(first_two(rest));
                }
                Some(Event::Closed(report))
            }
            other => other,
        }
    }

    fn has_remote_close(&self) -> bool {
        match self.phase.as_deref() {
            Some(Phase::Closing(closing)) => matches!(closing.side, Side::Received { .. }),
            _ => false,
        }
    }
}

/// The first two bytes; zeros for what is not there.
#[inline]
fn first_two(bytes: &[u8]) -> [u8; 2] {
    match *bytes {
        [first, second, ..] => [first, second],
        [first] => [first, 0],
        [] => [0; 2],
    }
}
