//! Deflated messages (RFC 7692 section 7.2), received and sent.
//!
//! A message is inflated as it comes, into the buffer that the application sees, and within its
//! limits. What is sent is deflated whole, or piece by piece where it leaves so.

use crate::protocol::coding::Coding;
use crate::protocol::error::ErrorCode;
use crate::protocol::event::{Event, Payload};
use crate::protocol::frame::{FINAL, MAX_HEADER_BYTES};
use crate::protocol::message::ChunkPlace;
use crate::protocol::opcode::MessageType;

use super::compression::{Choice, Compression, Manner};
use super::receive::Step;
use super::{Connection, Context, Input};

/// How much of a message is inflated before it is reported, where it is reported in chunks.
const CHUNK_BYTES: usize = 64 * 1024;

/// How many deflated bytes are looked at between two looks at what has come of them: they come to at
/// most a thousand times as much.
const SLICE_BYTES: usize = 256;

/// What a deflated message may need besides its size, for one that cannot be made smaller.
const SLACK_BYTES: usize = 64 + MAX_HEADER_BYTES;

impl Connection {
    /// The reserved bits that mean something on this connection.
    #[inline]
    pub(super) fn reserved_bits(&self) -> u8 {
        match &self.extras {
            Some(extras) if extras.compression.is_some() => Coding::Deflated.mark(),
            _ => 0,
        }
    }

    /// More payload of the frame that a deflated message is in; so much of it is missing.
    pub(super) fn receive_deflated<'b>(
        &mut self,
        mut missing: usize,
        input: &mut Input<'b>,
        cx: &mut Context<'_>,
    ) -> Result<Step<'b>, ErrorCode> {
        let reports_chunks = self.settings.reports_chunks;
        let slice = if reports_chunks { SLICE_BYTES } else { usize::MAX };
        loop {
            let piece = input.take(missing.min(slice));
            missing -= piece.len();
            self.inflate(piece, cx)?;
            let is_end = missing == 0;
            let is_complete = is_end && self.is_complete();
            let inflated = self.inflated_bytes();
            let is_pause = is_end || inflated >= CHUNK_BYTES || input.is_empty();
            match reports_chunks {
                true if is_complete || (is_pause && inflated > 0) => {
                    return Ok(self.report_inflated(cx));
                }
                false if is_complete => return self.finish_message(cx),
                _ if is_end || input.is_empty() => return Ok(Step::Next),
                _ => {}
            }
        }
    }

    fn is_complete(&self) -> bool {
        self.message.as_ref().is_some_and(|message| message.is_complete())
    }

    fn inflated_bytes(&self) -> usize {
        self.message.as_ref().map_or(0, |message| message.as_slice().len())
    }

    /// Unmasks and inflates payload of the current frame into the message.
    fn inflate(&mut self, piece: &mut [u8], cx: &mut Context<'_>) -> Result<(), ErrorCode> {
        let Some(message) = &mut self.message else {
            return Ok(());
        };
        let compression = self.extras.as_mut().and_then(|extras| extras.compression.as_mut());
        // Without compression no frame can say that it is deflated.
        let compression = compression.ok_or(ErrorCode::ReservedBits)?;
        message.unmask(piece);
        let fin = message.is_complete();
        let limits = &self.settings.limits;
        let of_message = compression.limit(limits.max_message_bytes, message.declared());
        let of_frame = message.frame_limit(limits.max_inflated_frame_bytes);
        let limit = message.limit_of_buffer(of_message.min(of_frame));
        let mut stream = compression.inflater(cx.streams)?;
        let before = message.as_slice().len();
        let inflated = message.fill(|buffer| {
            stream.inflate(piece, limit, buffer)?;
            if fin { stream.finish(buffer) } else { Ok(()) }
        });
        compression.keep_inflater(stream, fin, cx.streams);
        cx.streams.note_inflated(message.as_slice().len() - before);
        match inflated {
            Err(ErrorCode::MessageTooBig) if of_frame < of_message => Err(ErrorCode::FrameTooBig),
            Ok(()) if fin && !message.may_end() => Err(ErrorCode::TextUtf8),
            other => other,
        }
    }

    /// Reports what has been inflated as a chunk.
    fn report_inflated<'b>(&mut self, cx: &mut Context<'_>) -> Step<'b> {
        let Some(mut message) = self.message.take() else {
            return Step::Next;
        };
        let kind = message.kind();
        let mut chunk = cx.messages.take();
        let place = message.hand_over(&mut chunk);
        self.liveness.note_message(cx.now);
        let ChunkPlace { is_last, .. } = place;
        if is_last {
            cx.messages.give_back(message);
        } else {
            self.message = Some(message);
        }
        Step::Report(Event::Chunk { kind, payload: Payload::Assembled(chunk), place })
    }

    /// How a message of this size is to leave.
    #[inline]
    pub(super) fn coding(&self, choice: Choice, bytes: usize) -> Coding {
        let compression = self.extras.as_ref().and_then(|extras| extras.compression.as_ref());
        match compression {
            Some(compression) if compression.wants(choice, bytes) => Coding::Deflated,
            _ => Coding::Plain,
        }
    }

    /// Queues a message of `length` bytes deflated, or as it is if that makes it no smaller.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; nothing is queued.
    pub(super) fn send_deflated(
        &mut self,
        kind: MessageType,
        parts: &[&[u8]],
        length: usize,
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        // Before anything is deflated: what follows could refer to a message that was not sent.
        cx.output.reserve(length.saturating_add(length / 8).saturating_add(SLACK_BYTES))?;
        let mut scratch = cx.streams.scratch();
        let mut rest = parts.iter().peekable();
        let mut deflated = Ok(());
        while let (Some(part), Ok(())) = (rest.next(), deflated) {
            deflated = self.deflate(part, rest.peek().is_none(), cx, &mut scratch);
        }
        let is_smaller = scratch.len() < length || !self.may_leave_plain();
        let sent = match deflated {
            Err(error) => Err(error),
            Ok(()) if is_smaller => {
                let first = FINAL | Coding::Deflated.mark() | kind.opcode().bits();
                self.write_part(first, &scratch, cx)
            }
            Ok(()) => self.send_plain(kind, parts, length, cx),
        };
        cx.streams.give_back_scratch(scratch);
        if sent.is_err() {
            self.take_back();
        }
        self.liveness.note_message(cx.now);
        sent
    }

    /// Queues a piece of a message deflated. `first` is the first byte of its frame.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; nothing is queued.
    pub(super) fn send_deflated_piece(
        &mut self,
        first: u8,
        piece: &[u8],
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        let bytes = piece.len();
        cx.output.reserve(bytes.saturating_add(bytes / 8).saturating_add(SLACK_BYTES))?;
        let mut scratch = cx.streams.scratch();
        let deflated = self.deflate(piece, first & FINAL != 0, cx, &mut scratch);
        let sent = deflated.and_then(|()| self.write_part(first, &scratch, cx));
        cx.streams.give_back_scratch(scratch);
        if sent.is_err() {
            self.take_back();
        }
        sent
    }

    fn deflate(
        &mut self,
        piece: &[u8],
        fin: bool,
        cx: &mut Context<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), ErrorCode> {
        match self.compression_mut() {
            Some(compression) => compression.deflate(piece, fin, cx.streams, out),
            None => Err(ErrorCode::InvalidState),
        }
    }

    fn compression_mut(&mut self) -> Option<&mut Compression> {
        self.extras.as_mut().and_then(|extras| extras.compression.as_mut())
    }

    /// What was deflated and not sent is forgotten.
    fn take_back(&mut self) {
        if let Some(compression) = self.compression_mut() {
            compression.take_back();
        }
    }

    /// Gives up the memory that only messages need.
    pub(super) fn release_streams(&mut self) {
        if let Some(compression) = self.compression_mut() {
            compression.release();
        }
    }

    /// How messages are deflated that refer to no other.
    pub(super) fn manner(&self) -> Option<Manner> {
        let compression = self.extras.as_ref().and_then(|extras| extras.compression.as_ref());
        compression.and_then(|compression| compression.manner())
    }

    fn may_leave_plain(&self) -> bool {
        let compression = self.extras.as_ref().and_then(|extras| extras.compression.as_ref());
        compression.is_some_and(|compression| compression.may_leave_plain())
    }
}
