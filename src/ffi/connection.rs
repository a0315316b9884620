//! What a program does with a connection: dial, send, close.

use std::ffi::{c_char, c_void};

use super::config::oxws_config;
use super::guard::{bytes, optional_text, reference, text, write};
use super::loop_handle::{oxws_loop, try_with_loop, with_loop};
use super::message::check_from_afar;
use super::status::oxws_status;
use super::vocabulary::{oxws_connection, oxws_message_type};
use crate::net::mailbox::Command;
use crate::protocol::close::{CloseCode, CloseFrame};
use crate::protocol::error::ErrorCode;
use crate::protocol::frame::MAX_CONTROL_BYTES;
use crate::protocol::opcode::MessageType;

const TEXT: i32 = oxws_message_type::OXWS_MESSAGE_TEXT as i32;
const BINARY: i32 = oxws_message_type::OXWS_MESSAGE_BINARY as i32;

/// Up to this size the way of a binary message has no other in it.
const SHORT_BYTES: usize = 125;

/// Begins to connect to `url` as a client: `ws://host:port/path?query`, or a Unix-domain socket as
/// `ws+unix:/path/of/socket` or `ws+unix:/path/of/socket:/path?query`.
///
/// `wss:` is the same through TLS, see `oxws_config_tls`: the server must have a certificate for the host.
///
/// The config is copied. Looking the name up, connecting and the handshake go on while the loop
/// runs, all within the config's handshake timeout; they end in `on_open` or in `on_close`, which
/// comes also if connecting fails, unless the connection comes back (`oxws_config_reconnect`). `connection` gets the id, and may be NULL; `config` may not.
///
/// What is not ASCII in the path or query, and a space, must be percent-encoded. A URL with a user name
/// or password is refused unless `oxws_config_url_credentials` says otherwise.
///
/// Errors, after which nothing is called back: `OXWS_ERROR_INVALID_URL`;
/// for `wss:` `OXWS_ERROR_TLS_NOT_CONFIGURED` if no authority is trusted, and `OXWS_ERROR_UNSUPPORTED` in a
/// build without TLS;
/// `OXWS_ERROR_INVALID_HEADER`; `OXWS_ERROR_INVALID_STATE` while `oxws_loop_shutdown` is at work;
/// `OXWS_ERROR_LOOP_FREED` inside `oxws_loop_free`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `url` is NULL or NUL-terminated, `config` is
/// NULL or valid, `connection` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connect(
    r#loop: *mut oxws_loop,
    url: *const c_char,
    config: *const oxws_config,
    connection: *mut oxws_connection,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let mut core = event_loop.core_for_new()?;
            let (url, config) = (text(url)?, reference(config)?);
            let (address, request) = config.dial(url)?;
            let endpoint = config.endpoint_to(&address)?;
            write(connection, core.connect(&address.place, request, endpoint)?);
            Ok(())
        })
    }
}

/// Sends a message of `len` bytes (RFC 6455 section 5.6). `type` is an `oxws_message_type`; text
/// must be UTF-8. `data` may be NULL if `len` is 0.
///
/// Inside a callback the message leaves, together with all others, when the connection's turn is
/// over; outside of the loop's rounds at once. What the system does not take is queued.
///
/// `data` is copied as far as it is queued. A message from 64 KiB on that a callback was given whole, and
/// sends on as a server, whole or for the most part, is not, to however many connections it goes: the
/// library keeps it until it has left everywhere.
///
/// Errors, after which nothing of it is sent: `OXWS_ERROR_NOT_FOUND`, `OXWS_ERROR_NOT_OPEN`,
/// `OXWS_ERROR_CLOSED`; `OXWS_ERROR_WOULD_EXCEED` if as much waits as may, to be tried again in
/// `on_writable`; `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_INVALID_ARGUMENT` for another type;
/// `OXWS_ERROR_INVALID_STATE` between `oxws_send_begin` and `oxws_send_end`;
/// `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: any.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `data` is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_send(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    r#type: i32,
    data: *const c_void,
    len: usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        let fast =
            |event_loop: &oxws_loop| answer_shortly(event_loop, connection, r#type, data, len);
        try_with_loop(r#loop, fast, || send_checked(r#loop, connection, r#type, data, len))
    }
}

/// Sends a short binary message on the connection whose turn it is; whether it did.
///
/// # Safety
///
/// As for `oxws_send`.
#[inline(always)]
unsafe fn answer_shortly(
    event_loop: &oxws_loop,
    id: oxws_connection,
    r#type: i32,
    data: *const c_void,
    len: usize,
) -> bool {
    if len > SHORT_BYTES || r#type != BINARY || data.is_null() {
        return false;
    }
    // SAFETY: not NULL, of a possible size, and readable as the caller promises.
    let payload = unsafe { std::slice::from_raw_parts(data.cast(), len) };
    let core = event_loop.core();
    core.is_ok_and(|mut core| core.send_in_turn(id, MessageType::Binary, payload))
}

/// Sends a message of any kind, or says what is against it. Out of line, so that the way of short
/// messages saves no registers for it.
///
/// # Safety
///
/// As for `oxws_send`.
#[inline(never)]
unsafe fn send_checked(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    r#type: i32,
    data: *const c_void,
    len: usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            send_any(event_loop, connection, message_type(r#type)?, bytes(data, len)?)
        })
    }
}

/// Sends a message of any kind, from any thread.
fn send_any(
    event_loop: &oxws_loop,
    id: oxws_connection,
    kind: MessageType,
    payload: &[u8],
) -> Result<(), ErrorCode> {
    match event_loop.core_if_owner()? {
        Some(mut core) => core.send(id, kind, payload),
        None => send_from_afar(event_loop, id, kind, payload),
    }
}

#[inline(never)]
fn send_from_afar(
    event_loop: &oxws_loop,
    id: oxws_connection,
    kind: MessageType,
    payload: &[u8],
) -> Result<(), ErrorCode> {
    check_from_afar(kind, payload)?;
    event_loop.mailbox().put(Command::Send(id, kind, copy(payload)?))
}

pub(super) fn message_type(number: i32) -> Result<MessageType, ErrorCode> {
    match number {
        TEXT => Ok(MessageType::Text),
        BINARY => Ok(MessageType::Binary),
        _ => Err(ErrorCode::InvalidArgument),
    }
}

/// A copy for another thread. The size is the caller's, so that memory may be short.
pub(super) fn copy(payload: &[u8]) -> Result<Box<[u8]>, ErrorCode> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(payload.len()).map_err(|_| ErrorCode::OutOfMemory)?;
    copy.extend_from_slice(payload);
    Ok(copy.into_boxed_slice())
}

/// Sends a ping with a payload of at most 125 bytes; `on_pong` tells of its answer and of the time
/// between. Keepalive pings are sent by the library itself, see `oxws_config_ping_interval_ms`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`, `OXWS_ERROR_NOT_OPEN`, `OXWS_ERROR_CLOSED`,
/// `OXWS_ERROR_WOULD_EXCEED`, `OXWS_ERROR_OUT_OF_MEMORY` as for `oxws_send`; `OXWS_ERROR_TOO_LONG`.
///
/// Thread: any.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `data` is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_ping(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    data: *const c_void,
    len: usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            if len > MAX_CONTROL_BYTES {
                return Err(ErrorCode::TooLong);
            }
            let payload = bytes(data, len)?;
            if let Some(mut core) = event_loop.core_if_owner()? {
                return core.ping(connection, payload);
            }
            event_loop.mailbox().put(Command::Ping(connection, payload.into()))
        })
    }
}

/// Sends a pong with a payload of at most 125 bytes: the answer to a ping where the library does not
/// answer by itself (`oxws_config_auto_pong`), with the payload of the ping, or one that answers none, as a
/// sign of life (RFC 6455 section 5.5.3).
///
/// Errors: `OXWS_ERROR_NOT_FOUND`, `OXWS_ERROR_NOT_OPEN`, `OXWS_ERROR_CLOSED`,
/// `OXWS_ERROR_WOULD_EXCEED`, `OXWS_ERROR_OUT_OF_MEMORY` as for `oxws_send`; `OXWS_ERROR_TOO_LONG`.
///
/// Thread: any.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `data` is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_pong(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    data: *const c_void,
    len: usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            if len > MAX_CONTROL_BYTES {
                return Err(ErrorCode::TooLong);
            }
            let payload = bytes(data, len)?;
            if let Some(mut core) = event_loop.core_if_owner()? {
                return core.pong(connection, payload);
            }
            event_loop.mailbox().put(Command::Pong(connection, payload.into()))
        })
    }
}

/// Begins the closing handshake (RFC 6455 section 7) with a code that may be sent, and a reason of
/// at most 123 bytes or NULL. The code 0 sends a Close frame without a code; `reason` must be NULL or
/// empty then.
///
/// What was sent before leaves before it. Messages of the peer are still reported until its own
/// Close frame comes; then, or at the close timeout, `on_close` follows. A connection that is not
/// open yet is given up, and `on_close` follows too.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_CLOSED` if it is closing already;
/// `OXWS_ERROR_INVALID_CLOSE_CODE`, also for a reason without a code; `OXWS_ERROR_TOO_LONG`;
/// `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_WOULD_EXCEED` if the mailbox is full.
///
/// Thread: any.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `reason` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    code: u16,
    reason: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let frame = close_frame(code, reason)?;
            if let Some(mut core) = event_loop.core_if_owner()? {
                return core.close(connection, frame);
            }
            event_loop.mailbox().put(Command::Close(connection, frame))
        })
    }
}

/// The Close frame with this code, or without one for 0, and perhaps a reason.
///
/// # Safety
///
/// `reason` is NULL or NUL-terminated.
pub(super) unsafe fn close_frame(
    code: u16,
    reason: *const c_char,
) -> Result<CloseFrame, ErrorCode> {
    // SAFETY: promised by the caller.
    let reason = unsafe { optional_text(reason) }?.unwrap_or_default();
    CloseFrame::new((code != 0).then(|| CloseCode::from_number(code)), reason)
}

/// Ends a connection at once, without a closing handshake; what waits to be sent is thrown away.
/// `on_close` follows, with `OXWS_ERROR_CANCELLED`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_CLOSED` if it has ended already;
/// `OXWS_ERROR_WOULD_EXCEED` if the mailbox is full.
///
/// Thread: any.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_abort(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            if let Some(mut core) = event_loop.core_if_owner()? {
                return core.abort(connection);
            }
            event_loop.mailbox().put(Command::Abort(connection))
        })
    }
}
