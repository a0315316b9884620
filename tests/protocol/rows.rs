//! The rows of the tables: what is received, what must be seen and what must be sent, at every
//! way of cutting the input.

use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Initiator;
use oxws::protocol::opcode::Role;
use oxws::protocol::settings::Limits;

use crate::harness::{Driver, End, KEY, Seen};

/// Inputs above this are cut at their ends and at some places between only.
const CUT_EVERYWHERE: usize = 600;

/// How messages that do not come whole are received. Put together, the same must come of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Through the receive buffer.
    Plain,
    /// Straight into the message where that is offered.
    Direct,
    /// Piece by piece.
    Chunks,
}

/// A case: an open connection receives bytes.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) tweak: fn(&mut Limits),
    pub(crate) received: Vec<u8>,
    pub(crate) events: Vec<Seen>,
    pub(crate) sent: Vec<u8>,
}

impl Case {
    /// A case with the usual limits.
    pub(crate) fn new(
        name: &str,
        role: Role,
        received: Vec<u8>,
        events: Vec<Seen>,
        sent: Vec<u8>,
    ) -> Case {
        Case { name: name.into(), role, tweak: |_| (), received, events, sent }
    }

    /// A case in which the input breaks a rule: the peer is told so, and the connection ends.
    pub(crate) fn failing(name: &str, role: Role, received: Vec<u8>, error: ErrorCode) -> Case {
        Case::new(name, role, received, vec![failed(error)], told(role, error))
    }

    /// The case with limits of its own.
    pub(crate) fn with(self, tweak: fn(&mut Limits)) -> Case {
        Case { tweak, ..self }
    }

    /// Runs the case whole, byte by byte and cut in two at every place, in every way.
    pub(crate) fn check(&self) {
        let len = self.received.len();
        for way in [Way::Plain, Way::Direct, Way::Chunks] {
            self.check_pieces(&[&self.received], way);
            for cut in (1..len).filter(|cut| is_cut(*cut, len)) {
                let (front, back) = self.received.split_at(cut);
                self.check_pieces(&[front, back], way);
            }
            if len <= 4 * CUT_EVERYWHERE {
                let bytes: Vec<&[u8]> = self.received.chunks(1).collect();
                self.check_pieces(&bytes, way);
            }
        }
    }

    fn check_pieces(&self, pieces: &[&[u8]], way: Way) {
        let mut driver = match way {
            Way::Chunks => Driver::open_for_chunks(self.role, self.tweak),
            Way::Plain | Way::Direct => Driver::open(self.role, self.tweak),
        };
        driver.uses_direct = way == Way::Direct;
        for piece in pieces {
            driver.feed(piece);
        }
        let lens: Vec<usize> = pieces.iter().map(|piece| piece.len()).take(3).collect();
        let about = format!(
            "{} as {:?} in {} pieces {lens:?}, {way:?}",
            self.name,
            self.role,
            pieces.len()
        );
        if driver.seen != self.events {
            panic!("{about}: seen {}, want {}", brief(&driver.seen), brief(&self.events));
        }
        assert!(driver.sent == self.sent, "{about}: sent {:02x?}", head(&driver.sent));
        if matches!(self.events.last(), Some(Seen::Closed(_))) {
            assert!(driver.connection.has_ended() && driver.left.is_empty(), "{about}");
        }
    }
}

/// Whether an input of `len` bytes is cut before byte `cut`.
fn is_cut(cut: usize, len: usize) -> bool {
    len <= CUT_EVERYWHERE || cut <= 20 || len - cut <= 20 || cut % (len / 8) == 1
}

fn brief(seen: &[Seen]) -> String {
    let text: Vec<String> = seen
        .iter()
        .map(|seen| match seen {
            Seen::Binary(bytes) if bytes.len() > 40 => format!("Binary of {} bytes", bytes.len()),
            Seen::Text(text) if text.len() > 40 => format!("Text of {} bytes", text.len()),
            seen => format!("{seen:?}"),
        })
        .collect();
    text.join(", ")
}

fn head(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(140)]
}

/// The other side.
pub(crate) fn peer_of(role: Role) -> Role {
    match role {
        Role::Client => Role::Server,
        Role::Server => Role::Client,
    }
}

/// A frame as the side `by` sends it: its first byte, its payload in the shortest length, and a
/// client's mask.
pub(crate) fn frame(by: Role, first: u8, payload: &[u8]) -> Vec<u8> {
    let len = payload.len();
    let mask = if by == Role::Client { 0x80 } else { 0 };
    let mut bytes = match len {
        0..=125 => vec![first, mask | len as u8],
        126..=0xffff => vec![first, mask | 126, (len >> 8) as u8, len as u8],
        _ => {
            let mut bytes = vec![first, mask | 127, 0, 0, 0, 0];
            bytes.extend([(len >> 24) as u8, (len >> 16) as u8, (len >> 8) as u8, len as u8]);
            bytes
        }
    };
    match by {
        Role::Server => bytes.extend_from_slice(payload),
        Role::Client => {
            bytes.extend_from_slice(&KEY);
            bytes.extend(payload.iter().zip(KEY.iter().cycle()).map(|(byte, key)| byte ^ key));
        }
    }
    bytes
}

/// The frames of the side `by`, one behind the other.
pub(crate) fn frames(by: Role, list: &[(u8, &[u8])]) -> Vec<u8> {
    list.iter().flat_map(|(first, payload)| frame(by, *first, payload)).collect()
}

/// The Close frame of the side `by` with a code and a reason.
pub(crate) fn close_frame(by: Role, code: u16, reason: &str) -> Vec<u8> {
    frame(by, 0x88, &close_payload(code, reason))
}

/// What a Close frame carries.
pub(crate) fn close_payload(code: u16, reason: &str) -> Vec<u8> {
    let mut payload = vec![(code >> 8) as u8, code as u8];
    payload.extend_from_slice(reason.as_bytes());
    payload
}

/// A Close frame to send.
pub(crate) fn leaving(code: u16, reason: &str) -> CloseFrame {
    CloseFrame::new(Some(CloseCode::from_number(code)), reason).unwrap()
}

/// The Close frame with which `role` tells its peer of an error.
pub(crate) fn told(role: Role, error: ErrorCode) -> Vec<u8> {
    let (code, sentence) = verdict(error);
    close_frame(role, code, sentence)
}

/// The end of a connection that failed and told its peer.
pub(crate) fn failed(error: ErrorCode) -> Seen {
    let (code, sentence) = verdict(error);
    Seen::Closed(End {
        error: Some(error),
        initiator: Initiator::Local,
        local: Some((code, sentence.into())),
        remote: None,
        http_status: 0,
        announced: true,
    })
}

/// The end of a connection that ended without a word, because of `error`.
pub(crate) fn lost(error: ErrorCode) -> Seen {
    Seen::Closed(End {
        error: Some(error),
        initiator: Initiator::Nobody,
        local: None,
        remote: None,
        http_status: 0,
        announced: true,
    })
}

/// The end of a connection that both sides closed; `initiator` began.
pub(crate) fn closed(initiator: Initiator, local: (u16, &str), remote: (u16, &str)) -> Seen {
    Seen::Closed(End {
        error: None,
        initiator,
        local: Some((local.0, local.1.into())),
        remote: Some((remote.0, remote.1.into())),
        http_status: 0,
        announced: true,
    })
}

/// A text message.
pub(crate) fn text(text: &str) -> Seen {
    Seen::Text(text.into())
}

/// A binary message.
pub(crate) fn binary(bytes: &[u8]) -> Seen {
    Seen::Binary(bytes.into())
}

/// A ping.
pub(crate) fn ping(payload: &[u8]) -> Seen {
    Seen::Ping(payload.into())
}

/// A pong that answers no ping.
pub(crate) fn pong(payload: &[u8]) -> Seen {
    Seen::Pong(payload.into(), None)
}

/// The close code and the sentence that the peer is told.
fn verdict(error: ErrorCode) -> (u16, &'static str) {
    match error {
        ErrorCode::ReservedBits => (1002, "a reserved bit is set that no extension defines"),
        ErrorCode::ReservedOpcode => (1002, "the opcode is reserved"),
        ErrorCode::MaskMissing => (1002, "a frame from a client is not masked"),
        ErrorCode::MaskUnexpected => (1002, "a frame from a server is masked"),
        ErrorCode::LengthNotMinimal => (1002, "the length of a frame is not in its shortest form"),
        ErrorCode::LengthTopBit => (1002, "the top bit of a 64-bit length is set"),
        ErrorCode::ControlTooLong => (1002, "a control frame has more than 125 bytes"),
        ErrorCode::ControlFragmented => (1002, "a control frame is fragmented"),
        ErrorCode::UnexpectedContinuation => {
            (1002, "a continuation frame has no message to go on with")
        }
        ErrorCode::ExpectedContinuation => (1002, "a message begins before the last one has ended"),
        ErrorCode::ClosePayloadLength => (1002, "a Close frame has a payload of one byte"),
        ErrorCode::CloseCodeNotAllowed => {
            (1002, "a Close frame carries a code that may not stand on the wire")
        }
        ErrorCode::CloseReasonUtf8 => (1007, "the reason of a Close frame is not UTF-8"),
        ErrorCode::TextUtf8 => (1007, "a text message is not UTF-8"),
        ErrorCode::CompressedData => (1007, "a compressed message is damaged"),
        ErrorCode::FrameTooBig => (1009, "a frame is larger than the limit"),
        ErrorCode::MessageTooBig => (1009, "a message is larger than the limit"),
        ErrorCode::TooManyFragments => (1008, "a message has too many fragments for its size"),
        ErrorCode::ControlFlood => {
            (1008, "pings, pongs or empty fragments come faster than the limit")
        }
        ErrorCode::IdleTimeout => (1001, "no message passed for longer than the idle timeout"),
        ErrorCode::BufferBudget => (1013, "the loop's budget for unfinished messages is used up"),
        ErrorCode::OutOfMemory => (1011, "memory could not be had"),
        error => panic!("the peer is not told of {error:?}"),
    }
}
