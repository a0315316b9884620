//! What a server decides on a request.

use std::ffi::c_char;

use super::guard::{optional_text, reference};
use super::loop_handle::{oxws_loop, with_loop};
use super::reply::oxws_reply;
use super::status::oxws_status;
use super::vocabulary::oxws_connection;
use crate::net::mailbox::Command;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::reply::Reply;

/// The status of an acceptance, whose reply only carries a subprotocol and fields.
const ACCEPTED: u16 = 200;

/// Accepts a request that `on_request` announced. `subprotocol` is one that the client offered, or
/// NULL for none. Messages can be sent from now on; `on_open` follows.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_INVALID_STATE` if no request for a WebSocket waits;
/// `OXWS_ERROR_SUBPROTOCOL_NOT_OFFERED`; `OXWS_ERROR_INVALID_SUBPROTOCOL` if it is no token;
/// `OXWS_ERROR_CLOSED` if the client has gone; `OXWS_ERROR_WOULD_EXCEED` if the mailbox is full.
///
/// Thread: any.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `subprotocol` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_accept(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    subprotocol: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let mut reply = Reply::new(ACCEPTED)?;
            if let Some(name) = optional_text(subprotocol)? {
                reply.set_subprotocol(name)?;
            }
            accept(event_loop, connection, &reply)
        })
    }
}

/// Accepts a request with the subprotocol and the fields of a reply, whose status, phrase and body
/// do not count.
///
/// Errors: as for `oxws_accept`.
///
/// Thread: any.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `reply` is NULL or a reply that has not been
/// freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_accept_with(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    reply: *const oxws_reply,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| accept(event_loop, connection, &reference(reply)?.reply))
    }
}

fn accept(event_loop: &oxws_loop, id: oxws_connection, reply: &Reply) -> Result<(), ErrorCode> {
    if let Some(mut core) = event_loop.core_if_owner()? {
        return core.accept(id, reply);
    }
    event_loop.mailbox().put(Command::Accept(id, Box::new(reply.clone())))
}

/// Answers a request that `on_request` or `on_http_request` announced with this HTTP status, 200 to
/// 599, and a plain text, which may be NULL; the connection ends, and `on_close` follows. A refusal that
/// has fields, such as a 401 with its WWW-Authenticate, is for `oxws_respond`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_INVALID_STATE` if no request waits;
/// `OXWS_ERROR_INVALID_ARGUMENT` for another status; `OXWS_ERROR_CLOSED` if the client has gone;
/// `OXWS_ERROR_WOULD_EXCEED` if the mailbox is full; `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: any.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `text` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_deny(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    http_status: u16,
    text: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| respond(event_loop, connection, &denial(http_status, text)?))
    }
}

/// An answer with this status and perhaps a plain text.
///
/// # Safety
///
/// `text` is NULL or NUL-terminated.
pub(super) unsafe fn denial(http_status: u16, text: *const c_char) -> Result<Reply, ErrorCode> {
    let mut reply = Reply::new(http_status)?;
    // SAFETY: promised by the caller.
    if let Some(text) = unsafe { optional_text(text) }? {
        reply.add_header("Content-Type", "text/plain; charset=utf-8")?;
        reply.set_body(text.as_bytes())?;
    }
    Ok(reply)
}

/// Answers a request that `on_request` or `on_http_request` announced with a whole response: a page,
/// a health check, a refusal with its reason. The connection ends, and `on_close` follows.
///
/// Errors: as for `oxws_deny`.
///
/// Thread: any.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `reply` is NULL or a reply that has not been
/// freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_respond(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    reply: *const oxws_reply,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| respond(event_loop, connection, &reference(reply)?.reply))
    }
}

fn respond(event_loop: &oxws_loop, id: oxws_connection, reply: &Reply) -> Result<(), ErrorCode> {
    if let Some(mut core) = event_loop.core_if_owner()? {
        return core.respond(id, reply);
    }
    event_loop.mailbox().put(Command::Respond(id, Box::new(reply.clone())))
}
