//! What a connection reports, and how it reports its end.

use std::sync::Arc;

use super::close::{CloseCode, CloseFrame};
use super::error::ErrorCode;
use super::failure::{FrameHeads, Stage};
use super::handshake::client_request::ClientRequest;
use super::handshake::request::Request;
use super::handshake::response::Response;
use super::message::{Assembly, ChunkPlace};
use super::opcode::MessageType;
use super::stage_times::StageTimes;

/// One thing that happened on a connection. `'b` is the life of the receive buffer.
#[derive(Debug)]
pub enum Event<'b> {
    /// Server: a client asks for a WebSocket; to be accepted or answered otherwise.
    Request(Box<Request>),
    /// Server: an ordinary HTTP request; to be answered.
    HttpRequest(Box<Request>),
    /// Client: the transport is connected and the request is about to be written; it may be changed
    /// before it is given back to be sent.
    Connecting(Box<ClientRequest>),
    /// Client: the server has answered, with 101 or with a refusal that ends the connection.
    Response(Arc<Response>),
    /// The opening handshake has ended well.
    Open,
    /// A whole message.
    Message {
        /// Text, which is valid UTF-8, or binary.
        kind: MessageType,
        /// Its bytes.
        payload: Payload<'b>,
    },
    /// A piece of a message, where the endpoint wants pieces; a message that has come whole is
    /// still reported as [`Event::Message`].
    Chunk {
        /// Text, of which only the whole is sure to be UTF-8, or binary.
        kind: MessageType,
        /// The bytes of the piece.
        payload: Payload<'b>,
        /// Where in its message it stands.
        place: ChunkPlace,
    },
    /// A ping; its pong has been queued, unless the application answers pings itself.
    Ping(&'b [u8]),
    /// A pong.
    Pong {
        /// What it carries.
        payload: &'b [u8],
        /// Microseconds since the ping that it answers; `None` for an unsolicited pong.
        round_trip_micros: Option<u64>,
    },
    /// The connection has ended; nothing follows.
    Closed(Box<CloseReport>),
}

/// The bytes of a message: in place where they were received, or put together.
#[derive(Debug)]
pub enum Payload<'b> {
    /// In the receive buffer, unmasked there.
    Borrowed(&'b [u8]),
    /// Put together; to be given back to the pool of messages.
    Assembled(Box<Assembly>),
}

impl Payload<'_> {
    /// The bytes, wherever they are.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Payload::Borrowed(bytes) => bytes,
            Payload::Assembled(message) => message.as_slice(),
        }
    }
}

/// Who began to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initiator {
    /// Nobody: the connection failed or was lost.
    Nobody,
    /// This side sent the first Close frame.
    Local,
    /// The peer sent the first Close frame.
    Remote,
}

/// How a connection ended.
#[derive(Debug, Clone)]
pub struct CloseReport {
    /// Why, if it did not end as the protocol wants it.
    pub error: Option<ErrorCode>,
    /// What it was doing.
    pub stage: Stage,
    /// Who began.
    pub initiator: Initiator,
    /// The Close frame that this side sent.
    pub local: Option<CloseFrame>,
    /// The Close frame that the peer sent.
    pub remote: Option<CloseFrame>,
    /// The status of the HTTP answer that refused the handshake, or of the proxy's; 0 if none did.
    pub http_status: u16,
    /// The reply with which a SOCKS proxy refused (RFC 1928 section 6); 0 if none did.
    pub socks_reply: u8,
    /// The answer of the server that refused the handshake.
    pub response: Option<Arc<Response>>,
    /// Where the fault is: the offset in the head of the handshake, or behind it that of the frame.
    pub byte_offset: Option<u64>,
    /// How the last frames that were received begin, one that was refused among them.
    pub frames: FrameHeads,
    /// The number of the alert that ended TLS.
    pub tls_alert: Option<u8>,
    /// The error number of the operating system; 0 if none took part.
    pub os_error: i32,
    /// How long it was at each stage, if it ended on its way to being open.
    pub times: StageTimes,
    /// What has been reported of this connection before this event.
    pub announced: Announced,
    /// Whether the transport should still deliver what waits and let the peer finish reading,
    /// rather than drop the socket at once.
    pub linger: bool,
}

/// What has been reported of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announced {
    /// Nothing: nobody needs to hear of its end.
    Nothing,
    /// Its request alone, which the owner need not have been shown.
    Request,
    /// That it exists.
    Connection,
}

impl CloseReport {
    /// Whether both sides sent a Close frame (RFC 6455 section 7.1.4).
    pub fn was_clean(&self) -> bool {
        self.local.is_some() && self.remote.is_some()
    }

    /// The code of the connection's end as section 7.1.5 defines it: the peer's, 1005 where its
    /// frame had none, 1006 where no Close frame came, 1015 where TLS did not come about.
    pub fn code(&self) -> CloseCode {
        let by_itself = match (self.stage, self.error.and_then(ErrorCode::close_code)) {
            (Stage::Tls, Some(CloseCode::TLS_HANDSHAKE)) => CloseCode::TLS_HANDSHAKE,
            _ => CloseCode::ABNORMAL,
        };
        self.remote.as_ref().map_or(by_itself, |frame| frame.code)
    }

    /// The peer's reason; empty where there was none.
    pub fn reason(&self) -> &str {
        self.remote.as_ref().map_or("", |frame| &frame.reason)
    }
}
