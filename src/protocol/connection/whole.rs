//! The short way for what nearly all frames are: messages that lie whole and plain where they were
//! received. Whatever is not like that is left to `receive`.

use crate::protocol::frame;
use crate::protocol::mask;
use crate::protocol::opcode::{MessageType, Role};
use crate::protocol::time::Time;

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
        let frame = frame::whole(bytes, self.role)?;
        let limits = &self.settings.limits;
        let length = frame.payload.len();
        if length as u64 > limits.max_frame_bytes.min(limits.max_message_bytes) {
            return None;
        }
        if self.role == Role::Server {
            mask::apply(frame.payload, frame.key);
        }
        let kind = match frame.is_text {
            false => MessageType::Binary,
            true if is_text(frame.payload) => MessageType::Text,
            true => {
                mask::apply(frame.payload, frame.key);
                return None;
            }
        };
        self.liveness.note_received(now);
        self.liveness.note_message(now);
        self.trace.record(frame.head, (frame.size + length) as u64);
        Some(Whole { kind, payload: frame.payload, consumed: frame.size + length })
    }
}

/// Out of line, so that the way of binary messages stays short.
#[inline(never)]
fn is_text(payload: &[u8]) -> bool {
    simdutf8::basic::from_utf8(payload).is_ok()
}
