//! Messages in pieces on an endpoint without I/O.

use std::ffi::c_void;

use super::connection::message_type;
use super::guard::bytes;
use super::message::compression_choice;
use super::protocol_handle::{oxws_protocol, with_protocol};
use super::status::oxws_status;
use crate::protocol::time::Time;

/// Begins a message whose length is not known, as `oxws_send_begin` does on a loop's connection: pieces of
/// it follow by `oxws_protocol_send_append`, the last one by `oxws_protocol_send_end`, and until then
/// `oxws_protocol_send` gives `OXWS_ERROR_INVALID_STATE`. `flags` are of `oxws_send_flag`.
///
/// Errors: `OXWS_ERROR_NOT_OPEN`; `OXWS_ERROR_CLOSED`; `OXWS_ERROR_INVALID_STATE` if a message has been
/// begun already; `OXWS_ERROR_INVALID_ARGUMENT` for another type or an unknown flag.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_send_begin(
    protocol: *mut oxws_protocol,
    r#type: i32,
    flags: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            let choice = compression_choice(flags)?;
            protocol.driver.begin_message(message_type(r#type)?, choice)
        })
    }
}

/// Queues a piece of the message that was begun. A character of a text may lie across two pieces. An empty
/// piece queues nothing.
///
/// Errors, after which the message is as before: `OXWS_ERROR_NOT_OPEN`; `OXWS_ERROR_CLOSED`;
/// `OXWS_ERROR_INVALID_STATE` if no message was begun; `OXWS_ERROR_WOULD_EXCEED`;
/// `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `data`
/// is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_send_append(
    protocol: *mut oxws_protocol,
    data: *const c_void,
    len: usize,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { send_piece(protocol, data, len, false, now_us) }
}

/// Queues the last piece of the message that was begun, which may be empty.
///
/// Errors, after which the message has not ended: as for `oxws_protocol_send_append`;
/// `OXWS_ERROR_INVALID_UTF8` also if a text would end inside a character.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `data`
/// is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_send_end(
    protocol: *mut oxws_protocol,
    data: *const c_void,
    len: usize,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { send_piece(protocol, data, len, true, now_us) }
}

/// # Safety
///
/// As for `oxws_protocol_send_append`.
unsafe fn send_piece(
    protocol: *mut oxws_protocol,
    data: *const c_void,
    len: usize,
    is_last: bool,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            let piece = bytes(data, len)?;
            protocol.driver.set_now(Time::from_micros(now_us));
            protocol.driver.send_piece(piece, is_last)
        })
    }
}
