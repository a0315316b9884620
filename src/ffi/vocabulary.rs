//! Enumerations of the C ABI: fixed numbers, to which only new ones are added.

use crate::protocol::connection::CloseState;
use crate::protocol::error::ErrorCode;
use crate::protocol::opcode::Role;
use crate::protocol::version::Version;

/// Names one connection of a loop. Never 0, and never used twice in a loop: once the connection's
/// `on_close` has been called, the id gives `OXWS_ERROR_NOT_FOUND`.
pub type oxws_connection = u64;

/// Names one listener of a loop. Never 0, and never used twice in a loop.
pub type oxws_listener = u64;

/// Names one timer of a loop. Never 0, and never used twice in a loop.
pub type oxws_timer = u64;

/// Names one watched descriptor of a loop. Never 0, and never used twice in a loop.
pub type oxws_watch = u64;

/// The type of a message (RFC 6455 section 5.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_message_type {
    /// UTF-8 text. What is received is checked; what is sent must be.
    OXWS_MESSAGE_TEXT = 1,
    /// Arbitrary bytes.
    OXWS_MESSAGE_BINARY = 2,
}

/// A version of the protocol. 13 is RFC 6455, and the one that is spoken; 8 and 7 are too, where a config
/// asks for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_version {
    /// No version, or one that no draft defines.
    OXWS_VERSION_UNKNOWN = -1,
    /// hixie-76 and hybi-00.
    OXWS_VERSION_V0 = 0,
    /// hybi-04.
    OXWS_VERSION_V4 = 4,
    /// hybi-05.
    OXWS_VERSION_V5 = 5,
    /// hybi-06.
    OXWS_VERSION_V6 = 6,
    /// hybi-07.
    OXWS_VERSION_V7 = 7,
    /// hybi-08 to hybi-12.
    OXWS_VERSION_V8 = 8,
    /// hybi-13 to hybi-17 and RFC 6455.
    OXWS_VERSION_V13 = 13,
}

impl From<Version> for oxws_version {
    fn from(version: Version) -> oxws_version {
        match version {
            Version::Unknown => oxws_version::OXWS_VERSION_UNKNOWN,
            Version::V0 => oxws_version::OXWS_VERSION_V0,
            Version::V4 => oxws_version::OXWS_VERSION_V4,
            Version::V5 => oxws_version::OXWS_VERSION_V5,
            Version::V6 => oxws_version::OXWS_VERSION_V6,
            Version::V7 => oxws_version::OXWS_VERSION_V7,
            Version::V8 => oxws_version::OXWS_VERSION_V8,
            Version::V13 => oxws_version::OXWS_VERSION_V13,
        }
    }
}

/// The newest version.
pub const OXWS_VERSION_LATEST: i32 = 13;

/// How far a connection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_state {
    /// Client: the name is being looked up.
    OXWS_STATE_RESOLVING = 1,
    /// Client: an address is being tried.
    OXWS_STATE_CONNECTING = 2,
    /// The TLS handshake has not ended.
    OXWS_STATE_TLS = 3,
    /// Client: a proxy has been asked for the way and has not answered.
    OXWS_STATE_PROXY = 4,
    /// The opening handshake has not ended.
    OXWS_STATE_HANDSHAKE = 5,
    /// Messages can be sent.
    OXWS_STATE_OPEN = 6,
    /// A Close frame has been sent or received.
    OXWS_STATE_CLOSING = 7,
    /// It has ended, and `on_close` will be called.
    OXWS_STATE_CLOSED = 8,
    /// Client: it has ended, and waits to be made once more (`oxws_config_reconnect`).
    OXWS_STATE_WAITING = 9,
}

/// How far the closing handshake of a connection has come (RFC 6455 section 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_close_state {
    /// No Close frame has passed.
    OXWS_CLOSE_STATE_OPEN = 0,
    /// This side has sent its Close frame and waits for the peer's.
    OXWS_CLOSE_STATE_CLOSE_SENT = 1,
    /// The peer's Close frame has come; the answer waits to be written.
    OXWS_CLOSE_STATE_CLOSE_RECEIVED = 2,
    /// The connection has ended, with a closing handshake or without.
    OXWS_CLOSE_STATE_CLOSED = 3,
}

impl From<CloseState> for oxws_close_state {
    fn from(state: CloseState) -> oxws_close_state {
        match state {
            CloseState::Open => oxws_close_state::OXWS_CLOSE_STATE_OPEN,
            CloseState::CloseSent => oxws_close_state::OXWS_CLOSE_STATE_CLOSE_SENT,
            CloseState::CloseReceived => oxws_close_state::OXWS_CLOSE_STATE_CLOSE_RECEIVED,
            CloseState::Closed => oxws_close_state::OXWS_CLOSE_STATE_CLOSED,
        }
    }
}

/// A side of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_role {
    /// Sends the opening request, and masks its frames.
    OXWS_ROLE_CLIENT = 1,
    /// Answers the opening request, and never masks.
    OXWS_ROLE_SERVER = 2,
}

/// The side that a number from C names.
pub(super) fn role(number: i32) -> Result<Role, ErrorCode> {
    match number {
        1 => Ok(Role::Client),
        2 => Ok(Role::Server),
        _ => Err(ErrorCode::InvalidArgument),
    }
}

/// Who began to close a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_initiator {
    /// Nobody: no Close frame passed.
    OXWS_INITIATOR_NONE = 0,
    /// This side sent the first Close frame.
    OXWS_INITIATOR_LOCAL = 1,
    /// The peer sent the first Close frame.
    OXWS_INITIATOR_REMOTE = 2,
}

/// What a descriptor is watched for, or is ready for; bits that can be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum oxws_interest {
    /// It can be read, or the other side has closed, or it has failed.
    OXWS_INTEREST_READ = 1,
    /// It can be written, or it has failed.
    OXWS_INTEREST_WRITE = 2,
}
