//! What the report of an end is made of besides the error: how far the connection had come, which
//! deadline passed, which header is at fault, and which frames came last.

use super::error::ErrorCode;

/// What a connection was doing when it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The name of the host was being looked up.
    Resolve,
    /// An address was being tried.
    Connect,
    /// The TLS handshake had not ended.
    Tls,
    /// A proxy had been asked for the way.
    Proxy,
    /// The opening handshake had not ended.
    Handshake,
    /// Messages passed.
    Open,
    /// A Close frame had been sent or received.
    Closing,
    /// It had ended before, and waited to be made once more.
    Waiting,
}

/// Which deadline ended a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeout {
    /// That of the opening handshake.
    Handshake,
    /// That of connecting, which includes the handshake.
    Connect,
    /// That of the pong.
    Pong,
    /// The one without a message.
    Idle,
    /// That of the peer's Close frame.
    Close,
    /// The one without a byte taken by the peer.
    WriteStall,
}

impl ErrorCode {
    /// The deadline that has passed, if the error is one.
    pub fn timeout(self) -> Option<Timeout> {
        match self {
            ErrorCode::HandshakeTimeout => Some(Timeout::Handshake),
            ErrorCode::ConnectTimeout => Some(Timeout::Connect),
            ErrorCode::PongTimeout => Some(Timeout::Pong),
            ErrorCode::IdleTimeout => Some(Timeout::Idle),
            ErrorCode::CloseTimeout => Some(Timeout::Close),
            ErrorCode::WriteStalled => Some(Timeout::WriteStall),
            _ => None,
        }
    }

    /// The header field that is missing or wrong, if the error is about one.
    pub fn header_name(self) -> Option<&'static str> {
        match self {
            ErrorCode::HandshakeHost => Some("Host"),
            ErrorCode::HandshakeUpgrade => Some("Upgrade"),
            ErrorCode::HandshakeConnection => Some("Connection"),
            ErrorCode::HandshakeKey => Some("Sec-WebSocket-Key"),
            ErrorCode::HandshakeVersion | ErrorCode::HandshakeVersionMissing => {
                Some("Sec-WebSocket-Version")
            }
            ErrorCode::HandshakeOrigin => Some("Origin"),
            ErrorCode::HandshakeAccept => Some("Sec-WebSocket-Accept"),
            ErrorCode::HandshakeSubprotocol => Some("Sec-WebSocket-Protocol"),
            ErrorCode::HandshakeExtension => Some("Sec-WebSocket-Extensions"),
            _ => None,
        }
    }
}

/// The first two bytes of each of the last frames that were received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FrameHeads {
    /// Two bytes a frame, those of the newest lowest; [`FrameHeads::bits_of`] each.
    bits: u64,
    count: u8,
}

impl FrameHeads {
    /// How many frames are remembered.
    pub(super) const CAPACITY: u8 = 4;

    /// As many as are remembered in `bits`, of which the newest has the lowest two bytes.
    pub(super) fn new(bits: u64, count: u8) -> FrameHeads {
        FrameHeads { bits, count: count.min(FrameHeads::CAPACITY) }
    }

    /// Adds a frame and forgets the oldest.
    pub(super) fn push(&mut self, head: [u8; 2]) {
        self.bits = self.bits << 16 | FrameHeads::bits_of(head);
        self.count = (self.count + 1).min(FrameHeads::CAPACITY);
    }

    /// The bits of a frame that begins so: as it lies in memory, which costs nothing to ask for.
    #[inline(always)]
    pub(super) fn bits_of(head: [u8; 2]) -> u64 {
        u64::from(u16::from_ne_bytes(head))
    }

    /// How many there are.
    pub fn count(self) -> usize {
        usize::from(self.count)
    }

    /// The one at this place; the newest is the last.
    pub fn at(self, index: usize) -> Option<[u8; 2]> {
        self.iter().nth(index)
    }

    /// All of them, the newest last.
    pub fn iter(self) -> impl Iterator<Item = [u8; 2]> {
        let absent = usize::from(FrameHeads::CAPACITY - self.count);
        let [a, b, c, d, e, f, g, h] = self.bits.to_be_bytes();
        let heads = [[a, b], [c, d], [e, f], [g, h]].into_iter().skip(absent);
        heads.map(|bytes| u16::from_be_bytes(bytes).to_ne_bytes())
    }
}
