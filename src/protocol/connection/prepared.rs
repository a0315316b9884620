//! A message that is framed once, and deflated once for each way of deflating it, on however many
//! connections it is sent (RFC 6455 section 5.6, RFC 7692 section 7.2).
//!
//! Nothing of it changes once it is made, so that several threads may send it at once. Frames are those of
//! a server: a client masks each of its own with a fresh key.

use std::sync::{Arc, Mutex, PoisonError};

use crate::protocol::coding::Coding;
use crate::protocol::deflate::streams::Streams;
use crate::protocol::encoded_header::EncodedHeader;
use crate::protocol::error::ErrorCode;
use crate::protocol::frame::FINAL;
use crate::protocol::opcode::{MessageType, Role};
use crate::protocol::time::Time;

use super::compression::{Choice, Manner};
use super::whole::is_text;
use super::{Connection, Context};

/// A whole frame that connections share.
#[derive(Debug)]
pub struct SharedFrame {
    bytes: Box<[u8]>,
}

impl SharedFrame {
    /// The header and the payload.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<Vec<u8>> for SharedFrame {
    fn from(bytes: Vec<u8>) -> SharedFrame {
        SharedFrame { bytes: bytes.into_boxed_slice() }
    }
}

/// A message as it is sent, again and again.
#[derive(Debug)]
pub struct Prepared {
    kind: MessageType,
    choice: Choice,
    header_bytes: usize,
    plain: Arc<SharedFrame>,
    /// The frames in which it is deflated, made when they are asked for first.
    deflated: Mutex<Vec<(Manner, Arc<SharedFrame>)>>,
}

impl Prepared {
    /// Frames a copy of a message, which is compressed or not where that is agreed on.
    ///
    /// # Errors
    ///
    /// `InvalidUtf8` for text that is not UTF-8, `OutOfMemory`.
    pub fn new(kind: MessageType, payload: &[u8], choice: Choice) -> Result<Prepared, ErrorCode> {
        if kind == MessageType::Text && !is_text(payload) {
            return Err(ErrorCode::InvalidUtf8);
        }
        let (plain, header_bytes) = frame(kind, Coding::Plain, payload)?;
        Ok(Prepared { kind, choice, header_bytes, plain, deflated: Mutex::default() })
    }

    /// Text or binary.
    pub fn kind(&self) -> MessageType {
        self.kind
    }

    /// Whether it is compressed where that is agreed on.
    pub fn choice(&self) -> Choice {
        self.choice
    }

    /// The message as it was given.
    pub fn payload(&self) -> &[u8] {
        self.plain.as_bytes().get(self.header_bytes..).unwrap_or_default()
    }

    /// The frame in which it is deflated, or the plain one if that is no larger. Whoever asks for the same
    /// meanwhile waits, instead of doing the same work.
    fn deflated(
        &self,
        manner: Manner,
        streams: &mut Streams,
    ) -> Result<Arc<SharedFrame>, ErrorCode> {
        let mut known = self.deflated.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, frame)) = known.iter().find(|(known, _)| *known == manner) {
            return Ok(Arc::clone(frame));
        }
        known.try_reserve(1).map_err(|_| ErrorCode::OutOfMemory)?;
        let frame = self.deflate(manner, streams)?;
        known.push((manner, Arc::clone(&frame)));
        Ok(frame)
    }

    fn deflate(
        &self,
        manner: Manner,
        streams: &mut Streams,
    ) -> Result<Arc<SharedFrame>, ErrorCode> {
        let payload = self.payload();
        let mut scratch = streams.scratch();
        let mut stream = streams.deflater(manner.window_bits, manner.level)?;
        // After an error the stream is not used again.
        stream.deflate(payload, true, &mut scratch)?;
        streams.give_back_deflater(stream);
        let made = match scratch.len() < payload.len() {
            true => frame(self.kind, Coding::Deflated, &scratch).map(|(frame, _)| frame),
            false => Ok(Arc::clone(&self.plain)),
        };
        streams.give_back_scratch(scratch);
        made
    }
}

/// A whole frame, and the size of its header.
fn frame(
    kind: MessageType,
    coding: Coding,
    payload: &[u8],
) -> Result<(Arc<SharedFrame>, usize), ErrorCode> {
    let first = FINAL | coding.mark() | kind.opcode().bits();
    let header = EncodedHeader::encode(first, payload.len() as u64, None);
    let header = header.as_bytes();
    let mut bytes = Vec::new();
    let size = header.len().saturating_add(payload.len());
    bytes.try_reserve_exact(size).map_err(|_| ErrorCode::OutOfMemory)?;
    bytes.extend_from_slice(header);
    bytes.extend_from_slice(payload);
    Ok((Arc::new(SharedFrame::from(bytes)), header.len()))
}

impl Connection {
    /// The frame in which a message leaves as it is, where a server that compresses nothing may send one now.
    #[inline]
    pub fn plain_frame<'m>(
        &mut self,
        message: &'m Prepared,
        now: Time,
    ) -> Option<&'m Arc<SharedFrame>> {
        if !self.answers_plainly() {
            return None;
        }
        self.liveness.note_message(now);
        Some(&message.plain)
    }

    /// The frame in which a message leaves on this connection as it does on others, to be queued behind
    /// all else. `None` where it needs one of its own, for [`Connection::send_as`]: a client's, which is
    /// masked, or one that refers to messages before it.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; nothing has changed.
    pub fn shared_frame(
        &mut self,
        message: &Prepared,
        cx: &mut Context<'_>,
    ) -> Result<Option<Arc<SharedFrame>>, ErrorCode> {
        if self.role() == Role::Client {
            return Ok(None);
        }
        let frame = match self.coding(message.choice, message.payload().len()) {
            Coding::Plain => Arc::clone(&message.plain),
            Coding::Deflated => match self.manner() {
                Some(manner) => message.deflated(manner, cx.streams)?,
                None => return Ok(None),
            },
        };
        self.liveness.note_message(cx.now);
        Ok(Some(frame))
    }

    /// Queues a message that was prepared, where [`Connection::check_send`] lets one pass.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; nothing is queued.
    pub fn send_prepared(
        &mut self,
        message: &Prepared,
        cx: &mut Context<'_>,
    ) -> Result<(), ErrorCode> {
        match self.shared_frame(message, cx)? {
            Some(frame) => cx.output.append(frame.as_bytes()),
            None => self.send_as(message.kind, message.payload(), message.choice, cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary(payload: &[u8], choice: Choice) -> Prepared {
        Prepared::new(MessageType::Binary, payload, choice).unwrap()
    }

    #[test]
    fn the_header_of_each_size_is_that_of_a_server() {
        let cases: [(usize, &[u8]); 6] = [
            (0, &[0x82, 0]),
            (1, &[0x82, 1]),
            (125, &[0x82, 125]),
            (126, &[0x82, 126, 0, 126]),
            (65_535, &[0x82, 126, 255, 255]),
            (65_536, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ];
        for (size, header) in cases {
            let message = binary(&vec![7; size], Choice::BySize);
            let (head, payload) = message.plain.as_bytes().split_at(header.len());
            assert_eq!(head, header);
            assert!(payload.len() == size && payload.iter().all(|byte| *byte == 7));
            assert_eq!(message.payload(), payload);
        }
    }

    #[test]
    fn a09_text_is_looked_at_once() {
        let text = |bytes: &[u8]| Prepared::new(MessageType::Text, bytes, Choice::BySize);
        assert_eq!(text("h\u{e9}".as_bytes()).unwrap().plain.as_bytes(), b"\x81\x03h\xc3\xa9");
        for bad in [&b"\xc3"[..], b"a\xff", b"\xed\xa0\x80"] {
            assert_eq!(text(bad).unwrap_err(), ErrorCode::InvalidUtf8);
        }
    }

    #[test]
    fn each_manner_is_compressed_once_whoever_asks() {
        let message = binary(&[b'a'; 5000], Choice::Force);
        let manner = |window_bits| Manner { window_bits, level: 6 };
        let ask = |window_bits| message.deflated(manner(window_bits), &mut Streams::default());
        let first = ask(15).unwrap();
        assert!(first.as_bytes()[0] == 0xc2 && first.as_bytes().len() < 100);
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| [ask(15), ask(9)])).collect();
            for thread in threads {
                let [large, small] = thread.join().unwrap();
                assert!(Arc::ptr_eq(&large.unwrap(), &first));
                assert!(Arc::ptr_eq(&small.unwrap(), &ask(9).unwrap()));
            }
        });
        assert_eq!(message.deflated.lock().unwrap().len(), 2);
    }

    #[test]
    fn what_compression_makes_no_smaller_is_the_plain_frame() {
        let message = binary(b"abc", Choice::Force);
        let manner = Manner { window_bits: 15, level: 6 };
        let frame = message.deflated(manner, &mut Streams::default()).unwrap();
        assert!(Arc::ptr_eq(&frame, &message.plain));
    }
}
