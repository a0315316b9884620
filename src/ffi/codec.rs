//! Frames, keys and text checked without any connection, for programs that do their own input and
//! output. It is the code that the library's own connections use.

use std::ffi::{c_char, c_void};

use super::guard::{
    bytes, bytes_mut, guard, guard_or, reference, required, text, write, write_bytes, write_text,
};
use super::status::oxws_status;
use super::vocabulary::role;
use crate::net::random::random_bytes;
use crate::protocol::encoded_header::EncodedHeader;
use crate::protocol::error::ErrorCode;
use crate::protocol::frame;
use crate::protocol::handshake::key;
use crate::protocol::{mask, utf8};

/// Reserved bits that extensions use: those of the first byte and no others.
fn reserved(bits: u8) -> Result<u8, ErrorCode> {
    if bits & !frame::RESERVED == 0 { Ok(bits) } else { Err(ErrorCode::InvalidArgument) }
}

/// A masking key, if there is one.
///
/// # Safety
///
/// `key` is NULL or points to 4 readable bytes.
unsafe fn optional_key(key: *const u8) -> Option<[u8; 4]> {
    // SAFETY: promised by the caller; an array of bytes lies anywhere.
    unsafe { reference(key.cast::<[u8; 4]>()) }.ok().copied()
}

/// Reads the header of a frame (RFC 6455 section 5.2) that the side `receiver_role`, an `oxws_role`,
/// has received: a server takes masked frames alone, a client unmasked ones. `reserved_bits` are the
/// `OXWS_FRAME_FLAG_RSV...` that an extension uses; any other that is set is an error.
///
/// `*first_byte` gets flags and opcode, `*payload_len` the bytes of payload that follow the header,
/// `key[4]` the masking key, or zeros if there is none, `*header_len` the bytes of the header.
/// `first_byte` and `key` may be NULL. What is wrong with a header is told as soon as its bytes show
/// it; whether its length is acceptable is left to the caller.
///
/// Errors: `OXWS_ERROR_FRAME_INCOMPLETE` if `data` is less than the header;
/// `OXWS_ERROR_RESERVED_BITS`, `OXWS_ERROR_RESERVED_OPCODE`, `OXWS_ERROR_MASK_MISSING`,
/// `OXWS_ERROR_MASK_UNEXPECTED`, `OXWS_ERROR_LENGTH_NOT_MINIMAL`, `OXWS_ERROR_LENGTH_TOP_BIT`,
/// `OXWS_ERROR_CONTROL_TOO_LONG`, `OXWS_ERROR_CONTROL_FRAGMENTED`, for which
/// `oxws_status_close_code` tells the code to close with; `OXWS_ERROR_INVALID_ARGUMENT` for another
/// role or other bits.
///
/// Thread: any.
///
/// # Safety
///
/// `data` is NULL or points to `len` readable bytes, `key` is NULL or points to 4 writable bytes, the
/// others are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_frame_decode_header(
    data: *const c_void,
    len: usize,
    receiver_role: i32,
    reserved_bits: u8,
    first_byte: *mut u8,
    payload_len: *mut u64,
    key: *mut u8,
    header_len: *mut usize,
) -> oxws_status {
    guard(|| {
        let (payload_len, header_len) = (required(payload_len)?, required(header_len)?);
        // SAFETY: promised by the caller.
        let bytes = unsafe { bytes(data, len) }?;
        let (role, used) = (role(receiver_role)?, reserved(reserved_bits)?);
        let header = frame::decode_extended(bytes, role, used)?;
        let header = header.filter(|header| header.size <= bytes.len());
        let header = header.ok_or(ErrorCode::FrameIncomplete)?;
        // SAFETY: promised by the caller.
        unsafe {
            write(first_byte, bytes.first().copied().unwrap_or_default());
            write(payload_len, header.length);
            write(key.cast(), header.key);
            write(header_len, header.size);
        }
        Ok(())
    })
}

/// Writes the header of a frame with this first byte, such as `OXWS_FRAME_TEXT`, and so many bytes of
/// payload, masked if there is a `key` of 4 bytes: a client masks every frame, with a fresh key of
/// `oxws_masking_key_new`, and a server none. The length takes its shortest form. The payload itself is
/// masked by `oxws_mask`. `OXWS_MAX_FRAME_HEADER_BYTES` of buffer always suffice; `buffer` may be NULL
/// if `capacity` is 0, to ask for the length.
///
/// Errors: `OXWS_ERROR_RESERVED_OPCODE`, `OXWS_ERROR_CONTROL_FRAGMENTED`,
/// `OXWS_ERROR_CONTROL_TOO_LONG`, `OXWS_ERROR_LENGTH_TOP_BIT` for what no receiver would take;
/// `OXWS_ERROR_BUFFER_TOO_SMALL`. Reserved bits may be set, as extensions do.
///
/// Thread: any.
///
/// # Safety
///
/// `key` is NULL or points to 4 readable bytes, `buffer` is NULL or points to `capacity` writable
/// bytes, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_frame_encode_header(
    first_byte: u8,
    payload_len: u64,
    key: *const u8,
    buffer: *mut c_void,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    guard(|| {
        let len = required(len)?;
        // SAFETY: promised by the caller.
        let key = unsafe { optional_key(key) };
        let header = EncodedHeader::with_first_byte(first_byte, payload_len, key)?;
        // SAFETY: promised by the caller.
        unsafe { write_bytes(header.as_bytes(), buffer, capacity, len) }
    })
}

/// Reads the frame at the front of `data`, as `oxws_frame_decode_header` reads its header, and unmasks
/// its payload where it stands, without a copy: reading the same bytes once more would mask them again.
/// The next frame begins `*frame_len` bytes on.
///
/// `*payload` points into `data` and has `*payload_len` bytes. `first_byte` may be NULL. What the frame
/// means among others, whether a text is UTF-8 and what a Close frame says is left to the caller; see
/// `oxws_is_utf8` and `oxws_close_payload_parse`.
///
/// Errors, with `data` as it was: `OXWS_ERROR_FRAME_INCOMPLETE` if `data` is less than the frame;
/// `OXWS_ERROR_FRAME_TOO_BIG` if it has more than `max_payload_bytes`, as soon as its length is there;
/// those of `oxws_frame_decode_header`.
///
/// Thread: any.
///
/// # Safety
///
/// `data` is NULL or points to `len` writable bytes, the others are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_frame_read(
    data: *mut c_void,
    len: usize,
    receiver_role: i32,
    reserved_bits: u8,
    max_payload_bytes: u64,
    first_byte: *mut u8,
    payload: *mut *mut u8,
    payload_len: *mut usize,
    frame_len: *mut usize,
) -> oxws_status {
    guard(|| {
        let (payload, payload_len) = (required(payload)?, required(payload_len)?);
        let frame_len = required(frame_len)?;
        // SAFETY: promised by the caller.
        let bytes = unsafe { bytes_mut(data, len) }?;
        let (role, used) = (role(receiver_role)?, reserved(reserved_bits)?);
        let frame = frame::read(bytes, role, used, max_payload_bytes)?;
        // SAFETY: promised by the caller.
        unsafe {
            write(first_byte, frame.first_byte);
            write(payload_len, frame.payload.len());
            write(payload, frame.payload.as_mut_ptr());
            write(frame_len, frame.size);
        }
        Ok(())
    })
}

/// Writes a whole frame into `buffer`: the header, as `oxws_frame_encode_header` writes it, and a copy
/// of the payload, masked if there is a `key` of 4 bytes. The payload may lie in the buffer, whose bytes
/// are then overwritten. `buffer` may be NULL if `capacity` is 0, to ask for the length.
///
/// Errors: those of `oxws_frame_encode_header`.
///
/// Thread: any.
///
/// # Safety
///
/// `payload` is NULL or points to `len` readable bytes, `key` is NULL or points to 4 readable bytes,
/// `buffer` is NULL or points to `capacity` writable bytes, `written` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_frame_write(
    first_byte: u8,
    payload: *const c_void,
    len: usize,
    key: *const u8,
    buffer: *mut c_void,
    capacity: usize,
    written: *mut usize,
) -> oxws_status {
    guard(|| {
        let written = required(written)?;
        // SAFETY: promised by the caller.
        let (source, key) = unsafe { (bytes(payload, len)?.as_ptr(), optional_key(key)) };
        let header = EncodedHeader::with_first_byte(first_byte, len as u64, key)?;
        let size = header.as_bytes().len().saturating_add(len);
        if buffer.is_null() && capacity > 0 {
            return Err(ErrorCode::NullArgument);
        }
        if !buffer.is_null() {
            if size > capacity {
                return Err(ErrorCode::BufferTooSmall);
            }
            // SAFETY: the buffer holds the header and the payload, as was just checked.
            unsafe { put_frame(&header, source, len, key, buffer.cast()) };
        }
        // SAFETY: promised by the caller.
        unsafe { write(written, size) };
        Ok(())
    })
}

/// Puts a frame together. The payload goes first, as it may lie where the header will stand.
///
/// # Safety
///
/// `source` points to `len` readable bytes, `buffer` to as many writable ones and those of the header.
unsafe fn put_frame(
    header: &EncodedHeader,
    source: *const u8,
    len: usize,
    key: Option<[u8; 4]>,
    buffer: *mut u8,
) {
    let head = header.as_bytes();
    // SAFETY: promised by the caller; the header is the library's own and lies elsewhere.
    let payload = unsafe {
        let place = buffer.add(head.len());
        std::ptr::copy(source, place, len);
        std::ptr::copy_nonoverlapping(head.as_ptr(), buffer, head.len());
        std::slice::from_raw_parts_mut(place, len)
    };
    if let Some(key) = key {
        mask::apply(payload, key);
    }
}

/// Masks `len` bytes of a payload in place with a key of 4 bytes, or unmasks them, which is the same
/// (RFC 6455 section 5.3). `offset` is how many bytes of the payload come before them, so that a
/// payload can be masked in pieces.
///
/// Thread: any.
///
/// # Safety
///
/// `data` is NULL or points to `len` writable bytes, `key` is NULL or points to 4 readable bytes that
/// are not among them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_mask(
    data: *mut c_void,
    len: usize,
    key: *const u8,
    offset: u64,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        let key = unsafe { optional_key(key) }.ok_or(ErrorCode::NullArgument)?;
        // SAFETY: promised by the caller.
        let payload = unsafe { bytes_mut(data, len) }?;
        mask::apply(payload, mask::rotate(key, (offset % 4) as usize));
        Ok(())
    })
}

/// Writes the value of Sec-WebSocket-Accept that answers this Sec-WebSocket-Key (RFC 6455 section
/// 4.2.2): 28 characters and a NUL. `*len` gets its bytes without the NUL, also if it does not fit.
/// `buffer` may be NULL if `capacity` is 0, to ask for the length; `len` may be NULL.
///
/// Errors: `OXWS_ERROR_HANDSHAKE_KEY` if the key is not base64 of 16 bytes;
/// `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_BUFFER_TOO_SMALL`.
///
/// Thread: any.
///
/// # Safety
///
/// `key` is NULL or NUL-terminated, `buffer` is NULL or points to `capacity` writable bytes, `len` is
/// NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_accept_key(
    key: *const c_char,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        let key = unsafe { text(key) }?;
        if !key::is_key(key) {
            return Err(ErrorCode::HandshakeKey);
        }
        // SAFETY: promised by the caller.
        unsafe { write_text(key::accept_key(key.as_bytes()), buffer, capacity, len) }
    })
}

/// Writes a fresh random value for Sec-WebSocket-Key: 24 characters and a NUL. The buffer works as for
/// `oxws_accept_key`.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL`; `OXWS_ERROR_SYSTEM_CALL_FAILED` if the system gives no random
/// numbers.
///
/// Thread: any.
///
/// # Safety
///
/// `buffer` is NULL or points to `capacity` writable bytes, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_key_new(
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    guard(|| {
        let key = key::encode_nonce(random_bytes()?);
        // SAFETY: promised by the caller.
        unsafe { write_text(key, buffer, capacity, len) }
    })
}

/// Writes 4 fresh random bytes to `key`: the masking key of one frame, which must not be used for
/// another (RFC 6455 section 5.3).
///
/// Errors: `OXWS_ERROR_SYSTEM_CALL_FAILED` if the system gives no random numbers.
///
/// Thread: any.
///
/// # Safety
///
/// `key` is NULL or points to 4 writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_masking_key_new(key: *mut u8) -> oxws_status {
    guard(|| {
        let place = required(key.cast::<[u8; 4]>())?;
        let key = random_bytes()?;
        // SAFETY: promised by the caller.
        unsafe { write(place, key) };
        Ok(())
    })
}

/// Whether bytes are UTF-8, as text messages and close reasons must be (1), or not (0). No bytes at all
/// are; NULL with a length is not.
///
/// Thread: any.
///
/// # Safety
///
/// `data` is NULL or points to `len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_is_utf8(data: *const c_void, len: usize) -> i32 {
    guard_or(0, || {
        // SAFETY: promised by the caller.
        let bytes = unsafe { bytes(data, len) };
        i32::from(bytes.is_ok_and(utf8::is_text))
    })
}
