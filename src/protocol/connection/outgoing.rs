//! A message that leaves in pieces, one frame for each (RFC 6455 section 5.4).
//!
//! While it does, no other message may leave: fragments of different messages are never mixed.
//! Control frames may.

use crate::protocol::coding::Coding;
use crate::protocol::error::ErrorCode;
use crate::protocol::frame::FINAL;
use crate::protocol::opcode::{MessageType, Opcode};
use crate::protocol::utf8::Utf8Stream;

use super::{Choice, Connection, Context, Extras};

/// What is known of a message whose end has not been sent.
#[derive(Debug)]
pub(super) struct Outgoing {
    kind: MessageType,
    utf8: Utf8Stream,
    /// Whether its first frame has been queued.
    has_begun: bool,
    coding: Coding,
}

/// The header of a piece, and what the message is like after it.
#[derive(Debug)]
pub struct Piece {
    pub(super) opcode: Opcode,
    pub(super) fin: bool,
    pub(super) coding: Coding,
    utf8: Utf8Stream,
}

impl Piece {
    /// The first byte of its frame: only the first frame of a message says how it is coded.
    fn first_byte(&self) -> u8 {
        let fin = if self.fin { FINAL } else { 0 };
        let is_first = self.opcode != Opcode::Continuation;
        let mark = if is_first { self.coding.mark() } else { 0 };
        self.opcode.bits() | fin | mark
    }
}

impl Connection {
    /// Begins a message whose pieces follow. Nothing is queued yet.
    ///
    /// # Errors
    ///
    /// `NotOpen`, `Closed`, `InvalidState` while another message leaves in pieces.
    pub fn begin_message(&mut self, kind: MessageType, choice: Choice) -> Result<(), ErrorCode> {
        self.check_send(MessageType::Binary, &[])?;
        // Its size is not known.
        let coding = self.coding(choice, usize::MAX);
        let outgoing = Outgoing { kind, utf8: Utf8Stream::default(), has_begun: false, coding };
        self.set_outgoing(Some(outgoing));
        Ok(())
    }

    /// Whether a message has been begun and not ended.
    #[inline(always)]
    pub fn is_sending_pieces(&self) -> bool {
        self.extras.as_ref().is_some_and(|extras| extras.outgoing.is_some())
    }

    /// Whether this piece may be sent now; the last one if `fin`.
    ///
    /// # Errors
    ///
    /// `NotOpen`, `Closed`, `InvalidState` if no message was begun, `InvalidUtf8` if the text has
    /// an impossible byte, or ends inside a character.
    pub fn check_piece(&self, piece: &[u8], fin: bool) -> Result<Piece, ErrorCode> {
        self.check_open()?;
        let outgoing = self.extras.as_ref().and_then(|extras| extras.outgoing.as_ref());
        let outgoing = outgoing.ok_or(ErrorCode::InvalidState)?;
        let mut utf8 = outgoing.utf8;
        if outgoing.kind == MessageType::Text {
            utf8.push(piece).map_err(|_| ErrorCode::InvalidUtf8)?;
            if fin && !utf8.is_complete() {
                return Err(ErrorCode::InvalidUtf8);
            }
        }
        let opcode = match outgoing.has_begun {
            true => Opcode::Continuation,
            false => outgoing.kind.opcode(),
        };
        Ok(Piece { opcode, fin, coding: outgoing.coding, utf8 })
    }

    /// The piece has been queued or written.
    pub fn piece_sent(&mut self, piece: &Piece) {
        if piece.fin {
            self.set_outgoing(None);
        } else if let Some(extras) = &mut self.extras
            && let Some(outgoing) = &mut extras.outgoing
        {
            outgoing.utf8 = piece.utf8;
            outgoing.has_begun = true;
        }
    }

    /// Queues a piece of the message that was begun, the last one if `fin`. An empty one that is
    /// not the last queues nothing.
    ///
    /// # Errors
    ///
    /// As [`Connection::check_piece`], and `OutOfMemory`; nothing is queued then.
    pub fn send_piece(
        &mut self,
        bytes: &[u8],
        fin: bool,
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        let piece = self.check_piece(bytes, fin)?;
        if bytes.is_empty() && !fin {
            return Ok(());
        }
        let first = piece.first_byte();
        match piece.coding {
            Coding::Deflated => self.send_deflated_piece(first, bytes, cx)?,
            Coding::Plain => self.write_part(first, bytes, cx)?,
        }
        self.piece_sent(&piece);
        self.liveness.note_message(cx.now);
        Ok(())
    }

    /// Another message leaves in pieces, or none any more.
    pub(super) fn set_outgoing(&mut self, outgoing: Option<Outgoing>) {
        self.extras = Extras::with_outgoing(self.extras.take(), outgoing);
    }
}
