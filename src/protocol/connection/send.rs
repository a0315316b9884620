//! Frames that leave: messages, pings, pongs (RFC 6455 sections 5.5 and 6.1).

use crate::protocol::coding::Coding;
use crate::protocol::encoded_header::EncodedHeader;
use crate::protocol::error::ErrorCode;
use crate::protocol::frame::{FINAL, MAX_CONTROL_BYTES};
use crate::protocol::mask;
use crate::protocol::opcode::{MessageType, Opcode, Role};
use crate::protocol::output::Output;
use crate::protocol::utf8::Utf8Stream;

use super::whole::is_text;
use super::{Choice, Connection, Context, Phase, Piece};

impl Connection {
    /// Whether a message may be sent now, and its text is text.
    ///
    /// # Errors
    ///
    /// `NotOpen`, `Closed`, `InvalidState` while a message leaves in pieces, `InvalidUtf8` for
    /// text that is not UTF-8.
    #[inline]
    pub fn check_send(&self, kind: MessageType, payload: &[u8]) -> Result<(), ErrorCode> {
        self.check_open()?;
        if self.is_sending_pieces() {
            return Err(ErrorCode::InvalidState);
        }
        if kind == MessageType::Text && !is_text(payload) {
            return Err(ErrorCode::InvalidUtf8);
        }
        Ok(())
    }

    /// As [`Connection::check_send`], for a message in several parts.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn check_parts(&self, kind: MessageType, parts: &[&[u8]]) -> Result<(), ErrorCode> {
        self.check_send(MessageType::Binary, &[])?;
        if kind == MessageType::Binary {
            return Ok(());
        }
        let mut utf8 = Utf8Stream::default();
        for part in parts {
            utf8.push(part).map_err(|_| ErrorCode::InvalidUtf8)?;
        }
        if utf8.is_complete() { Ok(()) } else { Err(ErrorCode::InvalidUtf8) }
    }

    /// Whether messages are sent just as they are.
    #[inline(always)]
    pub(super) fn sends_plainly(&self) -> bool {
        match &self.extras {
            None => true,
            Some(extras) => extras.outgoing.is_none() && extras.compression.is_none(),
        }
    }

    /// Whether frames may be queued.
    #[inline]
    pub(super) fn check_open(&self) -> Result<(), ErrorCode> {
        match self.phase.as_deref() {
            None => Ok(()),
            // The 101 is queued already, so that what follows it may be queued too.
            Some(Phase::Opening(_)) if self.is_agreed() => Ok(()),
            Some(Phase::Opening(_)) => Err(ErrorCode::NotOpen),
            Some(Phase::Closing(_) | Phase::Ended(_)) => Err(ErrorCode::Closed),
        }
    }

    /// Queues a message that [`Connection::check_send`] has passed.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; nothing is queued.
    #[inline]
    pub fn send(
        &mut self,
        kind: MessageType,
        payload: &[u8],
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        self.send_as(kind, payload, Choice::BySize, cx)
    }

    /// As [`Connection::send`], compressed or not.
    ///
    /// # Errors
    ///
    /// As there.
    #[inline]
    pub fn send_as(
        &mut self,
        kind: MessageType,
        payload: &[u8],
        choice: Choice,
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        if !self.sends_plainly() {
            return self.send_parts(kind, &[payload], choice, cx);
        }
        self.write_frame(kind.opcode(), payload, cx)?;
        self.liveness.note_message(cx.now);
        Ok(())
    }

    /// Whether [`put_message`] is all that it takes to send a message, now and as long as nothing else
    /// is sent.
    #[inline]
    pub fn answers_plainly(&self) -> bool {
        self.role == Role::Server && self.is_open() && self.sends_plainly()
    }

    /// Queues a message in several parts, which [`Connection::check_parts`] has passed, as one
    /// frame.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; nothing is queued.
    pub fn send_parts(
        &mut self,
        kind: MessageType,
        parts: &[&[u8]],
        choice: Choice,
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        let length = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
        match self.coding(choice, length) {
            Coding::Deflated => self.send_deflated(kind, parts, length, cx),
            Coding::Plain => self.send_plain(kind, parts, length, cx),
        }
    }

    /// As one frame of `length` bytes, which the parts have together.
    pub(super) fn send_plain(
        &mut self,
        kind: MessageType,
        parts: &[&[u8]],
        length: usize,
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        let key = self.frame_key(cx);
        let header = EncodedHeader::new(kind.opcode(), true, length, key);
        let size = header.as_bytes().len();
        cx.output.reserve(length.saturating_add(size))?;
        cx.output.append(header.as_bytes())?;
        let mut at = 0;
        for part in parts {
            if let Some(place) = cx.output.place(part.len()) {
                place.copy_from_slice(part);
                if let Some(key) = key {
                    mask::apply(place, mask::rotate(key, at));
                }
            }
            at += part.len();
        }
        self.liveness.note_message(cx.now);
        Ok(())
    }

    /// The header of a message that the transport writes without copying its payload; `None`
    /// where the payload must be masked or deflated, and so copied.
    pub fn header_in_place(
        &mut self,
        kind: MessageType,
        length: usize,
        choice: Choice,
        cx: &mut Context<'_>,
    ) -> Option<EncodedHeader> {
        self.encoded_in_place(self.coding(choice, length), kind.opcode(), true, length, cx)
    }

    /// The header of a piece, as [`Connection::header_in_place`].
    pub fn piece_in_place(
        &mut self,
        piece: &Piece,
        length: usize,
        cx: &mut Context<'_>,
    ) -> Option<EncodedHeader> {
        self.encoded_in_place(piece.coding, piece.opcode, piece.fin, length, cx)
    }

    fn encoded_in_place(
        &mut self,
        coding: Coding,
        opcode: Opcode,
        fin: bool,
        length: usize,
        cx: &mut Context<'_>,
    ) -> Option<EncodedHeader> {
        if self.role == Role::Client || coding != Coding::Plain {
            return None;
        }
        self.liveness.note_message(cx.now);
        Some(EncodedHeader::new(opcode, fin, length, None))
    }

    /// Queues a ping; the pong that answers it is reported with the time between them.
    ///
    /// # Errors
    ///
    /// `TooLong` for more than 125 bytes, `NotOpen`, `Closed`, `OutOfMemory`; nothing is queued.
    pub fn ping(&mut self, payload: &[u8], cx: &mut Context<'_>) -> Result<(), ErrorCode> {
        if payload.len() > MAX_CONTROL_BYTES {
            return Err(ErrorCode::TooLong);
        }
        self.check_open()?;
        self.write_frame(Opcode::Ping, payload, cx)?;
        self.liveness.ping_sent(cx.now, payload, false);
        Ok(())
    }

    /// Queues a pong: the answer to a ping where the connection does not answer by itself, or one
    /// that nobody asked for (section 5.5.3).
    ///
    /// # Errors
    ///
    /// `TooLong` for more than 125 bytes, `NotOpen`, `Closed`, `OutOfMemory`; nothing is queued.
    pub fn pong(&mut self, payload: &[u8], cx: &mut Context<'_>) -> Result<(), ErrorCode> {
        if payload.len() > MAX_CONTROL_BYTES {
            return Err(ErrorCode::TooLong);
        }
        self.check_open()?;
        self.write_frame(Opcode::Pong, payload, cx)
    }

    /// Asks the peer for a sign of life.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`.
    pub(super) fn keep_alive(&mut self, cx: &mut Context<'_>) -> Result<(), ErrorCode> {
        let payload = cx.now.micros().to_be_bytes();
        self.write_frame(Opcode::Ping, &payload, cx)?;
        self.liveness.ping_sent(cx.now, &payload, true);
        Ok(())
    }

    /// Queues the pong that answers a ping. While the peer does not read, only the newest is
    /// kept, so that a flood of pings cannot make the output grow.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`.
    pub(super) fn answer_ping(
        &mut self,
        payload: &[u8],
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        if !cx.output.is_congested() {
            return self.write_frame(Opcode::Pong, payload, cx);
        }
        let header = EncodedHeader::new(Opcode::Pong, true, payload.len(), self.frame_key(cx));
        let mut frame = vec![0; header.as_bytes().len() + payload.len()];
        header.write_frame(payload, &mut frame);
        cx.output.hold_pong(&frame);
        Ok(())
    }

    /// Appends a whole message or control frame to the output.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; nothing is appended.
    #[inline]
    pub(super) fn write_frame(
        &mut self,
        opcode: Opcode,
        payload: &[u8],
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        self.write_part(FINAL | opcode.bits(), payload, cx)
    }

    /// Appends a frame with this first byte to the output.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; nothing is appended.
    #[inline]
    pub(super) fn write_part(
        &mut self,
        first: u8,
        payload: &[u8],
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        let header = EncodedHeader::encode(first, payload.len() as u64, self.frame_key(cx));
        let size = header.as_bytes().len();
        cx.output.reserve(payload.len().saturating_add(size))?;
        if let Some(frame) = cx.output.place(size + payload.len()) {
            header.write_frame(payload, frame);
        }
        Ok(())
    }

    /// A fresh key for a client's frame; a server never masks (section 5.1).
    #[inline]
    fn frame_key(&self, cx: &mut Context<'_>) -> Option<[u8; 4]> {
        match self.role {
            Role::Server => None,
            Role::Client => Some(cx.keys.masking_key()),
        }
    }
}

/// Queues a message of less than 64 KiB as a server's frame, as it is, if there is room for it and its
/// text is text: the short way for what [`Connection::answers_plainly`]. After `false` nothing has
/// changed, and [`Connection::send`] says why.
#[inline(always)]
pub fn put_message(output: &mut Output, kind: MessageType, payload: &[u8]) -> bool {
    if kind == MessageType::Text && !is_text(payload) {
        return false;
    }
    let first = FINAL | kind.opcode().bits();
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ ..=125), _) => put(output, [first, length], payload),
        (_, Ok(length)) => {
            let [high, low] = length.to_be_bytes();
            put(output, [first, 126, high, low], payload)
        }
        _ => false,
    }
}

/// Queues a header and a payload, if there is room.
#[inline(always)]
fn put<const SIZE: usize>(output: &mut Output, header: [u8; SIZE], payload: &[u8]) -> bool {
    let Some(place) = output.place(SIZE + payload.len()) else {
        return false;
    };
    if let Some((head, rest)) = place.split_first_chunk_mut::<SIZE>() {
        *head = header;
        rest.copy_from_slice(payload);
    }
    true
}
