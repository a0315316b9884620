//! What an endpoint without I/O reports.

use std::cell::UnsafeCell;

use super::close_info::oxws_close_info;
use super::connecting::oxws_connecting;
use super::dispatch::{chunk_flags, type_number};
use super::guard::{guard_or, reference, write};
use super::peer_address::PeerAddress;
use super::request::oxws_request;
use super::response::oxws_response;
use crate::protocol::event::{Event, Payload};
use crate::protocol::handshake::client_request::ClientRequest;
use crate::protocol::handshake::request::Request;
use crate::protocol::message::{Assembly, ChunkPlace};
use crate::protocol::opcode::MessageType;

/// Something that happened on an endpoint, from `oxws_protocol_next`. It and all that it gives live until
/// the next call of `oxws_protocol_next`, `_receive`, `_unused` or `_free` on that endpoint, so that its
/// data can be sent back.
pub struct oxws_event {
    content: Content,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_event_type {
    /// There is no event.
    OXWS_EVENT_NONE = 0,
    /// Server: a client asks for a WebSocket; see `oxws_protocol_accept`.
    OXWS_EVENT_REQUEST = 1,
    /// Server: an ordinary HTTP request; see `oxws_protocol_respond`.
    OXWS_EVENT_HTTP_REQUEST = 2,
    /// Client: the server has answered, with 101 or with a refusal that ends the connection.
    OXWS_EVENT_RESPONSE = 3,
    /// The opening handshake has ended well.
    OXWS_EVENT_OPEN = 4,
    /// A whole message.
    OXWS_EVENT_MESSAGE = 5,
    /// A ping, which has been answered unless `oxws_config_auto_pong` says otherwise.
    OXWS_EVENT_PING = 6,
    /// A pong.
    OXWS_EVENT_PONG = 7,
    /// The connection has ended; nothing follows. It is the last event of each endpoint.
    OXWS_EVENT_CLOSED = 8,
    /// A piece of a message; instead of whole messages if the config has an `on_chunk`.
    OXWS_EVENT_CHUNK = 9,
    /// Client: the request is about to be written, which the next call of `oxws_protocol_next` does; if
    /// the config has an `on_connecting`.
    OXWS_EVENT_CONNECTING = 10,
}

enum Content {
    Request(oxws_request),
    HttpRequest(oxws_request),
    Response(oxws_response),
    Open,
    Message(MessageType, Data),
    Chunk(MessageType, Data, u32),
    Ping(Data),
    Pong(Data, u64),
    Closed(oxws_close_info),
    /// In a cell, as the program changes it through what is otherwise only read.
    Connecting(UnsafeCell<oxws_connecting>),
}

/// The bytes of an event: where they were received, or put together.
enum Data {
    InPlace(*const u8, usize),
    Assembled(Box<Assembly>),
}

impl Data {
    fn of(bytes: &[u8]) -> Data {
        Data::InPlace(bytes.as_ptr(), bytes.len())
    }

    fn of_payload(payload: Payload<'_>) -> Data {
        match payload {
            Payload::Borrowed(bytes) => Data::of(bytes),
            Payload::Assembled(message) => Data::Assembled(message),
        }
    }

    fn place(&self) -> (*const u8, usize) {
        match self {
            Data::InPlace(data, len) => (*data, *len),
            Data::Assembled(message) => (message.as_slice().as_ptr(), message.as_slice().len()),
        }
    }
}

impl oxws_event {
    /// An event as C sees it. Its bytes stay where they are, and must for as long as it lives.
    pub(super) fn new(event: Event<'_>, reports_chunks: bool) -> oxws_event {
        let content = match event {
            Event::Request(request) => Content::Request(of_nobody(request)),
            Event::HttpRequest(request) => Content::HttpRequest(of_nobody(request)),
            Event::Response(response) => Content::Response(oxws_response::from(response)),
            Event::Open => Content::Open,
            Event::Message { kind, payload } if reports_chunks => {
                let flags = chunk_flags(ChunkPlace { is_first: true, is_last: true });
                Content::Chunk(kind, Data::of_payload(payload), flags)
            }
            Event::Message { kind, payload } => Content::Message(kind, Data::of_payload(payload)),
            Event::Chunk { kind, payload, place } => {
                Content::Chunk(kind, Data::of_payload(payload), chunk_flags(place))
            }
            Event::Ping(payload) => Content::Ping(Data::of(payload)),
            Event::Pong { payload, round_trip_micros } => {
                Content::Pong(Data::of(payload), round_trip_micros.unwrap_or(u64::MAX))
            }
            Event::Closed(report) => Content::Closed(oxws_close_info::new(report)),
            Event::Connecting(request) => {
                let peer_address = PeerAddress::default();
                Content::Connecting(UnsafeCell::new(oxws_connecting { request, peer_address }))
            }
        };
        oxws_event { content }
    }

    /// The request that is about to be written, as the program has left it.
    pub(super) fn into_connecting(self) -> Option<Box<ClientRequest>> {
        match self.content {
            Content::Connecting(connecting) => Some(connecting.into_inner().request),
            _ => None,
        }
    }
}

/// A request of which the transport is the program's, who alone knows from whom it came.
fn of_nobody(request: Box<Request>) -> oxws_request {
    oxws_request::new(request, PeerAddress::default())
}

/// Asks an event for something; `none` if there is no event or panic.
///
/// # Safety
///
/// `event` is NULL or valid.
unsafe fn ask<T: Copy>(
    event: *const oxws_event,
    none: T,
    body: impl FnOnce(&Content) -> Option<T>,
) -> T {
    guard_or(none, || {
        // SAFETY: promised by the caller.
        let event = unsafe { reference(event) };
        event.ok().and_then(|event| body(&event.content)).unwrap_or(none)
    })
}

/// What happened. `OXWS_EVENT_NONE` for NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `event` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_event_get_type(event: *const oxws_event) -> oxws_event_type {
    let type_of = |content: &Content| match content {
        Content::Request(_) => oxws_event_type::OXWS_EVENT_REQUEST,
        Content::HttpRequest(_) => oxws_event_type::OXWS_EVENT_HTTP_REQUEST,
        Content::Response(_) => oxws_event_type::OXWS_EVENT_RESPONSE,
        Content::Open => oxws_event_type::OXWS_EVENT_OPEN,
        Content::Message(..) => oxws_event_type::OXWS_EVENT_MESSAGE,
        Content::Chunk(..) => oxws_event_type::OXWS_EVENT_CHUNK,
        Content::Ping(_) => oxws_event_type::OXWS_EVENT_PING,
        Content::Pong(..) => oxws_event_type::OXWS_EVENT_PONG,
        Content::Closed(_) => oxws_event_type::OXWS_EVENT_CLOSED,
        Content::Connecting(_) => oxws_event_type::OXWS_EVENT_CONNECTING,
    };
    // SAFETY: promised by the caller.
    unsafe { ask(event, oxws_event_type::OXWS_EVENT_NONE, |content| Some(type_of(content))) }
}

/// The type of the message that has come, or of which a piece has: an `oxws_message_type`. 0 if the event
/// is none of these.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `event` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_event_message_type(event: *const oxws_event) -> i32 {
    let kind = |content: &Content| match content {
        Content::Message(kind, _) | Content::Chunk(kind, ..) => Some(type_number(*kind) as i32),
        _ => None,
    };
    // SAFETY: promised by the caller.
    unsafe { ask(event, 0, kind) }
}

/// The bytes of a message, a piece of one, a ping or a pong: `*len`, which may be 0. They may be changed
/// by nobody. NULL and 0 for other events. `len` may be NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `event` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_event_data(event: *const oxws_event, len: *mut usize) -> *const u8 {
    let place = |content: &Content| match content {
        Content::Message(_, data)
        | Content::Chunk(_, data, _)
        | Content::Ping(data)
        | Content::Pong(data, _) => Some(data.place()),
        _ => None,
    };
    // SAFETY: promised by the caller.
    unsafe {
        let (data, count) = ask(event, (std::ptr::null(), 0), place);
        write(len, count);
        data
    }
}

/// Where in its message a piece stands: bits of `oxws_chunk_flag`. 0 for other events.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `event` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_event_chunk_flags(event: *const oxws_event) -> u32 {
    let flags = |content: &Content| match content {
        Content::Chunk(_, _, flags) => Some(*flags),
        _ => None,
    };
    // SAFETY: promised by the caller.
    unsafe { ask(event, 0, flags) }
}

/// The microseconds between a ping and the pong that answers it; `UINT64_MAX` for a pong that answers
/// none, and for other events.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `event` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_event_round_trip_us(event: *const oxws_event) -> u64 {
    let micros = |content: &Content| match content {
        Content::Pong(_, micros) => Some(*micros),
        _ => None,
    };
    // SAFETY: promised by the caller.
    unsafe { ask(event, u64::MAX, micros) }
}

/// The request of `OXWS_EVENT_REQUEST` and `OXWS_EVENT_HTTP_REQUEST`; NULL for other events.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `event` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_event_request(event: *const oxws_event) -> *const oxws_request {
    let request = |content: &Content| match content {
        Content::Request(request) | Content::HttpRequest(request) => {
            Some(std::ptr::from_ref(request))
        }
        _ => None,
    };
    // SAFETY: promised by the caller.
    unsafe { ask(event, std::ptr::null(), request) }
}

/// The request of `OXWS_EVENT_CONNECTING`, which may be changed; NULL for other events.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `event` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_event_connecting(event: *const oxws_event) -> *mut oxws_connecting {
    let connecting = |content: &Content| match content {
        Content::Connecting(connecting) => Some(connecting.get()),
        _ => None,
    };
    // SAFETY: promised by the caller.
    unsafe { ask(event, std::ptr::null_mut(), connecting) }
}

/// The response of `OXWS_EVENT_RESPONSE`; NULL for other events.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `event` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_event_response(event: *const oxws_event) -> *const oxws_response {
    let response = |content: &Content| match content {
        Content::Response(response) => Some(std::ptr::from_ref(response)),
        _ => None,
    };
    // SAFETY: promised by the caller.
    unsafe { ask(event, std::ptr::null(), response) }
}

/// How the connection ended, for `OXWS_EVENT_CLOSED`; NULL for other events.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `event` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_event_close_info(event: *const oxws_event) -> *const oxws_close_info {
    let info = |content: &Content| match content {
        Content::Closed(info) => Some(std::ptr::from_ref(info)),
        _ => None,
    };
    // SAFETY: promised by the caller.
    unsafe { ask(event, std::ptr::null(), info) }
}
