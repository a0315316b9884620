//! The short way for what nearly all frames are: messages that lie whole and plain where they were
//! received. Whatever is not like that is left to `receive`.

use crate::protocol::frame::{self, WholeFrame};
use crate::protocol::mask;
use crate::protocol::opcode::{MessageType, Role};
use crate::protocol::time::Time;
use crate::protocol::utf8;

use super::{Connection, Phase};

/// A message that was received whole, in place.
#[derive(Debug)]
pub struct Whole<'b> {
    /// Text, which is valid UTF-8, or binary.
    pub kind: MessageType,
    /// Its bytes.
    pub payload: &'b [u8],
    /// Bytes of its frame, which have been used up.
    pub consumed: usize,
}

impl Connection {
    /// The next message, if it lies whole and unfragmented at the front of `bytes`: the short way
    /// for what nearly all frames are. After `None`, nothing has changed, and
    /// [`Connection::receive`] says what there is.
    #[inline(always)]
    pub fn receive_whole<'b>(&mut self, bytes: &'b mut [u8], now: Time) -> Option<Whole<'b>> {
        if !matches!(self.phase, Phase::Open) || self.message.is_some() {
            return None;
        }
        let mut frame = frame::whole(bytes, self.role)?;
        let limits = &self.settings.limits;
        let length = frame.payload.len();
        if length as u64 > limits.max_frame_bytes.min(limits.max_message_bytes) {
            return None;
        }
        let kind = if frame.is_text {
            if !self.unmask_text(&mut frame) {
                return None;
            }
            MessageType::Text
        } else {
            if self.role == Role::Server {
                mask::apply(frame.payload, frame.key);
            }
            MessageType::Binary
        };
        self.liveness.note_received(now);
        self.liveness.note_message(now);
        self.trace.record(frame.head, (frame.size + length) as u64);
        Some(Whole { kind, payload: frame.payload, consumed: frame.size + length })
    }

    /// Unmasks a text; where it is none, it is masked as before.
    #[inline(always)]
    fn unmask_text(&self, frame: &mut WholeFrame<'_>) -> bool {
        let is_server = self.role == Role::Server;
        if is_server && mask::apply_and_look(frame.payload, frame.key) || is_text(frame.payload) {
            return true;
        }
        if is_server {
            mask::apply(frame.payload, frame.key);
        }
        false
    }
}

/// Out of line, so that the way of binary messages stays short.
#[inline(never)]
pub(super) fn is_text(payload: &[u8]) -> bool {
    utf8::is_text(payload)
}
