//! From events to callbacks: each event of a loop becomes at most one call into the program.

use std::ffi::c_void;
use std::os::fd::IntoRawFd;

use super::close_info::{oxws_close_callback, oxws_close_info};
use super::config_callbacks::{Callbacks, oxws_message_callback};
use super::config_messages::{oxws_chunk_callback, oxws_chunk_flag};
use super::config_reconnect::oxws_disconnect_callback;
use super::connecting::{oxws_connecting, oxws_connecting_callback};
use super::detach::oxws_detach_callback;
use super::loop_handle::oxws_loop;
use super::parcel;
use super::peer_address::PeerAddress;
use super::post::oxws_post_callback;
use super::request::oxws_request;
use super::response::oxws_response;
use super::timer::oxws_timer_callback;
use super::vocabulary::oxws_message_type;
use super::watch::oxws_watch_callback;
use crate::net::endpoint::Host;
use crate::net::loop_event::{ConnectionEvent, LoopEvent};
use crate::net::owner::Readiness;
use crate::net::slots::Id;
use crate::net::steady::Message;
use crate::protocol::error::ErrorCode;
use crate::protocol::event::{CloseReport, Event, Payload};
use crate::protocol::handshake::client_request::ClientRequest;
use crate::protocol::handshake::request::Request;
use crate::protocol::message::ChunkPlace;
use crate::protocol::opcode::MessageType;

/// What the C ABI attaches to the things in a loop.
#[derive(Debug)]
pub(super) struct CHost;

impl Host for CHost {
    type Context = Callbacks;
    type MessageHandler = oxws_message_callback;
    type Action = Action;

    #[inline]
    fn message_handler(context: &Callbacks) -> oxws_message_callback {
        context.on_message
    }

    #[inline]
    fn takes_whole_messages(context: &Callbacks) -> bool {
        context.on_chunk.is_none()
    }
}

/// Calls the callback for a message that lies in the receive buffer.
#[inline]
pub(super) fn deliver(handle: *mut oxws_loop, message: &Message<'_, CHost>) {
    let user = std::ptr::with_exposed_provenance_mut(message.user);
    let target = Target { handle, id: message.id, user };
    target.message(message.handler, message.kind, message.payload);
}

/// A callback that a timer, a watched descriptor, a post or a detaching carries, and its user pointer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Action {
    Timer(oxws_timer_callback, *mut c_void),
    Watch(oxws_watch_callback, *mut c_void),
    Post(oxws_post_callback, *mut c_void),
    Detach(oxws_detach_callback, *mut c_void),
}

// SAFETY: the library never follows the user pointer; it only hands it back, and the program that
// posts it to another thread says by that that it may be used there.
unsafe impl Send for Action {}

/// Calls the callback that belongs to an event.
#[inline]
pub(super) fn dispatch(
    event_loop: &oxws_loop,
    handle: *mut oxws_loop,
    event: LoopEvent<'_, CHost>,
) -> Result<(), ErrorCode> {
    match event {
        LoopEvent::Connection { id, endpoint, user, event } => {
            let user = std::ptr::with_exposed_provenance_mut(user);
            let target = Target { handle, id, user };
            target.connection_event(event_loop, &endpoint.context, event)
        }
        LoopEvent::Delivery(delivery) => {
            parcel::deliver(handle, delivery);
            Ok(())
        }
        event @ (LoopEvent::Timer { .. }
        | LoopEvent::Watch { .. }
        | LoopEvent::Posted(_)
        | LoopEvent::Detached { .. }) => {
            act(handle, event);
            Ok(())
        }
    }
}

/// Calls the callback that an event carries.
fn act(handle: *mut oxws_loop, event: LoopEvent<'_, CHost>) {
    match event {
        LoopEvent::Timer { id, action: Action::Timer(Some(callback), user) } => {
            // SAFETY: the program gave the callback for this purpose.
            unsafe { callback(handle, id, user) };
        }
        LoopEvent::Watch { id, descriptor, readiness, action: Action::Watch(Some(call), user) } => {
            // SAFETY: the program gave the callback for this purpose.
            unsafe { call(handle, id, descriptor, interest_bits(readiness), user) };
        }
        LoopEvent::Posted(Action::Post(Some(callback), user)) => {
            // SAFETY: the program gave the callback for this purpose.
            unsafe { callback(handle, user) };
        }
        LoopEvent::Detached {
            id,
            descriptor,
            unread,
            action: Action::Detach(Some(callback), user),
        } => {
            let fd = descriptor.map_or(-1, IntoRawFd::into_raw_fd);
            // SAFETY: the program gave the callback for this purpose; the bytes live until it returns.
            unsafe { callback(handle, id, fd, unread.as_ptr(), unread.len(), user) };
        }
        _ => {}
    }
}

pub(super) fn type_number(kind: MessageType) -> oxws_message_type {
    match kind {
        MessageType::Text => oxws_message_type::OXWS_MESSAGE_TEXT,
        MessageType::Binary => oxws_message_type::OXWS_MESSAGE_BINARY,
    }
}

pub(super) fn chunk_flags(place: ChunkPlace) -> u32 {
    let first = if place.is_first { oxws_chunk_flag::OXWS_CHUNK_FIRST as u32 } else { 0 };
    let last = if place.is_last { oxws_chunk_flag::OXWS_CHUNK_LAST as u32 } else { 0 };
    first | last
}

fn interest_bits(readiness: Readiness) -> u32 {
    u32::from(readiness.read) | u32::from(readiness.write) << 1
}

/// The first arguments and the last one of every callback on a connection.
struct Target {
    handle: *mut oxws_loop,
    id: Id,
    user: *mut c_void,
}

impl Target {
    #[inline]
    fn connection_event(
        &self,
        event_loop: &oxws_loop,
        callbacks: &Callbacks,
        event: ConnectionEvent<'_>,
    ) -> Result<(), ErrorCode> {
        match event {
            ConnectionEvent::Protocol(Event::Message { kind, payload }) => match payload {
                Payload::Borrowed(data) => self.whole_message(callbacks, kind, data),
                Payload::Assembled(message) => {
                    let message = event_loop.core()?.show(message);
                    self.whole_message(callbacks, kind, message.as_slice());
                    event_loop.core()?.put_away(message);
                }
            },
            ConnectionEvent::Protocol(Event::Chunk { kind, payload, place }) => {
                self.chunk(callbacks.on_chunk, kind, payload.as_slice(), place);
                if let Payload::Assembled(message) = payload {
                    event_loop.core()?.recycle(message);
                }
            }
            ConnectionEvent::Protocol(Event::Connecting(request)) => {
                let request = self.connecting(callbacks.on_connecting, request);
                event_loop.check()?;
                // It fails only for a connection that the callback has given up.
                let _ = event_loop.core()?.send_request(self.id, &request);
            }
            ConnectionEvent::Protocol(Event::Request(request)) => {
                return self.request(event_loop, callbacks, request);
            }
            ConnectionEvent::Protocol(event) => self.protocol_event(callbacks, event),
            ConnectionEvent::Disconnected { report, delay_ms } => {
                self.disconnected(callbacks.on_disconnect, report, delay_ms);
            }
            ConnectionEvent::Writable => {
                if let Some(callback) = callbacks.on_writable {
                    // SAFETY: the program gave the callback for this purpose.
                    unsafe { callback(self.handle, self.id, self.user) };
                }
            }
        }
        Ok(())
    }

    /// A message that has come whole, also to an owner who takes pieces.
    #[inline]
    fn whole_message(&self, callbacks: &Callbacks, kind: MessageType, data: &[u8]) {
        match callbacks.on_chunk {
            None => self.message(callbacks.on_message, kind, data),
            chunk => {
                let place = ChunkPlace { is_first: true, is_last: true };
                self.chunk(chunk, kind, data, place);
            }
        }
    }

    #[inline]
    fn message(&self, callback: oxws_message_callback, kind: MessageType, data: &[u8]) {
        let Some(callback) = callback else {
            return;
        };
        let kind = type_number(kind);
        // SAFETY: the program gave the callback for this purpose; the bytes live until it returns.
        unsafe { callback(self.handle, self.id, kind, data.as_ptr(), data.len(), self.user) };
    }

    fn chunk(
        &self,
        callback: oxws_chunk_callback,
        kind: MessageType,
        data: &[u8],
        place: ChunkPlace,
    ) {
        let Some(callback) = callback else {
            return;
        };
        let (kind, flags) = (type_number(kind), chunk_flags(place));
        let (data, len) = (data.as_ptr(), data.len());
        // SAFETY: as in `message`.
        unsafe { callback(self.handle, self.id, kind, data, len, flags, self.user) };
    }

    /// A request for a WebSocket: its origin is asked for first. What the application does not decide
    /// on is decided as if it had not been asked.
    fn request(
        &self,
        event_loop: &oxws_loop,
        callbacks: &Callbacks,
        request: Box<Request>,
    ) -> Result<(), ErrorCode> {
        let request = self.lent(request);
        if let Some(callback) = callbacks.on_origin {
            // SAFETY: as in `message`; the request lives until the callback returns.
            let is_let_in = unsafe { callback(&request, self.user) } != 0;
            // It may be back in a child, where nothing goes on.
            event_loop.check()?;
            if !is_let_in {
                let mut core = event_loop.core()?;
                if core.refuse_unannounced(self.id, ErrorCode::HandshakeOrigin).is_err() {
                    // The callback has accepted it; it is not let in all the same.
                    let _ = core.abort(self.id);
                }
                return Ok(());
            }
        }
        let Some(callback) = callbacks.on_request else {
            let mut core = event_loop.core()?;
            if core.accept_as_usual(self.id).is_err() {
                // The callback has ended it, of which nobody needs to hear, or decided otherwise.
                let _ = core.refuse_unannounced(self.id, ErrorCode::Cancelled);
            }
            return Ok(());
        };
        // SAFETY: as for the origin.
        unsafe { callback(self.handle, self.id, &request, self.user) };
        Ok(())
    }

    /// A request to be lent to a callback.
    fn lent(&self, request: Box<Request>) -> oxws_request {
        // SAFETY: the request is dropped when its callbacks have returned, before the loop can be freed.
        oxws_request::new(request, unsafe { PeerAddress::of(self.handle, self.id) })
    }

    fn protocol_event(&self, callbacks: &Callbacks, event: Event<'_>) {
        match event {
            Event::HttpRequest(request) => {
                let request = self.lent(request);
                if let Some(callback) = callbacks.on_http_request {
                    // SAFETY: as in `message`; the request lives until the callback returns.
                    unsafe { callback(self.handle, self.id, &request, self.user) };
                }
            }
            Event::Response(response) => {
                // SAFETY: no loop can be freed in one of its callbacks.
                let peer_address = unsafe { PeerAddress::of(self.handle, self.id) };
                let response = oxws_response { peer_address, ..oxws_response::from(response) };
                if let Some(callback) = callbacks.on_response {
                    // SAFETY: as for a request.
                    unsafe { callback(self.handle, self.id, &response, self.user) };
                }
            }
            Event::Open => {
                if let Some(callback) = callbacks.on_open {
                    // SAFETY: the program gave the callback for this purpose.
                    unsafe { callback(self.handle, self.id, self.user) };
                }
            }
            Event::Ping(data) => {
                if let Some(callback) = callbacks.on_ping {
                    // SAFETY: as in `message`.
                    unsafe { callback(self.handle, self.id, data.as_ptr(), data.len(), self.user) };
                }
            }
            Event::Pong { payload, round_trip_micros } => {
                self.pong(callbacks, payload, round_trip_micros);
            }
            Event::Closed(report) => {
                self.closed(callbacks.on_close, report);
            }
            // Dealt with where the loop is at hand.
            Event::Request(_)
            | Event::Connecting(_)
            | Event::Message { .. }
            | Event::Chunk { .. } => {}
        }
    }

    /// Shows a request to the program, which may change it.
    fn connecting(
        &self,
        callback: oxws_connecting_callback,
        request: Box<ClientRequest>,
    ) -> Box<ClientRequest> {
        // SAFETY: no loop can be freed in one of its callbacks.
        let peer_address = unsafe { PeerAddress::of(self.handle, self.id) };
        let mut connecting = oxws_connecting { request, peer_address };
        if let Some(callback) = callback {
            // SAFETY: as in `message`; the request lives until the callback returns.
            unsafe { callback(self.handle, self.id, &raw mut connecting, self.user) };
        }
        connecting.request
    }

    fn pong(&self, callbacks: &Callbacks, data: &[u8], round_trip_micros: Option<u64>) {
        let Some(callback) = callbacks.on_pong else {
            return;
        };
        let micros = round_trip_micros.unwrap_or(u64::MAX);
        // SAFETY: as in `message`.
        unsafe { callback(self.handle, self.id, data.as_ptr(), data.len(), micros, self.user) };
    }

    fn disconnected(
        &self,
        callback: oxws_disconnect_callback,
        report: Box<CloseReport>,
        delay_ms: u32,
    ) {
        let Some(callback) = callback else { return };
        let info = oxws_close_info::new(report);
        // SAFETY: as in `message`; the report lives until the callback returns.
        unsafe { callback(self.handle, self.id, &info, delay_ms, self.user) };
    }

    fn closed(&self, callback: oxws_close_callback, report: Box<CloseReport>) {
        let Some(callback) = callback else { return };
        let info = oxws_close_info::new(report);
        // SAFETY: as in `message`; the report lives until the callback returns.
        unsafe { callback(self.handle, self.id, &info, self.user) };
    }
}
