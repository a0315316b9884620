//! What a program does with an endpoint without I/O: answers requests, sends, closes.

use std::ffi::{c_char, c_void};

use super::connection::{close_frame, message_type};
use super::decision::denial;
use super::guard::{bytes, reference};
use super::protocol_handle::{oxws_protocol, with_protocol};
use super::reply::oxws_reply;
use super::status::oxws_status;
use crate::protocol::error::ErrorCode;
use crate::protocol::frame::MAX_CONTROL_BYTES;
use crate::protocol::handshake::fields::Fields;
use crate::protocol::time::Time;

/// Accepts the request that waits, with the subprotocol and the fields of a reply, whose status, phrase
/// and body do not count. NULL accepts as the config says: with the first subprotocol of the client's that
/// it has, and its headers. Messages can be sent from now on; `OXWS_EVENT_OPEN` follows.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` if no request for a WebSocket waits; `OXWS_ERROR_CLOSED`;
/// `OXWS_ERROR_SUBPROTOCOL_NOT_OFFERED`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `reply`
/// is NULL or a reply that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_accept(
    protocol: *mut oxws_protocol,
    reply: *const oxws_reply,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            match (reply.as_ref(), &protocol.terms) {
                (Some(reply), _) => protocol.driver.accept(&reply.reply)?,
                (None, Some(terms)) => {
                    protocol.driver.accept_first(&terms.subprotocols, &terms.fields)?;
                }
                // They are there as long as there is something to accept: this says what is wrong.
                (None, None) => protocol.driver.accept_first(&[], &Fields::default())?,
            }
            protocol.terms = None;
            Ok(())
        })
    }
}

/// Answers the request that waits with a whole response; the connection ends.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` if no request waits; `OXWS_ERROR_CLOSED`;
/// `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `reply`
/// is NULL or a reply that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_respond(
    protocol: *mut oxws_protocol,
    reply: *const oxws_reply,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_protocol(protocol, |protocol| protocol.driver.respond(&reference(reply)?.reply)) }
}

/// Answers the request that waits with this HTTP status, 200 to 599, and a plain text, which may be NULL;
/// the connection ends.
///
/// Errors: as for `oxws_protocol_respond`; `OXWS_ERROR_INVALID_ARGUMENT` for another status;
/// `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `text`
/// is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_deny(
    protocol: *mut oxws_protocol,
    http_status: u16,
    text: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| protocol.driver.respond(&denial(http_status, text)?))
    }
}

/// Queues a message of `len` bytes, which may be those of the event at hand. `type` is an
/// `oxws_message_type`; text must be UTF-8. `data` may be NULL if `len` is 0.
///
/// Errors, after which nothing of it is queued: `OXWS_ERROR_NOT_OPEN`; `OXWS_ERROR_CLOSED`;
/// `OXWS_ERROR_WOULD_EXCEED` if as much waits to be written as may (`oxws_config_max_queued_bytes`);
/// `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_INVALID_ARGUMENT` for another type;
/// `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `data`
/// is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_send(
    protocol: *mut oxws_protocol,
    r#type: i32,
    data: *const c_void,
    len: usize,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            let (kind, payload) = (message_type(r#type)?, bytes(data, len)?);
            protocol.driver.set_now(Time::from_micros(now_us));
            protocol.driver.send(kind, payload)
        })
    }
}

/// Queues a ping with a payload of at most 125 bytes; `OXWS_EVENT_PONG` tells of its answer.
///
/// Errors: as for `oxws_protocol_send`, and `OXWS_ERROR_TOO_LONG`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `data`
/// is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_ping(
    protocol: *mut oxws_protocol,
    data: *const c_void,
    len: usize,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            let payload = control_payload(data, len)?;
            protocol.driver.set_now(Time::from_micros(now_us));
            protocol.driver.ping(payload)
        })
    }
}

/// Queues a pong with a payload of at most 125 bytes: the answer to a ping where the endpoint does not
/// answer by itself (`oxws_config_auto_pong`), or one that answers none.
///
/// Errors: as for `oxws_protocol_ping`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `data`
/// is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_pong(
    protocol: *mut oxws_protocol,
    data: *const c_void,
    len: usize,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            let payload = control_payload(data, len)?;
            protocol.driver.set_now(Time::from_micros(now_us));
            protocol.driver.pong(payload)
        })
    }
}

/// The payload of a control frame.
///
/// # Safety
///
/// `data` is NULL or points to `len` bytes that nobody changes for the life of the slice.
unsafe fn control_payload<'a>(data: *const c_void, len: usize) -> Result<&'a [u8], ErrorCode> {
    if len > MAX_CONTROL_BYTES {
        return Err(ErrorCode::TooLong);
    }
    // SAFETY: promised by the caller.
    unsafe { bytes(data, len) }
}

/// Begins the closing handshake (RFC 6455 section 7) with a code that may be sent, and a reason of at most
/// 123 bytes or NULL. The code 0 sends a Close frame without a code; `reason` must be NULL or empty then.
/// A connection that is not open yet is given up. `OXWS_EVENT_CLOSED` follows when the peer has answered,
/// or at the close timeout.
///
/// Errors: `OXWS_ERROR_CLOSED` if it is closing already; `OXWS_ERROR_INVALID_CLOSE_CODE`;
/// `OXWS_ERROR_TOO_LONG`; `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `reason`
/// is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_close(
    protocol: *mut oxws_protocol,
    code: u16,
    reason: *const c_char,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            let frame = close_frame(code, reason)?;
            protocol.driver.set_now(Time::from_micros(now_us));
            protocol.driver.close(frame)
        })
    }
}

/// Uses nothing more of what the peer has sent, so that no event comes of it and the peer has to wait, and
/// no silence of the peer counts against it, until `oxws_protocol_resume_reading` or `oxws_protocol_close`.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_pause_reading(protocol: *mut oxws_protocol) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            protocol.driver.pause();
            Ok(())
        })
    }
}

/// Goes on with what the peer has sent; events may follow.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_resume_reading(
    protocol: *mut oxws_protocol,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            protocol.driver.set_now(Time::from_micros(now_us));
            protocol.driver.resume();
            Ok(())
        })
    }
}

/// Ends the connection at once, without a closing handshake; what waits to be written is thrown away.
/// `OXWS_EVENT_CLOSED` follows, with `OXWS_ERROR_CANCELLED`.
///
/// Errors: `OXWS_ERROR_CLOSED` if it has ended already.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_abort(protocol: *mut oxws_protocol) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_protocol(protocol, |protocol| protocol.driver.abort()) }
}
