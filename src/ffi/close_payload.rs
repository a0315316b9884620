//! The payload of Close frames (RFC 6455 section 5.5.1), for programs that read and write frames
//! themselves.

use std::ffi::{c_char, c_void};

use super::guard::{bytes, guard, guard_or, required, texts, write, write_bytes, write_text};
use super::status::oxws_status;
use crate::protocol::close::{self, CloseCode, CloseFrame};
use crate::protocol::error::ErrorCode;
use crate::protocol::frame::MAX_CONTROL_BYTES;
use crate::protocol::handshake::missing::missing_extensions;

/// Reads the payload of a Close frame: its code, and its reason, which is lent from `data`, without a
/// NUL. An empty payload is fine: its code is reported as 1005 and its reason is empty. `reason` and
/// `reason_len` may be NULL.
///
/// Errors: `OXWS_ERROR_CLOSE_PAYLOAD_LENGTH` for a single byte,
/// `OXWS_ERROR_CLOSE_CODE_NOT_ALLOWED`, `OXWS_ERROR_CLOSE_REASON_UTF8`, and
/// `OXWS_ERROR_CONTROL_TOO_LONG` for more than 125 bytes; the code to answer such a frame with is
/// `oxws_status_close_code` of the error.
///
/// Thread: any.
///
/// # Safety
///
/// `data` is NULL or points to `len` readable bytes, `code`, `reason` and `reason_len` are NULL or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_payload_parse(
    data: *const c_void,
    len: usize,
    code: *mut u16,
    reason: *mut *const c_char,
    reason_len: *mut usize,
) -> oxws_status {
    guard(|| {
        let place = required(code)?;
        // SAFETY: promised by the caller.
        let payload = unsafe { bytes(data, len) }?;
        if payload.len() > MAX_CONTROL_BYTES {
            return Err(ErrorCode::ControlTooLong);
        }
        let (code, text) = close::read_payload(payload)?;
        // SAFETY: promised by the caller.
        unsafe {
            write(place, code.number());
            write(reason, text.as_ptr().cast());
            write(reason_len, text.len());
        }
        Ok(())
    })
}

/// Writes the payload of a Close frame into `buffer`, without a NUL; 125 bytes always suffice. The code
/// 0 makes an empty payload, without a reason. `buffer` may be NULL if `capacity` is 0, to ask for the
/// length.
///
/// Errors: `OXWS_ERROR_INVALID_CLOSE_CODE` for a code that may not be sent, or a reason without a code;
/// `OXWS_ERROR_TOO_LONG` for a reason of more than 123 bytes, which `oxws_close_reason_fitting_len`
/// shortens; `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_BUFFER_TOO_SMALL`.
///
/// Thread: any.
///
/// # Safety
///
/// `reason` is NULL or points to `reason_len` readable bytes, `buffer` is NULL or points to `capacity`
/// writable bytes which are not those of the reason, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_payload_build(
    code: u16,
    reason: *const c_void,
    reason_len: usize,
    buffer: *mut c_void,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    guard(|| {
        let len = required(len)?;
        // SAFETY: promised by the caller.
        let reason = unsafe { bytes(reason, reason_len) }?;
        let reason = std::str::from_utf8(reason).map_err(|_| ErrorCode::InvalidUtf8)?;
        let code = (code != 0).then(|| CloseCode::from_number(code));
        let mut payload = Vec::new();
        CloseFrame::new(code, reason)?.write_payload(&mut payload);
        // SAFETY: promised by the caller.
        unsafe { write_bytes(&payload, buffer, capacity, len) }
    })
}

/// How many bytes of a text a Close frame has room for, without cutting a character: at most 123. For
/// bytes that are not UTF-8 it is at most 123 too. 0 for NULL.
///
/// Thread: any.
///
/// # Safety
///
/// `text` is NULL or points to `len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_reason_fitting_len(text: *const c_char, len: usize) -> usize {
    guard_or(0, || {
        // SAFETY: promised by the caller.
        unsafe { bytes(text.cast(), len) }.map_or(0, close::fitting_len)
    })
}

/// Writes the reason that goes with `OXWS_CLOSE_MANDATORY_EXTENSION`: the names of the extensions which
/// the client misses, with ", " between them and a NUL behind. If the names have no room in the 123
/// bytes of a reason, "..." stands for the last of them, so that 124 bytes of buffer always suffice.
/// `*len` gets its bytes without the NUL, also if it does not fit. `buffer` may be NULL if `capacity`
/// is 0, to ask for the length; `len` may be NULL.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if a name is no token of RFC 9110 section 5.6.2;
/// `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_BUFFER_TOO_SMALL`.
///
/// Thread: any.
///
/// # Safety
///
/// `names` is NULL or points to `count` pointers, each NULL or NUL-terminated; `buffer` is NULL or
/// points to `capacity` writable bytes, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_reason_missing_extensions(
    names: *const *const c_char,
    count: usize,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        let names = unsafe { texts(names, count) }?;
        let reason = missing_extensions(&names)?;
        // SAFETY: promised by the caller.
        unsafe { write_text(&reason, buffer, capacity, len) }
    })
}
