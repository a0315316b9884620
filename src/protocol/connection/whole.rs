//! The short way for what nearly all frames are: messages that lie whole and plain where they were
//! received. Whatever is not like that is left to `receive`.

use crate::protocol::frame::{self, ShortHeader};
use crate::protocol::mask;
use crate::protocol::opcode::{MessageType, Role};
use crate::protocol::time::Time;
use crate::protocol::utf8;

use super::Connection;

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
    #[inline]
    pub fn receive_whole<'b>(&mut self, bytes: &'b mut [u8], now: Time) -> Option<Whole<'b>> {
        if !self.awaits_message() {
            return None;
        }
        let whole = self.receive_longer(bytes)?;
        self.liveness.note_received(now);
        self.liveness.note_message(now);
        Some(whole)
    }

    /// As [`Connection::receive_whole`], where [`Connection::is_calm`] is known to be true, and without
    /// noting when it was.
    #[inline(always)]
    pub fn receive_calmly<'b>(&mut self, bytes: &'b mut [u8]) -> Option<Whole<'b>> {
        if self.role == Role::Server
            && let Some(header) = ShortHeader::read(bytes)
        {
            return self.receive_short(&header, bytes);
        }
        let Whole { kind, payload, consumed } = self.receive_longer(bytes)?;
        Some(Whole { kind, payload, consumed })
    }

    #[inline(always)]
    fn receive_short<'b>(
        &mut self,
        header: &ShortHeader,
        bytes: &'b mut [u8],
    ) -> Option<Whole<'b>> {
        let consumed = ShortHeader::SIZE + header.length;
        let payload = bytes.get_mut(ShortHeader::SIZE..consumed)?;
        let kind = if header.is_text {
            if !unmask_text(payload, header.key) {
                return None;
            }
            MessageType::Text
        } else {
            mask::apply(payload, header.key);
            MessageType::Binary
        };
        self.trace.record(header.head, consumed as u64);
        Some(Whole { kind, payload, consumed })
    }

    /// Out of line, so that the way of short messages stays short.
    #[inline(never)]
    fn receive_longer<'b>(&mut self, bytes: &'b mut [u8]) -> Option<Whole<'b>> {
        let frame = frame::whole(bytes, self.role)?;
        let length = frame.payload.len();
        if length as u64 > self.settings.limits.largest_whole() {
            return None;
        }
        let is_server = self.role == Role::Server;
        let kind = match frame.is_text {
            true if is_server && !unmask_text(frame.payload, frame.key) => return None,
            true if !is_server && !is_text(frame.payload) => return None,
            true => MessageType::Text,
            false => {
                if is_server {
                    mask::apply(frame.payload, frame.key);
                }
                MessageType::Binary
            }
        };
        self.trace.record(frame.head, (frame.size + length) as u64);
        Some(Whole { kind, payload: frame.payload, consumed: frame.size + length })
    }
}

/// Unmasks a text; where it is none, it is masked as before.
#[inline(always)]
fn unmask_text(payload: &mut [u8], key: [u8; 4]) -> bool {
    let is_good = mask::apply_and_look(payload, key) || is_text(payload);
    if !is_good {
        mask::apply(payload, key);
    }
    is_good
}

/// Out of line, so that the way of binary messages stays short.
#[inline(never)]
pub(super) fn is_text(payload: &[u8]) -> bool {
    utf8::is_text(payload)
}
