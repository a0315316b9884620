//! What `on_close` tells whoever looks for the cause of an end.

use std::ffi::c_char;

use super::close_code::oxws_reconnect;
use super::close_info::{ask, oxws_close_info};
use super::guard::{guard, guard_or, reference, write, write_text};
use super::response::oxws_response;
use super::status::{header_name, oxws_status};
use crate::protocol::error::ErrorCode;
use crate::protocol::event::CloseReport;
use crate::protocol::failure::{Stage, Timeout};

/// What a connection was doing when it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_stage {
    /// Nothing: there is no connection.
    OXWS_STAGE_NONE = 0,
    /// Client: the name was being looked up.
    OXWS_STAGE_RESOLVE = 1,
    /// Client: an address was being tried.
    OXWS_STAGE_CONNECT = 2,
    /// The TLS handshake had not ended.
    OXWS_STAGE_TLS = 3,
    /// Client: a proxy had been asked for the way.
    OXWS_STAGE_PROXY = 4,
    /// The opening handshake had not ended, or an ordinary HTTP request was dealt with.
    OXWS_STAGE_HANDSHAKE = 5,
    /// Messages passed.
    OXWS_STAGE_OPEN = 6,
    /// A Close frame had been sent or received.
    OXWS_STAGE_CLOSING = 7,
    /// Client: it had ended before, and waited to come back (`oxws_config_reconnect`).
    OXWS_STAGE_WAITING = 8,
}

/// Which deadline ended a connection; each is set by a function of the config.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_timeout {
    /// None.
    OXWS_TIMEOUT_NONE = 0,
    /// `oxws_config_handshake_timeout_ms`, once the connection was made.
    OXWS_TIMEOUT_HANDSHAKE = 1,
    /// `oxws_config_handshake_timeout_ms`, before the connection was made.
    OXWS_TIMEOUT_CONNECT = 2,
    /// `oxws_config_pong_timeout_ms`.
    OXWS_TIMEOUT_PONG = 3,
    /// `oxws_config_idle_timeout_ms`.
    OXWS_TIMEOUT_IDLE = 4,
    /// `oxws_config_close_timeout_ms`.
    OXWS_TIMEOUT_CLOSE = 5,
    /// `oxws_config_write_stall_timeout_ms`.
    OXWS_TIMEOUT_WRITE_STALL = 6,
}

fn stage_of(report: &CloseReport) -> oxws_stage {
    match report.stage {
        Stage::Resolve => oxws_stage::OXWS_STAGE_RESOLVE,
        Stage::Connect => oxws_stage::OXWS_STAGE_CONNECT,
        Stage::Tls => oxws_stage::OXWS_STAGE_TLS,
        Stage::Proxy => oxws_stage::OXWS_STAGE_PROXY,
        Stage::Handshake => oxws_stage::OXWS_STAGE_HANDSHAKE,
        Stage::Open => oxws_stage::OXWS_STAGE_OPEN,
        Stage::Closing => oxws_stage::OXWS_STAGE_CLOSING,
        Stage::Waiting => oxws_stage::OXWS_STAGE_WAITING,
    }
}

fn timeout_of(report: &CloseReport) -> oxws_timeout {
    match report.error.and_then(ErrorCode::timeout) {
        None => oxws_timeout::OXWS_TIMEOUT_NONE,
        Some(Timeout::Handshake) => oxws_timeout::OXWS_TIMEOUT_HANDSHAKE,
        Some(Timeout::Connect) => oxws_timeout::OXWS_TIMEOUT_CONNECT,
        Some(Timeout::Pong) => oxws_timeout::OXWS_TIMEOUT_PONG,
        Some(Timeout::Idle) => oxws_timeout::OXWS_TIMEOUT_IDLE,
        Some(Timeout::Close) => oxws_timeout::OXWS_TIMEOUT_CLOSE,
        Some(Timeout::WriteStall) => oxws_timeout::OXWS_TIMEOUT_WRITE_STALL,
    }
}

/// What the connection was doing when it ended. `OXWS_STAGE_NONE` for NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_stage(info: *const oxws_close_info) -> oxws_stage {
    let none = oxws_stage::OXWS_STAGE_NONE;
    // SAFETY: promised by the caller.
    guard_or(none, || unsafe { ask(info, none, stage_of) })
}

/// Which deadline ended the connection; `OXWS_TIMEOUT_NONE` if none did, and for NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_timeout(info: *const oxws_close_info) -> oxws_timeout {
    let none = oxws_timeout::OXWS_TIMEOUT_NONE;
    // SAFETY: promised by the caller.
    guard_or(none, || unsafe { ask(info, none, timeout_of) })
}

/// What a client that wants to stay connected does after this end: what the peer's close code advises if
/// the peer has closed; nothing if this side has (`OXWS_RECONNECT_NEVER`), and after a refusal or a fault
/// that would be there again; otherwise it backs off, as after a loss of the connection or an HTTP status
/// such as 503. `OXWS_RECONNECT_NEVER` for NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_reconnect(info: *const oxws_close_info) -> oxws_reconnect {
    let never = oxws_reconnect::OXWS_RECONNECT_NEVER;
    // SAFETY: promised by the caller.
    guard_or(never, || unsafe { ask(info, never, |report| report.reconnect().into()) })
}

/// The number of the TLS alert that ended the connection (RFC 8446 section 6), 0 to 255; -1 if none
/// did, and for NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_tls_alert(info: *const oxws_close_info) -> i32 {
    // SAFETY: promised by the caller.
    guard_or(-1, || unsafe { ask(info, -1, |report| report.tls_alert.map_or(-1, i32::from)) })
}

/// The name of the header field that is missing or wrong, such as "Sec-WebSocket-Key"; NULL if no
/// field is at fault.
///
/// The text lives as long as the library.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_header_name(
    info: *const oxws_close_info,
) -> *const c_char {
    let none = std::ptr::null();
    let name = |report: &CloseReport| report.error.map_or(none, header_name);
    // SAFETY: promised by the caller.
    guard_or(none, || unsafe { ask(info, none, name) })
}

/// Where the fault is, in bytes counted from 0: for a head that was refused (stage
/// `OXWS_STAGE_HANDSHAKE`) the byte in it that could not stand there; otherwise where the frame that
/// was refused begins in all that the peer sent behind the head. `UINT64_MAX` if no byte is at fault.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_byte_offset(info: *const oxws_close_info) -> u64 {
    let none = u64::MAX;
    let offset = |report: &CloseReport| report.byte_offset.unwrap_or(none);
    // SAFETY: promised by the caller.
    guard_or(none, || unsafe { ask(info, none, offset) })
}

/// The answer of the server that refused the handshake, with up to 64 KiB of its body; NULL if no
/// server did. It lives as long as `info`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_response(
    info: *const oxws_close_info,
) -> *const oxws_response {
    let none = std::ptr::null();
    guard_or(none, || {
        // SAFETY: promised by the caller.
        let info = unsafe { reference(info) };
        let response = info.ok().and_then(|info| info.response.as_ref());
        response.map_or(none, std::ptr::from_ref)
    })
}

/// Of how many frames `oxws_close_info_frame_at` tells: of the last that were received, 4 at most.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_frame_count(info: *const oxws_close_info) -> usize {
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { ask(info, 0, |report| report.frames.count()) })
}

/// The first two bytes of one of the last frames that were received (RFC 6455 section 5.2): FIN,
/// reserved bits and opcode, then the mask bit and the length or its form. The newest frame is the
/// last; a frame that was refused is among them. Either place may be NULL. A second byte that had not
/// come when the first was refused is 0.
///
/// Errors: `OXWS_ERROR_NULL_ARGUMENT` (`info` is NULL), `OXWS_ERROR_INVALID_ARGUMENT` (there is no such frame).
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid; `first_byte` and `second_byte` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_frame_at(
    info: *const oxws_close_info,
    index: usize,
    first_byte: *mut u8,
    second_byte: *mut u8,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        let info = unsafe { reference(info)? };
        let head = info.report.frames.at(index).ok_or(ErrorCode::InvalidArgument)?;
        let [first, second] = head;
        // SAFETY: promised by the caller.
        unsafe {
            write(first_byte, first);
            write(second_byte, second);
        }
        Ok(())
    })
}

/// A copy that outlives the callback; to be given to `oxws_close_info_free`. NULL for NULL.
///
/// It belongs to no loop: it may be used, and freed, on any thread and after the loop was freed.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_clone(
    info: *const oxws_close_info,
) -> *mut oxws_close_info {
    let none = std::ptr::null_mut();
    guard_or(none, || {
        // SAFETY: promised by the caller.
        let info = unsafe { reference(info) };
        info.map_or(none, |info| Box::into_raw(Box::new(info.clone())))
    })
}

/// Frees a copy made by `oxws_close_info_clone`, with all that was lent from it. NULL does nothing.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or came from `oxws_close_info_clone` and has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_free(info: *mut oxws_close_info) {
    if info.is_null() {
        return;
    }
    // SAFETY: promised by the caller.
    let info = unsafe { Box::from_raw(info) };
    guard_or((), || drop(info));
}

/// Why the connection ended, in one line for a log, such as "OXWS_ERROR_TEXT_UTF8 (a text message is
/// not UTF-8) while open: sent 1007, received nothing; frame at byte 120; last frames 81 85, 01 0a".
/// The wording may change; what the peer sent is escaped.
///
/// `buffer` has `capacity` bytes and gets the text with a NUL behind it; `*len` is the length without
/// that, and also written if the text does not fit. NULL for `buffer` with a `capacity` of 0 asks for
/// the length. `len` may be NULL. Most texts have less than 200 bytes, and 4,096 always suffice.
///
/// Errors: `OXWS_ERROR_NULL_ARGUMENT`, `OXWS_ERROR_BUFFER_TOO_SMALL` (nothing is written into `buffer`).
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid, `buffer` is NULL or has `capacity` bytes, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_to_text(
    info: *const oxws_close_info,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    guard(|| unsafe { write_text(reference(info)?.report.to_text(), buffer, capacity, len) })
}

/// All of it but the server's answer as a JSON object, the same text each time: `status`, `name`,
/// `message`, `stage`, `timeout`, `initiator`, `was_clean`, `code`, `local` and `remote` (each null or
/// an object of `code` and `reason`), `http_status`, `socks_reply`, `header`, `byte_offset`, `os_error`,
/// `tls_alert`, `frames` (such as "81 85") and `stage_us` (an object of `resolve`, `connect`, `proxy`, `tls`
/// and `handshake`, what `oxws_close_info_stage_us` tells of each; null if the connection had been open).
/// What there is none of is null.
///
/// `buffer`, `capacity`, `len` and errors: as for `oxws_close_info_to_text`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid, `buffer` is NULL or has `capacity` bytes, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_to_json(
    info: *const oxws_close_info,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    guard(|| unsafe { write_text(reference(info)?.report.to_json(), buffer, capacity, len) })
}
